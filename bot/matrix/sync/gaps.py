"""Fills the gaps that limited syncs leave: page by page, one task per room, so that no room waits for another.

Client-server API, "Syncing" (`limited`) and "Getting events for a room" (`/messages`).
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from functools import partial
from typing import Any

from bot.concurrency.keyed_worker import KeyedWorker
from bot.concurrency.retry import TemporaryFailure, retry_forever, retry_temporary
from bot.matrix.address import room_address
from bot.matrix.client import Client, MatrixError
from bot.pipeline.context import Context
from bot.store.facts import delete_fact, find_facts, get_fact, set_fact

log = logging.getLogger(__name__)

#: Key of a fact, followed by a space and a room id, that exists while the room has a gap. The value is a JSON list of
#: two sync positions: where the gap begins, and up to where it is filled.
GAP_FACT = "matrix gap"
#: Events in a page of a gap.
PAGE_LIMIT = 500
#: Seconds for which `fill_all` works on one room. All rooms wait meanwhile, and one room must not block them for ever.
MAX_FILL_SECONDS = 600.0
#: Pages that are requested at the same time.
MAX_CONCURRENT_PAGES = 8
#: Events that come while a gap is filled are fetched in another round. The round after this many stops the sync loop.
MAX_ROUNDS = 3
#: The sync loop is stopped for at most so many seconds to fetch the last events.
FINAL_ROUND_SECONDS = 5.0

#: Writes the events of a page and, in the same transaction, a fact. Takes the room id, the events and the fact.
WritePage = Callable[[str, list[Any], tuple[str, str]], Awaitable[None]]


class GapFiller:
    """Fills gaps.

    For a room with a gap, new events are not read from syncs but fetched with the gap, so that they stay in order.
    `write_lock` is held by whoever writes events. `event_filter` returns the filter of events, `write_page` writes a
    page, and `wake_worker` is called with places that have inbox rows. `position` is the position of the last sync.
    """

    def __init__(
        self,
        client: Client,
        context: Context,
        write_page: WritePage,
        event_filter: Callable[[], dict[str, Any]],
        wake_worker: Callable[[str], None],
    ) -> None:
        self._client, self._context = client, context
        self._write_page, self._event_filter, self._wake_worker = write_page, event_filter, wake_worker
        self.write_lock = asyncio.Lock()
        self.position = ""
        self._gaps: dict[str, str] = {}  # room id → sync position at which its gap begins
        self._unserved: dict[str, str] = {}  # room id without a community → sync position before its first events
        self._rooms_with_new_events: set[str] = set()  # rooms with a gap for which a sync brought more events
        self._page_limiter = asyncio.Semaphore(MAX_CONCURRENT_PAGES)
        self._per_room = KeyedWorker("catch up", self._close_gap)

    @property
    def has_gaps(self) -> bool:
        """Whether any room has a gap."""
        return bool(self._gaps)

    def has_gap(self, room: str) -> bool:
        """Return whether a room (id) has a gap."""
        return room in self._gaps

    async def load(self) -> None:
        """Read the gaps that were open when the program last ended."""
        async with self._context.store.read() as connection:
            facts = await find_facts(connection, f"{GAP_FACT} ")
        for room, gap in facts.items():
            self._gaps[room] = json.loads(gap)[0]
            self._context.progress.mark_behind(room_address(room))
            self._per_room.wake(room)

    async def run(self) -> None:
        """Fill gaps until cancelled."""
        await self._per_room.run()

    async def fill_all(self) -> set[str]:
        """Fill every gap before `run` is started. Return the rooms that still have one, which `run` fills later."""
        await asyncio.gather(*(self._close_gap_in_time(room) for room in list(self._gaps)))
        return set(self._gaps)

    async def _close_gap_in_time(self, room: str) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(MAX_FILL_SECONDS):
                await self._close_gap(room)

    async def open_gap(self, room: str, since: str) -> None:
        """Store that events of a room are missing after a sync position, and start to fetch them."""
        if room not in self._gaps:
            await self.reopen(room, since)

    async def note_rooms(self, rooms: Iterable[str], since: str | None) -> None:
        """Note which rooms with events after a sync position have no community. Open gaps where they have one now.

        A join whose answer was lost may have succeeded: people write in the room before the bot knows that it is a
        community's.
        """
        served = self._context.rooms.communities
        for room in [room for room in self._unserved if room_address(room) in served]:
            await self.open_gap(room, self._unserved.pop(room))
        for room in rooms:
            if since is not None and room_address(room) not in served:
                self._unserved.setdefault(room, since)

    async def reopen(self, room: str, since: str) -> None:
        """Store that events are missing after a sync position, in place of the gap that the room may have.

        The homeserver no longer knows the positions of that gap.
        """
        await retry_forever("storing a gap", lambda: self._store_gap(room, since, since))
        self._gaps[room] = since
        self._context.progress.mark_behind(room_address(room))
        self._per_room.wake(room)

    def takes_over(self, room: str) -> bool:
        """Whether new events of a room are fetched with its gap, so that those in a sync are not to be read."""
        if room in self._gaps:
            self._rooms_with_new_events.add(room)
        return room in self._gaps

    async def _store_gap(self, room: str, since: str, filled_to: str) -> None:
        async with self._context.store.write() as connection:
            await set_fact(connection, *_gap_fact(room, since, filled_to))

    async def _delete_gap(self, room: str) -> None:
        async with self._context.store.write() as connection:
            await delete_fact(connection, f"{GAP_FACT} {room}")

    async def _close_gap(self, room: str) -> None:
        """Fill the gap of a room and the events that came meanwhile, until syncs can continue from there.

        The worker is woken only at the end. A message that was edited or redacted meanwhile is then handled as it is
        now.
        """
        rounds = 0
        while room in self._gaps:
            rounds += 1
            self._rooms_with_new_events.discard(room)
            since = self._gaps[room]
            await self._fill(room, since, self.position)
            async with self.write_lock:
                if self._gaps[room] != since:  # `reopen` has replaced it
                    continue
                if room in self._rooms_with_new_events and rounds >= MAX_ROUNDS:
                    await self._fill_final_round(room)
                if room not in self._rooms_with_new_events:
                    await self._delete_gap(room)
                    del self._gaps[room]
                    self._context.progress.mark_caught_up(room_address(room))
        self._wake_worker(room_address(room))

    async def _fill_final_round(self, room: str) -> None:
        """Fetch the last events while the sync loop waits. Needed when people write in the room all the time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FINAL_ROUND_SECONDS):
                await self._fill(room, self._gaps[room], self.position, lock=nullcontext())
                self._rooms_with_new_events.discard(room)

    async def _fill(
        self, room: str, since: str, until: str, lock: AbstractAsyncContextManager[object] | None = None
    ) -> None:
        """Fetch and write the events between two sync positions, oldest first.

        Each page is written together with the position up to which the gap is filled. So only one page is in memory at
        a time, and after a crash the next start continues there. `lock` replaces the write lock when the caller holds
        it.
        """
        query = {"dir": "f", "from": await self._filled_to(room, since), "to": until, "limit": str(PAGE_LIMIT)}
        query["filter"] = json.dumps(self._event_filter())
        while query["from"] != until:
            try:
                page = await retry_temporary(partial(self._fetch_page, room, query), partial(self._log_pause, room))
            except MatrixError as error:
                log.warning("the gap in %s cannot be filled: %s", room, error)
                return
            end = page.get("end")
            # an empty page need not be the last one: pages leave out events that the bot may not see
            if not end or end == query["from"]:
                end = until
            async with lock or self.write_lock:
                await self._write_page(room, page.get("chunk", []), _gap_fact(room, since, end))
            query["from"] = end

    async def _fetch_page(self, room: str, query: dict[str, str]) -> dict[str, Any]:
        async with self._page_limiter:
            return await self._client.call("GET", "rooms", room, "messages", query=query)

    async def _filled_to(self, room: str, since: str) -> str:
        """Return the position up to which the gap that begins at `since` is filled."""
        async with self._context.store.read() as connection:
            gap = await get_fact(connection, f"{GAP_FACT} {room}")
        begin, filled_to = json.loads(gap) if gap else ("", "")
        return filled_to if begin == since else since

    def _log_pause(self, room: str, error: TemporaryFailure, pause: float) -> None:
        self._context.health.count("sync_errors")
        log.warning("the gap in %s has to wait %.1f s: %s", room, pause, error)


def _gap_fact(room: str, since: str, filled_to: str) -> tuple[str, str]:
    return f"{GAP_FACT} {room}", json.dumps([since, filled_to])
