"""The rows of a room are handled in order, and rooms side by side; timers are fired when they are due."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from sample_community import CLUB, OTHER_PLACE, PLACE, message
from sqlalchemy import select

from bot.pipeline.context import Context
from bot.pipeline.handling.worker import InboxWorker
from bot.pipeline.inbound.read_progress import MAX_GAP_WAIT_SECONDS, ReadProgress
from bot.pipeline.inbound.receive import receive
from bot.pipeline.outbound.dispatch import Dispatcher
from bot.pipeline.timers import TimerScheduler
from bot.store.messages import inbox
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


async def test_the_scheduler_fires_timers_that_were_due_while_the_bot_was_off_and_those_set_meanwhile(
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


async def test_timers_wait_for_the_sync_and_the_gap_of_their_room(context: Context) -> None:
    fired: asyncio.Queue[str] = asyncio.Queue()
    clock = [0.0]
    context.progress = ReadProgress(monotonic=lambda: clock[0])
    context.progress.expect_syncs()
    context.progress.mark_behind(OTHER_PLACE)
    scheduler = TimerScheduler(context, fired.put_nowait)
    async with context.store.write() as connection:
        for place in (PLACE, OTHER_PLACE):
            await set_timer(connection, Timer(place, "bookings", "followup", "1", context.clock()))
    running = asyncio.create_task(scheduler.run())
    async with asyncio.timeout(20):
        await context.progress.wait_until_sync_requested()
        assert fired.empty()
        context.progress.begin_sync(context.clock())
        context.progress.record_sync()
        assert await fired.get() == PLACE
        await scheduler.fire_due()
        assert fired.empty()
        context.progress.mark_caught_up(OTHER_PLACE)
        assert await fired.get() == OTHER_PLACE
        async with context.store.write() as connection:
            await set_timer(connection, Timer(OTHER_PLACE, "bookings", "followup", "1", context.clock()))
        context.progress.mark_behind(OTHER_PLACE)
        await scheduler.fire_due()
        assert fired.empty()
        clock[0] += MAX_GAP_WAIT_SECONDS + 1  # the gap may never be filled
        await scheduler.fire_due()
        assert await fired.get() == OTHER_PLACE
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_timers_wait_for_what_waits_in_a_former_room(context: Context) -> None:
    fired: list[str] = []
    former = "matrix:roomid/former:example.org"
    context.rooms.communities[former] = context.rooms.communities[PLACE]
    context.rooms.moved[former] = PLACE
    scheduler = TimerScheduler(context, fired.append)
    await receive(context, [message(CLUB, "!ping", place=former)])
    async with context.store.write() as connection:
        await set_timer(connection, Timer(PLACE, "bookings", "followup", "1", context.clock()))
    await scheduler.fire_due()
    assert fired == []
    async with context.store.write() as connection:
        (row,) = await inbox.find_unhandled(connection, former, 1)
        await inbox.mark_handled(connection, row.id, context.clock())
    await scheduler.fire_due()
    assert fired == [PLACE]
