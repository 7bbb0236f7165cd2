"""Restores a backup: replaces a database by it, and keeps a copy of what was replaced."""

import asyncio
import sqlite3
from asyncio import to_thread
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import EX_DATAERR, EX_IOERR, Fatal
from bot.private_file import create_private_file
from bot.store.backup.backup import MADE_AT_FACT, BackupSummary, back_up, is_same_file, sync_to_disk
from bot.store.backup.carry_rows import carry_rows, compare_tables, connect_distrusted, read_revisions
from bot.store.backup.check_backup import check_backup, checking_backup, read_backup
from bot.store.backup.copy_to_postgres import copy_to_postgres
from bot.store.backup.preserved_tables import write_preserved_rows
from bot.store.backup.replaced_database import ReplacedDatabase, inspect_database, inspect_file
from bot.store.backup.restore_marker import RestoreMarker, get_restore_marker, set_restore_marker
from bot.store.calendars.calendars import suppress_next_changes
from bot.store.crypto import mark_olm_sessions_spent
from bot.store.database.file import SIDE_FILE_SUFFIXES
from bot.store.database.schema import SCHEMA_FACT, find_revisions, is_current, migrate
from bot.store.database.transaction import FENCE_FACT, Store
from bot.store.database.transient import sqlstate
from bot.store.facts import get_fact, set_fact
from bot.store.key_backup import forget_fetched_rooms
from bot.store.places import find_places
from bot.store.tables import meta

#: The fact in which bot.matrix.sync.sync_loop keeps the sync position.
SYNC_POSITION_FACT = "matrix position"

#: The classes of SQLSTATE for values that a column cannot hold, and for constraints (PostgreSQL manual, appendix A).
_WRONG_ROWS_CLASSES = {"22", "23"}

#: What the administrator has to know after a restore, most important first.
RESTORE_NOTES = (
    "When the bot starts, it reads again what was written since the backup, handles it as of the time it was written, "
    "and does not repeat what it has already sent to its rooms.",
    "It cannot know: commands that were deleted since, and reactions that were removed; the order of messages and "
    "timers while it was off; in encrypted rooms, what it sent as another device than the present one.",
    "In encrypted rooms, it fetches the keys that came after the backup from its key backup on the homeserver, which "
    "the same passphrase opens. Whose message it still cannot read is asked to write it again.",
    "Messages that it has sent and cannot account for are listed in the log at the first start, community by "
    "community. Ask the people there about them.",
)


@dataclass(frozen=True)
class RestoreResult:
    """The summary of the restored backup, and the copy of the replaced database; None if there was no database.

    `left_behind` names what was in the backup and not made by Bylaug: triggers, views, tables, columns.
    """

    summary: BackupSummary
    kept_copy: Path | None
    left_behind: Sequence[str] = ()

    def __str__(self) -> str:
        lines = [f"Restored: {self.summary}"]
        if self.left_behind:
            lines.append(
                f"Not restored, since no Bylaug has made it: {', '.join(self.left_behind)}. Somebody has changed the "
                "database or the backup; find out who, and whether its rows can be trusted."
            )
        if self.kept_copy is not None:
            lines.append(f"What was there before is kept in {self.kept_copy}.")
        return "\n".join([*lines, "", *RESTORE_NOTES])


async def restore(
    url: str,
    file: Path,
    now: datetime,
    features: Sequence[Path] = (),
    *,
    even_newer: bool = False,
    locked_store: Store | None = None,
) -> RestoreResult:
    """Replace a database by a backup. No bot may be working on the database.

    `features` are the folders with the features' own migrations. `locked_store` is the store whose instance lock the
    caller has: on PostgreSQL it is written with, so that nothing is restored once that lock is lost. Raise Fatal when
    the file is no backup, is damaged or from a newer program, when the database has newer work and `even_newer` is
    false, and when the file or the database cannot be read or written.
    """
    try:
        backup = await to_thread(read_backup, file)
        if make_url(url).get_backend_name() == "sqlite":
            database = Path(make_url(url).database or "")
            kept_copy, left_behind = await _restore_sqlite(database, backup, now, features, even_newer)
        else:
            store = locked_store or Store(url)
            try:
                kept_copy, left_behind = await _restore_postgres(store, backup, now, features, even_newer)
            finally:
                await store.close()
    except (OSError, sqlite3.OperationalError) as error:
        raise Fatal(f"{file} cannot be restored: {error}", EX_IOERR) from error
    except sqlite3.Error as error:
        raise _wrong_rows_error(file, error) from error
    except DBAPIError as error:
        if (sqlstate(error) or "")[:2] in _WRONG_ROWS_CLASSES:
            raise _wrong_rows_error(file, error.orig) from error
        raise Fatal(f"{file} cannot be restored: {error.orig}", EX_IOERR) from error
    return RestoreResult(backup, kept_copy, left_behind)


def _wrong_rows_error(file: Path, reason: object) -> Fatal:
    sentence = f"{file} cannot be restored: {reason}. It is damaged, or somebody else than Bylaug has changed it"
    return Fatal(f"{sentence}; take another backup.", EX_DATAERR)


async def _restore_sqlite(
    database: Path, backup: BackupSummary, now: datetime, features: Sequence[Path], even_newer: bool
) -> tuple[Path | None, list[str]]:
    prepared = database.with_name(f".{database.name}.restored")
    _refuse_prepared(prepared, backup.file)
    try:
        with closing(connect_distrusted(backup.file)) as connection:
            await to_thread(check_backup, backup.file, connection)
        replaced = await to_thread(inspect_file, database)
        _refuse_newer(replaced, backup, even_newer)
        left_behind = await _prepare(backup, prepared, features)
        store = Store(f"sqlite+aiosqlite:///{prepared}")
        try:
            async with store.write() as connection:
                await _mark_restored(connection, backup, now, replaced)
        finally:
            await store.close()
        await to_thread(sync_to_disk, prepared)
        return await to_thread(_swap_files, database, prepared, now), left_behind
    finally:
        await to_thread(_remove_files, prepared)


async def _restore_postgres(
    store: Store, backup: BackupSummary, now: datetime, features: Sequence[Path], even_newer: bool
) -> tuple[Path | None, list[str]]:
    prepared = backup.file.with_name(f".{backup.file.name}.restored")
    try:
        async with checking_backup(backup.file) as checking:
            if await find_revisions(store) and not await is_current(store, features):
                await asyncio.shield(
                    checking
                )  # a database that has to be migrated stays as it is if the backup is damaged
            revisions = await migrate(store, features)
            async with store.read() as connection:
                replaced = await connection.run_sync(inspect_database)
            _refuse_newer(replaced, backup, even_newer)
            if await to_thread(read_revisions, backup.file) == revisions:
                source, left_behind = backup.file, await _compare(backup, prepared, features)
            else:
                source, left_behind = prepared, await _prepare(backup, prepared, features)
            kept_copy = await _back_up_replaced(store, backup.file, now, features) if replaced.newest_work else None
            with closing(connect_distrusted(source)) as file:
                async with store.write("schema") as connection:
                    own_facts = {key: await get_fact(connection, key) for key in (FENCE_FACT, SCHEMA_FACT)}
                    await copy_to_postgres(file, connection)
                    await _mark_restored(connection, backup, now, replaced)
                    for key, value in own_facts.items():
                        if value is not None:
                            await set_fact(connection, key, value)
                    while not checking.done():  # the server ends a transaction that is idle
                        await asyncio.wait([checking], timeout=1)
                        await connection.execute(text("SELECT 1"))
                    await checking
        return kept_copy, left_behind
    finally:
        await to_thread(_remove_files, prepared)


def _refuse_prepared(prepared: Path, backup: Path) -> None:
    """Raise Fatal when the backup has the name under which the restored database is prepared."""
    if is_same_file(prepared, backup):
        raise Fatal(f"{backup} has a name that restoring needs for itself. Rename it first.", EX_DATAERR)


async def _prepare(backup: BackupSummary, prepared: Path, features: Sequence[Path]) -> list[str]:
    """Create a database at `prepared` with the rows of the backup, and migrate it.

    Return the names of what was left behind (`carry_rows`).
    """
    await _create(backup, prepared, features)
    left_behind = await to_thread(carry_rows, backup.file, prepared)  # by a connection of its own
    store = Store(f"sqlite+aiosqlite:///{prepared}")
    try:
        await migrate(store, features)
    finally:
        await store.close()
    return left_behind


async def _compare(backup: BackupSummary, template: Path, features: Sequence[Path]) -> list[str]:
    """Return the names of what only the backup has (`compare_tables`), by means of an empty database at `template`."""
    await _create(backup, template, features)
    return await to_thread(compare_tables, backup.file, template)


async def _create(backup: BackupSummary, file: Path, features: Sequence[Path]) -> None:
    """Create an empty database at the revision of the backup."""
    await to_thread(_remove_files, file)
    await to_thread(create_private_file, file)
    store = Store(f"sqlite+aiosqlite:///{file}")
    try:
        await migrate(store, features, await to_thread(read_revisions, backup.file))
    finally:
        await store.close()


async def _mark_restored(
    connection: AsyncConnection, backup: BackupSummary, now: datetime, replaced: ReplacedDatabase
) -> None:
    """Mark a database that has the rows of the backup as restored, with what the replaced one knows better."""
    await set_restore_marker(connection, await _make_marker(connection, backup, now))
    if replaced.is_newer_than(backup):
        await connection.run_sync(write_preserved_rows, replaced.preserved_rows)
    await mark_olm_sessions_spent(connection)
    await forget_fetched_rooms(connection)
    await suppress_next_changes(connection)
    await connection.execute(delete(meta).where(meta.c.key.in_([MADE_AT_FACT, FENCE_FACT])))


async def _make_marker(connection: AsyncConnection, backup: BackupSummary, now: datetime) -> RestoreMarker:
    if marker := await get_restore_marker(connection):  # the backup was made during the replay after another restore
        return replace(marker, until=now)
    position = await get_fact(connection, SYNC_POSITION_FACT) or ""
    return RestoreMarker(backup.made_at, now, position, tuple(await find_places(connection)))


def _refuse_newer(replaced: ReplacedDatabase, backup: BackupSummary, even_newer: bool) -> None:
    if replaced.is_newer_than(backup) and not even_newer:
        raise Fatal(
            f"The database has worked until {replaced.newest_work:%Y-%m-%d %H:%M:%S} UTC, and the backup is of "
            f"{backup.made_at:%Y-%m-%d %H:%M:%S} UTC. To go back to it nevertheless, say --even-newer: "
            "the present database is kept aside.",
            EX_DATAERR,
        )


def _swap_files(database: Path, prepared: Path, now: datetime) -> Path | None:
    """Move the database to a kept copy and the prepared file into its place. Return the kept copy, if there is one.

    The database's journals move with it: SQLite must never find an old journal beside a new file.
    """
    kept_copy = database.with_name(f"{database.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")
    has_database = database.exists()
    for suffix in (*SIDE_FILE_SUFFIXES, ""):
        file = database.with_name(database.name + suffix)
        if file.exists():
            file.rename(kept_copy.with_name(kept_copy.name + suffix))
    prepared.rename(database)
    sync_to_disk(database.parent)
    return kept_copy if has_database else None


def _remove_files(database: Path) -> None:
    for suffix in (*SIDE_FILE_SUFFIXES, ""):
        database.with_name(database.name + suffix).unlink(missing_ok=True)


async def _back_up_replaced(store: Store, backup: Path, now: datetime, features: Sequence[Path]) -> Path:
    kept_copy = backup.with_name(f"before-restore-{now:%Y%m%dT%H%M%SZ}.db")
    await back_up(store, kept_copy, now, features)
    return kept_copy
