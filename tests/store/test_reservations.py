"""The database constraint: no thing is reserved twice for the same time, even when no check was made before."""

from datetime import timedelta
from random import Random

import pytest
from sample_community import MORNING, make_community
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.agreements.negotiation import Terms, start_negotiation
from bot.span import Span
from bot.store.agreements.agreements import Agreement, create_agreement
from bot.store.agreements.reservations import ensure_thing_id, find_reservations, set_reservations
from bot.store.database.transaction import Store
from bot.store.tables import reservations


def hours(start: float, end: float) -> Terms:
    return Terms(MORNING + timedelta(hours=start), MORNING + timedelta(hours=end))


async def agree(connection: AsyncConnection, terms: Terms, thing: str = "bane-1", key: str = "landsby") -> Agreement:
    columns = {"feature": "bookings", "thing": thing, "task": "slåning", "organizer": "klub", "attendee": "firma"}
    return await create_agreement(
        connection, MORNING, start_negotiation(terms), community=make_community(key).key, **columns
    )


@pytest.mark.parametrize("other", [(0, 2), (1, 3), (-1, 1), (0.5, 1.5), (-1, 3), (1.999, 2.5)])
async def test_overlapping_reservation_is_refused_by_the_database(store: Store, other: tuple[float, float]) -> None:
    async with store.write("landsby") as connection:
        await agree(connection, hours(0, 2))
    with pytest.raises(IntegrityError, match="reservations_never_overlap"):
        async with store.write("landsby") as connection:
            await agree(connection, hours(*other))


@pytest.mark.parametrize("other", [(2, 4), (-2, 0), (48, 50)])
async def test_adjacent_time_can_be_reserved(store: Store, other: tuple[float, float]) -> None:
    async with store.write("landsby") as connection:
        await agree(connection, hours(0, 2))
        assert (await agree(connection, hours(*other))).number == 2


async def test_same_time_of_another_thing_or_community_can_be_reserved(store: Store) -> None:
    async with store.write("landsby") as connection:
        await agree(connection, hours(0, 2))
        await agree(connection, hours(0, 2), thing="bane-2")
        await agree(connection, hours(0, 2), key="nabo")
        rows = (await connection.execute(select(reservations))).all()
    assert len(rows) == 3


async def test_moving_a_reservation_over_another_is_refused_by_the_database(store: Store) -> None:
    async with store.write("landsby") as connection:
        await agree(connection, hours(0, 2))
        second = await agree(connection, hours(4, 6))
    moved = update(reservations).where(reservations.c.agreement_id == second.id)
    with pytest.raises(IntegrityError, match="reservations_never_overlap"):
        async with store.write("landsby") as connection:
            await connection.execute(moved.values(start=MORNING + timedelta(hours=1)))
    async with store.write("landsby") as connection:  # it may overlap its own old time
        await connection.execute(moved.values(start=MORNING + timedelta(hours=3)))


async def test_reservation_that_ends_before_it_starts_is_refused_by_the_database(store: Store) -> None:
    async with store.write("landsby") as connection:
        agreement = await agree(connection, hours(0, 2))
        thing_id = await ensure_thing_id(connection, "landsby", "bane-2")
    backwards = {"thing_id": thing_id, "agreement_id": agreement.id, "start": hours(2, 3).start, "end": MORNING}
    with pytest.raises(DBAPIError):
        async with store.write("landsby") as connection:
            await connection.execute(insert(reservations).values(backwards))


async def test_overlapping_offers_of_one_agreement_are_merged(store: Store) -> None:
    async with store.write("landsby") as connection:
        agreement = await agree(connection, hours(0, 2))
        thing_id = await ensure_thing_id(connection, "landsby", "bane-1")
        await set_reservations(connection, agreement.id, thing_id, [hours(1, 3), hours(0, 2), hours(3, 4), hours(6, 7)])
        rows = await find_reservations(connection, "landsby", "bane-1", Span(MORNING, MORNING + timedelta(days=1)))
    assert [Terms(row.start, row.end) for row in rows] == [hours(0, 4), hours(6, 7)]


@pytest.mark.parametrize("seed", range(3))
async def test_random_reservations_are_refused_and_found_as_if_all_were_compared(store: Store, seed: int) -> None:
    random, reserved = Random(seed), list[Span]()

    def random_span() -> Span:
        return hours(start := random.randrange(60) / 2, start + random.randrange(1, 9) / 2).span

    for _ in range(40):
        wanted = random_span()
        is_free = not any(wanted.overlaps(other) for other in reserved)
        try:
            async with store.write("landsby") as connection:
                await agree(connection, Terms.once(wanted))
        except IntegrityError:
            assert not is_free
        else:
            assert is_free
            reserved.append(wanted)
    async with store.read() as connection:
        for _ in range(40):
            window = random_span()
            found = await find_reservations(connection, "landsby", "bane-1", window)
            assert [Span(row.start, row.end) for row in found] == sorted(
                span for span in reserved if span.overlaps(window)
            )
