"""A connection of aiosqlite whose short statements run in the event loop's thread, and how SQLAlchemy uses it.

aiosqlite runs each connection in a thread of its own. For every statement SQLAlchemy asks it for a cursor, the
execution, the rows and the close, one after the other, and each switch to the thread costs far more than the statement
(docs/decisions.md). Here a statement that reads or changes a few rows runs in the event loop's own thread: it takes
some microseconds. All that may wait runs in the connection's thread: a commit, which waits for the disk; a statement
while another program has locked the file; one that reads for longer than MAX_SECONDS_IN_LOOP; and changes of the schema
and of many rows at once.
A statement without a result (BEGIN, SAVEPOINT, RELEASE) is kept until the next statement, and runs together with it.
"""

import sqlite3
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Self, cast

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection
from sqlalchemy.exc import MissingGreenlet
from sqlalchemy.util.concurrency import await_, in_greenlet

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

#: Statements without a result.
_WITHOUT_RESULT = ("BEGIN", "SAVEPOINT", "RELEASE")
#: Statements that only read, and can be broken off and repeated.
_READING = ("SELECT", "WITH")
#: Statements that change rows. SQLite would roll the whole transaction back if one were broken off.
_CHANGING = ("INSERT", "UPDATE", "DELETE")

#: Whether a statement waits for another program's lock is decided anew for each.
DO_NOT_WAIT = "PRAGMA busy_timeout=0"


class SqliteConnection(aiosqlite.Connection):
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

    def cursor(self) -> "SqliteCursor":  # type: ignore[override]  # a stand-in with the methods that are needed
        """Return a new cursor of the connection."""
        return SqliteCursor(self)

    async def commit(self) -> None:
        """Run the pending statements and commit. A transaction without any other statement is only forgotten."""
        if self.is_in_transaction():
            await self.run_in_thread(lambda: self._conn.commit())
        self._pending = ()

    async def rollback(self) -> None:
        """Roll back; without a thread switch if SQLite has not begun a transaction."""
        self._pending = ()
        if self.is_in_transaction():
            await self.run_in_thread(lambda: self._conn.rollback())

    def defer(self, operation: str) -> None:
        """Run a statement without a result before the next statement."""
        self._pending = (*self._pending, operation)

    def run_now(self, operation: str, function: Callable[[], None]) -> bool:
        """Run the pending statements and a function that executes an operation, in the event loop's thread.

        Return False when that would take longer or have to wait: then they have to run in the connection's thread.
        """
        is_reading = operation.startswith(_READING)
        may_run_in_loop = (is_reading or operation.startswith(_CHANGING)) and not self.uses_only_thread
        return may_run_in_loop and not self._is_thread_busy() and self._try_in_loop(function, is_reading=is_reading)

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
            self._conn.execute(DO_NOT_WAIT)
            self._finished_in_thread += 1

    def _is_thread_busy(self) -> bool:
        return self._given_to_thread != self._finished_in_thread

    def is_in_transaction(self) -> bool:
        """Return whether SQLite has begun a transaction, or a statement that is under way may begin one."""
        return self._is_thread_busy() or self.in_transaction

    def forget_pending(self) -> None:
        """Do not run the statements without a result that wait for the next statement."""
        self._pending = ()

    def _run_pending(self) -> None:
        while self._pending:  # a failing statement stays pending, so that no later one runs outside its transaction
            self._conn.execute(self._pending[0])
            self._pending = self._pending[1:]


class SqliteCursor:
    """A cursor that executes, fetches all `rows` and closes at once (PEP 249 with awaitable methods)."""

    def __init__(self, connection: SqliteConnection) -> None:
        self._connection = connection
        self.rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def execute(self, operation: str, parameters: Any = ()) -> Self:
        """Execute an operation, in the thread that it needs."""
        if not self.execute_now(operation, parameters):
            await self._connection.run_in_thread(partial(self._run, operation, parameters))
        return self

    def execute_now(self, operation: str, parameters: Any) -> bool:
        """Execute an operation, or defer it; return False, before anything is changed, if it needs the thread."""
        if operation.startswith(_WITHOUT_RESULT):
            self._connection.defer(operation)
            return True
        return self._connection.run_now(operation, partial(self._run, operation, parameters))

    async def executemany(self, operation: str, parameters: Any) -> Self:
        """Execute an operation with several sets of parameters."""
        run_many = partial(self._run_many, operation, parameters)
        if len(parameters) > _MAX_SETS_IN_LOOP or not self._connection.run_now(operation, run_many):
            await self._connection.run_in_thread(run_many)
        return self

    async def fetchall(self) -> list[Any]:
        """Return the rows of the last operation."""
        rows, self.rows = self.rows, []
        return rows

    def _run(self, operation: str, parameters: Any) -> None:
        self._store_result(self._connection._conn.execute(operation, parameters))

    def _run_many(self, operation: str, parameters: Any) -> None:
        self._store_result(self._connection._conn.executemany(operation, parameters))

    def _store_result(self, cursor: sqlite3.Cursor) -> None:
        self.rows = cursor.fetchall() if cursor.description else []
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        cursor.close()


class _AdaptedCursor:
    """A cursor as SQLAlchemy uses it (PEP 249). It has all rows of a statement as soon as that is executed."""

    arraysize = 1

    def __init__(self, cursor: SqliteCursor) -> None:
        self._cursor = cursor
        self._rows: deque[Any] = deque()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    def execute(self, operation: str, parameters: Any = ()) -> None:
        """Execute an operation. Raise MissingGreenlet, before it changes anything, if it has to wait and cannot."""
        if in_greenlet():
            await_(self._cursor.execute(operation, parameters))
        elif not self._cursor.execute_now(operation, parameters):
            raise MissingGreenlet("the operation has to wait")
        self._take_result()

    def executemany(self, operation: str, parameters: Any) -> None:
        """Execute an operation with several sets of parameters, in a greenlet."""
        await_(self._cursor.executemany(operation, parameters))
        self._take_result()

    def _take_result(self) -> None:
        cursor = self._cursor
        self._rows = deque(cursor.rows)
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid

    def fetchone(self) -> Any | None:
        """Return the next row, None behind the last."""
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Return the next rows, at most `size` of them."""
        return [self._rows.popleft() for _ in range(min(size or self.arraysize, len(self._rows)))]

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""
        rows, self._rows = list(self._rows), deque()
        return rows

    def close(self) -> None:
        """Discard the rows that were not fetched."""
        self._rows.clear()

    async def _async_soft_close(self) -> None:
        """Do nothing: the cursor of the driver is closed already."""


class AdaptedConnection(AsyncAdapt_aiosqlite_connection):
    """A connection as SQLAlchemy uses it."""

    __slots__ = ()

    def __init__(self, dbapi: Any, connection: SqliteConnection) -> None:
        super().__init__(dbapi, connection)  # type: ignore[arg-type]  # it has what is needed of that protocol

    @property
    def _driver(self) -> SqliteConnection:
        return cast("SqliteConnection", self._connection)

    def cursor(self, server_side: bool = False) -> Any:
        """Return a new cursor of the connection."""
        return _AdaptedCursor(self._driver.cursor())

    def rollback(self) -> None:
        """Roll back. Wait, in a greenlet, only if there is something to roll back."""
        if self._driver.is_in_transaction():
            super().rollback()
        else:
            self._driver.forget_pending()
