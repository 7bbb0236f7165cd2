"""Ends the program in good order: work under way is finished within seconds, the rest is left for the next start."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from bot.errors import Fatal, Unavailable

log = logging.getLogger(__name__)

#: Work under way gets so many seconds to finish.
GRACE_SECONDS = 4.0
#: After so many seconds the process exits in any case. Closing the connections may take the second between both.
EXIT_SECONDS = 5.0

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Shutdown:
    """Ends a task group when it is requested, after the work under way was finished."""

    def __init__(self) -> None:
        self._requested = asyncio.Event()
        self._finish: Callable[[], Awaitable[None]] | None = None

    def request(self) -> None:
        """Finish the work under way and end."""
        self._requested.set()

    @contextmanager
    def finish_before_end(self, finish: Callable[[], Awaitable[None]]) -> Iterator[None]:
        """While the block runs, call `finish` at a shutdown, and give it GRACE_SECONDS."""
        self._finish = finish
        try:
            yield
        finally:
            self._finish = None

    @asynccontextmanager
    async def task_group(self, on_stopping: Callable[[], None]) -> AsyncIterator[asyncio.TaskGroup]:
        """Run a task group that ends at a shutdown; `on_stopping` is called first.

        Raises the first `Fatal` of the group as itself, and every other unexpected error in its group.
        """

        async def end_on_request() -> None:
            await self._requested.wait()
            on_stopping()
            await self._finish_in_time()
            raise _Stopped

        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(end_on_request())
                yield group
        except BaseExceptionGroup as errors:
            if fatal := _find_fatal(errors):
                raise fatal from None
            expected = (_Stopped, Unavailable) if self._requested.is_set() else _Stopped
            if (unexpected := errors.split(expected)[1]) is not None:
                raise unexpected from None

    async def _finish_in_time(self) -> None:
        if self._finish is None:
            return
        try:
            async with asyncio.timeout(GRACE_SECONDS):
                await self._finish()
        except TimeoutError:
            log.info("stopping before all work under way is finished: the next start takes it up again")


def stop_on_signals(request_shutdown: Callable[[], None]) -> None:
    """End in good order on SIGTERM or Ctrl-C, and at once on a second one.

    EXIT_SECONDS after the first one the process exits in any case: a disk or a homeserver that does not answer must not
    hold up the machine's shutdown. Being cut off loses nothing, as little as a power cut does.
    """
    loop = asyncio.get_running_loop()

    def begin() -> None:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)
        exit_timer = threading.Timer(EXIT_SECONDS, os._exit, (0,))
        exit_timer.daemon = True
        exit_timer.start()
        request_shutdown()

    for number in _SIGNALS:
        loop.add_signal_handler(number, begin)


class _Stopped(Exception):
    """Ends the task group of a program that was asked to stop."""


def _find_fatal(error: BaseException) -> Fatal | None:
    """Return the first `Fatal` in a group, whatever else it holds."""
    if isinstance(error, BaseExceptionGroup):
        return next(filter(None, map(_find_fatal, error.exceptions)), None)
    return error if isinstance(error, Fatal) else None
