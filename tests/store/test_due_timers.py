"""Due timers become inbox rows, once, however long the program was off."""

import asyncio
from datetime import datetime, timedelta

from sample_community import MORNING, OTHER_PLACE, PLACE

from bot.store.database.transaction import Store
from bot.store.messages import inbox
from bot.store.messages.timers import (
    MAX_TIMERS_PER_ROW,
    Timer,
    delete_timers,
    find_next_due,
    fire_due,
    set_timer,
    split_row,
)
from bot.testing.new_database import create_tables

HOUR = timedelta(hours=1)


def timer(subject: str, at: datetime, name: str = "followup") -> Timer:
    return Timer(PLACE, "bookings", name, subject, at)


async def fire_and_read(store: Store, now: datetime) -> tuple[list[str], list[str]]:
    """Fire due timers; return the places with new rows, and the subjects of all rows so far."""
    async with store.write() as connection:
        places = await fire_due(connection, now)
        rows = await inbox.find_unhandled(connection, PLACE, 100)
        return places, [subject for row in rows for subject in row.payload["subjects"]]


async def test_timer_fires_once_when_it_is_due(store: Store) -> None:
    async with store.write() as connection:
        await set_timer(connection, timer("1", MORNING + HOUR))
        await set_timer(connection, timer("2", MORNING + 2 * HOUR))
        assert await find_next_due(connection) == MORNING + HOUR
    assert await fire_and_read(store, MORNING) == ([], [])
    assert await fire_and_read(store, MORNING + HOUR) == ([PLACE], ["1"])
    assert await fire_and_read(store, MORNING + HOUR) == ([], ["1"])
    assert await fire_and_read(store, MORNING + 2 * HOUR) == ([PLACE], ["1", "2"])


async def test_overdue_timers_fire_in_the_order_of_their_times(store: Store) -> None:
    async with store.write() as connection:
        for subject, hours in (("late", 5), ("early", 1), ("middle", 3)):
            await set_timer(connection, timer(subject, MORNING + hours * HOUR))
    assert await fire_and_read(store, MORNING + timedelta(days=30)) == ([PLACE], ["early", "middle", "late"])


async def test_setting_a_pending_timer_again_moves_it(store: Store) -> None:
    async with store.write() as connection:
        await set_timer(connection, timer("1", MORNING + HOUR))
        await set_timer(connection, timer("1", MORNING + 4 * HOUR))
        await set_timer(connection, timer("1", MORNING + 2 * HOUR, name="missed"))
        assert await find_next_due(connection) == MORNING + 2 * HOUR
    assert await fire_and_read(store, MORNING + 3 * HOUR) == ([PLACE], ["1"])
    assert await fire_and_read(store, MORNING + 4 * HOUR) == ([PLACE], ["1", "1"])


async def test_setting_a_fired_timer_again_makes_another(store: Store) -> None:
    async with store.write() as connection:
        await set_timer(connection, timer("1", MORNING))
    await fire_and_read(store, MORNING)
    async with store.write() as connection:
        await set_timer(connection, timer("1", MORNING + HOUR))
    assert await fire_and_read(store, MORNING + HOUR) == ([PLACE], ["1", "1"])


async def test_external_id_does_not_depend_on_deleted_timers(store: Store) -> None:
    async with store.write() as connection:
        await set_timer(connection, timer("7", MORNING))
        await delete_timers(connection, PLACE, "bookings", "7")
        await set_timer(connection, timer("1", MORNING))
    await fire_and_read(store, MORNING)
    async with store.write() as connection:
        await set_timer(connection, timer("1", MORNING + HOUR))
        await set_timer(connection, timer("2", MORNING + HOUR))
        await fire_due(connection, MORNING + HOUR)
        rows = await inbox.find_unhandled(connection, PLACE, 100)
    assert rows[0].external_id == f"{PLACE} bookings followup 1 1"
    assert rows[1].payload["names"] == [f"{PLACE} bookings followup {rest}" for rest in ("1 2", "2 1")]


async def test_timers_of_one_kind_that_are_due_together_make_one_row(store: Store) -> None:
    async with store.write() as connection:
        for subject in ("1", "2", "3"):
            await set_timer(connection, timer(subject, MORNING))
        await set_timer(connection, timer("4", MORNING + HOUR, name="unanswered"))
        await set_timer(connection, Timer(OTHER_PLACE, "bookings", "followup", "1", MORNING))
        await fire_due(connection, MORNING + HOUR, order=[("bookings", "unanswered"), ("bookings", "followup")])
        rows = [
            (row.payload["name"], row.payload["subjects"]) for row in await inbox.find_unhandled(connection, PLACE, 9)
        ]
        others = [row.payload["subjects"] for row in await inbox.find_unhandled(connection, OTHER_PLACE, 9)]
    assert rows == [("unanswered", ["4"]), ("followup", ["1", "2", "3"])]
    assert others == [["1"]]


async def test_row_is_about_a_limited_number_of_timers(store: Store) -> None:
    async with store.write() as connection:
        for number in range(MAX_TIMERS_PER_ROW + 3):
            await set_timer(connection, timer(f"{number}", MORNING))
        await fire_due(connection, MORNING)
        rows = await inbox.find_unhandled(connection, PLACE, 9)
    assert [len(row.payload["subjects"]) for row in rows] == [MAX_TIMERS_PER_ROW, 3]
    assert len({row.external_id for row in rows}) == 2


async def test_split_row_gives_each_timer_the_external_id_it_has_alone(store: Store) -> None:
    async with store.write() as connection:
        await set_timer(connection, timer("1", MORNING))
        await set_timer(connection, timer("2", MORNING))
        await fire_due(connection, MORNING)
        (together,) = await inbox.find_unhandled(connection, PLACE, 9)
        await split_row(connection, together, MORNING)
        await split_row(connection, together, MORNING)
        rows = [(row.external_id, row.payload["subjects"]) for row in await inbox.find_unhandled(connection, PLACE, 9)]
    assert rows[1:] == [(f"{PLACE} bookings followup {subject} 1", [subject]) for subject in ("1", "2")]


async def test_firing_in_one_place_leaves_other_places_alone(store: Store) -> None:
    async with store.write() as connection:
        await set_timer(connection, timer("1", MORNING))
        await set_timer(connection, Timer(OTHER_PLACE, "bookings", "followup", "1", MORNING - HOUR))
        assert await fire_due(connection, MORNING, PLACE) == [PLACE]
        assert (await find_next_due(connection, PLACE), await find_next_due(connection)) == (None, MORNING - HOUR)
        assert await fire_due(connection, MORNING) == [OTHER_PLACE]


async def test_delete_timers_deletes_those_of_one_subject(store: Store) -> None:
    async with store.write() as connection:
        await set_timer(connection, timer("1", MORNING))
        await set_timer(connection, timer("1", MORNING, name="missed"))
        await set_timer(connection, timer("2", MORNING))
        await delete_timers(connection, PLACE, "bookings", "1")
    assert await fire_and_read(store, MORNING) == ([PLACE], ["2"])


async def test_next_due_without_timers_is_none(store: Store) -> None:
    async with store.read() as connection:
        assert await find_next_due(connection) is None


async def test_timer_that_another_transaction_is_moving_does_not_fire(postgres_url: str) -> None:
    mover, scheduler = Store(postgres_url), Store(postgres_url)
    await create_tables(mover)
    async with mover.write() as connection:
        await set_timer(connection, timer("1", MORNING))
        await set_timer(connection, timer("2", MORNING))
        await set_timer(connection, timer("3", MORNING))
    async with asyncio.timeout(20):
        async with mover.write() as connection:
            await set_timer(connection, timer("1", MORNING + HOUR))
            await delete_timers(connection, PLACE, "bookings", "2")
            assert await fire_and_read(scheduler, MORNING) == ([PLACE], ["3"])
        assert await fire_and_read(scheduler, MORNING) == ([], ["3"])
        assert await fire_and_read(scheduler, MORNING + HOUR) == ([PLACE], ["3", "1"])
    await mover.close()
    await scheduler.close()
