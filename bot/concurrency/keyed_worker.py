"""Works on many keys at the same time, and on each key once at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot.concurrency.retry import retry_forever


class Stopping(Exception):
    """The program is about to end: nothing is tried again.

    The rows that are stored are handled after the next start.
    """


class KeyedWorker:
    """Calls `work` for each key that was woken. In this program a key is the address of a room.

    `work` does everything there is to do for a key and returns. An exception is logged, and the call is repeated after
    pauses that grow; `Fatal` ends the program. Once `stopping` is set, `work` finishes what it has begun and returns.
    """

    def __init__(self, name: str, work: Callable[[str], Awaitable[None]]) -> None:
        self._name, self._work = name, work
        self._woken: set[str] = set()
        self._idle_events: dict[str, asyncio.Event] = {}
        self._group: asyncio.TaskGroup | None = None
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        """Run the workers of all keys until cancelled."""
        async with asyncio.TaskGroup() as self._group:
            try:
                for key in sorted(self._woken):
                    self._start(key)
                await asyncio.Event().wait()
            finally:
                self._group = None  # keys that are woken from now on are handled after the next start

    def wake(self, key: str) -> None:
        """Start the work for a key, or repeat it after the work that is under way."""
        self._woken.add(key)
        if self._group is not None and key not in self._idle_events and not self.stopping.is_set():
            self._start(key)

    @property
    def busy_keys(self) -> int:
        """Return the number of keys whose work is under way."""
        return len(self._idle_events)

    async def wait_until_idle(self, key: str) -> None:
        """Wait until no work for a key is waiting or under way."""
        while key in self._idle_events:
            await self._idle_events[key].wait()

    async def drain(self) -> None:
        """Start nothing new, and wait until the work under way is done."""
        self.stopping.set()
        while self._idle_events:
            await next(iter(self._idle_events.values())).wait()

    async def sleep_unless_stopping(self, seconds: float) -> None:
        """Sleep before the next try. Raises `Stopping` when there will be no next try."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.stopping.wait()
        if self.stopping.is_set():
            raise Stopping

    def _start(self, key: str) -> None:
        assert self._group is not None, "keys are started while the worker runs"
        work = self._work_while_woken(key)
        try:
            self._group.create_task(work, name=f"{self._name} {key}")
        except RuntimeError:  # everything is being cancelled, and the group takes no more tasks
            work.close()
        else:
            self._idle_events[key] = asyncio.Event()

    async def _work_while_woken(self, key: str) -> None:
        try:
            while key in self._woken and not self.stopping.is_set():
                self._woken.discard(key)
                await retry_forever(self._name, lambda: self._work(key), sleep=self.sleep_unless_stopping)
        except Stopping:
            pass
        except BaseException:
            self._group = None  # the other keys are about to be cancelled, and may wake a key while they end
            raise
        finally:
            self._idle_events.pop(key).set()
