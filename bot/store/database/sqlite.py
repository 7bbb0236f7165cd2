"""SQLite connections with the settings we need, whose statements switch threads once instead of four times.

aiosqlite runs each connection in a thread of its own. For every statement SQLAlchemy asks it for a cursor, the
execution, the rows and the close, one after the other, and each switch to the thread costs more than the statement:
together they were two thirds of the CPU time of answering a command (docs/decisions.md). Here all four are one switch.
A statement without a result (BEGIN, SAVEPOINT, RELEASE) is kept until the next statement, and runs in the same switch.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, Self

import aiosqlite
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random

from bot.private_file import create_private_file, make_private
from bot.store.database.file import SIDE_FILE_SUFFIXES, DatabaseFile

#: Seconds to wait for another process that is writing, before that is an error.
BUSY_TIMEOUT_SECONDS = 10

_PRAGMAS = (
    "PRAGMA synchronous=FULL",  # a committed transaction is on the disk
    "PRAGMA foreign_keys=ON",
    "PRAGMA cell_size_check=ON",  # a damaged page is an error when it is read, before its contents are used
)


def make_connector(file: DatabaseFile) -> Callable[[], Coroutine[Any, Any, aiosqlite.Connection]]:
    """Return the function that SQLAlchemy calls for a new connection (`async_creator`)."""

    def open_file() -> sqlite3.Connection:
        if file.is_first_opening:
            _ensure_private(file.path.resolve())
        # isolation_level=None: the driver's own transactions begin late, and a released savepoint outlives a rollback.
        connection = sqlite3.connect(file.uri, uri=True, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
        try:
            _enable_wal(connection)
            for pragma in _PRAGMAS:
                connection.execute(pragma)
            file.record_opened()
        except BaseException:
            connection.close()
            raise
        return connection

    async def connect() -> aiosqlite.Connection:
        connection = _Connection(open_file, iter_chunk_size=64)
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
    time_limit = stop_after_delay(BUSY_TIMEOUT_SECONDS)
    retrying = Retrying(stop=time_limit, wait=wait_random(0.01, 0.1), retry=is_locked, reraise=True)
    retrying(connection.execute, "PRAGMA journal_mode=WAL")


async def _start(connection: aiosqlite.Connection) -> aiosqlite.Connection:
    try:
        return await connection  # awaiting starts the thread
    except BaseException:
        await asyncio.to_thread(connection._thread.join)  # the thread ends by itself, after a last call to this loop
        raise


#: Statements without a result.
_WITHOUT_RESULT = ("BEGIN", "SAVEPOINT", "RELEASE")


class _Connection(aiosqlite.Connection):
    """A connection of aiosqlite whose cursors execute, fetch and close in one thread switch.

    `_pending` are the statements without a result that run before the next statement. Until then nothing depends on
    them: a transaction that is only begun holds no lock and has read nothing.
    """

    _pending: tuple[str, ...] = ()

    def cursor(self) -> "_Cursor":  # type: ignore[override]  # a stand-in with the methods SQLAlchemy calls
        return _Cursor(self)

    async def commit(self) -> None:
        """Run the pending statements and commit."""
        await self.run_in_thread(lambda: self._conn.commit())

    async def rollback(self) -> None:
        """Roll back; without a thread switch if SQLite has not begun a transaction."""
        self._pending = ()
        if self.in_transaction:
            await super().rollback()

    def defer(self, operation: str) -> None:
        """Run a statement without a result before the next statement."""
        self._pending = (*self._pending, operation)

    async def run_in_thread(self, function: Callable[[], None]) -> None:
        """Run the pending statements and a function in the connection's thread."""
        await self._execute(self._run_pending_and, function)  # type: ignore[no-untyped-call]

    def _run_pending_and(self, function: Callable[[], None]) -> None:
        while self._pending:  # a failing statement stays pending, so that no later one runs outside its transaction
            self._conn.execute(self._pending[0])
            self._pending = self._pending[1:]
        function()


class _Cursor:
    """A cursor that executes, fetches and closes in one thread switch (PEP 249 with awaitable methods)."""

    arraysize = 1

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, operation: str, parameters: Any = ()) -> Self:
        if operation.startswith(_WITHOUT_RESULT):
            self._connection.defer(operation)
        else:
            await self._connection.run_in_thread(partial(self._run, operation, parameters))
        return self

    async def executemany(self, operation: str, parameters: Any) -> Self:
        await self._connection.run_in_thread(partial(self._run_many, operation, parameters))
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        self._rows = []

    def _run(self, operation: str, parameters: Any) -> None:
        self._store_result(self._connection._conn.execute(operation, parameters))

    def _run_many(self, operation: str, parameters: Any) -> None:
        self._store_result(self._connection._conn.executemany(operation, parameters))

    def _store_result(self, cursor: sqlite3.Cursor) -> None:
        self._rows = cursor.fetchall() if cursor.description else []
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        cursor.close()
