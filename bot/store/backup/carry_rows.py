"""Carries the rows of a backup file into the tables of a new database file, and nothing else of the backup.

A file can have triggers, views and tables that no Bylaug has made. Copied as a whole, they would act on what the bot
writes from then on.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from bot.store.backup.copy_rows import ALEMBIC_TABLE, CACHE_SIZE, quote, set_sqlite_last_ids
from bot.store.backup.sqlite_indexes import create_indexes, drop_indexes


def connect_distrusted(file: Path) -> sqlite3.Connection:
    """Open an untrusted SQLite file read-only. Only one thread at a time may use the connection.

    Its views and triggers may call no function with side effects (sqlite.org, "Defense Against The Dark Arts").
    """
    uri = f"{file.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    _distrust(connection)
    return connection


def _distrust(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA cell_size_check=ON")


def check_tables(connection: sqlite3.Connection, names: Sequence[str], schema: str = "main") -> None:
    """Raise sqlite3.DatabaseError unless all names are ordinary tables: a view computes rows that nobody stored."""
    kinds = {row[1]: row[2] for row in connection.execute(f"PRAGMA {schema}.table_list")}
    for name in names:
        if (kind := kinds.get(name)) != "table":
            raise sqlite3.DatabaseError(f"{name} is a {kind} and no table" if kind else f"it has no table {name}")


def read_revisions(file: Path) -> list[str]:
    """Return the revisions of a backup. Raise sqlite3.DatabaseError when it has none."""
    with closing(connect_distrusted(file)) as connection:
        check_tables(connection, [ALEMBIC_TABLE])
        revisions = sorted(str(row[0]) for row in connection.execute(f"SELECT version_num FROM {ALEMBIC_TABLE}"))
    if not revisions:
        raise sqlite3.DatabaseError("it does not say which version has made its tables")
    return revisions


def carry_rows(backup: Path, target: Path) -> list[str]:
    """Replace the rows of a database by those of a backup at the same revision.

    Return the names of objects that only the backup has ("trigger steal"): they are not carried. Raise
    sqlite3.DatabaseError when the backup lacks a table or column, or when its rows break a constraint of the database.
    """
    with _attached(backup, target) as connection:
        connection.execute("BEGIN IMMEDIATE")
        tables = _find_tables(connection)
        left_behind = _compare(connection, tables)
        indexes = drop_indexes(connection, keep_triggers=True)
        for table in tables:
            _carry_table(connection, table)
        create_indexes(connection, indexes)
        _carry_last_ids(connection, tables)
        if broken := connection.execute("PRAGMA main.foreign_key_check").fetchone():
            raise sqlite3.DatabaseError(f"a row of {broken[0]} refers to a row of {broken[2]} that is missing")
        connection.execute("COMMIT")
    return left_behind


def compare_tables(backup: Path, template: Path) -> list[str]:
    """Return the names of objects that a backup has and a database at the same revision has not ("trigger steal").

    Raise sqlite3.DatabaseError when the backup lacks a table or column.
    """
    with _attached(backup, template) as connection:
        return _compare(connection, _find_tables(connection))


@contextmanager
def _attached(backup: Path, database: Path) -> Iterator[sqlite3.Connection]:
    """Open a database, with a backup as the schema "backup"."""
    with closing(sqlite3.connect(database.absolute().as_uri(), uri=True, isolation_level=None)) as connection:
        _distrust(connection)
        connection.execute(f"PRAGMA cache_size={CACHE_SIZE}")
        connection.execute("ATTACH ? AS backup", (f"{backup.absolute().as_uri()}?mode=ro",))
        yield connection


def _compare(connection: sqlite3.Connection, tables: Sequence[str]) -> list[str]:
    """Return what only the backup has. Raise sqlite3.DatabaseError when it lacks one of our tables or columns."""
    check_tables(connection, tables, "backup")
    left_behind = _find_foreign_objects(connection)
    for table in tables:
        ours, theirs = _find_columns(connection, "main", table), _find_columns(connection, "backup", table)
        for column in ours:
            if column not in theirs:
                raise sqlite3.DatabaseError(f"its table {table} has no column {column} with values of its own")
        left_behind += [f"column {column} of {table}" for column in theirs if column not in ours]
    return left_behind


def _find_tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("PRAGMA main.table_list").fetchall()
    tables = sorted(row[1] for row in rows if row[0] == "main" and row[2] == "table")
    return [name for name in tables if name != ALEMBIC_TABLE and not name.startswith("sqlite_")]


def _find_foreign_objects(connection: sqlite3.Connection) -> list[str]:
    """Return the tables, views, indexes and triggers of the backup that our schema does not have, or has otherwise.

    A table that only its text tells apart is ours: migrations and versions of SQLite write it differently.
    """
    ours, theirs = ({(row[0], row[1]): row[2] for row in _read_objects(connection, s)} for s in ("main", "backup"))
    return [
        f"{kind} {name}"
        for (kind, name), text in sorted(theirs.items())
        if (kind, name) not in ours or (kind != "table" and ours[kind, name] != text)
    ]


def _read_objects(connection: sqlite3.Connection, schema: str) -> list[tuple[str, str, str]]:
    """Return kind, name and SQL (with blanks alike) of everything that has been created, without SQLite's own."""
    rows = connection.execute(
        f"SELECT type, name, sql FROM {schema}.sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    return [(kind, name, " ".join((text or "").split())) for kind, name, text in rows]


def _carry_table(connection: sqlite3.Connection, table: str) -> None:
    columns = ", ".join(map(quote, _find_columns(connection, "main", table)))
    connection.execute(f"DELETE FROM main.{quote(table)}")
    connection.execute(f"INSERT INTO main.{quote(table)} ({columns}) SELECT {columns} FROM backup.{quote(table)}")


def _find_columns(connection: sqlite3.Connection, schema: str, table: str) -> list[str]:
    """Return the columns in which values are stored: none that SQLite generates from others."""
    rows = connection.execute(f"PRAGMA {schema}.table_xinfo({quote(table)})")
    return [str(row[1]) for row in rows if row[6] == 0]


def _carry_last_ids(connection: sqlite3.Connection, tables: Sequence[str]) -> None:
    """Go on counting ids where the backup's tables do: an id whose row was deleted is not given again."""
    if not all(_has_last_ids(connection, schema) for schema in ("main", "backup")):
        return
    last_ids = connection.execute("SELECT name, seq FROM backup.sqlite_sequence").fetchall()
    set_sqlite_last_ids(connection, {name: last_id for name, last_id in last_ids if name in tables})


def _has_last_ids(connection: sqlite3.Connection, schema: str) -> bool:
    rows = connection.execute(f"SELECT 1 FROM {schema}.sqlite_schema WHERE name = 'sqlite_sequence'")
    return rows.fetchone() is not None
