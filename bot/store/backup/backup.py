"""Makes a copy of the whole database, at one moment, while the bot goes on: always one SQLite file.

A backup of PostgreSQL is a SQLite file as well, so that a village can move from one to the other.
"""

import os
import sqlite3
from asyncio import to_thread
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bot.errors import EX_CANTCREAT, EX_IOERR, EX_NOINPUT, Fatal
from bot.store.backup.copy_rows import copy_rows, open_backup_file
from bot.store.database.schema import find_revisions, migrate
from bot.store.database.transaction import Store

#: Marks a file as ours ("Byla", sqlite.org, "PRAGMA application_id"), so that restore takes nothing else.
APPLICATION_ID = 0x42796C61
#: The fact that says when a backup was made, an ISO date and time.
MADE_AT_FACT = "backup made at"


@dataclass(frozen=True)
class BackupSummary:
    """What is in a backup; `size` in bytes."""

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
    """Copy everything into a file that only its owner may read; it is there whole or not at all.

    `features` are the folders with the features' own migrations. Raises `Fatal` when there is such a file already and
    it is not to be replaced, when the file cannot be written, and when the database cannot be read.
    """
    if await to_thread(file.exists) and not replace:
        raise Fatal(f"There is a file {file} already; with --replace it is replaced.", EX_CANTCREAT)
    partial = file.with_name(f".{file.name}.partial")
    try:
        await to_thread(_create_private_file, partial)
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
    async with store.read() as connection:  # one statement, which sees one state and holds nobody up
        await connection.execute(text("VACUUM INTO :file"), {"file": str(target)})


async def _copy_from_postgres(store: Store, target: Path, features: Sequence[Path]) -> None:
    """Make the same tables in a file and fill them from one snapshot."""
    copy = Store(f"sqlite+aiosqlite:///{target}")
    try:
        await migrate(copy, features, await find_revisions(store))
    finally:
        await copy.close()
    snapshot = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    async with store.engine.execution_options(**snapshot).connect() as connection:
        await connection.run_sync(_copy_rows_to_file, target)


def _copy_rows_to_file(source: Connection, target: Path) -> None:
    with open_backup_file(target) as connection:
        copy_rows(source, connection)


def _create_private_file(file: Path) -> None:
    """Nobody else may look at it for a moment even: the login is in it. One that was left over is made anew."""
    file.unlink(missing_ok=True)
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _finalize(file: Path, now: datetime) -> None:
    """Mark it, leave no second file beside it, and see that it is on the disk and sound."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (MADE_AT_FACT, now.isoformat()))
        check_integrity(connection)
    sync_to_disk(file)


def check_integrity(connection: sqlite3.Connection) -> None:
    """Read all of it. Raises sqlite3.DatabaseError when a part is damaged."""
    if (said := connection.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
        raise sqlite3.DatabaseError(said)


def sync_to_disk(path: Path) -> None:
    """See that a file, or what a folder says of its files, survives a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_summary(file: Path) -> BackupSummary:
    """What is in a backup. Raises sqlite3.Error when it is none."""
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:

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
