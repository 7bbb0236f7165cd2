"""Small facts with one value each, and how a row is written that may be there already."""

from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import meta


def dialect_insert(dialect: str, table: Table) -> Any:
    """An INSERT of the named dialect, for `on_conflict_…`, which both databases have and Core has not."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)  # loading both takes time at every start


async def get_fact(connection: AsyncConnection, key: str) -> str | None:
    """The value kept under a key."""
    return (await connection.execute(select(meta.c.value).where(meta.c.key == key))).scalar_one_or_none()


async def find_facts(connection: AsyncConnection, prefix: str) -> dict[str, str]:
    """Every value whose key begins like this, by the rest of its key."""
    rows = await connection.execute(select(meta).where(meta.c.key.startswith(prefix, autoescape=True)))
    return {row.key.removeprefix(prefix): row.value for row in rows}


async def delete_fact(connection: AsyncConnection, key: str) -> None:
    """Forget what is kept under a key, if anything is."""
    await connection.execute(delete(meta).where(meta.c.key == key))


async def set_fact(connection: AsyncConnection, key: str, value: str) -> None:
    """Keep a value under a key, in place of the one before."""
    await connection.execute(_set_fact_statement(connection.dialect.name), {"key": key, "value": value})


@cache
def _set_fact_statement(dialect: str) -> Any:
    row = dialect_insert(dialect, meta)
    return row.on_conflict_do_update(index_elements=["key"], set_={"value": row.excluded.value})
