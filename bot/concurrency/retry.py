"""Repeats calls that failed: which errors are worth another try, and how long to wait before it."""

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
    """The request failed and may succeed later. `retry_after` is how many seconds the server asks to wait, or None."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class RateLimited(TemporaryFailure):
    """The account makes too many requests. The limit is the account's, so no other request of its kind succeeds now."""


class PermanentFailure(Exception):
    """The request will fail however often it is tried; the message says why."""


class RoomUnavailable(Exception):
    """A room takes no messages for now. They stay in the outbox, and are tried again when the room is woken."""


#: Random pauses, half a second at first and half a minute at most: after an outage not all requests come at once.
_BACKOFF = wait_random_exponential(multiplier=0.5, max=30)

#: Shorter pauses for the database, which is near. Work goes on at most five seconds after the database is back.
_SHORT_BACKOFF = wait_random_exponential(multiplier=0.2, max=5)

#: A server can ask for a longer pause, but the bot does not wait longer: a faulty proxy must not silence it for a year.
MAX_RETRY_AFTER_SECONDS = 600.0


#: Sleeps for so many seconds. When it raises, nothing is tried again.
Sleep = Callable[[float], Awaitable[None]]


async def _sleep(seconds: float) -> None:
    await asyncio.sleep(seconds)


async def _attempt(act: Callable[[], Awaitable[T]]) -> T:
    """Call a function in a task of its own, and raise CancelledError when the caller is cancelled, whatever it raises.

    A connection that dies while its task is being cancelled may raise an error of its own in place of CancelledError.
    If that error counted as one more failure, the call would be repeated, and the caller would never end. The caller's
    own task cannot tell: a task group in the function whose child failed cancels the group's task, which is then the
    function's. A `Fatal` is raised all the same, since it is not tried again.
    """
    attempt = asyncio.ensure_future(_call(act))
    was_cancelled = False
    while not attempt.done():
        try:
            await asyncio.wait([attempt])
        except asyncio.CancelledError:
            was_cancelled = True
            attempt.cancel()
    if was_cancelled and (attempt.cancelled() or not isinstance(attempt.exception(), Fatal)):
        raise asyncio.CancelledError
    return attempt.result()


async def _call(act: Callable[[], Awaitable[T]]) -> T:
    return await act()


async def _retry(act: Callable[[], Awaitable[T]], make_retrying: Callable[[], AsyncRetrying]) -> T:
    """Call a function, repeat the call as a tenacity object says, and return the result.

    The object is only made when the first call has failed, because it costs more CPU time than most calls. It counts
    that failure as the failure of its own first call.
    """
    try:
        return await _attempt(act)
    except Exception as error:
        failures = [error]

    async def try_again() -> T:
        if failures:
            raise failures.pop()
        return await _attempt(act)

    return await make_retrying()(try_again)


async def retry_temporary(
    act: Callable[[], Awaitable[T]], on_failure: Callable[[TemporaryFailure, float], None], *, sleep: Sleep = _sleep
) -> T:
    """Call a function until it does not raise `TemporaryFailure`, and return its result.

    `on_failure` is called with each failure and the pause before the next try, in seconds.
    """

    def before_sleep(state: RetryCallState) -> None:
        on_failure(_failure(state), state.upcoming_sleep)

    is_temporary = retry_if_exception_type(TemporaryFailure)
    return await _retry(
        act, lambda: AsyncRetrying(wait=_temporary_pause, retry=is_temporary, before_sleep=before_sleep, sleep=sleep)
    )


async def retry_forever(activity: str, act: Callable[[], Awaitable[T]], *, sleep: Sleep = _sleep) -> T:
    """Call a function until it succeeds, whatever it raises, and return its result. Raises only `Fatal`.

    `activity` names in the log what failed.
    """

    def before_sleep(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if error is None or not is_unavailable(error):  # the store logs trouble of the database, once for all callers
            log.error("%s failed; trying again in %.1f s", activity, state.upcoming_sleep, exc_info=error)

    return await _retry(
        act, lambda: AsyncRetrying(wait=_forever_pause, retry=_NOT_FATAL, before_sleep=before_sleep, sleep=sleep)
    )


async def retry_while_unavailable(act: Callable[[], Awaitable[T]]) -> T:
    """Call a function until it does not raise `Unavailable`, and return its result. Raises every other error."""

    is_worth_retrying = retry_if_exception(is_unavailable)
    return await _retry(act, lambda: AsyncRetrying(wait=_SHORT_BACKOFF, retry=is_worth_retrying, reraise=True))


def _is_not_fatal(error: BaseException) -> bool:
    """Return whether an error leaves the program running. An exception group may hold a `Fatal`."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(_is_not_fatal, error.exceptions))
    return isinstance(error, Exception) and not isinstance(error, Fatal)


def is_unavailable(error: BaseException) -> bool:
    """Return whether an error, or each error of a group, is `Unavailable`."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(is_unavailable, error.exceptions))
    return isinstance(error, Unavailable)


def _forever_pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return _SHORT_BACKOFF(state) if error is not None and is_unavailable(error) else _BACKOFF(state)


_NOT_FATAL = retry_if_exception(_is_not_fatal)


def _temporary_pause(state: RetryCallState) -> float:
    retry_after = _failure(state).retry_after
    if retry_after is None:
        return 0.1 + _BACKOFF(state)
    return min(retry_after, MAX_RETRY_AFTER_SECONDS) + _BACKOFF(state) / 10


def _failure(state: RetryCallState) -> TemporaryFailure:
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, TemporaryFailure), "only TemporaryFailure is tried again"
    return error
