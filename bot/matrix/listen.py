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
from bot.matrix.client import Client, MatrixError
from bot.matrix.encryption import Encryption
from bot.matrix.translate import TYPES, translate
from bot.store.inbox import Incoming
from bot.store.meta import get_fact, set_fact

log = logging.getLogger(__name__)

POSITION = "matrix position"
#: With a room's id: the position a gap in it begins at, and how far it is filled.
GAP = "matrix gap"
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
        encryption: Encryption,
    ) -> None:
        self._client, self._house, self._awaken, self._invited = client, house, awaken, invited
        self._answered, self._encryption = answered, encryption
        self._written = 0.0

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
            self._house.watch.beat("sync", within=WAIT + self._client.timeout + 30)
            answer = await self._sync(since, WAIT)
            since = await self._take(answer, since)
            self._house.watch.gauge("last_sync_timestamp", self._house.clock().timestamp())

    async def _sync(self, since: str | None, wait: float) -> dict[str, Any]:
        query = {"filter": json.dumps(self._filter()), "timeout": str(int(wait * 1000)), "set_presence": "offline"}
        if since is not None:
            query["since"] = since
        return await self._insist("sync", query=query, timeout=wait + self._client.timeout)

    def _filter(self) -> dict[str, Any]:
        nothing: dict[str, list[str]] = {"types": []}
        timeline = {**self._wanted(), "limit": AT_ONCE}
        room = {"state": nothing, "ephemeral": nothing, "account_data": nothing, "timeline": timeline}
        return {"presence": nothing, "account_data": nothing, "room": room}

    def _wanted(self) -> dict[str, Any]:
        return {"types": [*TYPES, *self._encryption.types], "not_senders": [self._client.account]}

    async def _insist(self, *path: str, query: dict[str, str], timeout: float | None = None) -> dict[str, Any]:  # noqa: ASYNC109
        """Ask until there is an answer."""
        return await persist(lambda: self._client.call("GET", *path, query=query, timeout=timeout), self._notice)

    async def _take(self, answer: dict[str, Any], since: str | None) -> str:
        """Write down what it brought and return where to go on."""
        position = str(answer["next_batch"])
        rooms = answer.get("rooms", {})
        arrived: list[Incoming] = []
        filled = await self._hear_keys(answer)
        for room_id, part in rooms.get("join", {}).items():
            timeline = part.get("timeline", {})
            if timeline.get("limited") and since is not None and timeline.get("prev_batch"):
                await self._fill_gap(room_id, since, timeline["prev_batch"])
                filled.add(room_address(room_id))
            arrived += await self._read(room_id, timeline.get("events", []))
        now = asyncio.get_running_loop().time()
        if arrived or filled or self._encryption.has_news or now - self._written > IDLE_WRITE:
            touched = await self._write(arrived, (POSITION, position))
            self._written = now
            await self._hold(touched | filled)
        if invited := list(rooms.get("invite", {})):
            self._invited(invited)
        for room_id in rooms.get("leave", {}):
            self._left(room_id)
        return position

    async def _hear_keys(self, answer: dict[str, Any]) -> set[str]:
        """What came for our device comes first: its keys open what follows, and what has waited for them."""
        arrived: list[Incoming] = []
        for room_id, event in await self._encryption.hear(answer):
            arrived += self._translated(room_id, [event])
        return await self._write(arrived, None) if self._encryption.has_news else set()

    async def _write(self, arrived: list[Incoming], position: tuple[str, str] | None) -> set[str]:
        async def write() -> set[str]:
            async with self._encryption.writing() as also:
                return await receive(self._house, arrived, position, also=also)

        return await mend("receiving", write)

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

    async def _fill_gap(self, room_id: str, since: str, until: str) -> None:
        """Write down what lies between the last sync and this one (client-server API, "Syncing", `limited`).

        Oldest first and page by page, each with how far it came: however much was said meanwhile, one page of it is
        held at a time, and whoever is killed here goes on where they were. Nobody is woken before the end of it, so
        that what was taken back meanwhile is not acted on.
        """
        query = {"dir": "f", "from": await self._reached(room_id, since), "to": until, "limit": str(PAGE)}
        query["filter"] = json.dumps(self._wanted())
        while True:
            self._house.watch.beat("sync", within=WAIT + self._client.timeout + 30)
            try:
                page = await self._insist("rooms", room_id, "messages", query=query)
            except MatrixError as no:
                log.warning("the gap in %s cannot be filled: %s", room_id, no)
                return
            end = page.get("end")
            if not end or end == query["from"]:
                end = until
            arrived = await self._read(room_id, page.get("chunk", []))
            reached = (f"{GAP} {room_id}", json.dumps([since, end]))
            await self._write(arrived, reached)
            if end == until:
                return  # a page may be empty and not the last: what we may not see is left out of it
            query["from"] = end

    async def _reached(self, room_id: str, since: str) -> str:
        """Where to go on with a gap that begins at `since`."""
        async with self._house.store.read() as connection:
            known = await get_fact(connection, f"{GAP} {room_id}")
        begun, reached = json.loads(known) if known else ("", "")
        return reached if begun == since else since

    async def _read(self, room_id: str, events: list[Any]) -> list[Incoming]:
        return self._translated(room_id, await self._encryption.open(room_id, events))

    def _translated(self, room_id: str, events: list[Any]) -> list[Incoming]:
        now = self._house.clock()
        return [said for event in events if (said := translate(room_id, event, self._client.account, now))]

    def _left(self, room_id: str) -> None:
        community = self._house.communities.get(room_address(room_id))
        if community is not None:
            self._house.watch.fail(community.key, "we are no longer in the room: kicked, banned, or it was left")
            log.warning("no longer in the room of %s", community.key)

    def _notice(self, why: Later, pause: float) -> None:
        self._house.watch.count("sync_errors")
        self._house.watch.beat("sync", within=pause + WAIT + self._client.timeout + 30)
        log.warning("listening has to wait %.1f s: %s", pause, why)
