"""Replays into a restored database what happened after its backup was made. Nothing is sent twice.

The backup holds the sync position of its time. From there, the events of the rooms are read again, and each is handled
as of the time at which it was handled then: relative times mean the same days, timers fall due in between, and a
command that was fresh then is not stale now. The answers are in the rooms already; they are found there and marked as
sent. Only after all of that does the bot send anything.
"""

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import groupby

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.concurrency.retry import TemporaryFailure, retry_forever, retry_temporary
from bot.pipeline.context import Context
from bot.pipeline.inbound.receive import receive
from bot.pipeline.outbound.sent_before import SentBefore, SentMessage
from bot.pipeline.room_history import RoomHistory
from bot.store.backup.restore_marker import RestoreMarker, delete_restore_marker, get_restore_marker
from bot.store.messages import inbox, outbox, pictures, timers
from bot.store.messages.inbox import InboxRow, Incoming
from bot.store.messages.outbox import OutboxRow

log = logging.getLogger(__name__)

#: Looking up a room, or handling one event, may take so long before the program counts as dead.
STEP_TIMEOUT_SECONDS = 300.0

#: Handles the waiting rows of a place, or at most so many of them.
HandleRows = Callable[[str, int | None], Awaitable[None]]
#: Writes in a transaction that is under way.
ExtraWrites = Callable[[AsyncConnection], Awaitable[None]]

_ALL_ROWS = 1_000_000


class Replay:
    """The replay after one restore. `timer_order` is the order of timers that are due together."""

    def __init__(
        self,
        context: Context,
        marker: RestoreMarker,
        sent_before: SentBefore,
        handle_rows: HandleRows,
        timer_order: Sequence[tuple[str, str]],
    ) -> None:
        self._context, self._marker, self._sent_before = context, marker, sent_before
        self._handle_rows, self._timer_order = handle_rows, timer_order
        self._histories: dict[str, RoomHistory] = {}
        self._unfinished: set[str] = set()

    async def start(self) -> None:
        """Look up what was sent to each room, mark the rows of the backup that were sent, and handle what it holds."""
        for place in list(self._context.rooms.communities):
            await self._start_place(place)

    async def _start_place(self, place: str) -> None:
        self._context.health.record_heartbeat("replay", within_seconds=STEP_TIMEOUT_SECONDS)
        find_sent = partial(self._sent_before.find_in, place, self._marker.since)
        sent = await retry_temporary(find_sent, self._note_failure)
        self._histories.setdefault(place, RoomHistory(self._marker)).set_sent(sent)
        self._unfinished.add(place)
        async with self._context.store.write() as connection:
            await self._mark_sent(connection, await outbox.find_unsent(connection, place, 0, _ALL_ROWS))
        await self._handle_rows(place, None)

    async def receive(
        self,
        batch: Sequence[Incoming],
        position: tuple[str, str] | None = None,
        facts: Sequence[tuple[str, str]] = (),
        extra_writes: ExtraWrites | None = None,
    ) -> set[str]:
        """Do what `bot.pipeline.inbound.receive` does, but replay the events from before the restore at once."""
        for place, events in groupby(batch, lambda incoming: incoming.place):
            if place in self._context.rooms.communities and place not in self._histories:  # a community has moved there
                await self._start_place(place)
            if place in self._unfinished:
                await self._replay_events(place, [event for event in events if event.sent_at <= self._marker.until])
        new_events = [event for event in batch if event.sent_at > self._marker.until]
        for place in {event.place for event in new_events} & self._unfinished:
            await self._handle_rows(place, None)
            await self._fire_timers(place, self._histories[place].last_sent_at)
        return await receive(self._context, new_events, position, facts, extra_writes)

    async def finish(self, places_behind: Collection[str]) -> bool:
        """Finish the places that were read to the end, and return whether these are all.

        What cannot be explained in a finished place is reported in the log. Places that are behind are served as they
        are, and replayed once more at the next start.
        """
        for place in self._unfinished - set(places_behind):
            await self._handle_rows(place, None)
            await self._fire_timers(place, self._histories[place].last_sent_at)
            await self._report_unexplained(place)
            self._unfinished.discard(place)
        self._context.health.pause_heartbeat("replay")
        if self._unfinished:
            return False
        async with self._context.store.write() as connection:
            await delete_restore_marker(connection)
        return True

    def now_for(self, row: InboxRow) -> datetime:
        """Return when a row was handled before the restore, or would have been; now, for a newer row."""
        return row.received_at if row.received_at <= self._marker.until else self._context.clock()

    async def mark_already_sent(self, connection: AsyncConnection, row: InboxRow) -> None:
        """Mark the answers to a row as sent that are in the room.

        What a timer says now and did not say then, it said in other words (together with other timers, or at another
        time). An outdated reminder is not sent after it; cards are updated in any case.
        """
        if row.place not in self._unfinished:
            return
        unsent = await self._mark_sent(connection, await outbox.find_unsent_of_cause(connection, row.id))
        if row.kind == "timer" and row.received_at <= self._histories[row.place].last_sent_at:
            for answer in unsent:
                if answer.kind in ("say", "picture"):
                    await outbox.mark_failed(connection, answer.id, "a reminder from before the database was restored")

    async def _mark_sent(self, connection: AsyncConnection, rows: list[OutboxRow]) -> list[OutboxRow]:
        """Mark the rows as sent that are in their room, in order, and return the others.

        A reaction is found by the event under which it is: that of an earlier row.
        """
        event_ids: dict[int, str] = {}
        unsent = []
        for row in rows:
            target = row.target or event_ids.get(row.refers_to or 0)
            message = self._histories[row.place].sent.match(replace(row, target=target))
            if message is None:
                unsent.append(row)
                continue
            event_ids[row.id] = message.event_id
            await outbox.mark_sent(connection, [(row.id, message.event_id, message.sent_at)])
            if row.kind == "picture":
                await pictures.delete_finished(connection)
        return unsent

    async def _replay_events(self, place: str, events: list[Incoming]) -> None:
        """Receive each event when it was received, and handle it when it was handled: it may be edited in between."""
        history = self._histories[place]
        for incoming in await self._find_not_replayed(events):
            for loop in ("replay", "sync"):  # the sync waits for the replay
                self._context.health.record_heartbeat(loop, within_seconds=STEP_TIMEOUT_SECONDS)
            await self._handle_rows_until(place, history.received_at(incoming))
            now = history.handled_at(incoming)
            if not await self._find_next_row(place):
                await self._fire_timers(place, now)
            await receive(self._context, [incoming], now=now)

    async def _handle_rows_until(self, place: str, now: datetime) -> None:
        while (row := await self._find_next_row(place)) and row.received_at <= now:
            await self._handle_rows(place, 1)

    async def _find_next_row(self, place: str) -> InboxRow | None:
        async with self._context.store.read() as connection:
            return next(iter(await inbox.find_unhandled(connection, place, 1)), None)

    async def _find_not_replayed(self, events: list[Incoming]) -> list[Incoming]:
        """Return the events behind the last one that is stored: an interrupted replay goes on there.

        Events before it that are not stored were not for the bot then. Read once more, after the bot has asked
        something, they could be mistaken for the answer.
        """
        if not events:
            return []
        async with self._context.store.read() as connection:
            ids = [event.external_id for event in events]
            stored = await inbox.find_stored_ids(connection, events[0].source, ids)
        positions = [position for position, event in enumerate(events, start=1) if event.external_id in stored]
        return events[max(positions, default=0) :]

    async def _fire_timers(self, place: str, now: datetime) -> None:
        """Fire the timers of a place that were due by then, each at its time."""
        while True:
            async with self._context.store.read() as connection:
                due = await timers.find_next_due(connection, place)
            if due is None or due > now:
                return
            async with self._context.store.write() as connection:
                await timers.fire_due(connection, due, place, self._timer_order)
            await self._handle_rows(place, None)

    async def _report_unexplained(self, place: str) -> None:
        """Log the bot's messages in a room that no row of the restored database explains."""
        messages = self._histories[place].sent_since_backup()
        async with self._context.store.read() as connection:
            known = await outbox.find_known_events(connection, place, [message.event_id for message in messages])
        unexplained = [message for message in messages if message.event_id not in known]
        if unexplained:
            log.warning("%s: %s", self._context.rooms.communities[place].key, _explain(unexplained))

    def _note_failure(self, failure: TemporaryFailure, pause_seconds: float) -> None:
        self._context.health.record_heartbeat("replay", within_seconds=pause_seconds + STEP_TIMEOUT_SECONDS)
        log.warning("looking up what was sent has to wait %.1f s: %s", pause_seconds, failure)


def _explain(unexplained: list[SentMessage]) -> str:
    first, last = (f"{message.sent_at:%Y-%m-%d %H:%M}" for message in (unexplained[0], unexplained[-1]))
    return (
        f"{len(unexplained)} of our messages there, from {first} to {last} UTC, are about something that the restored "
        "database no longer knows: what they answer was deleted, taken back, or cannot be read any more. Please ask "
        f"the people there about {', '.join(message.event_id for message in unexplained[:5])}"
    )


async def replay_after_restore(
    context: Context,
    sent_before: SentBefore,
    handle_rows: HandleRows,
    timer_order: Sequence[tuple[str, str]],
    read_events: Callable[[RestoreMarker], Awaitable[Collection[str]]],
) -> None:
    """Replay what happened since the backup if the database was restored; an interrupted replay goes on here.

    `read_events` reads the events up to now, and returns the places that it could not read to the end.
    """
    async with context.store.read() as connection:
        marker = await get_restore_marker(connection)
    if marker is None:
        return
    log.warning(
        "The database was restored: the messages between %s and %s UTC are read again, and nothing is sent that is in "
        "a room already. Messages that nothing explains any more are listed here, community by community.",
        f"{marker.since:%Y-%m-%d %H:%M}",
        f"{marker.until:%Y-%m-%d %H:%M}",
    )
    context.replay = replay = Replay(context, marker, sent_before, handle_rows, timer_order)

    async def run() -> bool:
        await replay.start()
        return await replay.finish(await read_events(marker))

    if await retry_forever("the replay after a restore", run):
        context.replay = None
        log.warning("The restored database is up to date.")
    else:
        log.warning("Some rooms cannot be read to the end now. That is done as soon as it is possible.")
