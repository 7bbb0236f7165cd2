"""When something could not be delivered: whether and when to try again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    retry_if_exception_type,
    wait_random_exponential,
)

from bot.errors import Fatal, Unavailable

log = logging.getLogger(__name__)

T = TypeVar("T")


class TemporaryFailure(Exception):
    """It did not go through now. `after` is how many seconds the other side asks us to wait, if it said."""

    def __init__(self, why: str, retry_after: float | None = None) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class PermanentFailure(Exception):
    """It will not go through, however often it is tried; the message says why."""


class RoomUnavailable(Exception):
    """Nothing can be said in this place for now: what waits is kept, and not tried before the place is woken again."""


#: Jittered and bounded: half a second at first, half a minute at most, so that an outage is not answered with a storm.
_BACKOFF = wait_random_exponential(multiplier=0.5, max=30)

#: A database is near: five seconds at most after its trouble is over, work goes on.
_SHORT_BACKOFF = wait_random_exponential(multiplier=0.2, max=5)

#: Seconds we let ourselves be told to wait; a mistake in a proxy must not silence a village for a year.
MAX_RETRY_AFTER = 600.0


#: Waits so many seconds. It may raise, and then nothing is tried again.
Sleep = Callable[[float], Awaitable[None]]


async def _sleep(seconds: float) -> None:
    await asyncio.sleep(seconds)


async def _attempt(act: Callable[[], Awaitable[T]]) -> T:
    """Tenacity awaits only what is plainly a coroutine function.

    Whoever is cancelled must end, also when what is torn down on the way out complains, as a lost connection does:
    taken for one more failure, it would be tried again for ever.
    """
    try:
        return await act()
    except Exception as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling() and _is_raised_while_cancelled(error):
            raise asyncio.CancelledError from error
        raise


def _is_raised_while_cancelled(error: BaseException | None) -> bool:
    """Whether it was raised while a cancellation was passing by.

    `Task.cancelling` alone does not tell: a task group whose child failed while it waited for the others has cancelled
    its own task, and in Python 3.11 leaves it counted. Taken for a cancellation, the failure would be lost.
    """
    while error is not None and not isinstance(error, asyncio.CancelledError):
        error = error.__context__
    return error is not None


async def retry_temporary(
    act: Callable[[], Awaitable[T]], on_failure: Callable[[TemporaryFailure, float], None], *, sleep: Sleep = _sleep
) -> T:
    """Do it, again and again while it raises `Later`; `notice` hears of each failure and the pause in seconds."""

    def before_sleep(state: RetryCallState) -> None:
        on_failure(_failure(state), state.upcoming_sleep)

    mine = retry_if_exception_type(TemporaryFailure)
    retrying = AsyncRetrying(wait=_temporary_pause, retry=mine, before_sleep=before_sleep, sleep=sleep)
    return await retrying(_attempt, act)


async def retry_forever(what: str, act: Callable[[], Awaitable[T]], *, sleep: Sleep = _sleep) -> T:
    """Do it, again and again whatever goes wrong (a full disk, a locked database); `Fatal` alone is passed on."""

    def before_sleep(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if error is None or not is_unavailable(error):  # of a database in trouble the store tells, once for all of us
            log.error("%s failed; trying again in %.1f s", what, state.upcoming_sleep, exc_info=error)

    retrying = AsyncRetrying(wait=_forever_pause, retry=_NOT_FATAL, before_sleep=before_sleep, sleep=sleep)
    return await retrying(_attempt, act)


async def retry_while_unavailable(act: Callable[[], Awaitable[T]]) -> T:
    """Do it, again and again while the database is in trouble; whatever else goes wrong is passed on."""

    retrying = AsyncRetrying(wait=_SHORT_BACKOFF, retry=retry_if_exception(is_unavailable), reraise=True)
    return await retrying(_attempt, act)


def _is_not_fatal(error: BaseException) -> bool:
    """Also when it comes out of a task group: in there may be the reason why the program has to end."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(_is_not_fatal, error.exceptions))
    return isinstance(error, Exception) and not isinstance(error, Fatal)


def is_unavailable(error: BaseException) -> bool:
    """Whether it is trouble of the database and nothing else."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(is_unavailable, error.exceptions))
    return isinstance(error, Unavailable)


def _forever_pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return _SHORT_BACKOFF(state) if error is not None and is_unavailable(error) else _BACKOFF(state)


_NOT_FATAL = retry_if_exception(_is_not_fatal)


def _temporary_pause(state: RetryCallState) -> float:
    asked = _failure(state).retry_after
    return 0.1 + _BACKOFF(state) if asked is None else min(asked, MAX_RETRY_AFTER) + _BACKOFF(state) / 10


def _failure(state: RetryCallState) -> TemporaryFailure:
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, TemporaryFailure), "only Later is tried again"
    return error
