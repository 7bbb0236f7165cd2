"""The seat at a PostgreSQL database: an advisory lock on a connection of its own, kept alive from second to second."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.store.database.engine import CONNECT_TIMEOUT_SECONDS
from bot.store.database.explain_error import explain_error
from bot.store.database.transaction import Store
from bot.store.database.transient import LockLost

log = logging.getLogger(__name__)

#: Seconds between two signs of life of the one who has it, and between two questions of the one who waits.
HEARTBEAT_SECONDS, POLL_SECONDS = 1.0, 0.5
#: Seconds after a sign of life in which nobody else can have it: the server takes it back half a second later.
LEASE_SECONDS = 4.0

#: What makes the server let go of a connection whose other end hangs, is cut off or has lost its power. Those it does
#: not know (idle_session_timeout came with version 14) it is not told.
_SERVER_SETTINGS = {
    "idle_session_timeout": f"{LEASE_SECONDS * 1000 + 500:.0f}",
    "tcp_keepalives_idle": "1",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "4000",
}

_SET = text("SELECT set_config(name, :value, false) FROM pg_settings WHERE name = :name")
#: Of the whole schema, so that two communities' bots may share a server and even a database.
_TRY = text("SELECT pg_try_advisory_lock(hashtextextended('bylaug ' || current_schema(), 0))")
_LIVE = text("SELECT 1")
#: Writing transactions of whoever had it before: of one that was killed, the server may still be keeping the last, and
#: what it brings has to be seen by the one who takes up what is waiting.
_UNFINISHED = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'bylaug' "
    "AND usename = current_user AND backend_xid IS NOT NULL"
)


class PostgresLock:
    """An advisory lock of a session: the server takes it back when the session ends, however that comes about.

    Needs a connection that is ours for as long as we live: of PgBouncer, its "session" mode.
    """

    def __init__(self, store: Store, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store, self._monotonic = store, monotonic
        how = {"timeout": CONNECT_TIMEOUT_SECONDS, "server_settings": {"application_name": "bylaug seat"}}
        self._engine = create_async_engine(
            store.engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=how
        )
        self._connection: AsyncConnection | None = None
        self._valid_until = float("-inf")

    async def acquire(self, on_wait: Callable[[], None]) -> None:
        """Have it, or ask for it twice a second; `waiting` is called each time. Raises `Trouble`."""
        self._store.check_instance_lock = self._check
        try:
            while not await self._ask():
                on_wait()
                await asyncio.sleep(POLL_SECONDS)
            while await self._say(_UNFINISHED):  # noqa: ASYNC110  # nobody would tell us when they are over
                await asyncio.sleep(POLL_SECONDS / 10)
        except Exception as error:
            await self.release()
            told = explain_error(error, self._engine.url, opening=True, proven=self._store.has_worked)
            if told is None:
                raise
            raise self._store.report_failure(told) from error

    async def hold(self) -> None:
        """Give signs of life. Raises `Unseated` when the server did not hear one in time."""
        try:
            while True:
                await asyncio.sleep(HEARTBEAT_SECONDS)
                await self._say(_LIVE)
        except Exception as error:
            self._valid_until = float("-inf")
            await self.release()
            why = " ".join(str(error).split())[:200] or type(error).__name__
            log.warning("the database may be another's by now (%s): standing by", why)
            raise LockLost(f"The connection that keeps our place at the database is lost: {why}") from error

    def check_database_exists(self) -> None:
        """A server does not make a database by itself."""

    def mark_database_created(self) -> None:
        """The server knows what it has."""

    async def release(self) -> None:
        """End the session, and so the lock."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):  # what is left of it the server ends
                await connection.invalidate()
                await connection.close()

    async def _ask(self) -> bool:
        if self._connection is None:
            self._connection = await self._engine.connect()
            for name, value in _SERVER_SETTINGS.items():
                await self._connection.execute(_SET, {"name": name, "value": value})
        return bool(await self._say(_TRY))

    async def _say(self, what: object) -> object:
        """Ask the server something; from when we asked, the place is ours for a while, if it is ours."""
        assert self._connection is not None, "it was opened"
        asked = self._monotonic()
        async with asyncio.timeout(LEASE_SECONDS - HEARTBEAT_SECONDS):
            answer = (await self._connection.execute(what)).scalar_one()  # type: ignore[call-overload]
        if answer:
            self._valid_until = asked + LEASE_SECONDS
        return answer

    def _check(self) -> None:
        """Nothing is begun that another may be doing: after a long sleep of this machine, say."""
        if self._monotonic() > self._valid_until:
            raise LockLost("Another Bylaug may be working on the database: this one stands by.")
