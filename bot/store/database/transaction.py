"""The store: opens transactions on the database. Leaving the block commits, raising rolls back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Fatal, Unavailable
from bot.store.database.engine import database_file_of, open_engine, open_sqlite_engine
from bot.store.database.explain_error import explain_error
from bot.store.database.health import Access, DatabaseHealth
from bot.store.database.transient import LockLost


def _ignore(reason: str | None) -> None:
    """Do nothing about an outage; it is in the log."""


class Store:
    """The database, as the rest of the program uses it.

    Its transactions raise Unavailable when the database cannot be used now, and Fatal when it must not be used any
    more. `on_health_change` is called with the reason when an outage begins or its reason changes, and with None at its
    end.
    """

    def __init__(self, url: str, on_health_change: Callable[[str | None], None] = _ignore) -> None:
        self.is_postgres = url.startswith("postgresql")
        self.file = None if self.is_postgres else database_file_of(url)
        self.engine = open_engine(url) if self.file is None else open_sqlite_engine(url, self.file)
        self.health = DatabaseHealth(on_health_change)
        #: Called before every transaction; raises LockLost or Fatal when this program may not have the instance lock.
        self.check_instance_lock: Callable[[], None] = lambda: None
        #: Returns the fencing token of this program; None if no program has one (bot.store.database.postgres_lock).
        self.find_fencing_token: Callable[[], Awaitable[str | None]] | None = None
        #: Whether any transaction has succeeded: then a later failure does not come from a wrong configuration.
        self.has_worked = False
        # SQLite has one writer. Waiting in this queue is fair and fast; SQLite's own waiting is neither.
        self._write_queue = nullcontext() if self.is_postgres else asyncio.Lock()

    @asynccontextmanager
    async def write(self, lock: str | None = None) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that may write.

        `lock` names what the transaction reads and then decides about (a community's key). On PostgreSQL no other
        transaction with the same `lock` runs meanwhile; on SQLite there is only one writer anyway. The lock is taken
        before anything is read. Raise LockLost, before anything is written, when another program has the instance lock;
        none can get it before the transaction has ended.
        """
        async with self._write_queue, self._connect("write") as connection, connection.begin():
            if self.is_postgres:
                await self._take_locks(connection, lock)
            yield connection

    async def _take_locks(self, connection: AsyncConnection, lock: str | None) -> None:
        token = await self.find_fencing_token() if self.find_fencing_token is not None else None
        if token is None:
            if lock is not None:
                await connection.execute(_ADVISORY_LOCK, {"name": lock})
            return
        parameters = {"key": FENCE_FACT, **({"name": lock} if lock is not None else {})}
        row = (await connection.execute(_CHECK_FENCE if lock is None else _CHECK_FENCE_AND_LOCK, parameters)).first()
        if row is None or row.value != token:
            raise LockLost("Another Bylaug has taken over the database: this one stands by.")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection that only reads; it neither waits for writers nor blocks them."""
        async with self._connect("read") as connection:
            yield connection

    @asynccontextmanager
    async def _connect(self, access: Access) -> AsyncIterator[AsyncConnection]:
        opening = True
        try:
            self.check_instance_lock()
            if self.file is not None:
                self.file.check_unchanged()
            async with self.engine.connect() as connection:
                opening = False
                try:
                    yield connection
                except Exception as error:
                    if self._explain(error, opening=False):
                        # A connection opened while the disk was read-only would stay read-only.
                        await connection.invalidate()
                    raise
        except Exception as error:
            explained = self._explain(error, opening=opening) or error
            if isinstance(explained, Unavailable) and not isinstance(explained, LockLost):
                self.health.record_failure(access, str(explained))
            if explained is error:
                raise
            raise explained from error
        self.has_worked = True
        self.health.record_success(access)

    def _explain(self, error: Exception, *, opening: bool) -> Exception | None:
        return explain_error(error, self.engine.url, opening=opening, has_worked=self.has_worked)

    def report_failure(self, error: Fatal | Unavailable) -> Fatal | Unavailable:
        """Record a failure of something that the store needs, and return the error to raise."""
        if isinstance(error, Unavailable) and not isinstance(error, LockLost):
            self.health.record_failure("write", str(error))
        return error

    async def close(self) -> None:
        """Close all connections. Every transaction has ended with its block."""
        await self.engine.dispose()
        if self.file is not None:
            self.file.record_closed()


#: The fact with the fencing token of the program that has the instance lock of a PostgreSQL database. Every writing
#: transaction locks the row FOR SHARE, so a new holder, which changes it, waits for those that have begun.
FENCE_FACT = "instance lock"

_ADVISORY_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_CHECK_FENCE = text("SELECT value FROM meta WHERE key = :key FOR SHARE")
_CHECK_FENCE_AND_LOCK = text(
    "SELECT value, pg_advisory_xact_lock(hashtextextended(:name, 0)) FROM meta WHERE key = :key FOR SHARE"
)
