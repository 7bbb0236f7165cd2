"""Watches the requests to the homeserver. Health and the log report when it does not answer or limits the account."""

import asyncio
import logging
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.concurrency.retry import retry_forever
from bot.pipeline.health import Health
from bot.store.database.transaction import Store
from bot.store.facts import delete_fact, get_fact, set_fact

log = logging.getLogger(__name__)

#: Key of the fact with the time of the last refusal because of a rate limit (ISO 8601, UTC).
RATE_LIMIT_FACT = "matrix rate limit"
#: The key of the warning in Health.
RATE_LIMIT_WARNING = "rate limit"
#: So long after the last refusal because of a rate limit, the warning ends.
FORGET_AFTER = timedelta(days=1)
#: Seconds between two lines of the log about the limit, and between two writes of the last refusal.
LOG_SECONDS, WRITE_SECONDS = 3600.0, 60.0


def describe_rate_limit(homeserver: str, account: str) -> str:
    """Return a sentence that says that the account is limited, and the command that lifts the limit.

    Source: Synapse admin API, "Override ratelimiting for users".
    """
    return (
        f"The homeserver limits how fast {account} may write (M_LIMIT_EXCEEDED), so answers come late. On Synapse an "
        "administrator lifts the limit of this account, with their access token in place of TOKEN: "
        "curl -X POST -H 'Authorization: Bearer TOKEN' -d '{\"messages_per_second\": 0, \"burst_count\": 0}' "
        f"'{homeserver}/_synapse/admin/v1/users/{account}/override_ratelimit'"
    )


class HomeserverWatch:
    """Is told of every request that a client makes, and of its outcome.

    `run` stores the last refusal because of a rate limit, so that `bylaug check --online` and the next start know it.
    """

    def __init__(self, health: Health, homeserver: str, account: str, clock: Clock) -> None:
        self._health, self._homeserver, self._account, self._clock = health, homeserver, account, clock
        self._limited_at: datetime | None = None
        self._logged_at = self._stored_at = float("-inf")
        self._has_changed = asyncio.Event()

    def begin_request(self, kind: str) -> None:
        """Note that an answer is expected. `kind` is "sync", or "request" for every other one."""
        self._health.expect_answer(kind)

    def record_answer(self, kind: str) -> None:
        """Note that the homeserver has answered, with success or a refusal."""
        self._health.record_answer(kind)

    def record_failure(self, kind: str, reason: str) -> None:
        """Note that no answer came, or only one of a proxy in front of the homeserver."""
        self._health.record_no_answer(kind, f"The homeserver {self._homeserver} does not answer: {reason}")

    def record_rate_limit(self) -> None:
        """Note that the homeserver has refused a request because the account makes too many."""
        sentence = describe_rate_limit(self._homeserver, self._account)
        now = asyncio.get_running_loop().time()
        if now - self._logged_at > LOG_SECONDS:
            self._logged_at = now
            log.warning("%s", sentence)
        self._limited_at = self._clock()
        self._health.set_warning(RATE_LIMIT_WARNING, sentence)
        if now - self._stored_at > WRITE_SECONDS:
            self._stored_at = now
            self._has_changed.set()

    def record_limit_lifted(self) -> None:
        """Note that the homeserver accepts more than it did when it limited the account."""
        if self._limited_at is not None:
            log.info("the homeserver does not limit %s any more", self._account)
        self._forget()

    async def load(self, store: Store) -> bool:
        """Load the time of the last refusal because of a rate limit. Return whether the account counts as limited."""
        self._limited_at = await find_last_rate_limit(store)
        self._check_age()
        return self._limited_at is not None

    async def run(self, store: Store) -> None:
        """Store the time of the last refusal, and delete it when it is old, until cancelled."""
        while True:
            self._check_age()
            try:
                async with asyncio.timeout(LOG_SECONDS):
                    await self._has_changed.wait()
            except TimeoutError:
                continue
            self._has_changed.clear()
            await retry_forever("storing the rate limit", lambda: self._store_limit(store))

    def _check_age(self) -> None:
        if self._limited_at is None:
            return
        if self._clock() - self._limited_at > FORGET_AFTER:
            self._forget()
        else:
            self._health.set_warning(RATE_LIMIT_WARNING, describe_rate_limit(self._homeserver, self._account))

    def _forget(self) -> None:
        self._limited_at, self._stored_at = None, float("-inf")
        self._health.set_warning(RATE_LIMIT_WARNING, None)
        self._has_changed.set()

    async def _store_limit(self, store: Store) -> None:
        async with store.write() as connection:
            if self._limited_at is None:
                await delete_fact(connection, RATE_LIMIT_FACT)
            else:
                await set_fact(connection, RATE_LIMIT_FACT, self._limited_at.isoformat())


async def find_last_rate_limit(store: Store) -> datetime | None:
    """Return when the homeserver last refused a request because of a rate limit; None if no time is stored."""
    async with store.read() as connection:
        moment = await get_fact(connection, RATE_LIMIT_FACT)
    return datetime.fromisoformat(moment) if moment else None
