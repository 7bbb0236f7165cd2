"""Wakes the flow when a timer falls due. What is due is in the database; APScheduler only knows when to look."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any

from bot.concurrency.retry import retry_forever
from bot.pipeline.context import Context
from bot.store.messages import timers

_JOB = "next"


async def _start_scheduler() -> Any:
    """Loaded beside the first sync, and not before there is a timer: it takes a good part of what a start takes."""
    apscheduler = await asyncio.to_thread(import_module, "apscheduler.schedulers.asyncio")
    scheduler = apscheduler.AsyncIOScheduler(timezone="UTC")
    scheduler.start()
    return scheduler


class TimerScheduler:
    """Sees to it that due timers become inbox rows; `awaken` is called with every place that got one."""

    def __init__(self, context: Context, awaken: Callable[[str], None]) -> None:
        self._context, self._awaken = context, awaken
        self._changed = asyncio.Event()
        self._changed.set()

    def reschedule(self) -> None:
        """Timers were set or dropped: the next one may be another."""
        self._changed.set()

    async def run(self) -> None:
        """Fire what is due and sleep until the next, until cancelled."""
        scheduler = None
        try:
            while True:
                await self._changed.wait()
                self._changed.clear()
                await retry_forever("the alarm", self.fire_due)
                next_due = await retry_forever("the alarm", self._next)
                if next_due is None:
                    continue
                scheduler = scheduler or await _start_scheduler()
                scheduler.add_job(
                    self.reschedule,
                    "date",
                    run_date=next_due,
                    id=_JOB,
                    replace_existing=True,
                    misfire_grace_time=None,  # a moment already past fires at once, however late
                )
        finally:
            if scheduler is not None:
                scheduler.shutdown(wait=False)

    async def _next(self) -> datetime | None:
        async with self._context.store.read() as connection:
            return await timers.find_next_due(connection)

    async def fire_due(self) -> None:
        """Turn everything due into inbox rows."""
        async with self._context.store.write() as connection:
            places = await timers.fire_due(connection, self._context.clock(), order=self.timer_order())
        for place in places:
            self._awaken(place)

    def timer_order(self) -> list[tuple[str, str]]:
        """Which kinds of timers, (feature, name), come first when several fall due together."""
        return [
            (name, timer)
            for feature in self._context.features.by_name.values()
            for timer in feature.timers
            for name in feature.names
        ]
