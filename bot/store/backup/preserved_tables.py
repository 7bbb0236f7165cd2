"""What does not go back in time with the rest of a restored database: the login, and the keys of encrypted rooms.

The homeserver, and everybody's devices, have gone on with them. Where the database that is replaced can still be read,
they are taken along from it.
"""

from typing import Any

from sqlalchemy import Connection, Table, inspect, select

from bot.store.tables import crypto_state, encrypted_rooms, meta, room_keys

#: The facts of bot.matrix.login, bot.matrix.crypto.signing.identity_store and .replace; tests hold the names together.
PRESERVED_FACTS = ("matrix login", "matrix identity", "matrix devices left")
_PRESERVED_TABLES = (crypto_state, room_keys, encrypted_rooms)

#: Rows by table.
PreservedRows = dict[str, list[dict[str, Any]]]


def read_preserved_rows(present: Connection) -> PreservedRows:
    """All of it in a database, of any revision."""
    tables = [table for table in (meta, *_PRESERVED_TABLES) if _has_table(present, table)]
    return {table.name: _read_rows(present, table) for table in tables}


def write_preserved_rows(restored: Connection, timeless: PreservedRows) -> None:
    """In the place of what the backup has of it."""
    for table in (meta, *_PRESERVED_TABLES):
        rows = timeless.get(table.name, [])
        if not rows:
            continue
        older = table.delete()
        restored.execute(older.where(meta.c.key.in_([row["key"] for row in rows])) if table is meta else older)
        restored.execute(table.insert(), rows)


def _has_table(connection: Connection, table: Table) -> bool:
    there = inspect(connection)
    if not there.has_table(table.name):
        return False
    return {column["name"] for column in there.get_columns(table.name)} == set(table.columns.keys())


def _read_rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    rows = select(table).where(meta.c.key.in_(PRESERVED_FACTS)) if table is meta else select(table)
    return [dict(row) for row in connection.execute(rows).mappings()]
