"""Keys are worked on side by side, each by one call at a time; all of them end together."""

import asyncio
import gc
from contextlib import suppress

import pytest
from sqlalchemy.exc import OperationalError

from bot.concurrency import retry
from bot.concurrency.keyed_worker import KeyedWorker
from bot.errors import Fatal


async def test_keys_that_are_woken_while_all_end_are_not_started() -> None:
    worked: list[str] = []
    waiting = asyncio.Event()

    async def work(key: str) -> None:
        worked.append(key)
        if key == "patient":
            waiting.set()
            try:
                await asyncio.Event().wait()
            finally:
                worker.wake("late")
        await waiting.wait()
        raise Fatal("the end", 77)

    worker = KeyedWorker("test", work)
    worker.wake("patient")
    worker.wake("hasty")
    async with asyncio.timeout(10):
        with pytest.raises(BaseExceptionGroup) as ended:
            await worker.run()
    assert ended.value.split(Fatal)[1] is None
    assert worked == ["hasty", "patient"]


async def test_a_key_that_fails_is_tried_again_and_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "_BACKOFF", lambda state: 0.001)
    done: list[str] = []
    failures = [OperationalError("SELECT", {}, Exception("database is locked"))] * 5

    async def work(key: str) -> None:
        if key == "stuck" and failures:
            raise failures.pop()
        done.append(key)
        if len(done) == 2:
            both.set()

    both = asyncio.Event()
    worker = KeyedWorker("test", work)
    running = asyncio.create_task(worker.run())
    for key in ("stuck", "free"):
        worker.wake(key)
    async with asyncio.timeout(20):
        await both.wait()
    assert done == ["free", "stuck"]
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_a_key_that_is_woken_while_it_is_worked_on_is_worked_on_again() -> None:
    done: list[int] = []

    async def work(key: str) -> None:
        done.append(len(done))
        if len(done) < 3:
            worker.wake(key)

    worker = KeyedWorker("test", work)
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(0)
    worker.wake("a")
    await worker.wait_until_idle("a")
    assert done == [0, 1, 2]
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_a_key_that_wakes_another_one_while_all_are_cancelled_ends(recwarn: pytest.WarningsRecorder) -> None:
    started = asyncio.Event()
    others = KeyedWorker("others", lambda key: asyncio.sleep(0))

    async def work(key: str) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            others.wake("a")

    worker = KeyedWorker("test", work)
    async with asyncio.timeout(20):
        running = [asyncio.create_task(part.run()) for part in (others, worker)]
        worker.wake("a")
        await started.wait()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    gc.collect()
    assert [str(warning.message) for warning in recwarn] == []


async def test_draining_finishes_the_work_under_way_and_starts_nothing() -> None:
    begun: list[str] = []
    go_on = asyncio.Event()

    async def work(key: str) -> None:
        begun.append(key)
        await go_on.wait()
        worker.wake(key)

    worker = KeyedWorker("test", work)
    running = asyncio.create_task(worker.run())
    worker.wake("a")
    await asyncio.sleep(0.01)
    finishing = asyncio.create_task(worker.drain())
    await asyncio.sleep(0.01)
    worker.wake("b")
    assert (begun, finishing.done()) == (["a"], False)
    go_on.set()
    async with asyncio.timeout(20):
        await finishing
    assert begun == ["a"]
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_draining_does_not_wait_for_a_try_in_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retry, "_BACKOFF", lambda state: 60.0)
    failed = asyncio.Event()

    async def work(key: str) -> None:
        failed.set()
        raise OSError

    worker = KeyedWorker("test", work)
    running = asyncio.create_task(worker.run())
    worker.wake("a")
    async with asyncio.timeout(20):
        await failed.wait()
        await worker.drain()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
