"""Rows of one room are worked on in order, rooms side by side, and trouble in the database is tried again."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from village import CLUB, OTHER_PLACE, PLACE, message

from bot.flow.act.lanes import Lanes
from bot.flow.act.work import Worker
from bot.flow.hear.receive import receive
from bot.flow.house import House
from bot.flow.say import retry
from bot.flow.say.deliver import Delivery
from bot.flow.wake import Alarm
from bot.store.tables import outbox
from bot.store.talk.due import Timer, set_timer
from bot.store.talk.outbox import Outgoing


@asynccontextmanager
async def running(house: House) -> AsyncIterator[tuple[Worker, Delivery, Alarm]]:
    async def send(row: Outgoing) -> str:
        return f"$out-{row.id}"

    delivery = Delivery(house, send)
    alarm = Alarm(house, lambda place: worker.lanes.wake(place))
    worker = Worker(house, delivery, alarm)
    parts = [asyncio.create_task(part()) for part in (delivery.lanes.run, worker.lanes.run, alarm.run)]
    await asyncio.sleep(0)  # now they run
    yield worker, delivery, alarm
    for part in parts:
        part.cancel()
        with suppress(asyncio.CancelledError):
            await part


async def answers(house: House, place: str) -> list[str]:
    async with house.store.read() as connection:
        rows = select(outbox.c.content).where(outbox.c.place == place).order_by(outbox.c.id)
        return [content["plain"] for content in (await connection.execute(rows)).scalars()]


async def test_rooms_go_side_by_side_each_in_its_order(house: House) -> None:
    said = [(place, str(n)) for n in range(60) for place in (PLACE, OTHER_PLACE)]
    places = await receive(house, [message(CLUB, f"!ping {text}", place=place) for place, text in said])
    assert places == {PLACE, OTHER_PLACE}
    async with asyncio.timeout(60), running(house) as (worker, _, _):
        for place in places:
            worker.lanes.wake(place)
        for place in places:
            await worker.lanes.until_idle(place)
        for place in places:
            assert await answers(house, place) == [f"🏓 pong {n}" for n in range(60)]


async def test_a_room_that_is_no_longer_configured_is_left_waiting(house: House) -> None:
    await receive(house, [message(CLUB, "!ping")])
    del house.communities[PLACE]
    async with asyncio.timeout(20), running(house) as (worker, _, _):
        worker.lanes.wake(PLACE)
        await worker.lanes.until_idle(PLACE)
    assert await answers(house, PLACE) == []


async def test_lanes_try_again_what_failed_and_hold_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "_GROWING", lambda state: 0.001)
    done: list[str] = []
    failures = [OperationalError("SELECT", {}, Exception("database is locked"))] * 5

    async def work(place: str) -> None:
        if place == "stuck" and failures:
            raise failures.pop()
        done.append(place)
        if len(done) == 2:
            both.set()

    both = asyncio.Event()
    lanes = Lanes("test", work)
    running = asyncio.create_task(lanes.run())
    for place in ("stuck", "free"):
        lanes.wake(place)
    async with asyncio.timeout(20):
        await both.wait()
    assert done == ["free", "stuck"]
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_lanes_woken_while_they_work_work_again(house: House) -> None:
    done: list[int] = []

    async def work(place: str) -> None:
        done.append(len(done))
        if len(done) < 3:
            lanes.wake(place)

    lanes = Lanes("test", work)
    running = asyncio.create_task(lanes.run())
    await asyncio.sleep(0)
    lanes.wake("a")
    await lanes.until_idle("a")
    assert done == [0, 1, 2]
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_the_alarm_fires_what_fell_due_while_the_program_was_away_and_what_is_set_meanwhile(house: House) -> None:
    fired = asyncio.Event()
    alarm = Alarm(house, lambda place: fired.set())
    async with house.store.write() as connection:
        await set_timer(connection, Timer(PLACE, "bookings", "followup", "1", house.clock() - timedelta(days=3)))
    running = asyncio.create_task(alarm.run())
    async with asyncio.timeout(20):
        await fired.wait()
        fired.clear()
        async with house.store.write() as connection:
            await set_timer(connection, Timer(PLACE, "bookings", "followup", "2", house.clock()))
        alarm.changed()
        await fired.wait()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_a_lane_that_wakes_another_while_all_are_cancelled_ends(recwarn: pytest.WarningsRecorder) -> None:
    started = asyncio.Event()
    others = Lanes("others", lambda place: asyncio.sleep(0))

    async def work(place: str) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            others.wake("a")

    lanes = Lanes("test", work)
    async with asyncio.timeout(20):
        running = [asyncio.create_task(part.run()) for part in (others, lanes)]
        lanes.wake("a")
        await started.wait()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    gc.collect()
    assert [str(warning.message) for warning in recwarn] == []


async def test_lanes_that_finish_end_what_is_in_hand_and_begin_nothing(house: House) -> None:
    begun: list[str] = []
    go_on = asyncio.Event()

    async def work(place: str) -> None:
        begun.append(place)
        await go_on.wait()
        lanes.wake(place)

    lanes = Lanes("test", work)
    running = asyncio.create_task(lanes.run())
    lanes.wake("a")
    await asyncio.sleep(0.01)
    finishing = asyncio.create_task(lanes.finish())
    await asyncio.sleep(0.01)
    lanes.wake("b")
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
    monkeypatch.setattr(retry, "_GROWING", lambda state: 60.0)
    failed = asyncio.Event()

    async def work(place: str) -> None:
        failed.set()
        raise OSError

    lanes = Lanes("test", work)
    running = asyncio.create_task(lanes.run())
    lanes.wake("a")
    async with asyncio.timeout(20):
        await failed.wait()
        await lanes.finish()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
