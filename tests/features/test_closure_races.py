"""A booking and a closure at the same moment: one is first, and the other is refused or asked about."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from sample_community import CLUB, FIRM, PLACE, BookingDay, make_context, message, read_answers, receive_rows
from sqlalchemy import func, select

from bot.features.closures import feature
from bot.features.closures.closure_table import closures
from bot.pipeline.context import Context
from bot.pipeline.handling.handle import handle_row
from bot.store.database.transaction import Store
from bot.store.tables import agreements
from bot.testing.new_database import create_tables

ROUNDS = 40


@asynccontextmanager
async def two_programs(url: str) -> AsyncIterator[list[Context]]:
    """Two programs on one database, in a community whose contractor maintains the pitches."""
    stores = [Store(url), Store(url)]
    try:
        assert feature.migrations is not None
        await create_tables(stores[0], [feature.migrations])
        houses = [make_context(store, feature) for store in stores]
        for context in houses:
            here = context.rooms.communities[PLACE]
            kept = tuple(replace(thing, kept_by=frozenset({"contractor"})) for thing in here.things)
            context.rooms.communities[PLACE] = replace(here, things=kept)
        yield houses
    finally:
        for store in stores:
            await store.close()


async def test_of_a_booking_and_a_closure_at_once_the_first_wins_and_the_other_is_told(database_url: str) -> None:
    async with two_programs(database_url) as houses:
        first = dict.fromkeys(("booked", "closed"), 0)
        for day in map(BookingDay, range(1, ROUNDS + 1)):
            wishes = [
                message(CLUB, f"!book bane 1 slåning {day} kl. 14"),
                message(FIRM, f"!luk bane 1 den {day} stævne"),
            ]
            rows = await receive_rows(houses[0], *wishes)
            there = houses if day.number % 2 else houses[::-1]
            booked, closed = (one.outcome for one in await asyncio.gather(*map(handle_row, there, rows)))
            answers = await read_answers(houses[0], rows)
            if booked == "handled":
                first["booked"] += 1
                assert (closed, answers[1][0].startswith("En aftale bliver ramt")) == ("asked", True)
            else:
                first["closed"] += 1
                assert (booked, closed) == ("asked", "handled")
                assert answers[0][0].startswith("Bane 1 er ikke ledig")
        async with houses[0].store.read() as connection:
            stand, shut = [
                int((await connection.execute(select(func.count()).select_from(table))).scalar_one())
                for table in (agreements, closures)
            ]
        assert {"booked": stand, "closed": shut} == first


async def test_of_two_closures_at_once_one_is_refused(database_url: str) -> None:
    async with two_programs(database_url) as houses:
        for day in map(BookingDay, range(1, 11)):
            rows = await receive_rows(houses[0], *[message(FIRM, f"!luk bane 1 den {day}") for _ in range(2)])
            outcomes = [one.outcome for one in await asyncio.gather(*map(handle_row, houses, rows))]
            assert sorted(outcomes) == ["handled", "refused"]
