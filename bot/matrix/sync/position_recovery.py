"""Recovers when the homeserver no longer knows our sync position: it was restored to an older copy, or replaced.

A position is opaque, but its first number grows in Synapse, Conduit and Dendrite. The homeserver has lost events when
this number falls, or when it lacks the last event that the bot has handled or sent. People's later events then have
positions below ours, and no sync from our position returns them. So the bot reads each room again, from the newest
event that both the bot and the homeserver have, and before which the bot has read everything.
"""

import logging
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.concurrency.retry import TemporaryFailure, retry_forever, retry_temporary
from bot.matrix.address import room_id
from bot.matrix.client import Client, MatrixError
from bot.matrix.sync.gaps import GapFiller
from bot.matrix.sync.translate import SOURCE
from bot.pipeline.context import Context
from bot.pipeline.inbound.rate_limit import read_last_sync_time
from bot.store.facts import get_fact, set_fact
from bot.store.messages.lost_events import find_cards, find_last_events, find_newest_events, send_again

log = logging.getLogger(__name__)

#: Key of the fact with the moment (ISO 8601) until which the bot had read everything when the homeserver lost events.
READ_BEFORE_FACT = "matrix read before recovery"
#: Subtracted from the time of the last sync, which is not stored at each sync. The homeserver's clock may be slow, too.
MARGIN = timedelta(minutes=3)
#: The bot looks among so many newest events of a room for one that the homeserver has. It asks for a few of them: the
#: distance from the newest doubles each time.
MAX_KNOWN_EVENTS = 2000

_NUMBER = re.compile(r"[a-z]?(\d+)")


def has_gone_back(before: str, after: str) -> bool:
    """Return whether a sync position is older than the one from which the sync was requested."""
    old, new = _NUMBER.match(before), _NUMBER.match(after)
    return old is not None and new is not None and int(new[1]) < int(old[1])


class PositionRecovery:
    """Finds out whether the homeserver has lost events. Then has each room read again, and lost cards sent again.

    `resume_sending` is called with each place in which cards are sent again.
    """

    def __init__(
        self, client: Client, context: Context, gaps: GapFiller, resume_sending: Callable[[str], Awaitable[None]]
    ) -> None:
        self._client, self._context, self._gaps = client, context, gaps
        self._resume_sending = resume_sending
        self._read_before: datetime | None = None

    async def load(self) -> None:
        """Load the moment until which the bot had read everything before an earlier recovery."""
        async with self._context.store.read() as connection:
            moment = await get_fact(connection, READ_BEFORE_FACT)
        self._read_before = datetime.fromisoformat(moment) if moment else None

    async def has_lost_events(self) -> bool:
        """Return whether the homeserver does not know the last event of a room that the bot has handled or sent."""
        async with self._context.store.read() as connection:
            events = await find_last_events(connection, SOURCE)
        for place, event in events:
            if place in self._context.rooms.current() and not await self._find(room_id(place), "event", event):
                return bool(await self._find_own_join(room_id(place)))
        return False

    async def recover(self, reason: str) -> None:
        """Open a gap in every room after the newest event that bot and homeserver have, and send lost cards again."""
        sentence = (
            f"{reason} Events since an earlier moment are gone there; what was agreed is kept here. What was said since"
            " is read, and cards that are gone are sent again."
        )
        log.warning("%s", sentence)
        self._context.health.set_warning("homeserver restored", sentence)
        await retry_forever("storing the time of the last sync", self._store_read_before)
        for place in list(self._context.rooms.current()):
            if begin := await self._find_common_position(place):
                await self._gaps.reopen(room_id(place), begin)
            if lost := await self._find_lost_cards(place):
                await retry_forever("sending cards again", partial(self._send_again, lost))
                await self._resume_sending(place)

    def leave_out_read(self, events: list[Any]) -> list[Any]:
        """Leave out the events that the bot had read before the homeserver lost events, and return the others.

        The database does not have what people said to each other then. Read again, it would be taken for answers.
        """
        if self._read_before is None:
            return events
        age = (self._context.clock() - self._read_before) / timedelta(milliseconds=1)
        return [event for event in events if not _is_older(event, age)]

    async def _store_read_before(self) -> None:
        now = self._context.clock()
        async with self._context.store.write() as connection:
            self._read_before = await read_last_sync_time(connection, self._context, now) - MARGIN
            await set_fact(connection, READ_BEFORE_FACT, self._read_before.isoformat())

    async def _find_common_position(self, place: str) -> str | None:
        """Return the sync position just after the newest event of a place that both the bot and the homeserver have.

        Returns None if there is no such event. Events that the bot has sent since its last sync do not count: people
        may have written before them what the bot has not read. In a room with a gap none that it has sent counts.
        Source: client-server API, "GET /rooms/{roomId}/context/{eventId}".
        """
        sent_before = None if self._gaps.has_gap(room_id(place)) else self._read_before
        async with self._context.store.read() as connection:
            events = await find_newest_events(connection, place, SOURCE, MAX_KNOWN_EVENTS, sent_before=sent_before)
        steps = [0, *(1 << step for step in range(MAX_KNOWN_EVENTS.bit_length())), len(events) - 1]
        candidates = [events[step] for step in dict.fromkeys(steps) if 0 <= step < len(events)]
        for event in [*candidates, await self._find_own_join(room_id(place))]:
            if event and (found := await self._find(room_id(place), "context", event, limit="0")):
                return str(found["end"]) if found.get("end") else None
        return None

    async def _find_lost_cards(self, place: str) -> list[int]:
        """Return the outbox rows of cards, and of their newest edits, whose events the homeserver lacks.

        The search begins at the newest card and ends at the first that the homeserver has, with its newest edit.
        """
        async with self._context.store.read() as connection:
            cards = await find_cards(connection, place)
        lost: list[int] = []
        for card, event, edit, edit_event in cards:
            rows = [(row, external_id) for row, external_id in ((edit, edit_event), (card, event)) if row is not None]
            gone = [
                row for row, external_id in rows if not await self._find(room_id(place), "event", external_id or "")
            ]
            if not gone:
                break
            lost += gone
        return lost

    async def _send_again(self, row_ids: list[int]) -> None:
        async with self._context.store.write() as connection:
            await send_again(connection, row_ids)

    async def _find_own_join(self, room: str) -> str | None:
        """Return the id of the event with which the bot joined a room; None if the bot is not in the room."""
        member = await self._find(room, "state", "m.room.member", self._client.account, format="event")
        is_joined = member.get("content", {}).get("membership") == "join"
        return str(member["event_id"]) if is_joined and "event_id" in member else None

    async def _find(self, room: str, *path: str, **query: str) -> dict[str, Any]:
        """Return the answer to a GET request for a part of a room; {} if the homeserver refuses the request."""
        try:
            return await retry_temporary(
                lambda: self._client.call("GET", "rooms", room, *path, query=query), _log_pause
            )
        except MatrixError:
            return {}


def _is_older(event: Any, milliseconds: float) -> bool:
    unsigned = event.get("unsigned") if isinstance(event, dict) else None
    age = unsigned.get("age") if isinstance(unsigned, dict) else None
    return isinstance(age, int | float) and age > milliseconds


def _log_pause(error: TemporaryFailure, pause: float) -> None:
    log.warning("recovering the sync position has to wait %.1f s: %s", pause, error)
