"""Key-value facts in the table `meta`, and the INSERT that both databases understand with `on_conflict_…`."""

from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import meta


def dialect_insert(dialect: str, table: Table) -> Any:
    """Return the INSERT of a dialect, which has `on_conflict_…`; SQLAlchemy's general one has not."""
    # Only the dialect in use is imported: importing both takes time at every start.
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)


async def get_fact(connection: AsyncConnection, key: str) -> str | None:
    """Return the value of a key, None if there is none."""
    return (await connection.execute(_SELECT_FACT, {"wanted_key": key})).scalar_one_or_none()


_SELECT_FACT = select(meta.c.value).where(meta.c.key == bindparam("wanted_key"))


async def find_facts(connection: AsyncConnection, prefix: str) -> dict[str, str]:
    """Return the values of all keys that begin with a prefix, by the rest of the key."""
    rows = await connection.execute(select(meta).where(meta.c.key.startswith(prefix, autoescape=True)))
    return {row.key.removeprefix(prefix): row.value for row in rows}


async def delete_fact(connection: AsyncConnection, key: str) -> None:
    """Delete a key and its value, if it exists."""
    await connection.execute(delete(meta).where(meta.c.key == key))


async def set_fact(connection: AsyncConnection, key: str, value: str) -> None:
    """Set the value of a key, in place of the one before."""
    await connection.execute(_set_fact_statement(connection.dialect.name), {"key": key, "value": value})


@cache
def _set_fact_statement(dialect: str) -> Any:
    row = dialect_insert(dialect, meta)
    return row.on_conflict_do_update(index_elements=["key"], set_={"value": row.excluded.value})
