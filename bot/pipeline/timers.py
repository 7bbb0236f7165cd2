"""Turns timers that are due into inbox rows. The database holds the timers; APScheduler only wakes the scheduler."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from importlib import import_module
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.concurrency.retry import retry_forever
from bot.pipeline.context import Context
from bot.store.messages import inbox, timers

_JOB_ID = "next"

#: While a timer that is due cannot fire yet, it is looked at again after so many seconds.
RECHECK_SECONDS = 2.0


async def _start_scheduler() -> Any:
    """Import and start APScheduler, beside the first sync and only once there is a timer: the import takes long."""
    apscheduler = await asyncio.to_thread(import_module, "apscheduler.schedulers.asyncio")
    scheduler = apscheduler.AsyncIOScheduler(timezone="UTC")
    scheduler.start()
    return scheduler


class TimerScheduler:
    """Fires timers when they are due; `wake` is called with each place that got an inbox row."""

    def __init__(self, context: Context, wake: Callable[[str], None]) -> None:
        self._context, self._wake = context, wake
        self._was_changed = asyncio.Event()
        self._was_changed.set()
        context.progress.on_progress = self.reschedule

    def reschedule(self) -> None:
        """Look again which timer is next: timers were set or deleted."""
        self._was_changed.set()

    async def run(self) -> None:
        """Fire timers when they are due, until cancelled."""
        scheduler = None
        try:
            while True:
                await self._was_changed.wait()
                self._was_changed.clear()
                await retry_forever("firing timers", self.fire_due)
                next_due = await retry_forever("finding the next timer", self._find_next_due)
                if next_due is None:
                    continue
                if next_due <= self._context.clock():
                    self._context.progress.request_sync(next_due)
                    await self._wait_until_changed(RECHECK_SECONDS)
                    continue
                scheduler = scheduler or await _start_scheduler()
                scheduler.add_job(
                    self.reschedule,
                    "date",
                    run_date=next_due,
                    id=_JOB_ID,
                    replace_existing=True,
                    misfire_grace_time=None,  # a time that is past already fires at once, however late
                )
        finally:
            if scheduler is not None:
                scheduler.shutdown(wait=False)

    async def _find_next_due(self) -> datetime | None:
        async with self._context.store.read() as connection:
            return await timers.find_next_due(connection)

    async def _wait_until_changed(self, seconds: float) -> None:
        """Wait until there is something to look at again, or for so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._was_changed.wait()
        self._was_changed.set()

    async def fire_due(self) -> None:
        """Turn all timers that are due into inbox rows, except those before whose moment something may be unread."""
        now, read_until = self._context.clock(), self._context.progress.read_until
        async with self._context.store.write() as connection:
            behind = await self._find_places_behind(connection)
            places = await timers.fire_due(connection, now, order=self.timer_order(), until=read_until, without=behind)
        for place in places:
            self._wake(place)

    async def _find_places_behind(self, connection: AsyncConnection) -> set[str]:
        """Return the places in which something that was said is not stored, or waits in a former room to be handled.

        What waits in the place itself is handled before the timers' rows, which come after it.
        """
        rooms = self._context.rooms
        behind = self._context.progress.places_behind()
        if rooms.moved:
            behind |= rooms.moved.keys() & set(await inbox.find_places_with_unhandled(connection))
        return {rooms.current_place(place) for place in behind}

    def timer_order(self) -> list[tuple[str, str]]:
        """Return the kinds of timers, (feature, name), in the order in which they come when they are due together."""
        return [
            (name, timer)
            for feature in self._context.features.by_name.values()
            for timer in feature.timers
            for name in feature.names
        ]
