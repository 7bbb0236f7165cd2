"""Turns timers that are due into inbox rows. The database holds the timers; APScheduler only wakes the scheduler."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any

from bot.concurrency.retry import retry_forever
from bot.pipeline.context import Context
from bot.store.messages import timers

_JOB_ID = "next"


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

    async def fire_due(self) -> None:
        """Turn all timers that are due into inbox rows."""
        async with self._context.store.write() as connection:
            places = await timers.fire_due(connection, self._context.clock(), order=self.timer_order())
        for place in places:
            self._wake(place)

    def timer_order(self) -> list[tuple[str, str]]:
        """Return the kinds of timers, (feature, name), in the order in which they come when they are due together."""
        return [
            (name, timer)
            for feature in self._context.features.by_name.values()
            for timer in feature.timers
            for name in feature.names
        ]
