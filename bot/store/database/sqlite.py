"""SQLite connections with the settings we need, whose short statements run without a switch to another thread.

aiosqlite runs each connection in a thread of its own. For every statement SQLAlchemy asks it for a cursor, the
execution, the rows and the close, one after the other, and each switch to the thread costs far more than the statement
(docs/decisions.md). Here a statement that reads or changes a few rows runs in the event loop's own thread: it takes
some microseconds. All that may wait runs in the connection's thread: a commit, which waits for the disk; a statement
while another program has locked the file; one that reads for longer than MAX_SECONDS_IN_LOOP; and changes of the schema
and of many rows at once.
A statement without a result (BEGIN, SAVEPOINT, RELEASE) is kept until the next statement, and runs together with it.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Self

import aiosqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random

from bot.private_file import create_private_file, make_private
from bot.store.database.file import SIDE_FILE_SUFFIXES, DatabaseFile
from bot.store.database.transient import sqlite_code

#: Seconds to wait for another process that is writing, before that is an error.
BUSY_TIMEOUT_SECONDS = 10

#: Seconds that a statement may read in the event loop's thread. A longer one is broken off, and begins anew in the
#: connection's thread.
MAX_SECONDS_IN_LOOP = 0.01

#: A statement is executed in the event loop's thread with at most so many sets of parameters.
_MAX_SETS_IN_LOOP = 50

#: SQLite looks at the clock after so many instructions of its virtual machine: less than a millisecond.
_INSTRUCTIONS_PER_LOOK = 5_000

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
        # check_same_thread=False: the event loop's thread and the connection's own use it, never at the same time.
        connection = sqlite3.connect(
            file.uri, uri=True, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            _enable_wal(connection)
            for pragma in (*_PRAGMAS, _DO_NOT_WAIT):
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


@asynccontextmanager
async def all_statements_in_thread(connection: AsyncConnection) -> AsyncIterator[None]:
    """Keep the event loop free while the block runs statements that change many rows, such as those of a migration.

    On PostgreSQL, where no statement runs in this program, this does nothing.
    """
    driver_connection = (await connection.get_raw_connection()).driver_connection
    if not isinstance(driver_connection, _Connection):
        yield
        return
    driver_connection.uses_only_thread = True
    try:
        yield
    finally:
        driver_connection.uses_only_thread = False


async def _start(connection: aiosqlite.Connection) -> aiosqlite.Connection:
    try:
        return await connection  # awaiting starts the thread
    except BaseException:
        await asyncio.to_thread(connection._thread.join)  # the thread ends by itself, after a last call to this loop
        raise


#: Statements without a result.
_WITHOUT_RESULT = ("BEGIN", "SAVEPOINT", "RELEASE")
#: Statements that only read, and can be broken off and repeated.
_READING = ("SELECT", "WITH")
#: Statements that change rows. SQLite would roll the whole transaction back if one were broken off.
_CHANGING = ("INSERT", "UPDATE", "DELETE")

#: Whether a statement waits for another program's lock is decided anew for each.
_DO_NOT_WAIT = "PRAGMA busy_timeout=0"


class _Connection(aiosqlite.Connection):
    """A connection of aiosqlite whose cursors execute, fetch and close at once, mostly in the event loop's thread.

    `_pending` are the statements without a result that run before the next statement. Until then nothing depends on
    them: a transaction that is only begun holds no lock and has read nothing.
    """

    _pending: tuple[str, ...] = ()
    #: How many functions were given to the connection's thread, and how many of them it has finished. A caller that is
    #: cancelled does not wait for its function.
    _given_to_thread = 0
    _finished_in_thread = 0
    #: Whether every statement runs in the connection's thread: those of a migration may take minutes.
    uses_only_thread = False

    def cursor(self) -> "_Cursor":  # type: ignore[override]  # a stand-in with the methods SQLAlchemy calls
        return _Cursor(self)

    async def commit(self) -> None:
        """Run the pending statements and commit. A transaction without any other statement is only forgotten."""
        if self._is_in_transaction():
            await self.run_in_thread(lambda: self._conn.commit())
        self._pending = ()

    async def rollback(self) -> None:
        """Roll back; without a thread switch if SQLite has not begun a transaction."""
        self._pending = ()
        if self._is_in_transaction():
            await self.run_in_thread(lambda: self._conn.rollback())

    def defer(self, operation: str) -> None:
        """Run a statement without a result before the next statement."""
        self._pending = (*self._pending, operation)

    async def run(self, operation: str, function: Callable[[], None]) -> None:
        """Run the pending statements and a function that executes an operation, in the thread that it needs."""
        is_reading = operation.startswith(_READING)
        may_run_in_loop = (is_reading or operation.startswith(_CHANGING)) and not self.uses_only_thread
        if self._is_thread_busy() or not may_run_in_loop or not self._try_in_loop(function, is_reading=is_reading):
            await self.run_in_thread(function)

    def _try_in_loop(self, function: Callable[[], None], *, is_reading: bool) -> bool:
        """Run the pending statements and a function now; return False when that would take longer or have to wait."""
        try:
            self._run_pending()
            if is_reading:
                deadline = time.monotonic() + MAX_SECONDS_IN_LOOP
                self._conn.set_progress_handler(lambda: time.monotonic() > deadline, _INSTRUCTIONS_PER_LOOK)
            function()
        except sqlite3.OperationalError as error:
            if sqlite_code(error) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_INTERRUPT):
                raise
            return False
        finally:
            if is_reading:
                self._conn.set_progress_handler(None, 0)
        return True

    async def run_in_thread(self, function: Callable[[], None]) -> None:
        """Run the pending statements and a function in the connection's thread."""
        self._given_to_thread += 1
        await self._execute(self._wait_for_lock_and, function)  # type: ignore[no-untyped-call]

    def _wait_for_lock_and(self, function: Callable[[], None]) -> None:
        try:
            self._conn.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_SECONDS * 1000:.0f}")
            self._run_pending()
            function()
        finally:
            self._conn.execute(_DO_NOT_WAIT)
            self._finished_in_thread += 1

    def _is_thread_busy(self) -> bool:
        return self._given_to_thread != self._finished_in_thread

    def _is_in_transaction(self) -> bool:
        """Return whether SQLite has begun a transaction, or a statement that is under way may begin one."""
        return self._is_thread_busy() or self.in_transaction

    def _run_pending(self) -> None:
        while self._pending:  # a failing statement stays pending, so that no later one runs outside its transaction
            self._conn.execute(self._pending[0])
            self._pending = self._pending[1:]


class _Cursor:
    """A cursor that executes, fetches and closes at once (PEP 249 with awaitable methods)."""

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
            await self._connection.run(operation, partial(self._run, operation, parameters))
        return self

    async def executemany(self, operation: str, parameters: Any) -> Self:
        run_many = partial(self._run_many, operation, parameters)
        if len(parameters) > _MAX_SETS_IN_LOOP:
            await self._connection.run_in_thread(run_many)
        else:
            await self._connection.run(operation, run_many)
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
