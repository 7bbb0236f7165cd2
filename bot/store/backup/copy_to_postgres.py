"""Copies all rows of an SQLite file into a PostgreSQL database with the same tables, by its COPY command."""

import asyncio
import sqlite3
from asyncio import to_thread
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

from sqlalchemy import Boolean, Column, DateTime, Float, Integer, LargeBinary, Table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.backup.copy_rows import ROWS_PER_PAGE, driver_errors_explained, quote, reflect_tables, set_last_ids

#: Foreign keys come first: they refer to the columns of a PRIMARY KEY or UNIQUE constraint.
_FIND_CONSTRAINTS = text(
    "SELECT conrelid::regclass::text AS table_name, conname AS name, pg_get_constraintdef(oid) AS definition "
    "FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND contype IN ('f', 'p', 'u') "
    "ORDER BY contype"
)
_FIND_INDEXES = text(
    "SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition "
    "FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = current_schema()::regnamespace "
    "AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)"
)

#: An index is created by sorting in this much memory, and by several processes where the server has some to spare.
_MORE_MEMORY = text("SET LOCAL maintenance_work_mem = '256MB'")


async def copy_to_postgres(source: sqlite3.Connection, target: AsyncConnection) -> None:
    """Replace the rows of a PostgreSQL database by those of an SQLite file, in the transaction of `target`.

    Both are at the same revision. New rows of the target get the ids that the source would have given them.
    """
    source.execute("BEGIN")  # all its tables are read as of one moment
    tables = await target.run_sync(reflect_tables)
    names = ", ".join(quote(table.name) for table in tables)
    await target.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
    async with _without_indexes(target):
        for table in tables:
            await _copy_table(source, table, target)
    await target.run_sync(set_last_ids, tables, await to_thread(_read_last_ids, source))


def _read_last_ids(source: sqlite3.Connection) -> dict[str, int]:
    """Return the last id that each table has given; of a file that has lost count of them, none."""
    if source.execute("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").fetchone() is None:
        return {}
    return dict(source.execute("SELECT name, seq FROM sqlite_sequence WHERE typeof(seq) = 'integer'").fetchall())


@asynccontextmanager
async def _without_indexes(connection: AsyncConnection) -> AsyncIterator[None]:
    """Drop indexes, keys and foreign keys while the block runs. Then create them again, which checks all rows at once.

    NOT NULL and CHECK stay. So do exclusion constraints: the server checks them row by row in any case, and to do so
    while the rows come takes three quarters of the time.
    """
    await connection.execute(_MORE_MEMORY)
    constraints = (await connection.execute(_FIND_CONSTRAINTS)).all()
    for constraint in constraints:
        drop = f"ALTER TABLE {constraint.table_name} DROP CONSTRAINT {quote(constraint.name)}"
        await connection.exec_driver_sql(drop)
    indexes = (await connection.execute(_FIND_INDEXES)).all()
    for index in indexes:
        await connection.exec_driver_sql(f"DROP INDEX {index.name}")
    yield
    for index in indexes:
        await connection.exec_driver_sql(index.definition)
    for constraint in reversed(constraints):
        add = f"ALTER TABLE {constraint.table_name} ADD CONSTRAINT {quote(constraint.name)} {constraint.definition}"
        await connection.exec_driver_sql(add)


async def _copy_table(file: sqlite3.Connection, table: Table, target: AsyncConnection) -> None:
    columns = [column.name for column in table.columns]
    driver: Any = (await target.get_raw_connection()).driver_connection
    with driver_errors_explained():
        async with aclosing(_read_lines(file, table)) as lines:
            await driver.copy_to_table(table.name, source=lines, columns=columns, format="csv")


async def _read_lines(file: sqlite3.Connection, table: Table) -> AsyncGenerator[bytes, None]:
    """Yield the rows of a table as lines of COPY's CSV format (PostgreSQL manual, "COPY", "CSV Format").

    The next lines are read, in a thread, while the server takes those before.
    """
    line = " || ',' || ".join(map(_to_csv, table.columns))
    # Only the table itself is read: an index of a file that somebody has changed may hold other values.
    cursor = file.execute(f"SELECT CAST({line} || char(10) AS BLOB) FROM {quote(table.name)} NOT INDEXED")
    reading = asyncio.ensure_future(to_thread(_read_page, cursor))
    try:
        while lines := await reading:
            reading = asyncio.ensure_future(to_thread(_read_page, cursor))
            yield lines
    finally:
        await asyncio.wait([reading])


def _read_page(cursor: sqlite3.Cursor) -> bytes:
    return b"".join([row[0] for row in cursor.fetchmany(ROWS_PER_PAGE)])


def _to_csv(column: Column[Any]) -> str:
    """Return the SQL of a column's value in CSV. NULL is empty, and every text is in quotation marks."""
    name = quote(column.name)
    if isinstance(column.type, LargeBinary):
        return rf"CASE WHEN {name} IS NULL THEN '' ELSE '\x' || hex({name}) END"
    if isinstance(column.type, Float):
        return f"CASE WHEN {name} IS NULL THEN '' ELSE printf('%!.17g', {name}) END"
    if isinstance(column.type, Integer | Boolean | DateTime):
        return f"coalesce({name}, '')"
    return f"""coalesce('"' || replace({name}, '"', '""') || '"', '')"""
