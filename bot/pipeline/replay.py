"""Catches up with what a restored database has forgotten: again as it was then, and without a word said twice.

Yesterday's backup knows yesterday's place in the sync. What people have written since is read from there once more, and
everything about it happens as of the moment it happened then: relative times mean the same days, timers fall due in
between, and a command that was fresh is not stale now. What we answered stands in the rooms already; it is recognised
there and noted as sent. Only when all of that is done does the bot begin to speak.
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
from bot.pipeline.outbound.sent_before import NoSentMessages, SentBefore, SentMessage, SentMessages
from bot.store.backup.restore_marker import RestoreMarker, delete_restore_marker, get_restore_marker
from bot.store.messages import inbox, outbox, pictures, timers
from bot.store.messages.inbox import InboxRow, Incoming
from bot.store.messages.outbox import OutboxRow, make_transaction_id

log = logging.getLogger(__name__)

#: Seconds that looking up a room, or carrying out one thing, may take before somebody asks whether we are alive.
STEP_TIMEOUT_SECONDS = 300.0

#: Handles what waits in a place, or so many rows of it.
HandleRows = Callable[[str, int | None], Awaitable[None]]
#: Writes something in a transaction that is under way.
ExtraWrites = Callable[[AsyncConnection], Awaitable[None]]

_ALL = 1_000_000
#: What of a payload may name something of ours.
_TARGETS = ("target", "thread", "reply_to")


class Replay:
    """Goes through one past. `work` handles what waits in a place; `timers` is the order of kinds that are due."""

    def __init__(
        self,
        context: Context,
        past: RestoreMarker,
        recollection: SentBefore,
        work: HandleRows,
        timers: Sequence[tuple[str, str]],
    ) -> None:
        self._context, self._past, self._recollection = context, past, recollection
        self._work, self._timers = work, timers
        self._memories: dict[str, SentMessages] = {}
        self._events: dict[str, dict[str, datetime]] = {}
        self._arrived: dict[str, datetime] = {}
        self._reached: dict[str, datetime] = {}

    async def start(self) -> None:
        """Look up what stands in the rooms, and note as sent what had not been when the backup was made."""
        for place in list(self._context.rooms.communities):
            await self._enter(place)

    async def _enter(self, place: str) -> None:
        self._context.health.record_heartbeat("replay", within_seconds=STEP_TIMEOUT_SECONDS)
        memory = await retry_temporary(partial(self._look, place), self._notice)
        self._memories[place], self._events[place] = memory, {said.event_id: said.sent_at for said in memory.messages}
        async with self._context.store.write() as connection:
            await self._note(connection, await outbox.find_unsent(connection, place, 0, _ALL))
        await self._work(place, None)

    async def receive(
        self,
        batch: Sequence[Incoming],
        position: tuple[str, str] | None = None,
        facts: Sequence[tuple[str, str]] = (),
        extra_writes: ExtraWrites | None = None,
    ) -> set[str]:
        """As `flow.receive` does, but what was said before the restore is carried out at once, one after the other."""
        for place, events in groupby(batch, lambda incoming: incoming.place):
            if place in self._context.rooms.communities and place not in self._events:  # a community has moved there
                await self._enter(place)
            if place in self._memories:
                await self._follow(place, [one for one in events if one.sent_at <= self._past.until])
        rest = [one for one in batch if one.sent_at > self._past.until]
        for place in {one.place for one in rest} & self._memories.keys():
            await self._work(place, None)
            await self._let_time_pass(place, self._last_said(place))
        return await receive(self._context, rest, position, facts, extra_writes)

    async def finish(self, behind: Collection[str]) -> bool:
        """Where everything was read again, say what could not be accounted for, and live in the present.

        Places that are still behind go on as they are, and are looked at once more at the next start. Whether there
        are none.
        """
        for place in self._memories.keys() - behind:
            await self._work(place, None)
            await self._let_time_pass(place, self._last_said(place))
            await self._report(place)
            del self._memories[place]
        self._context.health.pause_heartbeat("replay")
        if self._memories:
            return False
        async with self._context.store.write() as connection:
            await delete_restore_marker(connection)
        return True

    def now_for(self, row: InboxRow) -> datetime:
        """When a row was handled, or would have been."""
        return row.received_at if row.received_at <= self._past.until else self._context.clock()

    async def mark_already_sent(self, connection: AsyncConnection, row: InboxRow) -> None:
        """Note as sent which answers to a row stand in the room.

        What a timer had to say in the past and did not say then, it said in other words (together with others, or at
        another time): a reminder of yesterday is not sent after it. Cards are put right in any case.
        """
        if row.place not in self._memories:
            return
        unsaid = await self._note(connection, await outbox.find_unsent_of_cause(connection, row.id))
        if row.kind == "timer" and row.received_at <= self._last_said(row.place):
            for answer in unsaid:
                if answer.kind in ("say", "picture"):
                    await outbox.mark_failed(connection, answer.id, "a reminder from before the database was restored")

    async def _note(self, connection: AsyncConnection, rows: list[OutboxRow]) -> list[OutboxRow]:
        """Note as sent what stands in the room, in order: a tap is found by what it is under. The rest."""
        events: dict[int, str] = {}
        unsaid = []
        for row in rows:
            target = row.target or events.get(row.refers_to or 0)
            said = self._memories.get(row.place, NoSentMessages()).match(replace(row, target=target))
            if said is None:
                unsaid.append(row)
                continue
            events[row.id] = said.event_id
            await outbox.mark_sent(connection, [(row.id, said.event_id, said.sent_at)])
            if row.kind == "picture":
                await pictures.delete_finished(connection)
        return unsaid

    async def _look(self, place: str) -> SentMessages:
        return await self._recollection.find_in(place, self._past.since)

    async def _follow(self, place: str, events: list[Incoming]) -> None:
        """Everything arrives when it was sent and is handled when it was: in between it may have been corrected."""
        for incoming in await self._not_yet_followed(events):
            for loop in ("replay", "sync"):  # which waits for us meanwhile
                self._context.health.record_heartbeat(loop, within_seconds=STEP_TIMEOUT_SECONDS)
            await self._work_until(place, self._arrival_of(incoming))
            now = self._moment_of(incoming)
            if not await self._first_waiting(place):
                await self._let_time_pass(place, now)
            await receive(self._context, [incoming], now=now)

    async def _work_until(self, place: str, now: datetime) -> None:
        """Handle what had been handled by then."""
        while (row := await self._first_waiting(place)) and row.received_at <= now:
            await self._work(place, 1)

    async def _first_waiting(self, place: str) -> InboxRow | None:
        async with self._context.store.read() as connection:
            return next(iter(await inbox.find_unhandled(connection, place, 1)), None)

    async def _not_yet_followed(self, events: list[Incoming]) -> list[Incoming]:
        """Where we were interrupted we go on; what was talk then must not be taken for an answer to what came later."""
        async with self._context.store.read() as connection:
            names = [event.external_id for event in events]
            kept = await inbox.find_stored_ids(connection, events[0].source, names) if events else set()
        followed = max((at for at, event in enumerate(events, start=1) if event.external_id in kept), default=0)
        return events[followed:]

    def _arrival_of(self, incoming: Incoming) -> datetime:
        """When it came in: not before what came in earlier, and not before what of ours it answers."""
        place, events = incoming.place, self._events[incoming.place]
        answers = [events[target] for name in _TARGETS if (target := incoming.payload.get(name)) in events]
        self._arrived[place] = max(self._arrived.get(place, self._past.since), incoming.sent_at, *answers)
        return self._arrived[place]

    def _moment_of(self, incoming: Incoming) -> datetime:
        """When it was handled: when we answered it, else when it was sent, but never before what we answered earlier.

        The clock of our homeserver tells the first; the second comes from a server that may say anything.
        """
        reached = self._reached.get(incoming.place, self._past.since)
        answer = self._memories[incoming.place].find_by_transaction_id(
            make_transaction_id(incoming.source, incoming.external_id, 0)
        )
        if answer is None:
            return max(reached, incoming.sent_at)
        self._reached[incoming.place] = max(reached, answer.sent_at)
        return self._reached[incoming.place]

    async def _let_time_pass(self, place: str, now: datetime) -> None:
        """Timers that fell due in a place until then do so now, each at its time."""
        while True:
            async with self._context.store.read() as connection:
                at = await timers.find_next_due(connection, place)
            if at is None or at > now:
                return
            async with self._context.store.write() as connection:
                await timers.fire_due(connection, at, place, self._timers)
            await self._work(place, None)

    def _last_said(self, place: str) -> datetime:
        """When we were last heard of in a place: until then, at least, we lived."""
        said = max((said.sent_at for said in self._memories[place].messages), default=self._past.since)
        return min(said, self._past.until)

    async def _report(self, place: str) -> None:
        said = [one for one in self._memories[place].messages if one.sent_at >= self._past.since]
        async with self._context.store.read() as connection:
            known = await outbox.find_known_events(connection, place, [one.event_id for one in said])
        lost = sorted((one for one in said if one.event_id not in known), key=lambda one: one.sent_at)
        if lost:
            log.warning("%s: %s", self._context.rooms.communities[place].key, _explain(lost))

    def _notice(self, why: TemporaryFailure, pause: float) -> None:
        self._context.health.record_heartbeat("replay", within_seconds=pause + STEP_TIMEOUT_SECONDS)
        log.warning("looking up what was said has to wait %.1f s: %s", pause, why)


def _explain(lost: list[SentMessage]) -> str:
    first, last = (f"{message.sent_at:%Y-%m-%d %H:%M}" for message in (lost[0], lost[-1]))
    return (
        f"{len(lost)} of our messages there, from {first} to {last} UTC, are about something that the restored "
        "database no longer knows: what they answer was deleted, taken back, or cannot be read any more. Please ask "
        f"the people there about {', '.join(message.event_id for message in lost[:5])}"
    )


async def replay_after_restore(
    context: Context,
    recollection: SentBefore,
    work: HandleRows,
    timers: Sequence[tuple[str, str]],
    listen: Callable[[RestoreMarker], Awaitable[Collection[str]]],
) -> None:
    """If the database was restored, catch up with what it has forgotten; else nothing.

    `listen` takes what there is up to now, and tells which places it could not read to the end. Interrupted, it goes on
    at the next start.
    """
    async with context.store.read() as connection:
        past = await get_restore_marker(connection)
    if past is None:
        return
    log.warning(
        "The database was restored: what was said between %s and %s UTC is read again, and nothing is said that stands "
        "in a room already. What cannot be accounted for is told here, community by community.",
        f"{past.since:%Y-%m-%d %H:%M}",
        f"{past.until:%Y-%m-%d %H:%M}",
    )
    context.replay = replay = Replay(context, past, recollection, work, timers)

    async def go_through() -> bool:
        await replay.start()
        return await replay.finish(await listen(past))

    if await retry_forever("catching up after the restore", go_through):
        context.replay = None
        log.warning("The restored database is caught up.")
    else:
        log.warning("Some rooms cannot be read to the end now; they are caught up with as soon as they can be.")
