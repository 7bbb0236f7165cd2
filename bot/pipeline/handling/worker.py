"""Handles the inbox: many rooms side by side, each room's rows in order."""

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

#: Rows are read in portions of this size; behind a full portion there may be more.
MAX_ROWS_READ = 50
#: The answers of a room wait at most so long for those of other rooms, to be sent together.
SHARED_DISPATCH_SECONDS = 0.2


class InboxWorker:
    """Handles the waiting rows of every room that it is woken for, and wakes the dispatcher and the timer scheduler.

    Answers to what was asked at the same time in several rooms are sent at the same time: the homeserver writes many
    events at once in less time, and wakes its clients once for all of them (docs/performance.md).
    """

    def __init__(self, context: Context, dispatcher: Dispatcher, scheduler: TimerScheduler) -> None:
        self._context, self._dispatcher, self._scheduler = context, dispatcher, scheduler
        self.per_room = KeyedWorker("handle", self._handle_rows)
        self._read_rows = Batcher(self._read_rows_of)
        self._undispatched: set[str] = set()  # places with answers that wait for those of other places
        self._was_dispatched = asyncio.Event()
        self._dispatch_timer: asyncio.TimerHandle | None = None

    async def handle_waiting(self, place: str, max_rows: int | None = None) -> None:
        """Handle all rows of a place, or at most `max_rows`, while `per_room` does not run yet."""
        while await self._read_rows(place):
            await self._handle_rows(place, max_rows or MAX_ROWS_READ)
            if max_rows:
                return

    async def wait_until_dispatched(self, place: str) -> None:
        """Wait until all known rows of a place are handled, and the dispatcher was woken for their answers."""
        await self.per_room.wait_until_idle(place)
        while self._context.rooms.current_place(place) in self._undispatched:
            await self._was_dispatched.wait()

    async def _handle_rows(self, place: str, max_rows: int = MAX_ROWS_READ) -> None:
        if place not in self._context.rooms.communities:
            return  # its community is no longer configured: the rows are kept, in case it is again
        rows = (await self._read_rows(place))[:max_rows]
        try:
            for row in rows:
                await self._wait_for_targets(row)
                if self.per_room.stopping.is_set():
                    return
                result = await handle_row(self._context, row)
                if result.timers_changed:
                    self._scheduler.reschedule()
                if result.outcome == SPLIT:
                    self.per_room.wake(place)
        finally:
            self._dispatch_soon(self._context.rooms.current_place(place))
        if len(rows) == MAX_ROWS_READ:
            self.per_room.wake(place)

    def _dispatch_soon(self, place: str) -> None:
        """Wake the dispatcher: at once when no other room has rows to handle, else after SHARED_DISPATCH_SECONDS."""
        self._undispatched.add(place)
        if self.per_room.busy_keys <= 1:
            self._dispatch()
        elif self._dispatch_timer is None:
            self._dispatch_timer = asyncio.get_running_loop().call_later(SHARED_DISPATCH_SECONDS, self._dispatch)

    def _dispatch(self) -> None:
        if self._dispatch_timer is not None:
            self._dispatch_timer.cancel()
            self._dispatch_timer = None
        places, self._undispatched = self._undispatched, set()
        for place in places:
            self._dispatcher.wake(place)
        self._was_dispatched.set()
        self._was_dispatched = asyncio.Event()

    async def _read_rows_of(self, places: Sequence[str]) -> list[list[InboxRow]]:
        async with self._context.store.read() as connection:
            return await inbox.find_unhandled_in_places(connection, places, MAX_ROWS_READ)

    async def _wait_for_targets(self, row: InboxRow) -> None:
        """When a row refers to an unknown event, wait until the room's outbox is sent: the event may be in it.

        People can answer a message before the bot has recorded its event id.
        """
        names = {"thread", "reply_to", "target"} & row.payload.keys()
        targets = [row.payload[name] for name in names if row.payload[name]]
        if targets and row.kind != "edit" and not await self._are_all_known(row.place, targets):
            self._dispatcher.wake(row.place)
            await self._dispatcher.per_room.wait_until_idle(row.place)

    async def _are_all_known(self, place: str, event_ids: list[str]) -> bool:
        async with self._context.store.read() as connection:
            return all([await outbox.find_by_event(connection, place, event_id) for event_id in event_ids])
