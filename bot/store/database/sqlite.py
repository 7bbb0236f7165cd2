"""Opens SQLite files with the settings we need. What a connection does is in bot.store.database.sqlite_connection."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.util.concurrency import await_
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random

from bot.private_file import create_private_file, make_private
from bot.store.database import sqlite_connection
from bot.store.database.file import SIDE_FILE_SUFFIXES, DatabaseFile
from bot.store.database.sqlite_connection import DO_NOT_WAIT, AdaptedConnection, SqliteConnection

_PRAGMAS = (
    "PRAGMA synchronous=FULL",  # a committed transaction is on the disk
    "PRAGMA foreign_keys=ON",
    "PRAGMA cell_size_check=ON",  # a damaged page is an error when it is read, before its contents are used
)


def make_creator(file: DatabaseFile, find_dbapi: Callable[[], Any]) -> Callable[[], AdaptedConnection]:
    """Return the function that SQLAlchemy calls in a greenlet for a new connection (`creator`).

    `find_dbapi` returns the DBAPI module of the engine's dialect.
    """
    connect = make_connector(file)
    return lambda: AdaptedConnection(find_dbapi(), await_(connect()))


def make_connector(file: DatabaseFile) -> Callable[[], Coroutine[Any, Any, SqliteConnection]]:
    """Return the function that opens the file and returns a connection."""

    def open_file() -> sqlite3.Connection:
        if file.is_first_opening:
            _ensure_private(file.path.resolve())
        # isolation_level=None: the driver's own transactions begin late, and a released savepoint outlives a rollback.
        # check_same_thread=False: the event loop's thread and the connection's own use it, never at the same time.
        timeout = sqlite_connection.BUSY_TIMEOUT_SECONDS
        connection = sqlite3.connect(file.uri, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False)
        try:
            _enable_wal(connection)
            for pragma in (*_PRAGMAS, DO_NOT_WAIT):
                connection.execute(pragma)
            file.record_opened()
        except BaseException:
            connection.close()
            raise
        return connection

    async def connect() -> SqliteConnection:
        connection = SqliteConnection(open_file, iter_chunk_size=64)
        connection._thread.daemon = (
            True  # as SQLAlchemy does: a connection that was not closed must not keep the program alive
        )
        opening = asyncio.ensure_future(_start(connection))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            await opening  # otherwise its thread outlives this loop, and calls it after it is closed
            await connection.close()
            raise

    return connect


def _ensure_private(path: Path) -> None:
    """Let only the owner read the database file, which is created if it is missing: SQLite would apply the umask.

    SQLite gives the files beside a database (WAL, shared memory, journal) the rights of the database.
    """
    try:
        create_private_file(path)
    except FileExistsError:
        for suffix in ("", *SIDE_FILE_SUFFIXES):
            make_private(path.with_name(path.name + suffix))
    except OSError:
        return  # opening explains it


def _enable_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL, in which readers do not wait for the writer.

    When two programs open a new file at the same moment, SQLite tells one of them at once that the file is locked,
    whatever the time-out; hence the retries.
    """
    is_locked = retry_if_exception(lambda error: getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY)
    time_limit = stop_after_delay(sqlite_connection.BUSY_TIMEOUT_SECONDS)
    retrying = Retrying(stop=time_limit, wait=wait_random(0.01, 0.1), retry=is_locked, reraise=True)
    retrying(connection.execute, "PRAGMA journal_mode=WAL")


@asynccontextmanager
async def all_statements_in_thread(connection: AsyncConnection) -> AsyncIterator[None]:
    """Keep the event loop free while the block runs statements that change many rows, such as those of a migration.

    On PostgreSQL, where no statement runs in this program, this does nothing.
    """
    driver_connection = (await connection.get_raw_connection()).driver_connection
    if not isinstance(driver_connection, SqliteConnection):
        yield
        return
    driver_connection.uses_only_thread = True
    try:
        yield
    finally:
        driver_connection.uses_only_thread = False


async def _start(connection: SqliteConnection) -> SqliteConnection:
    try:
        await connection  # starts the thread
    except BaseException:
        await asyncio.to_thread(connection._thread.join)  # the thread ends by itself, after a last call to this loop
        raise
    return connection
