"""Works the inbox off: one row after the other in each place, many places at a time."""

import asyncio
from collections.abc import Sequence

from bot.concurrency.batcher import Batcher
from bot.concurrency.keyed_worker import KeyedWorker
from bot.pipeline.context import Context
from bot.pipeline.handling.handle import SPLIT, handle_row
from bot.pipeline.outbound.dispatch import Dispatcher
from bot.pipeline.timers import TimerScheduler
from bot.store.messages import inbox, outbox
from bot.store.messages.inbox import InboxRow

#: Rows read at a time; where there were so many there may be more.
MAX_ROWS_READ = 50
#: Seconds at most for which an answer waits for those of other places that were asked at the same time.
SHARED_DISPATCH_SECONDS = 0.2


class InboxWorker:
    """Handles what is waiting in the places it is woken for, wakes the delivery, and sets the alarm anew.

    What was asked at the same time is sent at the same time: the homeserver writes many events at once in less time,
    and its clients are woken once for all of them (docs/performance.md).
    """

    def __init__(self, context: Context, dispatcher: Dispatcher, scheduler: TimerScheduler) -> None:
        self._context, self._dispatcher, self._scheduler = context, dispatcher, scheduler
        self.per_room = KeyedWorker("handle", self._work)
        self._answered: set[str] = set()  # places that have answers, which wait for those of others
        self._sent_off = asyncio.Event()
        self._soon: asyncio.TimerHandle | None = None
        self._waiting = Batcher(self._waiting_in)

    async def handle_waiting(self, place: str, rows: int | None = None) -> None:
        """All that waits in a place that is served, or so many rows of it; for when the lanes do not run yet."""
        while await self._waiting(place):
            await self._work(place, rows or MAX_ROWS_READ)
            if rows:
                return

    async def wait_until_dispatched(self, place: str) -> None:
        """Wait until what is known of for a place is answered, and its answers are with the delivery."""
        await self.per_room.wait_until_idle(place)
        while self._context.rooms.current_place(place) in self._answered:
            await self._sent_off.wait()

    async def _work(self, place: str, at_once: int = MAX_ROWS_READ) -> None:
        if place not in self._context.rooms.communities:
            return  # no longer configured: kept, in case it is again
        rows = (await self._waiting(place))[:at_once]
        try:
            for row in rows:
                await self._until_resolved(row)
                if self.per_room.stopping.is_set():
                    return
                handled = await handle_row(self._context, row)
                if handled.timers_changed:
                    self._scheduler.reschedule()
                if handled.outcome == SPLIT:
                    self.per_room.wake(place)
        finally:
            self._hand_over(self._context.rooms.current_place(place))
        if len(rows) == MAX_ROWS_READ:
            self.per_room.wake(place)

    def _hand_over(self, place: str) -> None:
        self._answered.add(place)
        if self.per_room.busy_keys <= 1:
            self._send_off()
        elif self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(SHARED_DISPATCH_SECONDS, self._send_off)

    def _send_off(self) -> None:
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        answered, self._answered = self._answered, set()
        for place in answered:
            self._dispatcher.wake(place)
        self._sent_off.set()
        self._sent_off = asyncio.Event()

    async def _waiting_in(self, places: Sequence[str]) -> list[list[InboxRow]]:
        async with self._context.store.read() as connection:
            return await inbox.find_unhandled_in_places(connection, places, MAX_ROWS_READ)

    async def _until_resolved(self, row: InboxRow) -> None:
        """People can be faster than our notes: an answer to something unknown waits for what is under way."""
        names = {"thread", "reply_to", "target"} & row.payload.keys()
        targets = [row.payload[name] for name in names if row.payload[name]]
        if targets and row.kind != "edit" and not await self._all_known(row.place, targets):
            self._dispatcher.wake(row.place)
            await self._dispatcher.per_room.wait_until_idle(row.place)

    async def _all_known(self, place: str, targets: list[str]) -> bool:
        async with self._context.store.read() as connection:
            return all([await outbox.find_by_event(connection, place, target) for target in targets])
