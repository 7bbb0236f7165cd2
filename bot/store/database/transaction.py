"""One transaction per message: leaving the block commits, raising rolls back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Fatal, Unavailable
from bot.store.database.engine import database_file_of, open_engine, open_sqlite_engine
from bot.store.database.explain_error import explain_error
from bot.store.database.health import Access, DatabaseHealth
from bot.store.database.transient import LockLost


def _nobody(why: str | None) -> None:
    """The log alone hears of trouble."""


class Store:
    """The database, as the rest of the program sees it.

    Its transactions raise `Trouble` when the database cannot be used now, and `Fatal` when it must not be used any
    more; `noticed` hears what is wrong while it is (None: nothing).
    """

    def __init__(self, url: str, noticed: Callable[[str | None], None] = _nobody) -> None:
        self.is_postgres = url.startswith("postgresql")
        self.file = None if self.is_postgres else database_file_of(url)
        self.engine = open_engine(url) if self.file is None else open_sqlite_engine(url, self.file)
        self.health = DatabaseHealth(noticed)
        #: Asked before every transaction; it raises `Trouble` while another program is the one that works here.
        self.check_instance_lock: Callable[[], None] = lambda: None
        self.has_worked = False  # it worked before: what goes wrong now is not how it was set up
        # SQLite has one writer. Queueing here is fair and fast; SQLite's own waiting is neither.
        self._turn = nullcontext() if self.is_postgres else asyncio.Lock()

    @asynccontextmanager
    async def write(self, lock: str | None = None) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write.

        `lock` names what is read and then decided on (a community's key): on PostgreSQL nobody else who names it is
        let in before this transaction ends; on SQLite writers are alone anyway. Take it before reading.
        """
        async with self._turn, self._connection("write") as connection, connection.begin():
            if lock is not None and self.is_postgres:
                await connection.execute(_ADVISORY_LOCK, {"name": lock})
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads, and neither waits for writers nor holds them up."""
        async with self._connection("read") as connection:
            await connection.execution_options(reading=True)
            yield connection

    @asynccontextmanager
    async def _connection(self, doing: Access) -> AsyncIterator[AsyncConnection]:
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
                    if self._diagnose(error, opening=False):
                        await connection.invalidate()  # opened on a disk that could only be read, it would stay so
                    raise
        except Exception as error:
            told = self._diagnose(error, opening=opening) or error
            if isinstance(told, Unavailable) and not isinstance(told, LockLost):
                self.health.record_failure(doing, str(told))
            if told is error:
                raise
            raise told from error
        self.has_worked = True
        self.health.record_success(doing)

    def _diagnose(self, error: Exception, *, opening: bool) -> Exception | None:
        return explain_error(error, self.engine.url, opening=opening, proven=self.has_worked)

    def report_failure(self, why: Fatal | Unavailable) -> Fatal | Unavailable:
        """Something that the store needs is in trouble; what to raise."""
        if isinstance(why, Unavailable) and not isinstance(why, LockLost):
            self.health.record_failure("write", str(why))
        return why

    async def close(self) -> None:
        """Give the connections back; nothing is lost, every transaction ended with its block."""
        await self.engine.dispose()
        if self.file is not None:
            self.file.record_closed()


_ADVISORY_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
