"""Free times: in the room's hours, after reservations, also in the nights in which clocks are changed."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sample_community import CLUB, MORNING, make_community, make_context, message, receive_rows
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.agreements.negotiation import Terms, start_negotiation
from bot.api import Request, Span, find_free_times, find_next_free
from bot.api.request.person import person_at, person_called
from bot.api.request.settings import default_settings
from bot.config.community import Community
from bot.pipeline.context import Context
from bot.store.agreements.agreements import create_agreement
from bot.store.database.transaction import Store
from bot.store.messages.inbox import InboxRow

HOUR = timedelta(hours=1)


def make_request(
    address: str, community: Community, context: Context, row: InboxRow, connection: AsyncConnection
) -> Request:
    """Return a request of somebody who has chosen nothing for themselves."""
    person, catalogue = person_at(community, address), context.features.by_name["bookings"].catalogue
    return Request(community, person, MORNING, row, connection, "bookings", catalogue, default_settings(community))


async def find_free(store: Store, start: datetime, length: float, count: int = 3, **more: object) -> list[str]:
    """Return the free times of two hours that begin within `length` hours from a moment on, in local time."""
    community: Community = replace(make_community(), **more)  # type: ignore[arg-type]
    context = make_context(store)
    row = (await receive_rows(context, message(CLUB, "!ping")))[-1]
    async with store.write() as connection:
        request = make_request(CLUB, community, context, row, connection)
        window = Span(start, start + length * HOUR)
        found = await find_free_times(request, community.things[0], window, 2 * HOUR, count)
        return [f"{request.local(t.start):%d.%m. %H:%M}-{request.local(t.end):%H:%M}" for t in found]


async def reserve(store: Store, start: datetime, hours: float) -> None:
    columns = {"feature": "bookings", "thing": "bane-1", "task": "slåning", "organizer": "klub", "attendee": "firma"}
    async with store.write("landsby") as connection:
        terms = Terms(start, start + hours * HOUR)
        await create_agreement(connection, MORNING, start_negotiation(terms), community="landsby", **columns)


FRIDAY = datetime(2026, 6, 11, 22, 0, tzinfo=UTC)  # midnight in Denmark


async def test_free_times_of_an_empty_day_begin_when_the_day_does(store: Store) -> None:
    assert await find_free(store, FRIDAY, 24) == ["12.06. 07:00-09:00", "12.06. 09:00-11:00", "12.06. 11:00-13:00"]


async def test_free_times_avoid_reservations(store: Store) -> None:
    await reserve(store, FRIDAY + 8 * HOUR, 2)
    await reserve(store, FRIDAY + 13 * HOUR, 0.5)
    assert await find_free(store, FRIDAY, 24) == ["12.06. 10:00-12:00", "12.06. 13:30-15:30", "12.06. 15:30-17:30"]


async def test_free_times_end_with_the_window_and_with_the_day(store: Store) -> None:
    assert await find_free(store, FRIDAY + 20 * HOUR, 4) == []
    assert await find_free(store, FRIDAY + 18.5 * HOUR, 1) == ["12.06. 18:30-20:30"]
    assert await find_free(store, FRIDAY + 19.5 * HOUR, 13) == ["13.06. 07:00-09:00"]


async def test_free_times_are_never_in_the_past_and_begin_at_a_half_hour(store: Store) -> None:
    assert await find_free(store, MORNING - 5 * HOUR, 8, 1) == ["09.06. 10:30-12:30"]


async def test_work_that_takes_longer_than_the_day_begins_when_it_opens(store: Store) -> None:
    assert await find_free(store, FRIDAY, 24, 2, hours=(time(8), time(9))) == ["12.06. 08:00-10:00"]


@pytest.mark.parametrize(("day", "month"), [(28, 3), (24, 10)])
async def test_free_times_when_clocks_are_changed(store: Store, day: int, month: int) -> None:
    saturday = datetime(2027 if month == 3 else 2026, month, day, 12, tzinfo=UTC) - timedelta(days=1)
    found = await find_free(store, saturday + 24 * HOUR, 24, 1, hours=(time(0), time(23, 59)))
    assert len(found) == 1
    assert await find_free(store, saturday, 72, 40, hours=(time(0), time(23, 59)))


async def test_next_free_is_the_wanted_time_itself_when_it_is_free(store: Store) -> None:
    community, context = make_community(), make_context(store)
    row = (await receive_rows(context, message(CLUB, "!ping")))[-1]
    await reserve(store, FRIDAY + 10 * HOUR, 2)
    async with store.write() as connection:
        request = make_request(CLUB, community, context, row, connection)
        for start, found in ((12, 12), (11, 12), (9, 12), (8, 8)):
            wanted = Span(FRIDAY + start * HOUR, FRIDAY + (start + 2) * HOUR)
            next_free = await find_next_free(request, community.things[0], wanted)
            assert next_free is not None
            assert next_free.start == FRIDAY + found * HOUR


def test_a_person_is_found_by_address_and_never_by_name() -> None:
    community = make_community()
    assert person_at(community, CLUB).handle == "klub"
    stranger = person_at(community, "matrix:u/klub:elsewhere.org")
    assert (stranger.handle, stranger.name, stranger.roles) == (
        "matrix:u/klub:elsewhere.org",
        "@klub:elsewhere.org",
        frozenset({"resident"}),
    )
    assert person_called(community, stranger.handle) == stranger
    assert person_called(community, "gone").name == "gone"
