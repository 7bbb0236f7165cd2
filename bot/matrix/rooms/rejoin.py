"""Finds out why the bot cannot send to a room, and rejoins the room when that is possible.

The bot tries when it is invited, when a sync tells of a change, and otherwise at long intervals (`RETRY_SECONDS`).
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, Literal

from bot.concurrency.keyed_worker import KeyedWorker
from bot.concurrency.retry import TemporaryFailure, retry_temporary
from bot.matrix.address import room_address, room_id
from bot.matrix.client import Client, MatrixError
from bot.matrix.event_types import ROOM_ENCRYPTED, ROOM_ENCRYPTION
from bot.matrix.room_writer import RoomWriter
from bot.matrix.rooms.access import RoomAccess
from bot.matrix.rooms.power_levels import PowerLevels
from bot.matrix.rooms.room_changes import ChangeKind, RoomChange, read_removal, read_tombstone
from bot.pipeline.context import Context
from bot.store.facts import delete_fact

log = logging.getLogger(__name__)

#: Key of a fact, followed by a space and the room id: the bot is invited there and has not answered yet.
INVITATION_FACT = "matrix invited"
#: Seconds after which a room with a problem is tried again although nothing has changed.
RETRY_SECONDS = 3600.0
#: Seconds between two checks of the rooms that the bot is joined to. When a room is deleted, every member leaves it in
#: their own name. No sync brings that event of the bot, because the sync filter leaves out the bot's own events.
JOINED_ROOMS_CHECK_SECONDS = 600.0
#: Seconds for which a room is tried while the homeserver does not answer. The next try is an hour later.
MAX_SECONDS_PER_ROOM = 600.0

#: Why a room is checked: the bot was invited, has just joined, or something about the room changed.
_Cause = Literal["invited", "joined", "changed"]
#: Follows a community from a place to the room that replaces it. Raises `TemporaryFailure` and `MatrixError`.
Follow = Callable[[str, RoomChange], Awaitable[None]]


class Rejoiner:
    """Repairs the rooms with a problem, with one worker per room, so that no room waits for another."""

    def __init__(
        self, client: Client, writer: RoomWriter, context: Context, access: RoomAccess, follow: Follow
    ) -> None:
        self._client, self._writer = client, writer
        self._context, self.access, self._follow = context, access, follow
        self._check_locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._causes: dict[str, set[_Cause]] = defaultdict(set)
        self.per_room = KeyedWorker("rooms", self._look_after)

    def apply_changes(self, changes: list[RoomChange]) -> None:
        """Remember changes that a sync brought and that are in the database, and check their rooms."""
        for place in self.access.remember_all(changes):
            self._wake(place, "changed")

    def accept_invitation(self, room: str) -> bool:
        """Join if the invitation is to a community's room, or to a room that replaces one. Return whether it is."""
        place = room_address(room)
        if place in self._context.rooms.expected:
            for old_place in self.access.places_with_problems():
                self.per_room.wake(old_place)
        elif place in self._context.rooms.communities:
            self._wake(place, "invited")
        return place in self._context.rooms.communities

    async def follow_replacements(self) -> None:
        """Follow every room that was replaced, one after the other, before `run` is started."""
        for place in self.access.places_with_problems():
            if self.access.find_replacement(place) is not None:
                await self._look_after(place)

    def check_after_join(self, place: str) -> None:
        """Check a room that the bot has just joined: no sync brings a tombstone that was sent before."""
        self._wake(place, "joined")

    def _wake(self, place: str, cause: _Cause) -> None:
        self._causes[place].add(cause)
        self.per_room.wake(place)

    async def run(self) -> None:
        """Check the joined rooms and try the rooms with a problem at their intervals, until cancelled."""
        async with asyncio.TaskGroup() as group:
            check = partial(retry_temporary, self._check_joined_rooms, _log_pause)
            group.create_task(_repeat(lambda: JOINED_ROOMS_CHECK_SECONDS, check))
            group.create_task(_repeat(lambda: RETRY_SECONDS, self._look_after_all))

    async def _look_after_all(self) -> None:
        for place in self.access.places_with_problems():
            self.per_room.wake(place)

    async def _check_joined_rooms(self) -> None:
        """Check the rooms whose known problem contradicts the homeserver's list of joined rooms.

        No sync tells the bot that it was removed while it was off, or before the backup from which it was restored.
        """
        try:
            joined = set((await self._client.call("GET", "joined_rooms"))["joined_rooms"])
        except MatrixError as error:
            log.warning("the joined rooms cannot be listed: %s", error)
            return
        for place in self._context.rooms.current():
            problem = self.access.find_unavailable_reason(place)
            is_known_as_out = problem is not None and problem.kind != ChangeKind.MUTED
            if (room_id(place) in joined) == is_known_as_out:
                self._wake(place, "changed")

    def is_unavailable(self, place: str) -> bool:
        """Whether the bot can currently send nothing to the room with this address."""
        return self.access.is_unavailable(place)

    async def check_may_send(self, place: str) -> bool:
        """Ask the homeserver whether the bot may send in a room that refused a message.

        Record the reason if it may not. Raises `TemporaryFailure`.
        """
        async with self._check_locks[place]:
            return not self.access.is_unavailable(place) and await self._check(place)

    async def _look_after(self, place: str) -> None:
        causes = self._causes.pop(place, set())
        with suppress(TimeoutError):
            async with asyncio.timeout(MAX_SECONDS_PER_ROOM):
                await retry_temporary(lambda: self._follow_or_rejoin(place, causes), _log_pause)
        if "invited" in causes:
            async with self._context.store.write() as connection:
                await delete_fact(connection, f"{INVITATION_FACT} {room_id(place)}")

    async def _follow_or_rejoin(self, place: str, causes: set[_Cause]) -> None:
        try:
            if "joined" in causes:
                await self._check_tombstone(place)
            change = self.access.find_replacement(place)
            if change is not None and change.kind != ChangeKind.REPLACEMENT_REJECTED:
                await self._follow(place, change)
            if self._context.rooms.current_place(place) == place:
                await self._rejoin(place, causes)
            elif "invited" in causes:
                await self._writer.call("POST", "join", room_id(place), body={})
        except MatrixError as error:
            log.warning("%s cannot be joined or followed: %s", room_id(place), error)

    async def _check_tombstone(self, place: str) -> None:
        tombstone = await self._read_state(room_id(place), "m.room.tombstone")
        if tombstone is not None and self.access.find_replacement(place) is None:
            await self.access.record(place, read_tombstone(room_id(place), tombstone))

    async def _rejoin(self, place: str, causes: set[_Cause]) -> None:
        """Join if there is a reason to, and check what the bot may do in the room.

        After a ban the bot tries by itself, because nobody tells it when the ban is lifted. After a removal it waits
        for an invitation.
        """
        problem = self.access.find_unavailable_reason(place)
        may_try = (ChangeKind.BANNED, ChangeKind.UNBANNED, ChangeKind.LEFT)
        if "invited" in causes or (problem is not None and problem.kind in may_try):
            await self._writer.call("POST", "join", room_id(place), body={})
            self._wake(place, "joined")
        elif problem is None and "changed" not in causes:
            return
        async with self._check_locks[place]:
            await self._check(place)

    async def _check(self, place: str) -> bool:
        """Ask the homeserver whether the bot is in a room and may send messages there.

        Record the answer and return it.
        """
        room, account = room_id(place), self._client.account
        membership = await self._read_state(room, "m.room.member", account)
        if membership is None or membership.get("content", {}).get("membership") != "join":
            await self.access.record(place, read_removal(room, membership or {}, account))
            return False
        power = PowerLevels(await self._read_state(room, "m.room.create") or {}, await self._read_levels(room))
        is_encrypted = await self._read_state(room, ROOM_ENCRYPTION) is not None
        event_type = ROOM_ENCRYPTED if is_encrypted else "m.room.message"
        if power.may_send(account, event_type):
            await self.access.mark_available(place)
            return True
        reason = f"its power is {power.level_of(account):.0f}, and it takes {power.level_required(event_type)}"
        await self.access.record(place, RoomChange(room, ChangeKind.MUTED, reason=reason))
        return False

    async def _read_levels(self, room: str) -> Any:
        levels = await self._read_state(room, "m.room.power_levels")
        return None if levels is None else levels.get("content")

    async def _read_state(self, room: str, event_type: str, state_key: str = "") -> dict[str, Any] | None:
        """Return a whole state event; None when there is none or the bot may not read it."""
        path = ("rooms", room, "state", event_type, state_key)
        try:
            return await self._client.call("GET", *path, query={"format": "event"})
        except MatrixError:
            return None


async def _repeat(seconds: Callable[[], float], act: Callable[[], Awaitable[None]]) -> None:
    while True:
        await act()
        await asyncio.sleep(seconds())


def _log_pause(error: TemporaryFailure, pause: float) -> None:
    log.warning("looking after rooms has to wait %.1f s: %s", pause, error)


def invitation_facts(rooms: list[str]) -> list[tuple[str, str]]:
    """Return facts that store invitations until they are answered, because a sync brings each invitation only once."""
    return [(f"{INVITATION_FACT} {room}", "") for room in rooms]
