"""Copies every row from one database to another, SQLite or PostgreSQL, whatever tables the features have."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, MetaData, Table, create_engine, func, insert, select, text

#: Rows that are read and written at a time.
ROWS_PER_PAGE = 500

#: Alembic's own table is not copied: each database has its own revisions.
_ALEMBIC_TABLE = "alembic_version"


@contextmanager
def open_backup_file(file: Path) -> Iterator[Connection]:
    """Open a backup file in one transaction, and close it completely afterwards: SQLite leaves no files beside it."""
    engine = create_engine(f"sqlite:///{file}")
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def reflect_tables(connection: Connection) -> list[Table]:
    """Return every table of a database but Alembic's, each after those it refers to."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != _ALEMBIC_TABLE]


def copy_rows(source: Connection, target: Connection) -> dict[str, int]:
    """Replace the target's rows by the source's, and return the number of rows by table.

    Both databases are at the same revision. New rows of the target get the ids that the source would have given them.
    """
    delete_all_rows(target)
    targets = {table.name: table for table in reflect_tables(target)}
    counts = {table.name: _copy_table(source, table, target, targets[table.name]) for table in reflect_tables(source)}
    _set_last_ids(target, _read_last_ids(source))
    return counts


def delete_all_rows(connection: Connection) -> None:
    """Delete every row of every table."""
    tables = reflect_tables(connection)
    if connection.dialect.name == "postgresql" and tables:
        quote = connection.dialect.identifier_preparer.format_table
        connection.execute(text(f"TRUNCATE {', '.join(map(quote, tables))} RESTART IDENTITY"))
        return
    for table in reversed(tables):
        connection.execute(table.delete())


def _copy_table(source: Connection, source_table: Table, target: Connection, target_table: Table) -> int:
    _set_json_null_handling(target_table)
    count = 0
    for rows in _read_pages(source, source_table):
        target.execute(insert(target_table), rows)
        count += len(rows)
    return count


def _read_pages(source: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """Read a table in the order of its ids: a row that refers to another of the same table comes after that one."""
    rows = select(table).order_by(*table.primary_key.columns)
    result = source.execution_options(yield_per=ROWS_PER_PAGE).execute(rows)
    for page in result.mappings().partitions():
        yield [dict(row) for row in page]


def _set_json_null_handling(table: Table) -> None:
    """Let None be SQL's NULL in JSON columns that can be null, and JSON's null in all others."""
    for column in table.columns:
        if isinstance(column.type, JSON):
            column.type = JSON(none_as_null=bool(column.nullable))


def _read_last_ids(connection: Connection) -> dict[str, int]:
    """Return the last id that each table has given to a row, which may have been deleted since."""
    if connection.dialect.name == "sqlite":
        has_sequences = connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")).first()
        rows = connection.execute(text("SELECT name, seq FROM sqlite_sequence")).all() if has_sequences else []
        return {row.name: row.seq for row in rows}
    last_ids = {}
    for table, sequence in _find_sequences(connection):
        row = connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()
        if row.is_called:
            last_ids[table] = int(row.last_value)
    return last_ids


def _set_last_ids(connection: Connection, last_ids: dict[str, int]) -> None:
    if connection.dialect.name == "sqlite":
        for table, last_id in last_ids.items():
            values = {"name": table, "last_id": last_id}
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
            connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last_id)"), values)
        return
    for table, sequence in _find_sequences(connection):
        if last_ids.get(table, 0) > 0:
            connection.execute(select(func.setval(sequence, last_ids[table])))


def _find_sequences(connection: Connection) -> Iterator[tuple[str, str]]:
    """Yield the tables whose ids PostgreSQL takes from a sequence, each with the sequence's name, quoted for SQL."""
    for table in reflect_tables(connection):
        for column in table.primary_key.columns:
            name = connection.dialect.identifier_preparer.format_table(table)
            sequence = connection.execute(select(func.pg_get_serial_sequence(name, column.name))).scalar_one()
            if sequence is not None:
                yield table.name, sequence
