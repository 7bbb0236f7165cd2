"""Rooms in which a sync left something out: each catches up by itself, page by page, and holds up no other."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
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

#: With a room's id, while there is a gap in it: the position the gap begins at, and how far it is filled.
GAP_FACT = "matrix gap"
#: Events a page of a gap holds.
PAGE_LIMIT = 500
#: Seconds that a room may take in which all rooms wait for one another; a bad one must not hold them up for ever.
MAX_FILL_SECONDS = 600.0
#: Pages that are asked for at the same time.
MAX_CONCURRENT_PAGES = 8
#: How often what was said meanwhile is fetched, before the syncs wait for it, and the seconds they wait at most.
MAX_ROUNDS, FINAL_ROUND_SECONDS = 3, 5.0

#: Writes down the events of a room that a page brought, and a fact in the same transaction.
WritePage = Callable[[str, list[Any], tuple[str, str]], Awaitable[None]]


class GapFiller:
    """A room with a gap has a position of its own, and what the syncs bring of it is fetched with the gap.

    `turn` is held by whoever writes down what came, `wanted` is the filter of events, `keep` writes a page, and
    `awaken` hears of places that have work. `position` is how far the syncs are.
    """

    def __init__(
        self,
        client: Client,
        context: Context,
        keep: WritePage,
        wanted: Callable[[], dict[str, Any]],
        awaken: Callable[[str], None],
    ) -> None:
        self._client, self._context, self._keep, self._wanted, self._awaken = client, context, keep, wanted, awaken
        self.write_lock = asyncio.Lock()
        self.position = ""
        self._behind: dict[str, str] = {}
        self._missed: set[str] = set()
        self._pages = asyncio.Semaphore(MAX_CONCURRENT_PAGES)
        self._per_room = KeyedWorker("catch up", self._catch_up)

    def __bool__(self) -> bool:
        return bool(self._behind)

    async def load(self) -> None:
        """Take up the gaps that were left open."""
        async with self._context.store.read() as connection:
            known = await find_facts(connection, f"{GAP_FACT} ")
        for room_id, gap in known.items():
            self._behind[room_id] = json.loads(gap)[0]
            self._per_room.wake(room_id)

    async def run(self) -> None:
        """Fill gaps until cancelled."""
        await self._per_room.run()

    async def fill_all(self) -> set[str]:
        """Fill every gap here and now, before `run`; the rooms where that was not possible, and `run` goes on."""
        await asyncio.gather(*(self._hurry(room_id) for room_id in list(self._behind)))
        return set(self._behind)

    async def _hurry(self, room_id: str) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(MAX_FILL_SECONDS):
                await self._catch_up(room_id)

    async def open_gap(self, room_id: str, since: str) -> None:
        """After this position something was left out (client-server API, "Syncing", `limited`)."""
        if room_id not in self._behind:
            await retry_forever("noting a gap", lambda: self._note(f"{GAP_FACT} {room_id}", json.dumps([since, since])))
            self._behind[room_id] = since
            self._per_room.wake(room_id)

    def takes_over(self, room_id: str) -> bool:
        """Whether what a sync brings of a room now comes with its gap, in its order."""
        if room_id in self._behind:
            self._missed.add(room_id)
        return room_id in self._behind

    async def _note(self, key: str, value: str | None) -> None:
        async with self._context.store.write() as connection:
            await (delete_fact(connection, key) if value is None else set_fact(connection, key, value))

    async def _catch_up(self, room_id: str) -> None:
        """Fill the gap in a room, and what was said while it was filled, until the syncs can go on from there.

        Nobody is woken before the end of it, so that what was taken back meanwhile is not acted on.
        """
        filled = 0
        while room_id in self._behind:
            filled += 1
            self._missed.discard(room_id)
            await self._fill(room_id, self._behind[room_id], self.position)
            async with self.write_lock:
                if room_id in self._missed and filled >= MAX_ROUNDS:
                    await self._fill_at_last(room_id)
                if room_id not in self._missed:
                    await self._note(f"{GAP_FACT} {room_id}", None)
                    del self._behind[room_id]
        self._awaken(room_address(room_id))

    async def _fill_at_last(self, room_id: str) -> None:
        """Where somebody says something all the time, the last bit is read while the syncs wait; not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FINAL_ROUND_SECONDS):
                await self._fill(room_id, self._behind[room_id], self.position, turn=nullcontext())
                self._missed.discard(room_id)

    async def _fill(
        self, room_id: str, since: str, until: str, turn: AbstractAsyncContextManager[object] | None = None
    ) -> None:
        """Write down what lies between two positions of the sync.

        Oldest first and page by page, each with how far it came: however much was said meanwhile, one page of it is
        held at a time, and whoever is killed here goes on where they were.
        """
        query = {"dir": "f", "from": await self._reached(room_id, since), "to": until, "limit": str(PAGE_LIMIT)}
        query["filter"] = json.dumps(self._wanted())
        while query["from"] != until:
            try:
                page = await retry_temporary(partial(self._page, room_id, query), partial(self._notice, room_id))
            except MatrixError as no:
                log.warning("the gap in %s cannot be filled: %s", room_id, no)
                return
            end = page.get("end")
            if not end or end == query["from"]:
                end = until  # a page may be empty and not the last: what we may not see is left out of it
            async with turn or self.write_lock:
                await self._keep(room_id, page.get("chunk", []), (f"{GAP_FACT} {room_id}", json.dumps([since, end])))
            query["from"] = end

    async def _page(self, room_id: str, query: dict[str, str]) -> dict[str, Any]:
        async with self._pages:
            return await self._client.call("GET", "rooms", room_id, "messages", query=query)

    async def _reached(self, room_id: str, since: str) -> str:
        """Where to go on with a gap that begins at `since`."""
        async with self._context.store.read() as connection:
            known = await get_fact(connection, f"{GAP_FACT} {room_id}")
        begun, reached = json.loads(known) if known else ("", "")
        return reached if begun == since else since

    def _notice(self, room_id: str, why: TemporaryFailure, pause: float) -> None:
        self._context.health.count("sync_errors")
        log.warning("the gap in %s has to wait %.1f s: %s", room_id, pause, why)
