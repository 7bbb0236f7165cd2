"""Decides how soon the next sync is requested: after the answers, and seldom while syncs bring nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

#: The next sync waits at most so many seconds until the messages of this one are answered.
MAX_ANSWER_WAIT_SECONDS = 1.0
#: With at least so many messages per room in a sync, many people are writing at the same time.
MIN_CROWD_MESSAGES = 4
#: While many people write, there are at least so many seconds between two syncs, so that each brings more messages.
CROWD_PAUSE_SECONDS = 0.3
#: A sync that was answered sooner than this and brought nothing is followed by a pause, which grows.
QUICK_ANSWER_SECONDS, MAX_IDLE_PAUSE_SECONDS = 1.0, 5.0


class SyncPacing:
    """Paces the syncs of one loop. `wait_until_answered` waits until a place has no waiting rows left."""

    def __init__(self, wait_until_answered: Callable[[str], Awaitable[None]]) -> None:
        self._wait_until_answered = wait_until_answered
        self._idle_syncs = 0

    async def wait_for_answers(self, places: set[str], message_count: int) -> None:
        """Wait until the messages are answered before the next sync is requested, but only for a short time.

        Each answer of the bot ends an open sync of the bot without any use, and each sync costs the homeserver about as
        much as a message. While many people write, later syncs that bring more messages are faster in total
        (docs/performance.md).
        """
        is_crowded = message_count >= MIN_CROWD_MESSAGES * len(places) > 0
        earliest = asyncio.get_running_loop().time() + (CROWD_PAUSE_SECONDS if is_crowded else 0)
        with suppress(TimeoutError):
            async with asyncio.timeout(MAX_ANSWER_WAIT_SECONDS):
                for place in places:
                    await self._wait_until_answered(place)
        await asyncio.sleep(earliest - asyncio.get_running_loop().time())

    async def wait_after_idle_sync(self, seconds: float, *, is_idle: bool) -> None:
        """Wait when a sync took `seconds` and brought nothing, not even a new position.

        Such a homeserver does not keep syncs open, and would be asked hundreds of times a second.
        """
        self._idle_syncs = self._idle_syncs + 1 if is_idle and seconds < QUICK_ANSWER_SECONDS else 0
        if self._idle_syncs:
            await asyncio.sleep(min(MAX_IDLE_PAUSE_SECONDS, 0.05 * 2 ** min(self._idle_syncs, 10)))
