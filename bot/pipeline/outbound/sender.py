"""Sends the outbox: in order in each place, many places at a time, each row under its own transaction id for ever."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from bot.concurrency.batcher import Batcher
from bot.concurrency.keyed_worker import KeyedWorker, Stopping
from bot.concurrency.retry import PermanentFailure, RoomUnavailable, TemporaryFailure, retry_forever, retry_temporary
from bot.pipeline.context import Context
from bot.store.messages import outbox, pictures
from bot.store.messages.outbox import OutboxRow

log = logging.getLogger(__name__)

#: Sends one row and returns its event id. Raises `Later`, `Never`, or `Closed` when the place takes nothing.
SendRow = Callable[[OutboxRow], Awaitable[str]]

#: Rows read at a time; where there were so many there may be more.
MAX_ROWS_READ = 50
#: From this many waiting rows on, answers to different messages may be on their way to a place at the same time.
BACKLOG_ROWS = 4
#: How many of them at most.
MAX_OPEN_ROWS = 32
#: Seconds for which a place that took what it was told is trusted to take as much again.
TRUST_SECONDS = 5.0


class Dispatcher:
    """Sends what is waiting in the places it is woken for.

    Rows start in order. One that belongs with an earlier row (the same answer, the same card) waits until that one has
    arrived. So, while little is waiting, does every row; behind a backlog, independent answers overlap, because one
    homeserver writes sixteen events in the time of six when it gets them together (docs/decisions.md). Once something
    had to be tried again, and for a while after the homeserver was away, a place is told one thing after the other.
    """

    def __init__(self, context: Context, send: SendRow) -> None:
        self._context, self._send = context, send
        self._news: dict[str, asyncio.Event] = {}
        self._taken: dict[str, tuple[int, float]] = {}  # how much a place took at one go, and when
        self.per_room = KeyedWorker("deliver", self._deliver)
        self._waiting = Batcher(self._waiting_in)
        self._notes = SentRecorder(context, self.per_room)

    def wake(self, place: str) -> None:
        """There is, or may be, something to be told to a place."""
        if place in self._news:
            self._news[place].set()
        self.per_room.wake(place)

    async def _deliver(self, place: str) -> None:
        news = self._news[place] = asyncio.Event()
        now = asyncio.get_running_loop().time
        taken, at = self._taken.pop(place, (0, 0.0))
        trusted = taken if now() - at < TRUST_SECONDS else 0
        lane = RoomSender(self._context, self._send, self._waiting, self._notes, self.per_room, place, news, trusted)
        try:
            await lane.run()
            if lane.taken:
                self._taken[place] = (lane.taken, now())
        finally:
            del self._news[place]

    async def _waiting_in(self, places: Sequence[tuple[str, int]]) -> list[list[OutboxRow]]:
        async with self._context.store.read() as connection:
            return await outbox.find_unsent_in_places(connection, places, MAX_ROWS_READ)


@dataclass
class RoomSender:
    """What is on its way to one place. `_arrivals` is the newest row under way of each answer and each card."""

    context: Context
    send: SendRow
    waiting: Batcher[tuple[str, int], list[OutboxRow]]
    notes: "SentRecorder"
    per_room: KeyedWorker
    place: str
    news: asyncio.Event
    trusted: int = 0
    _newest: int = 0
    _events: dict[int, str] = field(default_factory=dict)
    _arrivals: dict[tuple[str, int], asyncio.Event] = field(default_factory=dict)
    _going: set[asyncio.Task[None]] = field(default_factory=set)
    _gate: asyncio.Event = field(default_factory=asyncio.Event)
    _stuck: set[int] = field(default_factory=set)
    _freed: asyncio.Event = field(default_factory=asyncio.Event)
    _is_careful: bool = False
    _is_closed: bool = False

    @property
    def taken(self) -> int:
        """How much the place took, of late and now; nothing where something had to be tried again."""
        return 0 if self._is_careful or self._is_closed else min(MAX_OPEN_ROWS, self.trusted + len(self._events))

    async def run(self) -> None:
        """Send all there is, and what comes up meanwhile.

        It ends early in a place that turns out to be closed, and when the program leaves: what is on its way arrives.
        """
        self._gate.set()
        self.news.set()
        async with asyncio.TaskGroup() as group:
            while not self.per_room.stopping.is_set():
                if self.news.is_set():
                    self.news.clear()
                    await self._start_all(group)
                if not self._going and (self._is_closed or not self.news.is_set()):
                    return
                await self._until_something_happens()

    async def _start_all(self, group: asyncio.TaskGroup) -> None:
        rows = await self.waiting((self.place, self._newest))
        for at, row in enumerate(rows):
            await self._turn(len(rows) - at)
            if self._is_closed or self.per_room.stopping.is_set():
                return
            self._start(group, row)
            self._newest = row.id
        if len(rows) == MAX_ROWS_READ:
            self.news.set()

    async def _turn(self, left: int) -> None:
        """Wait until another row may start: one at a time, or a window of them behind a backlog."""
        while True:
            await self._gate.wait()
            if len(self._going) < (self._window() if left + len(self._going) >= BACKLOG_ROWS else 1):
                return
            await asyncio.wait(self._going, return_when=asyncio.FIRST_COMPLETED)

    def _window(self) -> int:
        """It opens as rows arrive: where the first ones are refused, few can overtake them."""
        is_well = self.context.health.is_homeserver_stable() and not self._is_careful
        return min(MAX_OPEN_ROWS, max(1, 2 * (self.trusted + len(self._events)))) if is_well else 1

    def _start(self, group: asyncio.TaskGroup, row: OutboxRow) -> None:
        keys = [("cause", row.inbox_id), ("card", row.refers_to or row.id)]
        before = [self._arrivals[key] for key in keys if key in self._arrivals]
        arrival = asyncio.Event()
        self._arrivals.update(dict.fromkeys(keys, arrival))
        task = group.create_task(self._one(group, row, before, arrival))
        self._going.add(task)
        task.add_done_callback(self._going.discard)

    async def _until_something_happens(self) -> None:
        if not self._going:
            return
        heard = asyncio.ensure_future(self.news.wait())
        try:
            await asyncio.wait({heard, *self._going}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            heard.cancel()

    async def _one(
        self, group: asyncio.TaskGroup, row: OutboxRow, before: list[asyncio.Event], arrival: asyncio.Event
    ) -> None:
        for earlier in before:
            await earlier.wait()
        try:
            if self.per_room.stopping.is_set():
                return  # before it is missed that what it refers to was not sent either
            if self._is_closed:
                raise RoomUnavailable
            if row.refers_to is not None and row.target is None:
                if row.refers_to not in self._events:
                    raise PermanentFailure("what it refers to was never sent")
                row = replace(row, target=self._events[row.refers_to])
            event, sent_at = await retry_temporary(
                lambda: self._try(row), partial(self._wait_with, row.id), sleep=self.per_room.sleep_unless_stopping
            )
        except Stopping:
            return
        except RoomUnavailable:
            self._is_closed = True
        except PermanentFailure as why:
            log.error("giving up on message %d in %s: %s", row.id, row.place, why)
            await self.notes.give_up(row, str(why))
        else:
            self._events[row.id] = event
            group.create_task(self.notes.sent(row, event, sent_at))  # the next one need not wait for the disk
        finally:
            self._stuck.discard(row.id)
            self._freed.set()
            if not self._stuck:
                self._gate.set()
            arrival.set()

    async def _try(self, row: OutboxRow) -> tuple[str, datetime]:
        """Its event id, and the moment before which nobody can have seen it."""
        await self._until_oldest(row.id)
        started = self.context.clock()
        return await self.send(row), started

    async def _until_oldest(self, row_id: int) -> None:
        """Of what has to be tried again in a place, one at a time is tried: an outage is not asked about by each."""
        while row_id in self._stuck and min(self._stuck) < row_id:
            self._freed.clear()
            await self._freed.wait()
            if self.per_room.stopping.is_set():
                raise Stopping
            if self._is_closed:
                raise RoomUnavailable

    def _wait_with(self, row_id: int, why: TemporaryFailure, pause: float) -> None:
        """Nothing new starts in this place while one row has to be tried again."""
        self._is_careful = True
        self._stuck.add(row_id)
        self._gate.clear()
        self.context.health.count("send_retries")
        log.warning("sending has to wait %.1f s: %s", pause, why)


class SentRecorder:
    """Writes down what was sent; what arrives while one transaction is being written shares the next."""

    def __init__(self, context: Context, per_room: KeyedWorker) -> None:
        self._context, self._per_room = context, per_room
        self._note = Batcher(self._keep)

    async def sent(self, row: OutboxRow, event: str, sent_at: datetime) -> None:
        """Returns when it is on the disk, or when the program leaves: then it is sent again, under the same id."""
        with suppress(Stopping):
            await self._note((row, event, sent_at))
            self._context.health.count("messages_sent")
            self._context.health.record_answer_time((self._context.clock() - row.created_at).total_seconds())

    async def _keep(self, batch: Sequence[tuple[OutboxRow, str, datetime]]) -> Sequence[None]:
        await retry_forever(
            "noting what was sent", lambda: self._write(batch), sleep=self._per_room.sleep_unless_stopping
        )
        return [None] * len(batch)

    async def _write(self, batch: Sequence[tuple[OutboxRow, str, datetime]]) -> None:
        async with self._context.store.write() as connection:
            await outbox.mark_sent(connection, [(row.id, event, sent_at) for row, event, sent_at in batch])
            if any(row.kind == "picture" for row, _, _ in batch):
                await pictures.delete_finished(connection)

    async def give_up(self, row: OutboxRow, why: str) -> None:
        """It will never be sent, nor will what refers to it."""
        async with self._context.store.write() as connection:
            await outbox.mark_failed(connection, row.id, why)
