"""The sync loop: brings what happened since the stored position, fills gaps, and hands it over with the new one."""

import asyncio
import json
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from bot.flow.house import House
from bot.flow.receive import receive
from bot.flow.retry import Later, mend, persist
from bot.matrix.address import room_address
from bot.matrix.client import TIMEOUT, Client, MatrixError
from bot.matrix.translate import TYPES, translate
from bot.store.inbox import Incoming
from bot.store.meta import get_fact, set_fact

log = logging.getLogger(__name__)

POSITION = "matrix position"
#: Seconds the homeserver may keep a sync open while there is no news.
WAIT = 30
#: Events a sync brings of one room; more of them leave a gap, which is paged.
AT_ONCE = 50
#: Events a page of a gap holds.
PAGE = 500
#: Seconds at most in which what a sync brought is answered before the next one is asked for.
HOLD = 0.5
#: Seconds after which a position is written that brought nothing; reading over talk again does no harm.
IDLE_WRITE = 60.0


class Listener:
    """Listens for one account.

    `awaken` hears of places that have work, `answered` waits until a place has none left, `invited` hears of rooms we
    are invited to.
    """

    def __init__(
        self,
        client: Client,
        house: House,
        awaken: Callable[[str], None],
        answered: Callable[[str], Awaitable[None]],
        invited: Callable[[list[str]], None],
    ) -> None:
        self._client, self._house, self._awaken, self._invited = client, house, awaken, invited
        self._answered = answered
        self._written = 0.0
        nothing: dict[str, list[str]] = {"types": []}
        self._timeline = {"types": TYPES, "not_senders": [client.account], "limit": AT_ONCE}
        quiet = {"state": nothing, "ephemeral": nothing, "account_data": nothing}
        self._filter = {"presence": nothing, "account_data": nothing, "room": {**quiet, "timeline": self._timeline}}

    async def first_position(self) -> None:
        """Where we have never listened before, begin now: what was said earlier was not said to us."""
        async with self._house.store.read() as connection:
            if await get_fact(connection, POSITION):
                return
        # An odd timeout, because Synapse answers the same initial sync from a cache for two minutes.
        answer = await self._sync(None, random.randrange(1, 999) / 1000)
        async with self._house.store.write() as connection:
            await set_fact(connection, POSITION, answer["next_batch"])
        if invited := list(answer.get("rooms", {}).get("invite", {})):
            self._invited(invited)

    async def run(self) -> None:
        """Listen until cancelled."""
        async with self._house.store.read() as connection:
            since = await get_fact(connection, POSITION)
        while True:
            self._house.watch.beat("sync", within=WAIT + TIMEOUT + 30)
            answer = await self._sync(since, WAIT)
            since = await self._take(answer, since)
            self._house.watch.gauge("last_sync_timestamp", self._house.clock().timestamp())

    async def _sync(self, since: str | None, wait: float) -> dict[str, Any]:
        query = {"filter": json.dumps(self._filter), "timeout": str(int(wait * 1000)), "set_presence": "offline"}
        if since is not None:
            query["since"] = since
        return await self._insist("sync", query=query, timeout=wait + TIMEOUT)

    async def _insist(self, *path: str, query: dict[str, str], timeout: float = TIMEOUT) -> dict[str, Any]:  # noqa: ASYNC109
        """Ask until there is an answer."""
        return await persist(lambda: self._client.call("GET", *path, query=query, timeout=timeout), self._notice)

    async def _take(self, answer: dict[str, Any], since: str | None) -> str:
        """Write down what it brought and return where to go on."""
        position = str(answer["next_batch"])
        rooms = answer.get("rooms", {})
        arrived: list[Incoming] = []
        for room_id, part in rooms.get("join", {}).items():
            arrived += await self._events_of(room_id, part.get("timeline", {}), since)
        now = asyncio.get_running_loop().time()
        if arrived or now - self._written > IDLE_WRITE:
            touched = await mend("receiving", lambda: receive(self._house, arrived, (POSITION, position)))
            self._written = now
            await self._hold(touched)
        if invited := list(rooms.get("invite", {})):
            self._invited(invited)
        for room_id in rooms.get("leave", {}):
            self._left(room_id)
        return position

    async def _hold(self, places: set[str]) -> None:
        """Let them be answered before we ask for more, but wait for nobody who is slow.

        Each answer of ours wakes a sync of ours that is open, for nothing, and each sync costs the homeserver about
        as much as a message: behind a crowd, one that comes later and brings more is the faster one
        (docs/performance.md).
        """
        for place in places:
            self._awaken(place)
        with suppress(TimeoutError):
            async with asyncio.timeout(HOLD):
                for place in places:
                    await self._answered(place)

    async def _events_of(self, room_id: str, timeline: dict[str, Any], since: str | None) -> list[Incoming]:
        events = timeline.get("events", [])
        if timeline.get("limited") and since is not None and timeline.get("prev_batch"):
            events = await self._gap(room_id, timeline["prev_batch"], since) + events
        now = self._house.clock()
        return [said for event in events if (said := translate(room_id, event, self._client.account, now))]

    async def _gap(self, room_id: str, start: str, since: str) -> list[Any]:
        """What lies between the last sync and this one, oldest first (client-server API, "Syncing", `limited`)."""
        pages: list[list[Any]] = []
        query = {"dir": "b", "from": start, "to": since, "limit": str(PAGE)}
        query["filter"] = json.dumps({"types": TYPES, "not_senders": [self._client.account]})
        while True:
            try:
                page = await self._insist("rooms", room_id, "messages", query=query)
            except MatrixError as no:
                log.warning("the gap in %s cannot be filled: %s", room_id, no)
                break
            pages.append(page.get("chunk", [])[::-1])
            if not page.get("end") or not page.get("chunk"):
                break
            query["from"] = page["end"]
        return [event for chunk in reversed(pages) for event in chunk]

    def _left(self, room_id: str) -> None:
        community = self._house.communities.get(room_address(room_id))
        if community is not None:
            self._house.watch.fail(community.key, "we are no longer in the room: kicked, banned, or it was left")
            log.warning("no longer in the room of %s", community.key)

    def _notice(self, why: Later, pause: float) -> None:
        self._house.watch.count("sync_errors")
        self._house.watch.beat("sync", within=pause + WAIT + TIMEOUT + 30)
        log.warning("listening has to wait %.1f s: %s", pause, why)
