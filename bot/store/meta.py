"""Small facts with one value each, and how a row is written that may be there already."""

from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import meta


def insert(connection: AsyncConnection, table: Table) -> Any:
    """An INSERT of the connection's own dialect, for `on_conflict_…`, which both databases have and Core has not."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


async def get_fact(connection: AsyncConnection, key: str) -> str | None:
    """The value kept under a key."""
    return (await connection.execute(select(meta.c.value).where(meta.c.key == key))).scalar_one_or_none()


async def set_fact(connection: AsyncConnection, key: str, value: str) -> None:
    """Keep a value under a key, in place of the one before."""
    row = insert(connection, meta).values(key=key, value=value)
    await connection.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": value}))
