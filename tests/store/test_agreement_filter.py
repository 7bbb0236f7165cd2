"""The filter selects agreements by derived columns; the migration fills these columns in rows of older versions."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from sample_community import MORNING
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.agreements.decide import decide
from bot.agreements.negotiation import Negotiation, Terms, start_negotiation
from bot.agreements.states import Side, State, Step
from bot.span import Span
from bot.store.agreements.agreement_filter import AgreementFilter
from bot.store.agreements.agreements import (
    Agreement,
    count_agreements,
    create_agreement,
    find_agreements,
    update_agreement,
)
from bot.store.database.transaction import Store
from bot.store.tables import agreements

ORGANIZER, ATTENDEE = Side.ORGANIZER, Side.ATTENDEE


def at_day(day: int) -> Terms:
    start = MORNING + timedelta(days=day)
    return Terms(start, start + timedelta(hours=2))


def weekly(day: int, count: int) -> Terms:
    times = tuple(at_day(day + 7 * week).span for week in range(count))
    return Terms(times[0].start, times[0].end, "FREQ=WEEKLY", times)


def after(terms: Terms, *steps: tuple[Step, Side, Terms | None]) -> Negotiation:
    negotiation = start_negotiation(terms)
    for step, side, new_terms in steps:
        negotiation = decide(negotiation, step, side, revision=negotiation.answerable_revision, terms=new_terms)
    return negotiation


ACCEPTED = (Step.ACCEPT, ATTENDEE, None)
NEGOTIATIONS = (
    after(at_day(1)),
    after(at_day(2), ACCEPTED),
    after(at_day(3), (Step.COUNTER, ATTENDEE, at_day(10))),
    after(at_day(4), ACCEPTED, (Step.COUNTER, ORGANIZER, at_day(21))),
    after(at_day(5), (Step.DECLINE, ATTENDEE, None)),
    after(weekly(6, 5), ACCEPTED),
)


async def insert_all(connection: AsyncConnection) -> list[Agreement]:
    columns = {"community": "landsby", "feature": "bookings", "thing": "bane-1", "task": "slåning"}
    parties = {"organizer": "klub", "attendee": "firma"}
    return [
        await create_agreement(connection, MORNING, negotiation, **columns, **parties) for negotiation in NEGOTIATIONS
    ]


def window(first: int, last: int) -> Span:
    return Span(MORNING + timedelta(days=first), MORNING + timedelta(days=last))


@pytest.mark.parametrize(
    ("conditions", "numbers"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"states": {State.AGREED}}, [2, 4, 6]),
        ({"window": window(0, 3)}, [1, 2]),
        ({"window": window(9, 11)}, [3, 4, 6]),  # an open offer counts, and a series from its first to its last time
        ({"window": window(50, 60)}, []),
        ({"is_awaited": True}, [1, 3, 4]),
        ({"is_awaited": False}, [2, 5, 6]),
        ({"awaited_party": "firma"}, [1, 4]),
        ({"awaited_party": "klub"}, [3]),
        ({"organizer": "firma"}, []),
        ({"party": "firma", "task": "slåning", "thing": "bane-1", "feature": "bookings"}, [1, 2, 3, 4, 5, 6]),
        ({"thing": "bane-2"}, []),
        ({"community": "nabo"}, []),
    ],
)
async def test_filter_selects_agreements(store: Store, conditions: dict[str, Any], numbers: list[int]) -> None:
    async with store.write("landsby") as connection:
        await insert_all(connection)
        wanted = AgreementFilter(**{"community": "landsby", "states": frozenset(State), **conditions})
        assert [agreement.number for agreement in await find_agreements(connection, wanted)] == numbers
        assert await count_agreements(connection, wanted) == len(numbers)


async def test_agreements_are_ordered_by_their_first_time_and_limited(store: Store) -> None:
    async with store.write("landsby") as connection:
        first, *_ = await insert_all(connection)
        await update_agreement(connection, first, after(at_day(40)), MORNING)
        wanted = AgreementFilter("landsby", frozenset(State))
        soonest = await find_agreements(connection, wanted, order="soonest")
        newest = await find_agreements(connection, wanted, order="newest", limit=2)
    assert [agreement.number for agreement in soonest] == [2, 3, 4, 5, 6, 1]
    assert [agreement.number for agreement in newest] == [6, 5]


async def test_migration_derives_the_columns_of_older_rows(store: Store) -> None:
    migration = import_module("bot.store.migrations.versions.0009_growth")
    async with store.write("landsby") as connection:
        await insert_all(connection)
        derived = (agreements.c.starts_at, agreements.c.ends_at, agreements.c.awaited)
        expected = (await connection.execute(select(*derived).order_by(agreements.c.id))).all()
        await connection.execute(agreements.update().values(starts_at=MORNING, ends_at=MORNING, awaited="?"))
        await connection.run_sync(migration.fill_derived_columns)
        assert (await connection.execute(select(*derived).order_by(agreements.c.id))).all() == expected
