"""Timers become inbox rows: when they fall due, once, and however long the program was away."""

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

HOUR = timedelta(hours=1)


def timer(subject: str, at: datetime, name: str = "followup") -> Timer:
    return Timer(PLACE, "bookings", name, subject, at)


async def fired(store: Store, now: datetime) -> tuple[list[str], list[str]]:
    """The places that have work now, and the subjects that have fired so far."""
    async with store.write() as connection:
        places = await fire_due(connection, now)
        rows = await inbox.find_unhandled(connection, PLACE, 100)
        return places, [subject for row in rows for subject in row.payload["subjects"]]


async def test_fire_what_is_due_once_and_the_rest_later(store: Store) -> None:
    async with store.write() as connection:
        await set_timer(connection, timer("1", MORNING + HOUR))
        await set_timer(connection, timer("2", MORNING + 2 * HOUR))
        assert await find_next_due(connection) == MORNING + HOUR
    assert await fired(store, MORNING) == ([], [])
    assert await fired(store, MORNING + HOUR) == ([PLACE], ["1"])
    assert await fired(store, MORNING + HOUR) == ([], ["1"])
    assert await fired(store, MORNING + 2 * HOUR) == ([PLACE], ["1", "2"])


async def test_fire_after_a_long_absence_in_the_order_of_their_times(store: Store) -> None:
    async with store.write() as connection:
        for subject, hours in (("late", 5), ("early", 1), ("middle", 3)):
            await set_timer(connection, timer(subject, MORNING + hours * HOUR))
    assert await fired(store, MORNING + timedelta(days=30)) == ([PLACE], ["early", "middle", "late"])


async def test_set_timer_again_moves_it(store: Store) -> None:
    async with store.write() as connection:
        await set_timer(connection, timer("1", MORNING + HOUR))
        await set_timer(connection, timer("1", MORNING + 4 * HOUR))
        await set_timer(connection, timer("1", MORNING + 2 * HOUR, name="missed"))
        assert await find_next_due(connection) == MORNING + 2 * HOUR
    assert await fired(store, MORNING + 3 * HOUR) == ([PLACE], ["1"])
    assert await fired(store, MORNING + 4 * HOUR) == ([PLACE], ["1", "1"])


async def test_set_timer_again_after_it_fired_is_another(store: Store) -> None:
    async with store.write() as connection:
        await set_timer(connection, timer("1", MORNING))
    await fired(store, MORNING)
    async with store.write() as connection:
        await set_timer(connection, timer("1", MORNING + HOUR))
    assert await fired(store, MORNING + HOUR) == ([PLACE], ["1", "1"])


async def test_fire_names_a_timer_alike_however_many_there_were_before(store: Store) -> None:
    async with store.write() as connection:
        await set_timer(connection, timer("7", MORNING))
        await delete_timers(connection, PLACE, "bookings", "7")
        await set_timer(connection, timer("1", MORNING))
    await fired(store, MORNING)
    async with store.write() as connection:
        await set_timer(connection, timer("1", MORNING + HOUR))
        await set_timer(connection, timer("2", MORNING + HOUR))
        await fire_due(connection, MORNING + HOUR)
        rows = await inbox.find_unhandled(connection, PLACE, 100)
    assert rows[0].external_id == f"{PLACE} bookings followup 1 1"
    assert rows[1].payload["names"] == [f"{PLACE} bookings followup {rest}" for rest in ("1 2", "2 1")]


async def test_fire_makes_one_cause_of_what_is_due_together_and_of_one_kind(store: Store) -> None:
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


async def test_fire_lets_no_cause_be_about_more_than_a_message_can_hold(store: Store) -> None:
    async with store.write() as connection:
        for number in range(MAX_TIMERS_PER_ROW + 3):
            await set_timer(connection, timer(f"{number}", MORNING))
        await fire_due(connection, MORNING)
        rows = await inbox.find_unhandled(connection, PLACE, 9)
    assert [len(row.payload["subjects"]) for row in rows] == [MAX_TIMERS_PER_ROW, 3]
    assert len({row.external_id for row in rows}) == 2


async def test_take_apart_gives_each_the_name_it_has_alone(store: Store) -> None:
    async with store.write() as connection:
        await set_timer(connection, timer("1", MORNING))
        await set_timer(connection, timer("2", MORNING))
        await fire_due(connection, MORNING)
        (together,) = await inbox.find_unhandled(connection, PLACE, 9)
        await split_row(connection, together, MORNING)
        await split_row(connection, together, MORNING)
        rows = [(row.external_id, row.payload["subjects"]) for row in await inbox.find_unhandled(connection, PLACE, 9)]
    assert rows[1:] == [(f"{PLACE} bookings followup {subject} 1", [subject]) for subject in ("1", "2")]


async def test_fire_in_one_place_leaves_the_others_alone(store: Store) -> None:
    async with store.write() as connection:
        await set_timer(connection, timer("1", MORNING))
        await set_timer(connection, Timer(OTHER_PLACE, "bookings", "followup", "1", MORNING - HOUR))
        assert await fire_due(connection, MORNING, PLACE) == [PLACE]
        assert (await find_next_due(connection, PLACE), await find_next_due(connection)) == (None, MORNING - HOUR)
        assert await fire_due(connection, MORNING) == [OTHER_PLACE]


async def test_drop_timers_forgets_one_subject(store: Store) -> None:
    async with store.write() as connection:
        await set_timer(connection, timer("1", MORNING))
        await set_timer(connection, timer("1", MORNING, name="missed"))
        await set_timer(connection, timer("2", MORNING))
        await delete_timers(connection, PLACE, "bookings", "1")
    assert await fired(store, MORNING) == ([PLACE], ["2"])


async def test_next_due_without_timers_is_nothing(store: Store) -> None:
    async with store.read() as connection:
        assert await find_next_due(connection) is None
