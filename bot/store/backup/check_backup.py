"""Reads the summary of a backup, and checks that the file is whole."""

import asyncio
import sqlite3
from asyncio import to_thread
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from bot.errors import EX_DATAERR, EX_NOINPUT, Fatal
from bot.store.backup.backup import APPLICATION_ID, BackupSummary, check_integrity, read_summary
from bot.store.backup.carry_rows import connect_distrusted


def read_backup(file: Path) -> BackupSummary:
    """Return the summary of a backup, of whose contents nothing is checked yet."""
    if not file.is_file():
        raise Fatal(f"There is no file {file}.", EX_NOINPUT)
    try:
        with closing(connect_distrusted(file)) as connection:
            if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise Fatal(f"{file} is no backup made by bylaug.", EX_DATAERR)
        return read_summary(file)
    except (sqlite3.Error, TypeError, ValueError) as error:
        raise _damaged_backup_error(file, error) from error


def _damaged_backup_error(file: Path, reason: Exception) -> Fatal:
    return Fatal(f"{file} is no backup made by bylaug, or it is damaged ({reason}).", EX_DATAERR)


def check_backup(file: Path, connection: sqlite3.Connection) -> None:
    """Read all of a backup. Raise Fatal when it is damaged."""
    try:
        check_integrity(connection)
    except sqlite3.Error as error:
        raise _damaged_backup_error(file, error) from error


@asynccontextmanager
async def checking_backup(file: Path) -> AsyncIterator["asyncio.Task[None]"]:
    """Check a backup in a thread while the block runs. Yields the task, which raises Fatal if the backup is damaged."""
    with closing(connect_distrusted(file)) as connection:
        checking = asyncio.create_task(to_thread(check_backup, file, connection))
        try:
            yield checking
        finally:
            connection.interrupt()
            await asyncio.wait([checking])
            if not checking.cancelled():
                checking.exception()  # seen, whether or not the block has awaited it
