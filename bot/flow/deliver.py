"""Sends the outbox: in order in each place, many places at a time, each row under its own transaction id for ever."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from bot.flow.house import House
from bot.flow.lanes import Lanes
from bot.flow.retry import Later, Never, persist
from bot.store import outbox
from bot.store.outbox import Outgoing

log = logging.getLogger(__name__)

#: Sends one row and returns its event id. Raises `Later` or `Never`.
Send = Callable[[Outgoing], Awaitable[str]]

#: Rows read at a time; where there were so many there may be more.
AT_ONCE = 50
#: From this many waiting rows on, answers to different messages may be on their way to a place at the same time.
BACKLOG = 4
#: How many of them at most.
WINDOW = 16


class Delivery:
    """Sends what is waiting in the places it is woken for.

    Rows start in order. One that belongs with an earlier row (the same answer, the same card) waits until that one has
    arrived. So, while little is waiting, does every row; behind a backlog, independent answers overlap, because one
    homeserver writes sixteen events in the time of six when it gets them together (docs/decisions.md).
    """

    def __init__(self, house: House, send: Send) -> None:
        self._house, self._send = house, send
        self._notes = _Notes(house)
        self.lanes = Lanes("deliver", self._deliver)

    async def _deliver(self, place: str) -> None:
        rows = await self._waiting(place)
        await _Batch(self._house, self._send, self._notes, rows).run()
        if len(rows) == AT_ONCE:
            self.lanes.wake(place)

    async def _waiting(self, place: str) -> list[Outgoing]:
        async with self._house.store.read() as connection:
            return await outbox.waiting(connection, place, AT_ONCE)


@dataclass
class _Batch:
    """Rows of one place on their way. `_latest` is the newest row of each answer and of each card."""

    house: House
    send: Send
    notes: "_Notes"
    rows: list[Outgoing]
    _events: dict[int, str] = field(default_factory=dict)
    _latest: dict[tuple[str, int], asyncio.Task[None]] = field(default_factory=dict)
    _gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Send them all, or as far as one that waits for something outside the batch."""
        self._gate.set()
        room = asyncio.Semaphore(WINDOW if len(self.rows) >= BACKLOG else 1)
        async with asyncio.TaskGroup() as group:
            for row in self.rows:
                await room.acquire()
                await self._gate.wait()
                keys = [("cause", row.inbox_id), ("card", row.refers_to or row.id)]
                before = [self._latest[key] for key in keys if key in self._latest]
                task = group.create_task(self._one(row, before))
                task.add_done_callback(lambda _: room.release())
                self._latest.update(dict.fromkeys(keys, task))

    async def _one(self, row: Outgoing, before: list[asyncio.Task[None]]) -> None:
        if before:
            await asyncio.wait(before)
        if row.refers_to is not None and row.target is None:
            if row.refers_to not in self._events:
                await self.notes.give_up(row, "what it refers to was never sent")
                return
            row = replace(row, target=self._events[row.refers_to])
        try:
            event = await persist(lambda: self.send(row), self._wait_with_it)
        except Never as why:
            log.error("giving up on message %d in %s: %s", row.id, row.place, why)
            await self.notes.give_up(row, str(why))
        else:
            self._events[row.id] = event
            await self.notes.sent(row, event)
        finally:
            self._gate.set()

    def _wait_with_it(self, why: Later, pause: float) -> None:
        """Nothing new starts in this place while one row has to be tried again."""
        self._gate.clear()
        self.house.watch.count("send_retries")
        log.warning("sending has to wait %.1f s: %s", pause, why)


class _Notes:
    """Writes down what was sent; what arrives while one transaction is being written shares the next."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._new: list[tuple[Outgoing, str]] = []
        self._writing = asyncio.Lock()

    async def sent(self, row: Outgoing, event: str) -> None:
        """Returns when it is on the disk."""
        self._new.append((row, event))
        async with self._writing:
            if not self._new:
                return  # somebody else's transaction took it along
            batch, self._new = self._new, []
            now = self._house.clock()
            async with self._house.store.write() as connection:
                await outbox.mark_sent(connection, [(row.id, event) for row, event in batch], now)
        for row, _ in batch:
            self._house.watch.count("messages_sent")
            self._house.watch.answered((now - row.created_at).total_seconds())

    async def give_up(self, row: Outgoing, why: str) -> None:
        """It will never be sent, nor will what refers to it."""
        async with self._house.store.write() as connection:
            await outbox.mark_failed(connection, row.id, why)
