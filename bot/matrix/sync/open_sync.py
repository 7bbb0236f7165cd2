"""Requests a sync, which the homeserver keeps open until there are events, and ends it early for a timer."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

from bot.pipeline.inbound.read_progress import ReadProgress

T = TypeVar("T")


def make_filter(timeline: dict[str, Any]) -> str:
    """Return a filter as JSON that selects only timeline events (client-server API, "Filtering")."""
    nothing: dict[str, list[str]] = {"types": []}
    room = {"state": nothing, "ephemeral": nothing, "account_data": nothing, "timeline": timeline}
    return json.dumps({"presence": nothing, "account_data": nothing, "room": room})


async def request_sync(
    request: Callable[[float], Awaitable[T]], seconds: float, progress: ReadProgress, now: Callable[[], datetime]
) -> T:
    """Call `request` with the seconds for which the homeserver may keep the sync open, and return the answer.

    While a timer waits for what was said before its moment, that is 0: an open sync is given up and requested again.
    Nothing is lost by that, since the sync position only moves on with an answer.
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
