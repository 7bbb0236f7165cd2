"""Takes the indexes and triggers of an SQLite database away while many rows are written into it.

To sort the entries of an index once is several times as fast as to insert each of them in its place.
"""

import sqlite3

from bot.store.backup.copy_rows import quote


def drop_indexes(connection: sqlite3.Connection, *, keep_triggers: bool = False) -> list[str]:
    """Drop all indexes and triggers of the main database, and return the SQL that creates them.

    Call it in a transaction. Indexes of PRIMARY KEY and UNIQUE stay. With `keep_triggers`, which is for rows that may
    break the rules of the triggers, tables with triggers keep them, and the indexes that the triggers need.
    """
    created = "SELECT type, name, sql FROM main.sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
    if keep_triggers:
        created += " AND tbl_name NOT IN (SELECT tbl_name FROM main.sqlite_schema WHERE type = 'trigger')"
    objects = connection.execute(created).fetchall()
    for kind, name, _ in objects:
        connection.execute(f"DROP {kind} main.{quote(name)}")
    return [sql for _, _, sql in objects]


def create_indexes(connection: sqlite3.Connection, statements: list[str]) -> None:
    """Create indexes and triggers that `drop_indexes` has dropped."""
    for sql in statements:
        connection.execute(sql)
