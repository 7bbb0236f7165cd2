"""An AsyncEngine for SQLite that calls SQLAlchemy at once, without a greenlet, where nothing has to be waited for.

SQLAlchemy runs each call of an AsyncConnection in a greenlet, which can wait for a coroutine, and closes a connection
in a task of its own. Most calls on SQLite wait for nothing (bot.store.database.sqlite_connection), and cost less than
the greenlet or the task.
"""

from typing import Any, cast

from sqlalchemy import CursorResult, Transaction
from sqlalchemy.exc import MissingGreenlet
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction
from sqlalchemy.util.concurrency import greenlet_spawn

from bot.store.database.sqlite_connection import SqliteConnection


class DirectEngine(AsyncEngine):
    """An engine whose connections run at once what can run at once, and all else like any AsyncConnection.

    A transaction that is begun may write: it begins with BEGIN IMMEDIATE, so that writers queue up before they read.
    Otherwise two of them could both read that a pitch is free, and then both reserve it. A connection on which nothing
    is begun may only read: each of its statements sees one state.
    """

    __slots__ = ()

    def connect(self) -> AsyncConnection:
        """Return a connection that is not started yet."""
        return _DirectConnection(self)


class _DirectConnection(AsyncConnection):
    __slots__ = ()

    async def start(self, is_ctxmanager: bool = False) -> AsyncConnection:
        """Take a connection of the pool, or wait until one is opened or free."""
        pool: Any = self.sync_engine.pool
        if pool.checkedin() and not self._may_pool_wait():
            try:
                self.sync_connection = self.sync_engine.connect()
            except MissingGreenlet:  # the pool opens a file anew after trouble
                pass
            else:
                return self
        return await super().start(is_ctxmanager)

    async def execute(self, statement: Any, parameters: Any = None, **options: Any) -> CursorResult[Any]:
        """Execute a statement and return its rows.

        A statement that has to wait raises MissingGreenlet before it has changed anything, and is executed again in a
        greenlet. With several sets of parameters it could raise it later, so it is not executed without a greenlet.
        """
        if not isinstance(parameters, list):
            try:
                return self._proxied.execute(statement, parameters, **options)
            except MissingGreenlet:
                pass
        result: CursorResult[Any] = await super().execute(statement, parameters, **options)
        return result

    def begin(self) -> AsyncTransaction:
        """Return a transaction that is not begun yet."""
        return _DirectTransaction(self)

    def begin_nested(self) -> AsyncTransaction:
        """Return a savepoint that is not set yet."""
        return _DirectTransaction(self, nested=True)

    async def __aexit__(self, type_: Any, value: Any, traceback: Any) -> None:
        connection = self._proxied
        may_wait = connection.closed or connection.invalidated or self._may_pool_wait()
        if may_wait or _find_driver(connection).is_in_transaction():
            await super().__aexit__(type_, value, traceback)
        else:
            connection.close()

    def _may_pool_wait(self) -> bool:
        """Return whether more connections are open than the pool keeps: then it waits for one, or closes one."""
        pool: Any = self.sync_engine.pool
        return bool(pool.overflow() > 0)


class _DirectTransaction(AsyncTransaction):
    """A transaction or a savepoint. Both begin with a statement that is deferred, and a savepoint ends with one."""

    __slots__ = ()

    async def start(self, is_ctxmanager: bool = False) -> AsyncTransaction:
        """Begin the transaction, or set the savepoint."""
        connection = self.connection.sync_connection
        assert connection is not None, "the connection is started"
        transaction: Transaction = connection.begin_nested() if self.nested else connection.begin()
        if not self.nested:
            _find_driver(connection).defer("BEGIN IMMEDIATE")
        self.sync_transaction = transaction
        if is_ctxmanager:
            transaction.__enter__()
        return self

    async def __aexit__(self, type_: Any, value: Any, traceback: Any) -> None:
        if self.nested and type_ is None:
            self._proxied.__exit__(None, None, None)
        else:
            await greenlet_spawn(self._proxied.__exit__, type_, value, traceback)


def _find_driver(connection: Any) -> SqliteConnection:
    """Return the driver's connection of a connection of SQLAlchemy."""
    return cast("SqliteConnection", connection.connection.driver_connection)
