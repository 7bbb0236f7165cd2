"""Rows of one room are worked on in order, rooms side by side, and trouble in the database is tried again."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest
from sample_community import CLUB, OTHER_PLACE, PLACE, message
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.concurrency import retry
from bot.concurrency.keyed_worker import KeyedWorker
from bot.pipeline.context import Context
from bot.pipeline.handling.worker import InboxWorker
from bot.pipeline.inbound.receive import receive
from bot.pipeline.outbound.dispatch import Dispatcher
from bot.pipeline.timers import TimerScheduler
from bot.store.messages.outbox import OutboxRow
from bot.store.messages.timers import Timer, set_timer
from bot.store.tables import outbox


@asynccontextmanager
async def running(context: Context) -> AsyncIterator[tuple[InboxWorker, Dispatcher, TimerScheduler]]:
    async def send(row: OutboxRow) -> str:
        return f"$out-{row.id}"

    dispatcher = Dispatcher(context, send)
    scheduler = TimerScheduler(context, lambda place: worker.per_room.wake(place))
    worker = InboxWorker(context, dispatcher, scheduler)
    parts = [asyncio.create_task(part()) for part in (dispatcher.per_room.run, worker.per_room.run, scheduler.run)]
    await asyncio.sleep(0)  # now they run
    yield worker, dispatcher, scheduler
    for part in parts:
        part.cancel()
        with suppress(asyncio.CancelledError):
            await part


async def answers(context: Context, place: str) -> list[str]:
    async with context.store.read() as connection:
        rows = select(outbox.c.content).where(outbox.c.place == place).order_by(outbox.c.id)
        return [content["plain"] for content in (await connection.execute(rows)).scalars()]


async def test_rooms_go_side_by_side_each_in_its_order(context: Context) -> None:
    said = [(place, str(n)) for n in range(60) for place in (PLACE, OTHER_PLACE)]
    places = await receive(context, [message(CLUB, f"!ping {text}", place=place) for place, text in said])
    assert places == {PLACE, OTHER_PLACE}
    async with asyncio.timeout(60), running(context) as (worker, _, _):
        for place in places:
            worker.per_room.wake(place)
        for place in places:
            await worker.per_room.wait_until_idle(place)
        for place in places:
            assert await answers(context, place) == [f"🏓 pong {n}" for n in range(60)]


async def test_a_room_that_is_no_longer_configured_is_left_waiting(context: Context) -> None:
    await receive(context, [message(CLUB, "!ping")])
    del context.rooms.communities[PLACE]
    async with asyncio.timeout(20), running(context) as (worker, _, _):
        worker.per_room.wake(PLACE)
        await worker.per_room.wait_until_idle(PLACE)
    assert await answers(context, PLACE) == []


async def test_lanes_try_again_what_failed_and_hold_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "_BACKOFF", lambda state: 0.001)
    done: list[str] = []
    failures = [OperationalError("SELECT", {}, Exception("database is locked"))] * 5

    async def work(place: str) -> None:
        if place == "stuck" and failures:
            raise failures.pop()
        done.append(place)
        if len(done) == 2:
            both.set()

    both = asyncio.Event()
    worker = KeyedWorker("test", work)
    running = asyncio.create_task(worker.run())
    for place in ("stuck", "free"):
        worker.wake(place)
    async with asyncio.timeout(20):
        await both.wait()
    assert done == ["free", "stuck"]
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_lanes_woken_while_they_work_work_again(context: Context) -> None:
    done: list[int] = []

    async def work(place: str) -> None:
        done.append(len(done))
        if len(done) < 3:
            worker.wake(place)

    worker = KeyedWorker("test", work)
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(0)
    worker.wake("a")
    await worker.wait_until_idle("a")
    assert done == [0, 1, 2]
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_the_alarm_fires_what_fell_due_while_the_program_was_away_and_what_is_set_meanwhile(
    context: Context,
) -> None:
    fired = asyncio.Event()
    scheduler = TimerScheduler(context, lambda place: fired.set())
    async with context.store.write() as connection:
        await set_timer(connection, Timer(PLACE, "bookings", "followup", "1", context.clock() - timedelta(days=3)))
    running = asyncio.create_task(scheduler.run())
    async with asyncio.timeout(20):
        await fired.wait()
        fired.clear()
        async with context.store.write() as connection:
            await set_timer(connection, Timer(PLACE, "bookings", "followup", "2", context.clock()))
        scheduler.reschedule()
        await fired.wait()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_a_lane_that_wakes_another_while_all_are_cancelled_ends(recwarn: pytest.WarningsRecorder) -> None:
    started = asyncio.Event()
    others = KeyedWorker("others", lambda place: asyncio.sleep(0))

    async def work(place: str) -> None:
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


async def test_lanes_that_finish_end_what_is_in_hand_and_begin_nothing(context: Context) -> None:
    begun: list[str] = []
    go_on = asyncio.Event()

    async def work(place: str) -> None:
        begun.append(place)
        await go_on.wait()
        worker.wake(place)

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


async def test_lanes_that_finish_do_not_wait_for_what_is_tried_again_in_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retry, "_BACKOFF", lambda state: 60.0)
    failed = asyncio.Event()

    async def work(place: str) -> None:
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
