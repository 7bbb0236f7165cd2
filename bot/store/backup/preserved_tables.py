"""Tables and facts that a restore preserves from the replaced database: the login, and the state of encrypted rooms.

The homeserver and other people's devices have gone on since the backup, and know the newer state. So these rows are
taken from the database that is replaced, if it can still be read.
"""

from typing import Any

from sqlalchemy import Connection, Table, inspect, select

from bot.store.crypto_tables import crypto_state, encrypted_rooms, message_indexes, room_keys
from bot.store.tables import meta

#: Facts of bot.matrix.login, and of identity_store and replace in bot.matrix.crypto.signing. Tests compare the names.
PRESERVED_FACTS = ("matrix login", "matrix identity", "matrix devices left")
_PRESERVED_TABLES = (crypto_state, room_keys, message_indexes, encrypted_rooms)

#: Rows by the name of their table.
PreservedRows = dict[str, list[dict[str, Any]]]


def read_preserved_rows(replaced: Connection) -> PreservedRows:
    """Return the rows to preserve from a database, whatever its revision.

    A table may lack columns that have a default. One that lacks others, or has columns of its own, is left out.
    """
    tables = [table for table in (meta, *_PRESERVED_TABLES) if _has_table(replaced, table)]
    return {table.name: _read_rows(replaced, table) for table in tables}


def write_preserved_rows(restored: Connection, preserved_rows: PreservedRows) -> None:
    """Put the preserved rows in place of those of the backup."""
    for table in (meta, *_PRESERVED_TABLES):
        rows = preserved_rows.get(table.name, [])
        if not rows:
            continue
        delete = table.delete()
        if table is meta:
            delete = delete.where(meta.c.key.in_([row["key"] for row in rows]))
        restored.execute(delete)
        restored.execute(table.insert(), rows)


def _has_table(connection: Connection, table: Table) -> bool:
    inspector = inspect(connection)
    if not inspector.has_table(table.name):
        return False
    present = {column["name"] for column in inspector.get_columns(table.name)}
    required = {column.name for column in table.columns if not column.nullable and column.server_default is None}
    return required <= present <= set(table.columns.keys())


def _read_rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    present = {column["name"] for column in inspect(connection).get_columns(table.name)}
    rows = select(*(column for column in table.columns if column.name in present))
    if table is meta:
        rows = rows.where(meta.c.key.in_(PRESERVED_FACTS))
    return [dict(row) for row in connection.execute(rows).mappings()]
