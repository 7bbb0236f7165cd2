"""Requests a sync, which the homeserver keeps open until there are events, and ends it early for a timer."""

import asyncio
import json
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

from bot.concurrency.retry import TemporaryFailure, retry_temporary
from bot.errors import EX_TEMPFAIL, Fatal
from bot.matrix.client import Client, MatrixError
from bot.pipeline.context import Context
from bot.pipeline.inbound.read_progress import ReadProgress

log = logging.getLogger(__name__)

T = TypeVar("T")


_NOTHING: dict[str, Any] = {"types": []}

#: How many times longer than another request a sync without a position may take: it reads all rooms.
_LONGER_FROM_NOW = 10


def make_filter(timeline: dict[str, Any], state: dict[str, Any] = _NOTHING) -> str:
    """Return a filter as JSON that selects only timeline events, and state (client-server API, "Filtering")."""
    nothing = _NOTHING
    room = {"state": state, "ephemeral": nothing, "account_data": nothing, "timeline": timeline}
    return json.dumps({"presence": nothing, "account_data": nothing, "room": room})


async def request_sync(
    request: Callable[[float], Awaitable[T]], seconds: float, progress: ReadProgress, now: Callable[[], datetime]
) -> T:
    """Call `request` with the seconds for which the homeserver may keep the sync open, and return the answer.

    These are 0 while a timer waits until everything that was said before its moment is read. An open sync is then
    cancelled and requested again. Nothing is lost by that, since the sync position only moves on with an answer.
    """
    if seconds and not progress.is_sync_requested:
        progress.begin_sync(now())
        answer = asyncio.ensure_future(request(seconds))
        requested = asyncio.ensure_future(progress.wait_until_sync_requested())
        try:
            await asyncio.wait({answer, requested}, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                return answer.result()
        finally:
            answer.cancel()
            requested.cancel()
            await asyncio.gather(answer, requested, return_exceptions=True)
    progress.begin_sync(now())
    return await request(0)


class SyncRequester:
    """Requests syncs, and repeats each until the homeserver answers.

    `event_filter` returns the filter of timeline events, and `on_failure` is called before each repetition with the
    failure and the pause in seconds. `error_count` counts these failures.
    """

    def __init__(
        self,
        client: Client,
        context: Context,
        event_filter: Callable[[], dict[str, Any]],
        on_failure: Callable[[TemporaryFailure, float], None],
    ) -> None:
        self._client, self._context, self._event_filter = client, context, event_filter
        self._on_failure = on_failure
        self.error_count = 0

    async def sync(self, since: str | None, seconds: float, timeline_limit: int) -> tuple[dict[str, Any], str | None]:
        """Sync from a position, or from now when the homeserver refuses the position.

        Returns the answer and the position from which it begins; None for a sync from now. The homeserver may wait
        `seconds` for events. A homeserver refuses the positions of the server software that it has replaced.
        """
        try:
            return await self._sync(since, seconds, self._make_filter(timeline_limit)), since
        except MatrixError as error:
            if since is None or error.status != 400:
                raise
            log.warning("the homeserver refuses our sync position (%s); beginning anew", error)
        return await self.sync_from_now(), None

    async def sync_from_now(self) -> dict[str, Any]:
        """Return the answer to a sync without a position: the present position, and at most one event of each room.

        Raises `Fatal` when the homeserver refuses this sync.
        """
        return await self._sync_from_now(self._make_filter(1))

    async def sync_state_from_now(self, types: list[str]) -> dict[str, Any]:
        """Return the answer to a sync without a position: the present position, and state events of joined rooms.

        Raises `Fatal` when the homeserver refuses this sync.
        """
        # without lazy loading, Synapse reads every membership from its database before it filters by type
        return await self._sync_from_now(make_filter(_NOTHING, {"types": types, "lazy_load_members": True}))

    async def _sync_from_now(self, sync_filter: str) -> dict[str, Any]:
        try:
            # An odd timeout, because Synapse answers the same initial sync from a cache for two minutes.
            return await self._sync(None, random.randrange(1, 999) / 1000, sync_filter)
        except MatrixError as error:
            raise Fatal(f"The homeserver refuses to tell the bot what is said: {error}", EX_TEMPFAIL) from error

    def _make_filter(self, timeline_limit: int) -> str:
        return make_filter({**self._event_filter(), "limit": timeline_limit})

    async def _sync(self, since: str | None, seconds: float, sync_filter: str) -> dict[str, Any]:
        query = {"filter": sync_filter, "set_presence": "offline", **({"since": since} if since is not None else {})}
        errors = self.error_count

        async def request(open_seconds: float) -> dict[str, Any]:
            timeout = {"timeout": str(int(open_seconds * 1000))}
            request_seconds = open_seconds + self._client.timeout_seconds * (1 if since else _LONGER_FROM_NOW)
            return await self._client.call("GET", "sync", query=query | timeout, timeout=request_seconds)

        async def sync() -> dict[str, Any]:
            # a restored homeserver would keep open a sync from a position that it has not reached again
            open_seconds = seconds if errors == self.error_count else 0
            return await request_sync(request, open_seconds, self._context.progress, self._context.clock)

        return await retry_temporary(sync, self._count_failure)

    def _count_failure(self, failure: TemporaryFailure, pause: float) -> None:
        self.error_count += 1
        self._on_failure(failure, pause)
