"""SQLite connections set up as they must be, and whose statements cross to their thread once instead of four times.

aiosqlite keeps each connection in a thread of its own, and SQLAlchemy asks it for a cursor, the execution, the rows and
the close one after the other. Each crossing costs more than the statement; together they were two thirds of the CPU
time of answering a command (docs/decisions.md). What only begins something (BEGIN, SAVEPOINT) or ends a part of it
(RELEASE) has no answer, and crosses with the statement after it.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Self

import aiosqlite
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random

from bot.store.database.file import DatabaseFile

#: Seconds to wait for another process that is writing, before it is an error.
BUSY_TIMEOUT_SECONDS = 10

_PRAGMAS = (
    "PRAGMA synchronous=FULL",  # what is committed is on the disk
    "PRAGMA foreign_keys=ON",
    "PRAGMA cell_size_check=ON",  # a damaged page is noticed when it is read, before anything is made of it
)


def make_connector(file: DatabaseFile) -> Callable[[], Coroutine[Any, Any, aiosqlite.Connection]]:
    """What SQLAlchemy calls for a new connection (`async_creator`)."""

    def open_file() -> sqlite3.Connection:
        # No transactions of the driver's own: it begins them late, and lets a released savepoint outlive a rollback.
        connection = sqlite3.connect(file.uri, uri=True, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
        try:
            _let_readers_read(connection)
            for pragma in _PRAGMAS:
                connection.execute(pragma)
            file.record_opened()
        except BaseException:
            connection.close()
            raise
        return connection

    async def connect() -> aiosqlite.Connection:
        connection = _Connection(open_file, iter_chunk_size=64)
        connection._thread.daemon = True  # as SQLAlchemy does it: a forgotten connection keeps no program alive
        opening = asyncio.ensure_future(_start(connection))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            await opening  # its thread would outlive us, and speak to a loop that is closed
            await connection.close()
            raise

    return connect


def _let_readers_read(connection: sqlite3.Connection) -> None:
    """Readers do not wait for the writer (WAL). Where two programs open a new file in the same moment, SQLite tells one
    of them that it is locked at once, whatever its time-out says."""
    while_locked = retry_if_exception(lambda error: getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY)
    again = Retrying(
        stop=stop_after_delay(BUSY_TIMEOUT_SECONDS), wait=wait_random(0.01, 0.1), retry=while_locked, reraise=True
    )
    again(connection.execute, "PRAGMA journal_mode=WAL")


async def _start(connection: aiosqlite.Connection) -> aiosqlite.Connection:
    try:
        return await connection  # starts its thread
    except BaseException:
        await asyncio.to_thread(connection._thread.join)  # it ends by itself, and has a word for our loop first
        raise


#: Statements without an answer.
_SILENT = ("BEGIN", "SAVEPOINT", "RELEASE")


class _Connection(aiosqlite.Connection):
    """aiosqlite's, with cursors that do it all at once.

    `_ahead` is what goes before the next statement. Nothing depends on it until there is one: what is only begun holds
    no lock and has seen nothing.
    """

    _ahead: tuple[str, ...] = ()

    def cursor(self) -> "_Cursor":  # type: ignore[override]  # a stand-in with the methods SQLAlchemy calls
        return _Cursor(self)

    async def commit(self) -> None:
        """End the transaction, with what was to go before that."""
        await self.cross(lambda: self._conn.commit())

    async def rollback(self) -> None:
        """Where nothing was begun there is nothing to undo, and the thread need not be asked."""
        self._ahead = ()
        if self.in_transaction:
            await super().rollback()

    def later(self, operation: str) -> None:
        """Say this to SQLite before whatever comes next."""
        self._ahead = (*self._ahead, operation)

    async def cross(self, act: Callable[[], None]) -> None:
        """Do something in the connection's thread."""
        await self._execute(self._do, act)  # type: ignore[no-untyped-call]

    def _do(self, act: Callable[[], None]) -> None:
        while self._ahead:  # what fails stays ahead of all that follows: nothing is done outside its transaction
            self._conn.execute(self._ahead[0])
            self._ahead = self._ahead[1:]
        act()


class _Cursor:
    """Executes and fetches in one crossing (DB-API 2.0, PEP 249, with awaitable methods)."""

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
        if operation.startswith(_SILENT):
            self._connection.later(operation)
        else:
            await self._connection.cross(partial(self._run, operation, parameters))
        return self

    async def executemany(self, operation: str, parameters: Any) -> Self:
        await self._connection.cross(partial(self._run_many, operation, parameters))
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        self._rows = []

    def _run(self, operation: str, parameters: Any) -> None:
        self._note(self._connection._conn.execute(operation, parameters))

    def _run_many(self, operation: str, parameters: Any) -> None:
        self._note(self._connection._conn.executemany(operation, parameters))

    def _note(self, cursor: sqlite3.Cursor) -> None:
        self._rows = cursor.fetchall() if cursor.description else []
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        cursor.close()
