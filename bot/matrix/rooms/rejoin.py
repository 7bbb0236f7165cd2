"""Finds out why a room is closed to us, and comes back when it can: when told so, and sparsely by itself."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Literal

from bot.concurrency.keyed_worker import KeyedWorker
from bot.concurrency.retry import TemporaryFailure, retry_temporary
from bot.matrix.address import room_address, room_id
from bot.matrix.client import Client, MatrixError
from bot.matrix.rooms.access import Doors
from bot.matrix.rooms.power import Powers
from bot.matrix.rooms.room_events import News, removal_by, replacement
from bot.pipeline.context import Context
from bot.store.facts import drop_fact

log = logging.getLogger(__name__)

#: With a room's id: we are invited there, and have not answered yet.
INVITED = "matrix invited"
#: Seconds after which a room that is closed to us is tried again without being told that it is open.
AGAIN = 3600.0
#: Seconds after which we look where we still are. A sync does not say so when we left in our own name, as everybody
#: does whose room is deleted: what we send ourselves is left out of it.
COMPARE = 600.0
#: Seconds in which a homeserver that is away is asked again about one room, before the next hour.
PATIENCE = 600.0

#: Why a room is looked after: we are invited, have come in, or something about it changed.
_Why = Literal["invited", "entered", "changed"]
#: Goes where a room's replacement is. Raises `Later` and `MatrixError`.
Follow = Callable[[str, News], Awaitable[None]]


class Doorkeeper:
    """Looks after the rooms in trouble, each by itself, so that one waits for no other."""

    def __init__(self, client: Client, context: Context, doors: Doors, follow: Follow) -> None:
        self._client, self._context, self.doors, self._follow = client, context, doors, follow
        self._looking: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._why: dict[str, set[_Why]] = defaultdict(set)
        self.per_room = KeyedWorker("rooms", self._look_after)

    def hear(self, news: list[News]) -> None:
        """A sync brought news, which is written down."""
        for place in self.doors.take(news):
            self._wake(place, "changed")

    def invited(self, room: str) -> bool:
        """Whether an invitation is to a room of ours, or to one that replaces it: then we come."""
        place = room_address(room)
        if place in self._context.rooms.expected:
            for old in self.doors.troubled():
                self.per_room.wake(old)
        elif place in self._context.rooms.communities:
            self._wake(place, "invited")
        return place in self._context.rooms.communities

    async def follow_all(self) -> None:
        """Go where rooms went that were replaced, here and now, before `run`."""
        for place in self.doors.troubled():
            if self.doors.replaced(place) is not None:
                await self._look_after(place)

    def entered(self, place: str) -> None:
        """We have just come into a room: it may have been replaced while we were not there to hear of it."""
        self._wake(place, "entered")

    def _wake(self, place: str, why: _Why) -> None:
        self._why[place].add(why)
        self.per_room.wake(place)

    async def run(self) -> None:
        """See now and then where we still are, and look after the rooms in trouble each hour; until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(_every(lambda: COMPARE, lambda: retry_temporary(self._compare, _notice)))
            group.create_task(_every(lambda: AGAIN, self._look_after_all))

    async def _look_after_all(self) -> None:
        for place in self.doors.troubled():
            self.per_room.wake(place)

    async def _compare(self) -> None:
        """Whoever was thrown out while the bot was off, or before a backup was made, is not told so by any sync."""
        try:
            joined = set((await self._client.call("GET", "joined_rooms"))["joined_rooms"])
        except MatrixError as no:
            log.warning("the rooms we are in cannot be listed: %s", no)
            return
        for place in self._context.rooms.current():
            shut = self.doors.why_shut(place)
            is_in = room_id(place) in joined
            if is_in == (shut is not None and shut.what != "muted"):
                self._wake(place, "changed")

    def is_shut(self, place: str) -> bool:
        """Whether nothing can be said there for now."""
        return self.doors.is_shut(place)

    async def may_speak(self, place: str) -> bool:
        """Look whether we may write where we were just told that we may not; why not is noted. Raises `Later`."""
        async with self._looking[place]:
            return not self.doors.is_shut(place) and await self._look(place)

    async def _look_after(self, place: str) -> None:
        why = self._why.pop(place, set())
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await retry_temporary(lambda: self._try(place, why), _notice)
        if "invited" in why:
            async with self._context.store.write() as connection:
                await drop_fact(connection, f"{INVITED} {room_id(place)}")

    async def _try(self, place: str, why: set[_Why]) -> None:
        try:
            if "entered" in why:
                await self._check_replaced(place)
            news = self.doors.replaced(place)
            if news is not None and news.what != "astray":
                await self._follow(place, news)
            if self._context.rooms.current_place(place) == place:
                await self._return_to(place, why)
            elif "invited" in why:
                await self._client.call("POST", "join", room_id(place), body={})
        except MatrixError as no:
            log.warning("%s stays as it is: %s", room_id(place), no)

    async def _check_replaced(self, place: str) -> None:
        tombstone = await self._state(room_id(place), "m.room.tombstone")
        if tombstone is not None and self.doors.replaced(place) is None:
            await self.doors.note(place, replacement(room_id(place), tombstone))

    async def _return_to(self, place: str, why: set[_Why]) -> None:
        """A ban is tried again, for nobody tells us when it is lifted. Whoever removed us has to invite us."""
        shut = self.doors.why_shut(place)
        if "invited" in why or (shut is not None and shut.what in ("banned", "unbanned", "left")):
            await self._client.call("POST", "join", room_id(place), body={})
            self._wake(place, "entered")
        elif shut is None and "changed" not in why:
            return
        async with self._looking[place]:
            await self._look(place)

    async def _look(self, place: str) -> bool:
        room, me = room_id(place), self._client.account
        ours = await self._state(room, "m.room.member", me)
        if ours is None or ours.get("content", {}).get("membership") != "join":
            await self.doors.note(place, removal_by(room, ours or {}, me))
            return False
        powers = Powers(await self._state(room, "m.room.create") or {}, await self._levels(room))
        kind = "m.room.message" if await self._state(room, "m.room.encryption") is None else "m.room.encrypted"
        if powers.may_send(me, kind):
            await self.doors.open(place)
            return True
        why = f"its power is {powers.of(me):.0f}, and it takes {powers.needed_for(kind)}"
        await self.doors.note(place, News(room, "muted", why=why))
        return False

    async def _levels(self, room: str) -> Any:
        levels = await self._state(room, "m.room.power_levels")
        return None if levels is None else levels.get("content")

    async def _state(self, room: str, kind: str, key: str = "") -> dict[str, Any] | None:
        """A state event, whole; None where there is none, or none for us."""
        try:
            return await self._client.call("GET", "rooms", room, "state", kind, key, query={"format": "event"})
        except MatrixError:
            return None


async def _every(seconds: Callable[[], float], act: Callable[[], Awaitable[None]]) -> None:
    while True:
        await act()
        await asyncio.sleep(seconds())


def _notice(why: TemporaryFailure, pause: float) -> None:
    log.warning("looking after rooms has to wait %.1f s: %s", pause, why)
