"""Copies all rows of an SQLite file into a PostgreSQL database with the same tables, by its COPY command."""

import sqlite3
from asyncio import to_thread
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Column, DateTime, Float, Integer, LargeBinary, Table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.backup.copy_rows import ROWS_PER_PAGE, driver_errors_explained, quote, reflect_tables, set_last_ids

#: Foreign keys come first: they may refer to the columns of a UNIQUE constraint.
_FIND_CONSTRAINTS = text(
    "SELECT conrelid::regclass::text AS table_name, conname AS name, pg_get_constraintdef(oid) AS definition "
    "FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND contype IN ('f', 'u', 'x') "
    "ORDER BY contype"
)
_FIND_INDEXES = text(
    "SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition "
    "FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = current_schema()::regnamespace "
    "AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)"
)


async def copy_to_postgres(source: Path, target: AsyncConnection) -> None:
    """Replace the rows of a PostgreSQL database by those of an SQLite file, in the transaction of `target`.

    Both are at the same revision. New rows of the target get the ids that the source would have given them.
    """
    tables = await target.run_sync(reflect_tables)
    names = ", ".join(quote(table.name) for table in tables)
    await target.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
    with closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True, check_same_thread=False)) as file:
        async with _without_indexes(target):
            for table in tables:
                await _copy_table(file, table, target)
        last_ids = dict(await to_thread(lambda: file.execute("SELECT name, seq FROM sqlite_sequence").fetchall()))
    await target.run_sync(set_last_ids, tables, last_ids)


@asynccontextmanager
async def _without_indexes(connection: AsyncConnection) -> AsyncIterator[None]:
    """Drop all indexes and constraints, and create them again, which checks all rows at once.

    Primary keys and CHECK stay.
    """
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
        await driver.copy_to_table(table.name, source=_read_lines(file, table), columns=columns, format="csv")


async def _read_lines(file: sqlite3.Connection, table: Table) -> AsyncIterator[bytes]:
    """Yield the rows of a table as lines of COPY's CSV format (PostgreSQL manual, "COPY", "CSV Format")."""
    line = " || ',' || ".join(map(_to_csv, table.columns))
    cursor = await to_thread(file.execute, f"SELECT {line} || char(10) FROM {quote(table.name)}")
    while rows := await to_thread(cursor.fetchmany, ROWS_PER_PAGE):  # in a thread: heartbeats are sent meanwhile
        yield "".join(row[0] for row in rows).encode()


def _to_csv(column: Column[Any]) -> str:
    """Return the SQL of a column's value in CSV. NULL is empty, and every text is in quotation marks."""
    value = quote(column.name)
    if isinstance(column.type, LargeBinary):
        value = rf"'\x' || hex({value})"
    elif isinstance(column.type, Float):
        value = f"printf('%!.17g', {value})"
    elif not isinstance(column.type, Integer | Boolean | DateTime):
        value = f"""'"' || replace({value}, '"', '""') || '"'"""
    return f"CASE WHEN {quote(column.name)} IS NULL THEN '' ELSE {value} END"
