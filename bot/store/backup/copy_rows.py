"""Finds the tables of a database, and the last id of each, for copying rows from one database to another.

The tables are found in the database itself, so those of features are copied without being named.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module

from sqlalchemy import Column, Connection, MetaData, Table, func, select, text
from sqlalchemy.exc import DBAPIError

#: Rows that are read and written at a time.
ROWS_PER_PAGE = 5000
#: SQLite's cache while many rows are written or checked, as PRAGMA cache_size takes it: negative for kibibytes. Indexes
#: are written and read in the order of their values, all over the file.
CACHE_SIZE = -200_000

#: Alembic's own table is not copied: each database has its own revisions.
ALEMBIC_TABLE = "alembic_version"


def reflect_tables(connection: Connection) -> list[Table]:
    """Return every table of a database but Alembic's, each after those it refers to."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != ALEMBIC_TABLE]


def quote(name: str) -> str:
    """Return a name of a table or column, quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def read_last_ids(connection: Connection, tables: Sequence[Table]) -> dict[str, int]:
    """Return the last id that each table of PostgreSQL has given to a row, which may have been deleted since."""
    last_ids = {}
    for table, _, sequence in _find_sequences(connection, tables):
        row = connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()
        if row.is_called:
            last_ids[table] = int(row.last_value)
    return last_ids


def set_last_ids(connection: Connection, tables: Sequence[Table], last_ids: Mapping[str, int]) -> None:
    """Make tables of PostgreSQL give ids above these, and above those of their rows, to new rows."""
    for table, column, sequence in _find_sequences(connection, tables):
        largest = connection.execute(select(func.max(column))).scalar_one() or 0
        if (last_id := max(largest, last_ids.get(table, 0))) > 0:
            connection.execute(select(func.setval(sequence, last_id)))


def set_sqlite_last_ids(file: sqlite3.Connection, last_ids: Mapping[str, int]) -> None:
    """Make tables of an SQLite file give ids above these to new rows (sqlite.org, "SQLite Autoincrement")."""
    for table, last_id in last_ids.items():
        file.execute("DELETE FROM main.sqlite_sequence WHERE name = ?", (table,))
        file.execute("INSERT INTO main.sqlite_sequence (name, seq) VALUES (?, ?)", (table, last_id))


@contextmanager
def driver_errors_explained() -> Iterator[None]:
    """Raise SQLAlchemy's DBAPIError for each error of asyncpg, which is called without SQLAlchemy in the block."""
    asyncpg = import_module("asyncpg")  # not installed where only SQLite is used
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DBAPIError("copying rows", None, error) from error


def _find_sequences(connection: Connection, tables: Sequence[Table]) -> Iterator[tuple[str, Column[int], str]]:
    """Yield the tables whose ids PostgreSQL takes from a sequence, with the ids and the sequence, quoted for SQL."""
    for table in tables:
        for column in table.primary_key.columns:
            name = connection.dialect.identifier_preparer.format_table(table)
            sequence = connection.execute(select(func.pg_get_serial_sequence(name, column.name))).scalar_one()
            if sequence is not None:
                yield table.name, column, sequence
