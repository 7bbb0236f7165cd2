"""Copies all rows of a PostgreSQL database into an SQLite file with the same tables."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Column, DateTime, Float, Integer, LargeBinary, String, Table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.backup.copy_rows import (
    ROWS_PER_PAGE,
    driver_errors_explained,
    quote,
    read_last_ids,
    reflect_tables,
    set_sqlite_last_ids,
)
from bot.store.backup.sqlite_indexes import create_indexes, drop_indexes

#: Types whose values both databases store alike.
_COMMON_TYPES = (Integer, String, LargeBinary, Float)


async def copy_from_postgres(source: AsyncConnection, target: Path) -> None:
    """Replace the rows of an SQLite file by those that a transaction on PostgreSQL sees.

    Both are at the same revision. New rows of the target get the ids that the source would have given them. The file is
    not synchronized to the disk.
    """
    tables = await source.run_sync(reflect_tables)
    last_ids = await source.run_sync(read_last_ids, tables)
    with closing(sqlite3.connect(target, isolation_level=None, check_same_thread=False)) as file:
        file.execute("PRAGMA journal_mode=OFF")  # a file that is not finished is thrown away
        file.execute("PRAGMA synchronous=OFF")
        file.execute("BEGIN")
        indexes = drop_indexes(file)
        with driver_errors_explained():
            for table in tables:
                await _copy_table(source, table, file)
        set_sqlite_last_ids(file, last_ids)
        await asyncio.to_thread(create_indexes, file, indexes)  # heartbeats are sent meanwhile
        await asyncio.to_thread(file.execute, "COMMIT")


async def _copy_table(source: AsyncConnection, table: Table, file: sqlite3.Connection) -> None:
    """Copy the rows of a table with asyncpg's cursor: SQLAlchemy would take ten times as long to read them."""
    names = ", ".join(quote(column.name) for column in table.columns)
    values = ", ".join(map(_to_sqlite, table.columns))
    order = ", ".join(quote(column.name) for column in table.primary_key.columns)
    insertion = f"INSERT INTO {quote(table.name)} ({names}) VALUES ({', '.join('?' * len(table.columns))})"
    file.execute(f"DELETE FROM {quote(table.name)}")
    driver: Any = (await source.get_raw_connection()).driver_connection
    query = f"SELECT {values} FROM {quote(table.name)}" + (f" ORDER BY {order}" if order else "")
    cursor = await driver.cursor(query)
    rows = await cursor.fetch(ROWS_PER_PAGE)
    while rows:
        inserting = asyncio.ensure_future(asyncio.to_thread(_insert, file, insertion, rows))
        try:
            rows = await cursor.fetch(ROWS_PER_PAGE)  # while those before are written
        finally:
            await inserting


def _insert(file: sqlite3.Connection, insertion: str, rows: Sequence[Any]) -> None:
    file.executemany(insertion, map(tuple, rows))


def _to_sqlite(column: Column[Any]) -> str:
    """Return the SQL of a column's value as SQLAlchemy stores it in SQLite."""
    name = quote(column.name)
    if isinstance(column.type, _COMMON_TYPES):
        return name
    if isinstance(column.type, Boolean):
        return f"{name}::int"
    if isinstance(column.type, DateTime):
        utc = f"{name} AT TIME ZONE 'UTC'" if column.type.timezone else name
        return f"to_char({utc}, 'YYYY-MM-DD HH24:MI:SS.US')"
    return f"{name}::text"  # JSON, and the types of features
