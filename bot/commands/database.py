"""Looks after the database for the caretaker: brings it up to date, backs it up, restores it."""

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
    """Bring the database up to date; the revisions it then stands at."""
    settings = load_settings(config, environ)
    async with open_store(settings, load_features(feature_names()).values()) as store:
        return await find_revisions(store)


async def back_up_database(
    config: Path, file: Path, environ: Mapping[str, str], replace: bool, keep: int | None
) -> str:
    """Copy the database into a file, or into a folder where only the newest `keep` copies stay; what it holds."""
    settings = load_settings(config, environ)
    now = system_clock()
    is_folder = await to_thread(file.is_dir)
    if keep and not is_folder:
        raise Fatal(f"With --keep, {file} has to be a folder.", EX_CANTCREAT)
    async with _beside(settings) as (store, _):
        target = file / backup_name(now) if is_folder else file
        features = migration_folders(load_features(feature_names()).values())
        contents = await back_up(store, target, now, features, replace=replace)
    if keep:
        await to_thread(delete_old_backups, file, keep, now)
    return str(contents)


async def restore_database(config: Path, file: Path, environ: Mapping[str, str], even_newer: bool) -> str:
    """Let the database be what a backup says; what was done, and what the caretaker has to know."""
    settings = load_settings(config, environ)
    features = migration_folders(load_features(feature_names()).values())
    async with _beside(settings) as (_, seat):
        await seat.acquire(_refuse)
        restored = await restore(settings.database, file, system_clock(), features, even_newer=even_newer)
        seat.mark_database_created()
    return str(restored)


@asynccontextmanager
async def open_store(settings: Settings, features: Iterable[Feature], *, alone: bool = False) -> AsyncIterator[Store]:
    """The database, brought up to date, for a command that is not the bot itself.

    Raises `Fatal` for one that cannot be used now, that is newer than the program, or that would have to be migrated
    under a bot that works on it; `alone`, whenever a bot works on it.
    """
    migrations = migration_folders(features)
    async with _beside(settings) as (store, seat):
        seat.check_database_exists()
        await check_file_integrity(store)
        is_old = not await is_current(store, migrations)
        if is_old or alone:
            await seat.acquire(_refuse)
        if is_old:
            await migrate(store, migrations)
            seat.mark_database_created()
        async with hold_in_background(seat) if alone else nullcontext():
            yield store


@asynccontextmanager
async def _beside(settings: Settings) -> AsyncIterator[tuple[Store, InstanceLock]]:
    """The database for a command, which waits for nothing: trouble ends it."""
    store = Store(settings.database)
    seat = create_instance_lock(store)
    try:
        yield store, seat
    except Unavailable as trouble:
        raise Fatal(str(trouble), EX_IOERR) from trouble
    finally:
        await seat.release()
        await store.close()


def _refuse() -> None:
    raise Fatal("A bot works on the database. Stop that one first: this would change it under its hands.", EX_TEMPFAIL)
