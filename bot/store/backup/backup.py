"""Copies the whole database, as of one moment and while the bot works, into one SQLite file.

A backup of PostgreSQL is an SQLite file too, so that a community can move from one database to the other.
"""

import os
import sqlite3
from asyncio import to_thread
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.errors import EX_CANTCREAT, EX_IOERR, EX_NOINPUT, Fatal
from bot.private_file import create_private_file
from bot.store.backup.carry_rows import check_tables, connect_distrusted
from bot.store.backup.copy_from_postgres import copy_from_postgres
from bot.store.backup.copy_rows import CACHE_SIZE
from bot.store.database.file import SIDE_FILE_SUFFIXES
from bot.store.database.instance_lock import LOCK_SUFFIX
from bot.store.database.schema import find_revisions, migrate
from bot.store.database.transaction import Store

#: Marks a file as a backup of ours ("Byla"; sqlite.org, "PRAGMA application_id"): restore refuses any other file.
APPLICATION_ID = 0x42796C61
#: The fact with the time of the backup, in ISO 8601.
MADE_AT_FACT = "backup made at"


@dataclass(frozen=True)
class BackupSummary:
    """The contents of a backup in numbers. `steps` are those of the history, `messages` those of the inbox.

    `size` is in bytes.
    """

    file: Path
    made_at: datetime
    communities: int
    agreements: int
    steps: int
    messages: int
    size: int

    def __str__(self) -> str:
        return (
            f"{self.file} holds {self.agreements} agreements with {self.steps} steps of history and {self.messages} "
            f"messages from {self.communities} communities, as of {self.made_at:%Y-%m-%d %H:%M:%S} UTC "
            f"({self.size / 1024:.0f} kB)."
        )


async def back_up(
    store: Store, file: Path, now: datetime, features: Sequence[Path] = (), *, replace: bool = False
) -> BackupSummary:
    """Copy the database into a file that only its owner may read. The file appears complete or not at all.

    `features` are the folders with the features' own migrations. Raise Fatal when the file exists and `replace` is
    false, when it belongs to the database, when it cannot be written, and when the database cannot be read.
    """
    partial = file.with_name(f".{file.name}.partial")
    for written in (file, partial):
        await to_thread(_refuse_database_files, store, written)
    if await to_thread(file.exists) and not replace:
        raise Fatal(f"There is a file {file} already; with --replace it is replaced.", EX_CANTCREAT)
    try:
        await to_thread(partial.unlink, missing_ok=True)  # left over from a backup that was interrupted
        await to_thread(create_private_file, partial)
        try:
            await _copy_database(store, partial, features)
            await to_thread(_finalize, partial, now)
            await to_thread(partial.replace, file)
        finally:
            await to_thread(partial.unlink, missing_ok=True)
        await to_thread(sync_to_disk, file.parent)
        return await to_thread(read_summary, file)
    except (OSError, sqlite3.Error) as error:
        raise Fatal(f"The backup {file} cannot be written: {error}", EX_IOERR) from error
    except DBAPIError as error:
        raise Fatal(f"The database cannot be backed up: {error.orig}", EX_IOERR) from error


async def _copy_database(store: Store, target: Path, features: Sequence[Path]) -> None:
    if store.is_postgres:
        await _copy_from_postgres(store, target, features)
        return
    source = Path(store.engine.url.database or "")
    if not await to_thread(source.exists):
        raise Fatal(f"There is no database {source} to back up.", EX_NOINPUT)
    async with store.read() as connection:  # one statement sees one state, and blocks no writer
        await connection.execute(text("VACUUM INTO :file"), {"file": str(target)})


async def _copy_from_postgres(store: Store, target: Path, features: Sequence[Path]) -> None:
    """Create the same tables in a file, and copy the rows of one snapshot into them."""
    copy = Store(f"sqlite+aiosqlite:///{target}")
    try:
        await migrate(copy, features, await find_revisions(store))
    finally:
        await copy.close()
    await copy_from_postgres(store.engine, target)


def _refuse_database_files(store: Store, file: Path) -> None:
    """Raise Fatal when a backup would replace the database itself, or a file that belongs to it, or a link to one."""
    if store.file is None:
        return
    database = store.file.path
    for suffix in ("", *SIDE_FILE_SUFFIXES, LOCK_SUFFIX):
        own_file = database.with_name(database.name + suffix)
        if is_same_file(file, own_file):
            role = "is the database itself" if not suffix else f"belongs to the database {database}"
            raise Fatal(f"{file} {role}, which a backup must not replace. Name another file.", EX_CANTCREAT)


def is_same_file(first: Path, second: Path) -> bool:
    """Return whether two paths lead to the same file, also by links, and also if the file does not exist yet."""
    if first.resolve() == second.resolve():
        return True
    try:
        return first.samefile(second)
    except OSError:
        return False


def _finalize(file: Path, now: datetime) -> None:
    """Mark a file as a backup, leave no journal beside it, check it, and make sure it is on the disk."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (MADE_AT_FACT, now.isoformat()))
        with ThreadPoolExecutor(1) as pool:
            syncing = pool.submit(sync_to_disk, file)  # the disk writes while the processor checks
            check_integrity(connection)
            syncing.result()


def check_integrity(connection: sqlite3.Connection) -> None:
    """Read the whole database. Raise sqlite3.DatabaseError when a part of it is damaged."""
    connection.execute(f"PRAGMA cache_size={CACHE_SIZE}")
    if (result := connection.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
        raise sqlite3.DatabaseError(result)


def sync_to_disk(path: Path) -> None:
    """Make sure that a file's contents, or a folder's entries, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_summary(file: Path) -> BackupSummary:
    """Return the summary of a backup. Raise sqlite3.Error or TypeError when the file is none."""
    with closing(connect_distrusted(file)) as connection:
        check_tables(connection, ["meta", "places", "agreements", "history", "inbox"])

        def count(table: str) -> int:
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

        made_at = connection.execute("SELECT value FROM meta WHERE key = ?", (MADE_AT_FACT,)).fetchone()[0]
        return BackupSummary(
            file,
            datetime.fromisoformat(made_at),
            communities=count("places"),
            agreements=count("agreements"),
            steps=count("history"),
            messages=count("inbox"),
            size=file.stat().st_size,
        )
