"""Pauses before another try: as long as the server asks, growing, and bounded."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from bot.concurrency.retry import (
    MAX_RETRY_AFTER_SECONDS,
    PermanentFailure,
    TemporaryFailure,
    retry_forever,
    retry_temporary,
    retry_while_unavailable,
)
from bot.errors import Fatal, Unavailable
from bot.store.database.transient import LockLost


class Tries:
    """Raises each of the failures in turn, and then returns "done"."""

    def __init__(self, *failures: BaseException) -> None:
        self.failures = list(failures)

    async def __call__(self) -> str:
        if self.failures:
            raise self.failures.pop(0)
        return "done"


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Replace sleeping by recording the pauses."""
    waited: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        waited.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", note)
    return waited


async def test_retry_temporary_waits_as_long_as_the_server_asks(pauses: list[float]) -> None:
    noticed: list[float] = []
    assert (
        await retry_temporary(
            Tries(TemporaryFailure("429", 7.0), TemporaryFailure("429", 0.0)), lambda why, pause: noticed.append(pause)
        )
        == "done"
    )
    assert noticed == pauses
    assert 7.0 <= pauses[0] <= 8.0
    assert 0.0 <= pauses[1] <= 1.0


@pytest.mark.parametrize("asked", [1e12, float("inf")])
async def test_retry_temporary_limits_the_pause_that_a_server_asks_for(asked: float, pauses: list[float]) -> None:
    await retry_temporary(Tries(TemporaryFailure("429", asked)), lambda why, pause: None)
    assert MAX_RETRY_AFTER_SECONDS <= pauses[0] <= MAX_RETRY_AFTER_SECONDS + 4


async def test_retry_temporary_grows_its_pauses_to_half_a_minute(pauses: list[float]) -> None:
    await retry_temporary(Tries(*[TemporaryFailure("down")] * 200), lambda why, pause: None)
    assert len(pauses) == 200
    assert all(0.1 <= pause <= 30.1 for pause in pauses)
    assert sum(pauses[:4]) < 10
    assert max(pauses[20:]) > 15
    assert len(set(pauses)) > 100


async def test_retry_temporary_raises_permanent_failures(pauses: list[float]) -> None:
    with pytest.raises(PermanentFailure):
        await retry_temporary(Tries(TemporaryFailure("down"), PermanentFailure("too large")), lambda why, pause: None)
    assert len(pauses) == 1


async def test_retry_forever_tries_again_whatever_is_raised(
    pauses: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    group = ExceptionGroup("several", [ValueError("one"), OSError("disk full")])
    assert await retry_forever("work", Tries(OSError("disk full"), group)) == "done"
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.ERROR]
    assert all(record.exc_info for record in caplog.records)


@pytest.mark.parametrize(
    "end", [Fatal("logged out"), ExceptionGroup("g", [OSError(), ExceptionGroup("h", [Fatal("logged out")])])]
)
async def test_retry_forever_raises_fatal_errors(end: BaseException, pauses: list[float]) -> None:
    with pytest.raises((Fatal, ExceptionGroup)):
        await retry_forever("work", Tries(end))
    assert pauses == []


async def cancel_retry_forever(error: Exception) -> None:
    """Cancel `retry_forever` in a call that raises an error when it is cancelled. Raise what `retry_forever` raises."""
    begun = asyncio.Event()

    async def act() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            raise error

    task = asyncio.create_task(retry_forever("work", act))
    async with asyncio.timeout(20):
        await begun.wait()
        task.cancel()
        await task


async def test_retry_forever_ends_when_it_is_cancelled_whatever_is_raised_then() -> None:
    with pytest.raises(asyncio.CancelledError):
        await cancel_retry_forever(OSError("the connection is lost"))


@pytest.mark.parametrize("retry", [retry_while_unavailable, lambda act: retry_forever("it", act)])
@pytest.mark.parametrize("error", [Unavailable("the connection is lost"), None])
async def test_retry_ends_when_it_is_cancelled_although_the_cancellation_is_swallowed(
    retry: Callable[[Callable[[], Awaitable[None]]], Awaitable[None]], error: Exception | None
) -> None:
    """A driver whose connection dies at the same moment raises an error that no longer knows of the cancellation."""
    begun = asyncio.Event()
    attempts = 0

    async def act() -> None:
        nonlocal attempts
        attempts += 1
        if attempts > 1:
            return
        begun.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        if error is not None:
            raise error

    task = asyncio.ensure_future(retry(act))
    async with asyncio.timeout(20):
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert attempts == 1


async def test_retry_raises_a_fatal_error_although_it_is_cancelled() -> None:
    with pytest.raises(Fatal):
        await cancel_retry_forever(Fatal("logged out"))


@pytest.mark.parametrize("error", [Unavailable("full"), ExceptionGroup("g", [Unavailable("full"), LockLost("lost")])])
async def test_retry_forever_does_not_log_a_database_in_trouble(
    error: Exception, pauses: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    assert await retry_forever("work", Tries(*[error] * 50)) == "done"
    assert caplog.records == []
    assert max(pauses) <= 5.0


async def test_retry_while_unavailable_retries_nothing_else(pauses: list[float]) -> None:
    assert await retry_while_unavailable(Tries(Unavailable("full"), ExceptionGroup("g", [LockLost("lost")]))) == "done"
    with pytest.raises(ExceptionGroup):
        await retry_while_unavailable(
            Tries(ExceptionGroup("g", [Unavailable("full"), ValueError("a mistake of ours")]))
        )
    assert len(pauses) == 2


@pytest.mark.parametrize("retry", [retry_while_unavailable, lambda act: retry_forever("it", act)])
async def test_what_fails_beside_others_in_a_task_group_is_no_cancellation(
    retry: Callable[[Callable[[], Awaitable[None]]], Awaitable[None]],
) -> None:
    """The group cancels its own task; the caller must get the failure, not the cancellation."""

    async def fail() -> None:
        await asyncio.sleep(0)
        raise Fatal("it cannot go on", 77)

    async def act() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail())
            group.create_task(asyncio.Event().wait())

    with pytest.raises(ExceptionGroup) as failed:
        await asyncio.create_task(retry(act))  # type: ignore[arg-type]
    assert [str(one) for one in failed.value.exceptions] == ["it cannot go on"]
