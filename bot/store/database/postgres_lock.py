"""The instance lock of a PostgreSQL database: an advisory lock, held by a connection that is used every second.

The lock is free as soon as its connection ends, which its holder notices up to a second later, or much later when its
machine was suspended. So each new holder writes a fencing token of its own into the database, and every writing
transaction checks it (`Store.write`).
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from sqlalchemy import Executable, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.store.database.engine import CONNECT_TIMEOUT_SECONDS
from bot.store.database.explain_error import explain_error
from bot.store.database.transaction import FENCE_FACT, Store
from bot.store.database.transient import LockLost, sqlstate

log = logging.getLogger(__name__)

#: Seconds between two heartbeats of the program that has the lock, and between two tries of one that waits for it.
HEARTBEAT_SECONDS, POLL_SECONDS = 1.0, 0.5
#: Seconds after a heartbeat in which no other program can have the lock: the server ends the session 0.5 s later.
LEASE_SECONDS = 4.0

#: Seconds after which a writing transaction of a program without the lock is taken for abandoned.
ABANDONED_SECONDS = 2.0
#: Milliseconds for which writing the fencing token waits for transactions of the former holder, before another try.
_LOCK_TIMEOUT_MILLISECONDS = 500

#: Make the server end a session whose client hangs, is cut off or has lost power. Settings that a server does not know
#: are not set (idle_session_timeout came with version 14).
_SERVER_SETTINGS = {
    "idle_session_timeout": f"{LEASE_SECONDS * 1000 + 500:.0f}",
    "tcp_keepalives_idle": "1",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "4000",
    "lock_timeout": f"{_LOCK_TIMEOUT_MILLISECONDS}",
}

#: SQLSTATE "lock_not_available".
_LOCK_NOT_AVAILABLE = "55P03"

_SET_IF_KNOWN = text("SELECT set_config(name, :value, false) FROM pg_settings WHERE name = :name")
#: The lock is that of a schema, so that several bots can share a server and even a database.
_TRY_LOCK = text("SELECT pg_try_advisory_lock(hashtextextended('bylaug ' || current_schema(), 0))")
_HEARTBEAT = text("SELECT 1")
#: Counts the writing transactions of other bots. When the program that had the lock was killed, the server may still
#: be committing its last transaction. The new holder has to see that before it reads what is unhandled. A transaction
#: that waits for its program for ABANDONED_SECONDS is ended: a program that is frozen between the two messages of a
#: statement counts as active, so that the server's own idle time-out never ends it.
_COUNT_UNFINISHED = text(
    "SELECT count(*), count(*) FILTER (WHERE wait_event = 'ClientRead' "
    f"AND state_change < clock_timestamp() - interval '{ABANDONED_SECONDS} seconds' AND pg_terminate_backend(pid)) "
    "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'bylaug' "
    "AND usename = current_user AND backend_xid IS NOT NULL"
)
_HAS_FACTS = text("SELECT to_regclass('meta') IS NOT NULL")
_WRITE_FENCING_TOKEN = text(
    "INSERT INTO meta (key, value) VALUES (:key, :token) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value RETURNING true"
)


def _boot_time() -> float:
    """Return seconds of a clock that nobody sets and that goes on while the machine is suspended (Linux has one)."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class PostgresLock:
    """An advisory lock of a session: the server releases it when the session ends, for whatever reason.

    The lock needs a server connection of its own for all of its time; with PgBouncer that is pooling mode "session".
    """

    def __init__(self, store: Store, *, monotonic: Callable[[], float] = _boot_time) -> None:
        self._store, self._monotonic = store, monotonic
        # The application name differs from that of the store's connections, which _COUNT_UNFINISHED counts.
        options = {"timeout": CONNECT_TIMEOUT_SECONDS, "server_settings": {"application_name": "bylaug instance lock"}}
        self._engine = create_async_engine(
            store.engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=options
        )
        self._connection: AsyncConnection | None = None
        self._valid_until = float("-inf")
        self._fencing_token: str | None = None
        self._query_lock, self._fence_lock = asyncio.Lock(), asyncio.Lock()

    async def acquire(self, on_wait: Callable[[], None]) -> None:
        """Try to acquire the lock every POLL_SECONDS, and call `on_wait` after each failed try. Raise Unavailable."""
        self._store.check_instance_lock = self._check
        self._store.find_fencing_token = self._find_fencing_token
        try:
            while not await self._try_lock():
                on_wait()
                await asyncio.sleep(POLL_SECONDS)
            while await self._query(_COUNT_UNFINISHED):  # noqa: ASYNC110  # the server sends no notice of their end
                await asyncio.sleep(POLL_SECONDS / 10)
            await self._fence()
        except Exception as error:
            await self.release()
            explained = explain_error(error, self._engine.url, opening=True, has_worked=self._store.has_worked)
            if explained is None:
                raise
            raise self._store.report_failure(explained) from error

    async def hold(self) -> None:
        """Send heartbeats until cancelled. Raise LockLost when the server does not answer one in time."""
        try:
            while True:
                await asyncio.sleep(HEARTBEAT_SECONDS)
                await self._query(_HEARTBEAT)
        except Exception as error:
            self._valid_until = float("-inf")
            await self.release()
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            log.warning("the database may be another's by now (%s): standing by", reason)
            raise LockLost(f"The connection that holds the instance lock of the database is lost: {reason}") from error

    def check_database_exists(self) -> None:
        """Do nothing: a server does not create a missing database by itself."""

    def mark_database_created(self) -> None:
        """Do nothing: the server knows its databases."""

    async def release(self) -> None:
        """End the session, and with it the lock."""
        connection, self._connection = self._connection, None
        self._fencing_token = None
        if connection is not None:
            with suppress(Exception):  # if this fails, the server ends the session
                await connection.invalidate()
                await connection.close()

    async def _try_lock(self) -> bool:
        if self._connection is None:
            self._connection = await self._engine.connect()
            for name, value in _SERVER_SETTINGS.items():
                await self._connection.execute(_SET_IF_KNOWN, {"name": name, "value": value})
        return bool(await self._query(_TRY_LOCK))

    async def _fence(self) -> None:
        """Write a new fencing token, after which no other program can write. Wait for transactions that have begun.

        A database without tables has no token. The first transaction after its migration writes it.
        """
        async with self._fence_lock:  # else each of several first transactions would write a token of its own
            while self._fencing_token is None and await self._query(_HAS_FACTS):  # each turn is a heartbeat, too
                token = secrets.token_hex(8)
                try:
                    await self._query(_WRITE_FENCING_TOKEN, {"key": FENCE_FACT, "token": token})
                except DBAPIError as error:
                    if sqlstate(error) != _LOCK_NOT_AVAILABLE:
                        raise
                else:
                    self._fencing_token = token

    async def _find_fencing_token(self) -> str | None:
        """Return the token; None in a database without tables. Raise LockLost when the lock's connection is lost."""
        try:
            await self._fence()
        except (TimeoutError, DBAPIError) as error:
            raise LockLost(f"The connection that holds the instance lock of the database is lost: {error}") from error
        return self._fencing_token

    async def _query(self, statement: Executable, parameters: Mapping[str, str] | None = None) -> object:
        """Return the server's answer. A true answer makes the lock valid for LEASE_SECONDS from when it was asked."""
        async with self._query_lock, asyncio.timeout(LEASE_SECONDS - HEARTBEAT_SECONDS):
            if self._connection is None:
                raise LockLost("The connection that holds the instance lock of the database is closed.")
            asked_at = self._monotonic()
            answer = (await self._connection.execute(statement, parameters)).scalar_one()
        if answer:
            self._valid_until = asked_at + LEASE_SECONDS
        return answer

    def _check(self) -> None:
        """Raise LockLost when the last heartbeat is too old, such as after a long sleep of this machine."""
        if self._monotonic() > self._valid_until:
            raise LockLost("Another Bylaug may be working on the database: this one stands by.")
