"""Migrates the database to the tables that this program knows. Refuses a database that a newer program has written."""

import hashlib
import logging
import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from bot.errors import EX_DATAERR, Fatal
from bot.store.database.explain_error import damaged_file_error
from bot.store.database.sqlite import all_statements_in_thread
from bot.store.database.transaction import Store
from bot.store.facts import get_fact, set_fact

if TYPE_CHECKING:
    from alembic.config import Config

CORE_MIGRATIONS = Path(__file__).parents[1] / "migrations" / "versions"

#: The fact with the fingerprint of the migrations that were applied last.
SCHEMA_FACT = "schema"

log = logging.getLogger(__name__)


async def migrate(store: Store, features: Sequence[Path] = (), to: Sequence[str] = ("heads",)) -> list[str]:
    """Migrate the database to the newest revisions, or to those in `to`; return the revisions it is at afterwards.

    `features` are the folders with the features' own migrations. Raise Fatal when the database is newer.
    """
    folders = [CORE_MIGRATIONS, *features]
    async with store.write("schema") as connection, all_statements_in_thread(connection):
        before = await connection.run_sync(_read_revisions)
        await connection.run_sync(_upgrade, folders, before, to)
        after = await connection.run_sync(_read_revisions)
        if after != before:
            log.info("database migrated from %s to %s", ", ".join(before) or "nothing", ", ".join(after))
        await set_fact(connection, SCHEMA_FACT, _fingerprint(folders))
        return after


async def check_and_migrate(store: Store, features: Sequence[Path] = ()) -> None:
    """Check the database file, and migrate the database if it is not current. Raise Fatal when it cannot be used."""
    await check_file_integrity(store)
    if not await is_current(store, features):
        await migrate(store, features)


async def check_file_integrity(store: Store) -> None:
    """Read all of an SQLite file and raise Fatal when it is damaged, before anything is written to it."""
    if store.file is None:
        return
    async with store.read() as connection:
        result = (await connection.execute(text("PRAGMA quick_check(1)"))).scalar_one()
    if result != "ok":
        raise damaged_file_error(store.file.path, " ".join(str(result).split()))


async def find_revisions(store: Store) -> list[str]:
    """Return the revisions that the database is at: one of the core, and one of each feature with tables."""
    async with store.read() as connection:
        return await connection.run_sync(_read_revisions)


async def find_pending_migrations(store: Store, features: Sequence[Path] = ()) -> list[str]:
    """Return the revisions that `migrate` would apply, oldest first. Raise Fatal when the database is newer."""
    async with store.read() as connection:
        return await connection.run_sync(_find_pending, [CORE_MIGRATIONS, *features])


async def is_current(store: Store, features: Sequence[Path] = ()) -> bool:
    """Return whether exactly these migrations were applied last. Saves importing Alembic at every start."""
    async with store.read() as connection:
        if not await connection.run_sync(lambda c: inspect(c).has_table("meta")):
            return False
        return await get_fact(connection, SCHEMA_FACT) == _fingerprint([CORE_MIGRATIONS, *features])


def _fingerprint(folders: Sequence[Path]) -> str:
    names = sorted(f"{folder.parent.name}/{path.name}" for folder in folders for path in folder.glob("*.py"))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def _read_revisions(connection: Connection) -> list[str]:
    if not inspect(connection).has_table("alembic_version"):
        return []
    return sorted(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


def _upgrade(connection: Connection, folders: Sequence[Path], before: Sequence[str], to: Sequence[str]) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    config = _make_config(connection, folders)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    _refuse_unknown({*before, *to} - known - {"heads"})
    for revision in to:
        command.upgrade(config, revision)


def _find_pending(connection: Connection, folders: Sequence[Path]) -> list[str]:
    from alembic.script import ScriptDirectory

    directory = ScriptDirectory.from_config(_make_config(connection, folders))
    every = [script.revision for script in directory.walk_revisions()]
    present = _read_revisions(connection)
    _refuse_unknown({*present} - {*every})
    applied = {script.revision for script in directory.iterate_revisions(tuple(present), "base")} if present else set()
    return [revision for revision in reversed(every) if revision not in applied]


def _refuse_unknown(unknown: Collection[str]) -> None:
    if unknown:
        raise Fatal(
            "The database was written by a newer Bylaug, or by a feature that is not installed here "
            f"(revision {', '.join(sorted(unknown))}). "
            "Install that version again, or restore a backup from before.",
            EX_DATAERR,
        )


def _make_config(connection: Connection, folders: Sequence[Path]) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(CORE_MIGRATIONS.parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", os.pathsep.join(map(str, folders)).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
