"""One transaction per message: leaving the block commits, raising rolls back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.engine import open_engine


class Store:
    """The database, as the rest of the program sees it."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self.is_postgres = self.engine.dialect.name == "postgresql"
        # SQLite has one writer. Queueing here is fair and fast; SQLite's own waiting is neither.
        self._turn = nullcontext() if self.is_postgres else asyncio.Lock()

    @asynccontextmanager
    async def write(self, lock: str | None = None) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write.

        `lock` names what is read and then decided on (a community's key): on PostgreSQL nobody else who names it is
        let in before this transaction ends; on SQLite writers are alone anyway. Take it before reading.
        """
        async with self._turn, self.engine.begin() as connection:
            if lock is not None and self.is_postgres:
                await connection.execute(_ADVISORY_LOCK, {"name": lock})
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads, and neither waits for writers nor holds them up."""
        async with self.engine.connect() as connection:
            await connection.execution_options(reading=True)
            yield connection

    async def close(self) -> None:
        """Give the connections back; nothing is lost, every transaction ended with its block."""
        await self.engine.dispose()


_ADVISORY_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
