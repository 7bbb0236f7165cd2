"""Carries every row from one database to another, SQLite or PostgreSQL, whatever tables the features have."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, MetaData, Table, create_engine, func, insert, select, text

#: Rows carried at a time.
ROWS_PER_PAGE = 500

#: Alembic's own table: each database says by itself where it stands.
_ALEMBIC_TABLE = "alembic_version"


@contextmanager
def open_backup_file(file: Path) -> Iterator[Connection]:
    """A backup file, in one transaction; closed afterwards, so that nothing is left beside it."""
    engine = create_engine(f"sqlite:///{file}")
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def reflect_tables(connection: Connection) -> list[Table]:
    """Every table of ours that a database has, each behind those it refers to."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != _ALEMBIC_TABLE]


def copy_rows(source: Connection, target: Connection) -> dict[str, int]:
    """Fill the target's tables, emptied before, with the source's rows; how many there were in each table.

    Both stand at the same revision. Numbers go on where the source would have gone on.
    """
    delete_all_rows(target)
    places = {table.name: table for table in reflect_tables(target)}
    counts = {table.name: _copy_table(source, table, target, places[table.name]) for table in reflect_tables(source)}
    _set_last_ids(target, _read_last_ids(source))
    return counts


def delete_all_rows(connection: Connection) -> None:
    """Take every row out of every table."""
    tables = reflect_tables(connection)
    if connection.dialect.name == "postgresql" and tables:
        quote = connection.dialect.identifier_preparer.format_table
        connection.execute(text(f"TRUNCATE {', '.join(map(quote, tables))} RESTART IDENTITY"))
        return
    for table in reversed(tables):
        connection.execute(table.delete())


def _copy_table(source: Connection, rows_of: Table, target: Connection, into: Table) -> int:
    _set_json_null_handling(into)
    carried = 0
    for rows in _read_pages(source, rows_of):
        target.execute(insert(into), rows)
        carried += len(rows)
    return carried


def _read_pages(source: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """In the order of their numbers: a row that refers to another of its table comes behind it."""
    rows = select(table).order_by(*table.primary_key.columns)
    result = source.execution_options(yield_per=ROWS_PER_PAGE).execute(rows)
    for page in result.mappings().partitions():
        yield [dict(row) for row in page]


def _set_json_null_handling(table: Table) -> None:
    """A column that may be empty is left empty by None; one that may not then holds JSON's own null."""
    for column in table.columns:
        if isinstance(column.type, JSON):
            column.type = JSON(none_as_null=bool(column.nullable))


def _read_last_ids(connection: Connection) -> dict[str, int]:
    """The last number that each table gave to a row, which may be gone by now."""
    if connection.dialect.name == "sqlite":
        has_numbers = connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")).first()
        rows = connection.execute(text("SELECT name, seq FROM sqlite_sequence")).all() if has_numbers else []
        return {row.name: row.seq for row in rows}
    given = {}
    for table, sequence in _find_sequences(connection):
        last = connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()
        if last.is_called:
            given[table] = int(last.last_value)
    return given


def _set_last_ids(connection: Connection, given: dict[str, int]) -> None:
    if connection.dialect.name == "sqlite":
        for table, number in given.items():
            values = {"name": table, "number": number}
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
            connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)"), values)
        return
    for table, sequence in _find_sequences(connection):
        if given.get(table, 0) > 0:
            connection.execute(select(func.setval(sequence, given[table])))


def _find_sequences(connection: Connection) -> Iterator[tuple[str, str]]:
    """Tables whose rows PostgreSQL numbers, and by which sequence, its name quoted as SQL wants it."""
    for table in reflect_tables(connection):
        for column in table.primary_key.columns:
            name = connection.dialect.identifier_preparer.format_table(table)
            sequence = connection.execute(select(func.pg_get_serial_sequence(name, column.name))).scalar_one()
            if sequence is not None:
                yield table.name, sequence
