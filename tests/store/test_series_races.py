"""Series at the same instant as others, on both databases: what is held is what is agreed, and nothing twice."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from sample_community import (
    CLUB,
    FIRM,
    FOREMAN,
    RIVAL,
    BookingDay,
    mark_all_sent,
    message,
    open_contexts,
    read_answers,
    receive_rows,
    tap,
)
from sqlalchemy import select

from bot.agreements.states import HOLDING, State
from bot.pipeline.context import Context
from bot.pipeline.handling.handle import handle_row
from bot.store.agreements.agreements import Agreement, find_agreements
from bot.store.messages.inbox import Incoming
from bot.store.tables import reservations, things

ROUNDS = 30

#: Days of one round, and the days until the next: from June to December no holiday is in the way.
DAYS = 4


def series(by: str, first: BookingDay, count: int, clock: int, pitch: int = 1) -> Incoming:
    last = BookingDay(first.number + count - 1)
    return message(by, f"!book bane {pitch} slåning hver dag kl. {clock} fra {first} til {last}")


def rounds() -> list[tuple[int, BookingDay]]:
    """A pitch and a first day for each."""
    return [(1 + number % 2, BookingDay(1 + DAYS * (number // 2))) for number in range(ROUNDS)]


async def at_once(houses: Sequence[Context], *incoming: Incoming) -> list[tuple[str, list[str]]]:
    """Each in a program of its own, all started together; what became of it, and what was said."""
    rows = await receive_rows(houses[0], *incoming)
    done = await asyncio.gather(*(handle_row(context, row) for context, row in zip(houses, rows, strict=True)))
    answers = await read_answers(houses[0], rows)
    return [(one.outcome, words) for one, words in zip(done, answers, strict=True)]


async def do(context: Context, *incoming: Incoming) -> None:
    """One after the other, and all of it shown."""
    for one in incoming:
        (row,) = await receive_rows(context, one)
        assert (await handle_row(context, row)).outcome == "handled", await read_answers(context, [row])
    await mark_all_sent(context)


async def newest(context: Context) -> Agreement:
    async with context.store.read() as connection:
        return (await find_agreements(connection, "landsby", frozenset(State)))[-1]


async def held(context: Context) -> list[tuple[Any, ...]]:
    """What is reserved, by agreement; it is exactly what the agreements say, and no time is there twice."""
    columns = (reservations.c.agreement_id, things.c.key, reservations.c.start, reservations.c.end)
    async with context.store.read() as connection:
        rows = await connection.execute(select(*columns).join(things, things.c.id == reservations.c.thing_id))
        found = sorted(map(tuple, rows))
        agreed = await find_agreements(connection, "landsby", HOLDING)
    offers = [(one, offer) for one in agreed for offer in (one.negotiation.standing, *one.negotiation.offers) if offer]
    spans = [(one, span) for one, offer in offers for span in offer.terms.spans]
    assert found == sorted({(one.id, one.thing, span.start, span.end) for one, span in spans})
    at = [(thing, start) for _, thing, start, _ in found]
    assert len(at) == len(set(at))
    return found


async def test_two_series_at_once_one_stands_wholly_and_the_other_is_told_which_dates(database_url: str) -> None:
    winners: Counter[int] = Counter()
    async with open_contexts(database_url, 2) as houses:
        for number, (pitch, day) in enumerate(rounds()):
            one = series(CLUB, day, 3, 14, pitch)
            other = series(RIVAL, BookingDay(day.number + 1), 3, 15, pitch)
            outcomes = await at_once(houses, *((one, other) if number % 4 < 2 else (other, one)))
            assert sorted(outcome for outcome, _ in outcomes) == ["asked", "handled"]
            told = dict(outcomes)
            assert told["handled"][0].splitlines()[1].endswith("i alt 3 gange")
            assert told["asked"][0].splitlines()[0] == f"2 af 3 datoer er optaget på bane {pitch}:"
            winners[[outcome for outcome, _ in outcomes].index("handled")] += 1
        by_agreement = Counter(row[0] for row in await held(houses[0]))
        assert list(by_agreement.values()) == [3] * ROUNDS
    assert sum(winners.values()) == ROUNDS


async def test_series_and_a_single_booking_at_once_one_stands_and_the_other_is_told(database_url: str) -> None:
    async with open_contexts(database_url, 2) as houses:
        for number, (pitch, day) in enumerate(rounds()):
            one = series(CLUB, day, 3, 14, pitch)
            other = message(RIVAL, f"!book bane {pitch} slåning {BookingDay(day.number + 1)} kl. 15")
            outcomes = await at_once(houses, *((one, other) if number % 4 < 2 else (other, one)))
            assert sorted(outcome for outcome, _ in outcomes) == ["asked", "handled"]
            (asked,) = dict(outcomes)["asked"]
            assert asked.startswith((f"1 af 3 datoer er optaget på bane {pitch}:", f"Bane {pitch} er optaget "))
        assert len({row[0] for row in await held(houses[0])}) == ROUNDS


@pytest.mark.parametrize(
    ("other", "ends"),
    [
        (lambda card: tap(FOREMAN, "❌", card), {State.AGREED, State.DECLINED}),
        (lambda card: message(CLUB, "!aflys alle"), {State.CANCELLED}),
        (lambda card: message(FOREMAN, "kl. 17 passer bedre", thread=card), {State.AGREED}),
    ],
    ids=["yes and no", "yes and called off", "yes and another clock"],
)
async def test_two_answers_at_once_to_a_series_are_taken_one_after_the_other(
    database_url: str, other: Any, ends: set[State]
) -> None:
    async with open_contexts(database_url, 2) as houses:
        for number, (pitch, day) in enumerate(rounds()[:12]):
            await do(houses[0], series(CLUB, day, 3, 14, pitch))
            card = f"$out-{(await newest(houses[0])).card}"
            answers = [tap(FIRM, "✅", card), other(card)]
            outcomes = await at_once(houses, *(answers if number % 4 < 2 else answers[::-1]))
            assert {outcome for outcome, _ in outcomes} <= {"handled", "refused"}
            assert all(words for _, words in outcomes)
            await mark_all_sent(houses[0])
            series_now = await newest(houses[0])
            assert series_now.state in ends | {State.PROPOSED}
            assert len(series_now.negotiation.terms.spans) == 3
            await held(houses[0])
            if series_now.state in HOLDING:
                await do(houses[0], message(CLUB, "!aflys alle"))
        assert await held(houses[0]) == []


async def test_one_time_is_moved_while_the_other_side_calls_off_the_series(database_url: str) -> None:
    ways: Counter[tuple[State, ...]] = Counter()
    async with open_contexts(database_url, 2) as houses:
        for number, (pitch, day) in enumerate(rounds()):
            await do(houses[0], series(CLUB, day, 3, 14, pitch))
            agreement = await newest(houses[0])
            await do(houses[0], tap(FIRM, "✅", f"$out-{agreement.card}"))
            middle = BookingDay(day.number + 1)
            move = message(FIRM, f"!flyt {agreement.number} {middle} til {middle} kl. 18")
            cancel = message(CLUB, f"!aflys {agreement.number} alle")
            outcomes = await at_once(houses, *((move, cancel) if number % 4 < 2 else (cancel, move)))
            assert all(words for _, words in outcomes)
            await mark_all_sent(houses[0])
            async with houses[0].store.read() as connection:
                now = (await find_agreements(connection, "landsby", frozenset(State)))[agreement.number - 1 :]
            ways[tuple(one.state for one in now)] += 1
            assert [len(one.negotiation.terms.spans) for one in now] == ([2, 1] if len(now) == 2 else [3])
            rows = await held(houses[0])
            assert Counter(row[0] for row in rows) == ({now[-1].id: 2} if len(now) == 2 else {})
            if len(now) == 2:
                await do(houses[0], message(CLUB, f"!aflys {now[-1].number}"))
    assert ways.keys() <= {(State.CANCELLED,), (State.CANCELLED, State.AGREED)}
