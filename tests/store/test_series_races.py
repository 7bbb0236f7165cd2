"""Commands about series at the same instant, on both databases: what is reserved is exactly what is agreed."""

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
from bot.store.agreements.agreement_filter import AgreementFilter
from bot.store.agreements.agreements import Agreement, find_agreements
from bot.store.messages.inbox import Incoming
from bot.store.tables import reservations, things

ROUNDS = 30

#: Days from one round to the next. From June to December there is no public holiday in the way.
DAYS = 4


def series(by: str, first: BookingDay, count: int, clock: int, pitch: int = 1) -> Incoming:
    last = BookingDay(first.number + count - 1)
    return message(by, f"!book bane {pitch} slåning hver dag kl. {clock} fra {first} til {last}")


def rounds() -> list[tuple[int, BookingDay]]:
    """Return a pitch and a first day for each round."""
    return [(1 + number % 2, BookingDay(1 + DAYS * (number // 2))) for number in range(ROUNDS)]


async def handle_at_once(contexts: Sequence[Context], *incoming: Incoming) -> list[tuple[str, list[str]]]:
    """Handle each event in a context of its own, all at the same time; return the outcomes and the answers."""
    rows = await receive_rows(contexts[0], *incoming)
    handled = await asyncio.gather(*(handle_row(context, row) for context, row in zip(contexts, rows, strict=True)))
    answers = await read_answers(contexts[0], rows)
    return [(result.outcome, words) for result, words in zip(handled, answers, strict=True)]


async def handle_in_turn(context: Context, *incoming: Incoming) -> None:
    """Handle the events one after the other, and mark the answers as sent."""
    for event in incoming:
        (row,) = await receive_rows(context, event)
        assert (await handle_row(context, row)).outcome == "handled", await read_answers(context, [row])
    await mark_all_sent(context)


async def find_newest(context: Context) -> Agreement:
    async with context.store.read() as connection:
        return (await find_agreements(connection, AgreementFilter("landsby", frozenset(State))))[-1]


async def check_reservations(context: Context) -> list[tuple[Any, ...]]:
    """Return the reservations, by agreement. Assert that they are those of the agreements, each once."""
    columns = (reservations.c.agreement_id, things.c.key, reservations.c.start, reservations.c.end)
    async with context.store.read() as connection:
        rows = await connection.execute(select(*columns).join(things, things.c.id == reservations.c.thing_id))
        found = sorted(map(tuple, rows))
        agreed = await find_agreements(connection, AgreementFilter("landsby", HOLDING))
    expected = {
        (agreement.id, agreement.thing, span.start, span.end)
        for agreement in agreed
        for offer in (agreement.negotiation.standing, *agreement.negotiation.offers)
        if offer
        for span in offer.terms.spans
    }
    assert found == sorted(expected)
    starts = [(thing, start) for _, thing, start, _ in found]
    assert len(starts) == len(set(starts))
    return found


async def test_one_of_two_series_at_once_wins_and_the_other_is_told_the_taken_dates(database_url: str) -> None:
    winners: Counter[int] = Counter()
    async with open_contexts(database_url, 2) as contexts:
        for number, (pitch, day) in enumerate(rounds()):
            first = series(CLUB, day, 3, 14, pitch)
            second = series(RIVAL, BookingDay(day.number + 1), 3, 15, pitch)
            outcomes = await handle_at_once(contexts, *((first, second) if number % 4 < 2 else (second, first)))
            assert sorted(outcome for outcome, _ in outcomes) == ["asked", "handled"]
            answers = dict(outcomes)
            assert answers["handled"][0].splitlines()[1].endswith("i alt 3 gange")
            assert answers["asked"][0].splitlines()[0] == f"Bane {pitch} er optaget 2 af de 3 gange:"
            winners[[outcome for outcome, _ in outcomes].index("handled")] += 1
        by_agreement = Counter(row[0] for row in await check_reservations(contexts[0]))
        assert list(by_agreement.values()) == [3] * ROUNDS
    assert sum(winners.values()) == ROUNDS


async def test_either_the_series_or_the_single_booking_at_once_wins(database_url: str) -> None:
    async with open_contexts(database_url, 2) as contexts:
        for number, (pitch, day) in enumerate(rounds()):
            first = series(CLUB, day, 3, 14, pitch)
            second = message(RIVAL, f"!book bane {pitch} slåning {BookingDay(day.number + 1)} kl. 15")
            outcomes = await handle_at_once(contexts, *((first, second) if number % 4 < 2 else (second, first)))
            assert sorted(outcome for outcome, _ in outcomes) == ["asked", "handled"]
            (asked,) = dict(outcomes)["asked"]
            assert asked.startswith(f"Bane {pitch} er optaget ")
        assert len({row[0] for row in await check_reservations(contexts[0])}) == ROUNDS


@pytest.mark.parametrize(
    ("second", "end_states"),
    [
        (lambda card: tap(FOREMAN, "❌", card), {State.AGREED, State.DECLINED}),
        (lambda card: message(CLUB, "!aflys alle"), {State.CANCELLED}),
        (lambda card: message(FOREMAN, "kl. 17 passer bedre", thread=card), {State.AGREED}),
    ],
    ids=["yes and no", "yes and called off", "yes and another clock"],
)
async def test_two_answers_to_a_series_at_once_are_handled_one_after_the_other(
    database_url: str, second: Any, end_states: set[State]
) -> None:
    async with open_contexts(database_url, 2) as contexts:
        for number, (pitch, day) in enumerate(rounds()[:12]):
            await handle_in_turn(contexts[0], series(CLUB, day, 3, 14, pitch))
            card = f"$out-{(await find_newest(contexts[0])).card}"
            answers = [tap(FIRM, "✅", card), second(card)]
            outcomes = await handle_at_once(contexts, *(answers if number % 4 < 2 else answers[::-1]))
            assert {outcome for outcome, _ in outcomes} <= {"handled", "refused"}
            assert all(words for _, words in outcomes)
            await mark_all_sent(contexts[0])
            series_now = await find_newest(contexts[0])
            assert series_now.state in end_states | {State.PROPOSED}
            assert len(series_now.negotiation.terms.spans) == 3
            await check_reservations(contexts[0])
            if series_now.state in HOLDING:
                await handle_in_turn(contexts[0], message(CLUB, "!aflys alle"))
        assert await check_reservations(contexts[0]) == []


async def test_series_is_cancelled_while_the_other_side_moves_one_time(database_url: str) -> None:
    outcomes_seen: Counter[tuple[State, ...]] = Counter()
    async with open_contexts(database_url, 2) as contexts:
        for number, (pitch, day) in enumerate(rounds()):
            await handle_in_turn(contexts[0], series(CLUB, day, 3, 14, pitch))
            agreement = await find_newest(contexts[0])
            await handle_in_turn(contexts[0], tap(FIRM, "✅", f"$out-{agreement.card}"))
            middle = BookingDay(day.number + 1)
            move = message(FIRM, f"!flyt {agreement.number} {middle} til {middle} kl. 18")
            cancel = message(CLUB, f"!aflys {agreement.number} alle")
            outcomes = await handle_at_once(contexts, *((move, cancel) if number % 4 < 2 else (cancel, move)))
            assert all(words for _, words in outcomes)
            await mark_all_sent(contexts[0])
            async with contexts[0].store.read() as connection:
                parts = (await find_agreements(connection, AgreementFilter("landsby", frozenset(State))))[
                    agreement.number - 1 :
                ]
            outcomes_seen[tuple(agreement.state for agreement in parts)] += 1
            assert [len(part.negotiation.terms.spans) for part in parts] == ([2, 1] if len(parts) == 2 else [3])
            rows = await check_reservations(contexts[0])
            assert Counter(row[0] for row in rows) == ({parts[-1].id: 2} if len(parts) == 2 else {})
            if len(parts) == 2:
                await handle_in_turn(contexts[0], message(CLUB, f"!aflys {parts[-1].number}"))
    assert outcomes_seen.keys() <= {(State.CANCELLED,), (State.CANCELLED, State.AGREED)}
