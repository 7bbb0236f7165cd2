"""The administrator's commands for the database: migrate, backup and restore."""

from asyncio import to_thread
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

from bot.api.feature import Feature
from bot.clock import system_clock
from bot.config.load import load_settings
from bot.config.settings import Settings
from bot.errors import EX_CANTCREAT, EX_IOERR, EX_TEMPFAIL, Fatal, Unavailable
from bot.pipeline.load_features import feature_names, load_features, migration_folders
from bot.store.backup.backup import back_up
from bot.store.backup.restore import restore
from bot.store.backup.rotation import backup_name, delete_old_backups
from bot.store.database.instance_lock import InstanceLock, create_instance_lock, hold_in_background
from bot.store.database.schema import check_file_integrity, find_revisions, is_current, migrate
from bot.store.database.transaction import Store


async def migrate_database(config: Path, environ: Mapping[str, str]) -> list[str]:
    """Migrate the database, and return the revisions that it is at afterwards."""
    settings = load_settings(config, environ)
    async with open_store(settings, load_features(feature_names()).values()) as store:
        return await find_revisions(store)


async def back_up_database(
    config: Path, file: Path, environ: Mapping[str, str], replace: bool, keep_count: int | None
) -> str:
    """Back up the database into a file, or under a new name into a folder. Return a description of the backup.

    `keep_count` is for a folder: only that many backups, the newest ones, are kept in the folder.
    """
    settings = load_settings(config, environ)
    now = system_clock()
    is_folder = await to_thread(file.is_dir)
    if keep_count and not is_folder:
        raise Fatal(f"With --keep, {file} has to be a folder.", EX_CANTCREAT)
    async with _open_database(settings) as (store, _):
        target = file / backup_name(now) if is_folder else file
        migrations = migration_folders(load_features(feature_names()).values())
        summary = await back_up(store, target, now, migrations, replace=replace)
        database = store.file.path if store.file else None
    if keep_count:
        await to_thread(delete_old_backups, file, keep_count, now, database)
    return str(summary)


async def restore_database(config: Path, file: Path, environ: Mapping[str, str], even_newer: bool) -> str:
    """Replace the database by a backup. Return what was restored, and what the administrator has to know."""
    settings = load_settings(config, environ)
    migrations = migration_folders(load_features(feature_names()).values())
    async with _open_database(settings) as (store, lock):
        await lock.acquire(_refuse_to_wait)
        async with hold_in_background(lock):
            now = system_clock()
            result = await restore(settings.database, file, now, migrations, even_newer=even_newer, locked_store=store)
        lock.mark_database_created()
    return str(result)


@asynccontextmanager
async def open_store(
    settings: Settings, features: Iterable[Feature], *, exclusive: bool = False
) -> AsyncIterator[Store]:
    """Open the database for a command of the administrator, and migrate it if it is older than the program.

    Raise Fatal when the database cannot be used, when it is newer than the program, or when it has to be migrated while
    a bot works on it; with `exclusive`, whenever a bot works on it.
    """
    migrations = migration_folders(features)
    async with _open_database(settings) as (store, lock):
        lock.check_database_exists()
        await check_file_integrity(store)
        needs_migration = not await is_current(store, migrations)
        needs_lock = needs_migration or exclusive
        if needs_lock:
            await lock.acquire(_refuse_to_wait)
        async with hold_in_background(lock) if needs_lock else nullcontext():
            if needs_migration:
                await migrate(store, migrations)
                lock.mark_database_created()
            yield store


@asynccontextmanager
async def _open_database(settings: Settings) -> AsyncIterator[tuple[Store, InstanceLock]]:
    """Open the database and its instance lock, which is not acquired yet.

    Raise Fatal instead of waiting for the database.
    """
    store = Store(settings.database)
    lock = create_instance_lock(store)
    try:
        yield store, lock
    except Unavailable as error:
        raise Fatal(str(error), EX_IOERR) from error
    finally:
        await lock.release()
        await store.close()


def _refuse_to_wait() -> None:
    raise Fatal(
        "A bot works on the database. Stop that one first: this command would change the database under it.",
        EX_TEMPFAIL,
    )
