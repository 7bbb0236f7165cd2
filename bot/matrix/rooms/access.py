"""Which rooms the bot cannot send to, or that were replaced by another room, and why. Stored in the database.

A place is the address of a room, and facts, health and the pipeline use it in place of the room id.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.matrix.address import room_address
from bot.matrix.rooms.room_changes import ChangeKind, RoomChange, explain_change
from bot.pipeline.context import Context
from bot.store.facts import delete_fact, find_facts, set_fact

log = logging.getLogger(__name__)

#: Prefixes of the keys of facts, before the place: why the bot cannot send there, and which room replaces it.
_UNAVAILABLE_FACT, _REPLACED_FACT = "matrix shut ", "matrix replaced "


class RoomAccess:
    """The rooms with a problem, by place. The bot may send to all other rooms.

    Problems are shown in the log and on /ready. `on_available` is called with the place of a room that takes messages
    again.
    """

    def __init__(self, context: Context, on_available: Callable[[str], None]) -> None:
        self._context, self._on_available = context, on_available
        self._unavailable: dict[str, RoomChange] = {}
        self._replaced: dict[str, RoomChange] = {}
        self._suspended: set[str] = set()

    async def load(self) -> None:
        """Read the problems that were known when the program last ended."""
        async with self._context.store.read() as connection:
            unavailable = await find_facts(connection, _UNAVAILABLE_FACT)
            replaced = await find_facts(connection, _REPLACED_FACT)
        current = self._context.rooms.current()
        self._unavailable = {place: _from_json(text) for place, text in unavailable.items() if place in current}
        self._replaced = {place: _from_json(text) for place, text in replaced.items() if place in current}
        for place in self.places_with_problems():
            self._expect_replacement(place)
            self._report(place)

    def is_unavailable(self, place: str) -> bool:
        """Whether the bot can currently send nothing to the room with this address."""
        return place in self._unavailable or place in self._suspended

    def find_unavailable_reason(self, place: str) -> RoomChange | None:
        """Return the change because of which nothing can be sent to this place."""
        return self._unavailable.get(place)

    def find_replacement(self, place: str) -> RoomChange | None:
        """Return the change that names the replacement of this room; None once the community has moved there."""
        return self._replaced.get(place)

    def places_with_problems(self) -> list[str]:
        """Return the places that are unavailable or replaced, sorted."""
        return sorted({*self._unavailable, *self._replaced})

    def facts_to_write(self, changes: Iterable[RoomChange]) -> list[tuple[str, str]]:
        """Return the facts (key, value) that have to be written in the same transaction as the sync position."""
        current = self._context.rooms.current()
        located = [(room_address(change.room_id), change) for change in changes]
        return [
            _fact(place, self._recognise_unban(place, change))
            for place, change in located
            if place in current and (change.makes_unavailable or change.is_replacement)
        ]

    def remember_all(self, changes: Iterable[RoomChange]) -> list[str]:
        """Remember changes that were written to the database. Return the places that have to be checked again.

        They include places where only the power levels changed.
        """
        places = []
        for change in changes:
            place = room_address(change.room_id)
            if place in self._context.rooms.current():
                self._remember(place, change)
                places.append(place)
        return places

    async def record(self, place: str, change: RoomChange) -> None:
        """Write a change to the database and remember it. It was found by asking the homeserver, not in a sync."""
        change = self._recognise_unban(place, change)
        if self._is_known(place, change):
            return
        async with self._context.store.write() as connection:
            await set_fact(connection, *_fact(place, change))
        self._remember(place, change)

    async def mark_available(self, place: str) -> None:
        """Note that the bot is in this room and may send messages."""
        if place in self._unavailable:
            async with self._context.store.write() as connection:
                await delete_fact(connection, _UNAVAILABLE_FACT + place)
            del self._unavailable[place]
            log.info("%s: the bot may write in its room again", self._context.rooms.communities[place].key)
            self._report(place)
        self._on_available(place)

    async def delete_facts(self, connection: AsyncConnection, place: str) -> None:
        """Delete the stored problems of a place that the community leaves for another.

        Call `forget` after the commit.
        """
        await delete_fact(connection, _UNAVAILABLE_FACT + place)
        await delete_fact(connection, _REPLACED_FACT + place)

    def forget(self, place: str) -> None:
        """Drop the problems of a place from memory."""
        self._unavailable.pop(place, None)
        self._replaced.pop(place, None)
        self._report(place)

    @contextmanager
    def suspended(self, place: str) -> Iterator[None]:
        """Treat a place as unavailable inside the block, so that no more rows are sent there."""
        self._suspended.add(place)
        try:
            yield
        finally:
            self._suspended.discard(place)

    def _is_known(self, place: str, change: RoomChange) -> bool:
        return change in (self._unavailable.get(place), self._replaced.get(place))

    def _recognise_unban(self, place: str, change: RoomChange) -> RoomChange:
        """Return UNBANNED when the bot is removed while it is banned.

        Lifting a ban makes the same membership event as a removal (client-server API, "Unban").
        """
        known = self._unavailable.get(place)
        was_banned = known is not None and known.kind in (ChangeKind.BANNED, ChangeKind.UNBANNED)
        if was_banned and change.kind == ChangeKind.REMOVED:
            return replace(change, kind=ChangeKind.UNBANNED)
        return change

    def _remember(self, place: str, change: RoomChange) -> None:
        change = self._recognise_unban(place, change)
        if self._is_known(place, change):
            return
        if change.makes_unavailable:
            self._unavailable[place] = change
        elif change.is_replacement:
            self._replaced[place] = change
            self._expect_replacement(place)
        else:
            return
        log.warning("%s: %s", self._context.rooms.communities[place].key, explain_change(change))
        self._report(place)

    def _expect_replacement(self, place: str) -> None:
        """Tell the room directory the new room of a community: people may write there before the bot has joined."""
        change = self._replaced.get(place)
        if change is not None and change.kind == ChangeKind.REPLACEMENT_ACCEPTED:
            community = self._context.rooms.communities[place]
            self._context.rooms.expect(community, room_address(change.replacement_room))
        elif change is not None and change.replacement_room:
            self._context.rooms.stop_expecting(room_address(change.replacement_room))

    def _report(self, place: str) -> None:
        """Publish the problems of a room on /ready.

        When the bot refused to follow a room upgrade (REPLACEMENT_REJECTED), the old room still works. So that is only
        a warning for the administrator and does not make the program unready.
        """
        key, health = self._context.rooms.communities[place].key, self._context.health
        replaced = self._replaced.get(place)
        rejected = replaced if replaced and replaced.kind == ChangeKind.REPLACEMENT_REJECTED else None
        health.set_warning(f"room of {key}", explain_change(rejected) if rejected else None)
        changes = [change for change in (self._unavailable.get(place), replaced) if change and change is not rejected]
        if changes:
            health.mark_not_served(key, " ".join(map(explain_change, changes)))
        else:
            health.mark_served(key)


def _fact(place: str, change: RoomChange) -> tuple[str, str]:
    return (_UNAVAILABLE_FACT if change.makes_unavailable else _REPLACED_FACT) + place, _to_json(change)


def _to_json(change: RoomChange) -> str:
    """Return a change as JSON. Its keys are fixed, because existing databases have them."""
    return json.dumps(
        {
            "room": change.room_id,
            "what": change.kind,
            "by": change.sender,
            "why": change.reason,
            "to": change.replacement_room,
            "event": change.event_id,
        }
    )


def _from_json(text: str) -> RoomChange:
    stored = json.loads(text)
    return RoomChange(
        stored["room"], ChangeKind(stored["what"]), stored["by"], stored["why"], stored["to"], stored["event"]
    )
