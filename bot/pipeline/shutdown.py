"""Ends the program in good order: what is in hand is finished within seconds, the rest is for its next start."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from bot.errors import Fatal, Unavailable

log = logging.getLogger(__name__)

#: Seconds for what is in hand, and seconds until the end whatever happens: closing may take one as well.
GRACE_SECONDS, EXIT_SECONDS = 4.0, 5.0

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Shutdown:
    """Asked once to end; `finish` is what there is to be done first, while there is something."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()
        self._finish: Callable[[], Awaitable[None]] | None = None

    def request(self) -> None:
        """Finish what is in hand and end."""
        self._asked.set()

    @contextmanager
    def finish_before_end(self, finish: Callable[[], Awaitable[None]]) -> Iterator[None]:
        """In this block, `finish` is given the time to finish what is in hand."""
        self._finish = finish
        try:
            yield
        finally:
            self._finish = None

    @asynccontextmanager
    async def task_group(self, on_stopping: Callable[[], None]) -> AsyncIterator[asyncio.TaskGroup]:
        """A task group that ends when asked to; the first `Fatal` in it is raised as itself.

        `leaving` is called when it begins to end.
        """

        async def health() -> None:
            await self._asked.wait()
            on_stopping()
            await self._finish_in_time()
            raise _Stopped

        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(health())
                yield group
        except BaseExceptionGroup as ended:
            if fatal := _find_fatal(ended):
                raise fatal from None
            expected = (_Stopped, Unavailable) if self._asked.is_set() else _Stopped
            if (unexpected := ended.split(expected)[1]) is not None:
                raise unexpected from None

    async def _finish_in_time(self) -> None:
        if self._finish is None:
            return
        try:
            async with asyncio.timeout(GRACE_SECONDS):
                await self._finish()
        except TimeoutError:
            log.info("stopping with something still in hand: the next start takes it up again")


def stop_on_signals(ask: Callable[[], None]) -> None:
    """SIGTERM and Ctrl-C end the program in good order, a second one at once.

    So does the time: a disk or a homeserver that does not answer holds up nobody's shutdown, and being cut off loses
    nothing, no more than a power cut does.
    """
    loop = asyncio.get_running_loop()

    def begin() -> None:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)
        last = threading.Timer(EXIT_SECONDS, os._exit, (0,))
        last.daemon = True
        last.start()
        ask()

    for number in _SIGNALS:
        loop.add_signal_handler(number, begin)


class _Stopped(Exception):
    """The program was asked to end."""


def _find_fatal(error: BaseException) -> Fatal | None:
    """The first one in a group, whatever else went wrong beside it."""
    if isinstance(error, BaseExceptionGroup):
        return next(filter(None, map(_find_fatal, error.exceptions)), None)
    return error if isinstance(error, Fatal) else None
