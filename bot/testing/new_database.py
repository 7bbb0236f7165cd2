"""Creates the tables of one new database after another, and runs the migrations for the first of them."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bot.private_file import create_private_file
from bot.store.database.schema import is_current, migrate
from bot.store.database.transaction import Store

#: The content of an SQLite file after the migrations in these folders. To run them takes 0.1 s of a core, which is more
#: than most tests do afterwards.
_migrated: dict[tuple[Path, ...], bytes] = {}


async def create_tables(store: Store, features: Sequence[Path] = ()) -> None:
    """Migrate a database as `migrate` does. `features` are the folders with the features' own migrations.

    An SQLite file that does not exist yet becomes a copy of the first one that this process has migrated with the same
    folders.
    """
    file = store.file.path if store.file is not None else None
    if file is None or file.exists():
        if not await is_current(store, features):
            await migrate(store, features)
    elif content := _migrated.get((*features,)):
        create_private_file(file)
        file.write_bytes(content)
    else:
        await migrate(store, features)
        with closing(sqlite3.connect(file)) as connection:
            _migrated[(*features,)] = connection.serialize()
