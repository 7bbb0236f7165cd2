"""Copies all rows of a PostgreSQL database into an SQLite file with the same tables."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Column, DateTime, Float, Integer, LargeBinary, String, Table, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.backup.copy_rows import (
    CACHE_SIZE,
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


#: Rows that one statement writes. While it runs, another thread reads; a statement for each row would hand Python's
#: lock from thread to thread with each.
_ROWS_PER_STATEMENT = 100
#: The server ends the transaction when it waits for the disk that the file is on for longer than this.
_ALLOW_WAITING = text("SET LOCAL idle_in_transaction_session_timeout = '60s'")


async def copy_from_postgres(source: AsyncEngine, target: Path) -> None:
    """Replace the rows of an SQLite file by those of one snapshot of a PostgreSQL database.

    Both are at the same revision. New rows of the target get the ids that the source would have given them. The file
    loses the indexes that only make reading faster: a restore reads whole tables, and creates its own. The file is not
    synchronized to the disk.
    """
    with closing(sqlite3.connect(target, isolation_level=None, check_same_thread=False)) as file:
        file.execute("PRAGMA journal_mode=OFF")  # a file that is not finished is thrown away
        file.execute("PRAGMA synchronous=OFF")
        file.execute(f"PRAGMA cache_size={CACHE_SIZE}")
        file.execute("BEGIN")
        indexes = drop_indexes(file)
        snapshot = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        async with source.execution_options(**snapshot).connect() as connection:
            await _copy_tables(connection, file)
        # The transaction has ended: the server would end one that is idle while indexes are created.
        rules = [statement for statement in indexes if not statement.startswith("CREATE INDEX")]
        await asyncio.to_thread(create_indexes, file, rules)  # heartbeats are sent meanwhile
        await asyncio.to_thread(file.execute, "COMMIT")


async def _copy_tables(source: AsyncConnection, file: sqlite3.Connection) -> None:
    await source.execute(_ALLOW_WAITING)
    tables = await source.run_sync(reflect_tables)
    last_ids = await source.run_sync(read_last_ids, tables)
    with driver_errors_explained():
        for table in tables:
            await _copy_table(source, table, file)
    set_sqlite_last_ids(file, last_ids)


async def _copy_table(source: AsyncConnection, table: Table, file: sqlite3.Connection) -> None:
    """Copy the rows of a table with asyncpg's cursor: SQLAlchemy would take ten times as long to read them."""
    values = ", ".join(map(_to_sqlite, table.columns))
    order = ", ".join(quote(column.name) for column in table.primary_key.columns)
    file.execute(f"DELETE FROM {quote(table.name)}")
    driver: Any = (await source.get_raw_connection()).driver_connection
    query = f"SELECT {values} FROM {quote(table.name)}" + (f" ORDER BY {order}" if order else "")
    cursor = await driver.cursor(query)
    rows = await cursor.fetch(ROWS_PER_PAGE)
    while rows:
        inserting = asyncio.ensure_future(asyncio.to_thread(_insert, file, table, rows))
        try:
            rows = await cursor.fetch(ROWS_PER_PAGE)  # while those before are written
        finally:
            await inserting


def _insert(file: sqlite3.Connection, table: Table, rows: Sequence[Any]) -> None:
    names = ", ".join(quote(column.name) for column in table.columns)
    row = f"({', '.join('?' * len(table.columns))})"
    insertion = f"INSERT INTO {quote(table.name)} ({names}) VALUES "
    most = file.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // len(table.columns)
    count = max(1, min(_ROWS_PER_STATEMENT, most))
    whole = len(rows) - len(rows) % count
    parts = (list(chain.from_iterable(rows[start : start + count])) for start in range(0, whole, count))
    file.executemany(insertion + ", ".join([row] * count), parts)
    file.executemany(insertion + row, map(tuple, rows[whole:]))


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
