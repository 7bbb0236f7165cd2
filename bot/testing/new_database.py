"""Creates the tables of one new database after another, and runs the migrations for the first of them."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event, inspect

from bot.private_file import create_private_file
from bot.store.database.schema import is_current, migrate
from bot.store.database.transaction import Store
from bot.store.facts import find_facts, set_fact

Folders = tuple[Path, ...]


@dataclass(frozen=True)
class _Migrated:
    """What the migrations make of an empty PostgreSQL database: the statements they run, and the facts they leave."""

    script: str
    facts: dict[str, str]


#: The content of an SQLite file after the migrations in these folders, and how a PostgreSQL database gets there. To run
#: the migrations takes 0.1 s of a core, which is more than most tests do afterwards.
_files: dict[Folders, bytes] = {}
_scripts: dict[Folders, _Migrated] = {}


async def create_tables(store: Store, features: Sequence[Path] = ()) -> None:
    """Migrate a database as `migrate` does. `features` are the folders with the features' own migrations.

    An SQLite file that does not exist yet becomes a copy of the first one that this process has migrated with the same
    folders. An empty PostgreSQL database gets the statements that the first one got.
    """
    if store.file is None:
        await _create_on_server(store, (*features,))
    elif store.file.path.exists():
        await _migrate_if_old(store, features)
    else:
        await _create_file(store, store.file.path, (*features,))


async def _migrate_if_old(store: Store, features: Sequence[Path]) -> None:
    if not await is_current(store, features):
        await migrate(store, features)


async def _create_file(store: Store, file: Path, features: Folders) -> None:
    if content := _files.get(features):
        _write(file, content)
        return
    await migrate(store, features)
    with closing(sqlite3.connect(file)) as connection:
        _files[features] = connection.serialize()


def _write(file: Path, content: bytes) -> None:
    create_private_file(file)
    file.write_bytes(content)


async def _create_on_server(store: Store, features: Folders) -> None:
    async with store.write("schema") as connection:
        is_empty = not await connection.run_sync(lambda c: inspect(c).get_table_names())
        if is_empty and (migrated := _scripts.get(features)):
            driver_connection: Any = (await connection.get_raw_connection()).driver_connection
            await driver_connection.execute(migrated.script)
            for key, value in migrated.facts.items():
                await set_fact(connection, key, value)
            return
    if not is_empty:
        await _migrate_if_old(store, features)
        return
    with _recorded_statements(store) as statements:
        await migrate(store, features)
    async with store.read() as connection:
        _scripts[features] = _Migrated(";\n".join(statements), await find_facts(connection, ""))


@contextmanager
def _recorded_statements(store: Store) -> Iterator[list[str]]:
    """Yield a list that gets every statement that changes something and has no parameters."""
    statements: list[str] = []

    def record(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not parameters and not statement.lstrip().startswith("SELECT"):
            statements.append(statement)

    event.listen(store.engine.sync_engine, "before_cursor_execute", record)
    try:
        yield statements
    finally:
        event.remove(store.engine.sync_engine, "before_cursor_execute", record)
