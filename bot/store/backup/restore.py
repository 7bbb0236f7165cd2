"""Puts a backup in the place of a database, and keeps what was there aside."""

import shutil
import sqlite3
from asyncio import to_thread
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, delete, func, make_url, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import EX_DATAERR, EX_IOERR, EX_NOINPUT, Fatal
from bot.store.backup.backup import (
    APPLICATION_ID,
    MADE_AT_FACT,
    BackupSummary,
    back_up,
    check_integrity,
    read_summary,
    sync_to_disk,
)
from bot.store.backup.copy_rows import copy_rows, open_backup_file
from bot.store.backup.preserved_tables import PreservedRows, read_preserved_rows, write_preserved_rows
from bot.store.backup.restore_marker import RestoreMarker, get_restore_marker, set_restore_marker
from bot.store.calendars.calendars import suppress_next_changes
from bot.store.crypto import mark_olm_sessions_spent
from bot.store.database.schema import migrate
from bot.store.database.transaction import Store
from bot.store.facts import get_fact
from bot.store.places import find_places
from bot.store.tables import history, inbox, meta, outbox

#: The fact in which bot.matrix.sync.sync_loop keeps how far it has listened.
SYNC_POSITION_FACT = "matrix position"

#: What SQLite may keep beside a database that is in use.
_SQLITE_SUFFIXES = ("-wal", "-shm", "-journal")

#: What a caretaker has to know after a restore, in the order in which it matters.
RESTORE_NOTES = (
    "When the bot starts it reads again what was said since the backup, carries it out as of the moment it was said, "
    "and says nothing that already stands in its rooms.",
    "It cannot know: commands that were deleted since, and taps that were taken back; in which order somebody's words "
    "and a timer came when it was off for a while; in encrypted rooms, what it said as another device than it is now, "
    "and what it was told with keys that came after the backup (unless the replaced database could still be read).",
    "What it once said and can no longer account for is told in the log at the first start, community by community. "
    "Ask the people there about it.",
)


@dataclass(frozen=True)
class RestoreResult:
    """What was restored, and where what was there before lies now (None where nothing was)."""

    summary: BackupSummary
    kept_copy: Path | None

    def __str__(self) -> str:
        lines = [f"Restored: {self.summary}"]
        if self.kept_copy is not None:
            lines.append(f"What was there before is kept in {self.kept_copy}.")
        return "\n".join([*lines, "", *RESTORE_NOTES])


@dataclass(frozen=True)
class ReplacedDatabase:
    """What a database is that is to be replaced: when it last worked, and what is taken along from it."""

    newest_work: datetime | None = None
    preserved_rows: PreservedRows = field(default_factory=dict)

    def is_newer_than(self, contents: BackupSummary) -> bool:
        """Whether it knows of more than the backup."""
        return self.newest_work is not None and self.newest_work > contents.made_at


async def restore(
    url: str, file: Path, now: datetime, features: Sequence[Path] = (), *, even_newer: bool = False
) -> RestoreResult:
    """Let a database be what the backup says. The bot must not run on it.

    `features` are the folders with the features' own migrations. Raises `Fatal` when the file is no backup of ours, is
    damaged or newer than this program, when the database knows of later work and `even_newer` is not said, and when
    either cannot be read or written.
    """
    try:
        contents = await to_thread(_read_backup, file)
        if make_url(url).get_backend_name() == "sqlite":
            aside = await _restore_sqlite(Path(make_url(url).database or ""), contents, now, features, even_newer)
        else:
            aside = await _restore_postgres(url, contents, now, features, even_newer)
    except (OSError, sqlite3.Error) as error:
        raise Fatal(f"{file} cannot be restored: {error}", EX_IOERR) from error
    except DBAPIError as error:
        raise Fatal(f"{file} cannot be restored: {error.orig}", EX_IOERR) from error
    return RestoreResult(contents, aside)


def _read_backup(file: Path) -> BackupSummary:
    if not file.is_file():
        raise Fatal(f"There is no file {file}.", EX_NOINPUT)
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise Fatal(f"{file} is no backup made by bylaug.", EX_DATAERR)
            check_integrity(connection)
        return read_summary(file)
    except (sqlite3.Error, TypeError, ValueError) as error:
        raise Fatal(f"{file} is no backup made by bylaug, or it is damaged ({error}).", EX_DATAERR) from error


async def _restore_sqlite(
    database: Path, contents: BackupSummary, now: datetime, features: Sequence[Path], even_newer: bool
) -> Path | None:
    fresh = database.with_name(f".{database.name}.restored")
    try:
        present = await to_thread(_inspect_file, database)
        _refuse_newer(present, contents, even_newer)
        await _prepare_copy(contents, fresh, now, features, present)
        aside = await to_thread(_swap_files, database, fresh, now)
    finally:
        await to_thread(_remove_files, fresh)
    return aside


async def _restore_postgres(
    url: str, contents: BackupSummary, now: datetime, features: Sequence[Path], even_newer: bool
) -> Path | None:
    fresh = contents.file.with_name(f".{contents.file.name}.restored")
    store = Store(url)
    try:
        await migrate(store, features)
        async with store.read() as connection:
            present = await connection.run_sync(_inspect_database)
        _refuse_newer(present, contents, even_newer)
        await _prepare_copy(contents, fresh, now, features, present)
        aside = await _back_up_replaced(store, contents.file, now, features) if present.newest_work else None
        async with store.write("schema") as connection:
            await connection.run_sync(_copy_rows_from_file, fresh)
    finally:
        await store.close()
        await to_thread(_remove_files, fresh)
    return aside


async def _prepare_copy(
    contents: BackupSummary, fresh: Path, now: datetime, features: Sequence[Path], present: ReplacedDatabase
) -> None:
    """A copy of the backup, brought up to date, that knows that it was restored."""
    await to_thread(_remove_files, fresh)
    await to_thread(shutil.copyfile, contents.file, fresh)
    await to_thread(fresh.chmod, 0o600)
    store = Store(f"sqlite+aiosqlite:///{fresh}")
    try:
        await migrate(store, features)
        async with store.write() as connection:
            await set_restore_marker(connection, await _make_marker(connection, contents, now))
            if present.is_newer_than(contents):
                await connection.run_sync(write_preserved_rows, present.preserved_rows)
            await mark_olm_sessions_spent(connection)
            await suppress_next_changes(connection)
            await connection.execute(delete(meta).where(meta.c.key == MADE_AT_FACT))
    finally:
        await store.close()
    await to_thread(sync_to_disk, fresh)


async def _make_marker(connection: AsyncConnection, contents: BackupSummary, now: datetime) -> RestoreMarker:
    if before := await get_restore_marker(connection):  # the backup was made during the replay of an earlier restore
        return replace(before, until=now)
    position = await get_fact(connection, SYNC_POSITION_FACT) or ""
    return RestoreMarker(contents.made_at, now, position, tuple(await find_places(connection)))


def _refuse_newer(present: ReplacedDatabase, contents: BackupSummary, even_newer: bool) -> None:
    if present.is_newer_than(contents) and not even_newer:
        raise Fatal(
            f"The database has worked until {present.newest_work:%Y-%m-%d %H:%M:%S} UTC, and the backup is of "
            f"{contents.made_at:%Y-%m-%d %H:%M:%S} UTC. To go back to it nevertheless, say --even-newer: "
            "the present database is kept aside.",
            EX_DATAERR,
        )


def _inspect_file(database: Path) -> ReplacedDatabase:
    """Nothing is found in a database that is not there, is empty, or too damaged to say."""
    if not database.exists():
        return ReplacedDatabase()
    # read only: even SQLite is not to touch what may have to be rescued by hand
    engine = create_engine(f"sqlite:///file:{quote(str(database.absolute()))}?mode=ro&uri=true")
    try:
        with engine.connect() as connection:
            return _inspect_database(connection)
    except DBAPIError:
        return ReplacedDatabase()
    finally:
        engine.dispose()


def _inspect_database(connection: Connection) -> ReplacedDatabase:
    moments = (inbox.c.received_at, inbox.c.done_at, outbox.c.created_at, outbox.c.sent_at, history.c.at)
    found = [connection.execute(select(func.max(moment))).scalar_one() for moment in moments]
    newest = max((moment for moment in found if moment is not None), default=None)
    return ReplacedDatabase(newest, read_preserved_rows(connection))


def _swap_files(database: Path, fresh: Path, now: datetime) -> Path | None:
    """The old one goes with all that SQLite keeps beside it: a new file must never meet an old journal."""
    aside = database.with_name(f"{database.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")
    was_there = database.exists()
    for ending in (*_SQLITE_SUFFIXES, ""):
        old = database.with_name(database.name + ending)
        if old.exists():
            old.rename(aside.with_name(aside.name + ending))
    fresh.rename(database)
    sync_to_disk(database.parent)
    return aside if was_there else None


def _remove_files(fresh: Path) -> None:
    for ending in (*_SQLITE_SUFFIXES, ""):
        fresh.with_name(fresh.name + ending).unlink(missing_ok=True)


async def _back_up_replaced(store: Store, file: Path, now: datetime, features: Sequence[Path]) -> Path:
    aside = file.with_name(f"before-restore-{now:%Y%m%dT%H%M%SZ}.db")
    await back_up(store, aside, now, features)
    return aside


def _copy_rows_from_file(target: Connection, source: Path) -> None:
    with open_backup_file(source) as connection:
        copy_rows(connection, target)
