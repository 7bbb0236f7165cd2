"""One lane for each place: what belongs to one place happens in order, places go side by side."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot.concurrency.retry import retry_forever


class Stopping(Exception):
    """Nothing more is tried: the program is about to end, and what is written down is taken up at its next start."""


class KeyedWorker:
    """Calls `work` for every place that was woken, never twice at the same time for one place.

    `work` does all there is for a place and returns. What it raises is logged and tried again, with growing pauses;
    `Fatal` ends the program. Once `leaving` is set, `work` finishes what it has in hand and returns.
    """

    def __init__(self, name: str, work: Callable[[str], Awaitable[None]]) -> None:
        self._name, self._work = name, work
        self._woken: set[str] = set()
        self._busy: dict[str, asyncio.Event] = {}
        self._group: asyncio.TaskGroup | None = None
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        """Keep the lanes until cancelled."""
        async with asyncio.TaskGroup() as self._group:
            try:
                for place in sorted(self._woken):
                    self._start(place)
                await asyncio.Event().wait()
            finally:
                self._group = None  # what is woken from now on is taken up at the next start

    def wake(self, place: str) -> None:
        """There is, or may be, work for a place."""
        self._woken.add(place)
        if self._group is not None and place not in self._busy and not self.stopping.is_set():
            self._start(place)

    @property
    def busy_keys(self) -> int:
        """In how many places there is work in hand."""
        return len(self._busy)

    async def wait_until_idle(self, place: str) -> None:
        """Wait until the work that is known of for a place is done."""
        while place in self._busy:
            await self._busy[place].wait()

    async def drain(self) -> None:
        """Begin nothing more, and wait until what is in hand is done."""
        self.stopping.set()
        while self._busy:
            await next(iter(self._busy.values())).wait()

    async def sleep_unless_stopping(self, seconds: float) -> None:
        """Wait before something is tried again. Raises `Leaving` when it will not be."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.stopping.wait()
        if self.stopping.is_set():
            raise Stopping

    def _start(self, place: str) -> None:
        assert self._group is not None, "lanes start when they run"
        follow = self._follow(place)
        try:
            self._group.create_task(follow, name=f"{self._name} {place}")
        except RuntimeError:  # everything is being cancelled, and the group takes nothing more
            follow.close()
        else:
            self._busy[place] = asyncio.Event()

    async def _follow(self, place: str) -> None:
        try:
            while place in self._woken and not self.stopping.is_set():
                self._woken.discard(place)
                await retry_forever(self._name, lambda: self._work(place), sleep=self.sleep_unless_stopping)
        except Stopping:
            pass
        except BaseException:
            self._group = None  # the others are about to be cancelled, and may wake somebody on their way out
            raise
        finally:
            self._busy.pop(place).set()
