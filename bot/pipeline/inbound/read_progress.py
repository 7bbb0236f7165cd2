"""How far the rooms are read. A timer waits until everything that was said before its moment is in the inbox.

Otherwise a bot that was off or cut off would look at its timers before it reads the room, and would say that nobody has
answered, although somebody has answered in time.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

#: For so many seconds timers of a room wait for its gap to be filled. A gap that takes longer may never be filled, and
#: to send no reminders for ever is worse than to send one that is not needed.
MAX_GAP_WAIT_SECONDS = 3600.0


class ReadProgress:
    """Up to which moment the rooms are read, and which places are behind because they have a gap.

    Without a sync loop, as in the test kit, everything counts as read. `on_progress` is called when the sync that
    `request_sync` asked for is stored, and when the gap of a place is filled.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._behind_since: dict[str, float] = {}
        self._sync_requested_for: datetime | None = None
        self._is_sync_requested = asyncio.Event()
        # on the monotonic clock: a wall clock that is put back would have every later sync begin too early
        self._sync_requested_at = self._sync_began_at_monotonic = monotonic()
        self._sync_began_at = datetime.min.replace(tzinfo=UTC)
        #: What was said before this moment is in the inbox, except in places that are behind.
        self.read_until = datetime.max.replace(tzinfo=UTC)
        self.on_progress: Callable[[], None] = lambda: None

    def expect_syncs(self) -> None:
        """Note that nothing is read before the first sync."""
        self.read_until = datetime.min.replace(tzinfo=UTC)

    def request_sync(self, moment: datetime) -> None:
        """Ask for a sync that begins at this moment or later, if there was none. An open sync ends for it."""
        if moment <= self.read_until:
            return
        if not self._is_sync_requested.is_set():
            self._sync_requested_at = self._monotonic()
        self._sync_requested_for = moment
        self._is_sync_requested.set()

    @property
    def is_sync_requested(self) -> bool:
        """Whether a timer waits for the next sync, which must not be kept open."""
        return self._is_sync_requested.is_set()

    async def wait_until_sync_requested(self) -> None:
        """Wait until a timer needs a sync."""
        await self._is_sync_requested.wait()

    def begin_sync(self, now: datetime) -> None:
        """Note when a sync is requested from the homeserver. Its answer has at least what was said before."""
        self._sync_began_at, self._sync_began_at_monotonic = now, self._monotonic()

    def record_sync(self) -> None:
        """Record that the events of the sync that began last are stored."""
        self.read_until = self._sync_began_at
        began_after_request = self._sync_began_at_monotonic > self._sync_requested_at
        if self._sync_requested_for is not None and (
            began_after_request or self._sync_requested_for <= self.read_until
        ):
            self._sync_requested_for = None
            self._is_sync_requested.clear()
            self.on_progress()

    def mark_behind(self, place: str) -> None:
        """Note that events of a place are missing."""
        self._behind_since.setdefault(place, self._monotonic())

    def mark_caught_up(self, place: str) -> None:
        """Note that the events which were missing are stored."""
        if self._behind_since.pop(place, None) is not None:
            self.on_progress()

    def places_behind(self) -> set[str]:
        """Return the places with missing events, without those that are behind for more than MAX_GAP_WAIT_SECONDS."""
        earliest = self._monotonic() - MAX_GAP_WAIT_SECONDS
        return {place for place, since in self._behind_since.items() if since >= earliest}
