"""Two at the same instant: one wins, the other is told; on both databases, between tasks and between processes."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

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
from sqlalchemy import func, select

from bot.pipeline.context import Context
from bot.pipeline.handling.handle import handle_row
from bot.store.messages.inbox import InboxRow
from bot.store.tables import agreements, history, outbox, reservations

ROUNDS = 100


async def at_once(houses: Sequence[Context], rows: Sequence[InboxRow]) -> list[str]:
    """Every row in a program of its own, all started together; what became of each."""
    return [done.outcome for done in await asyncio.gather(*map(handle_row, houses, rows))]


async def count(context: Context, table: object) -> int:
    async with context.store.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def test_two_bookings_at_once_one_stands_and_the_other_is_told(database_url: str) -> None:
    async with open_contexts(database_url, 2) as houses:
        for day in map(BookingDay, range(1, ROUNDS + 1)):
            first = message(CLUB, f"!book bane 1 slåning {day} kl. 14")
            second = message(RIVAL, f"!book bane 1 slåning {day} kl. 15")
            rows = await receive_rows(houses[day.number % 2], first, second)
            outcomes = await at_once(houses, rows)
            assert sorted(outcomes) == ["asked", "handled"]
            answers = dict(zip(outcomes, await read_answers(houses[0], rows), strict=True))
            assert [answer.startswith("📋") for answer in answers["handled"]] == [True]
            assert [answer.startswith("Bane 1 er optaget") for answer in answers["asked"]] == [True]
        assert await count(houses[0], agreements) == ROUNDS
        assert await count(houses[0], reservations) == ROUNDS


async def test_eight_bookings_at_once_one_stands_and_seven_are_told(database_url: str) -> None:
    async with open_contexts(database_url, 8) as houses:
        for day in map(BookingDay, range(1, 26)):
            said_at_once = [message(CLUB, f"!book bane 2 slåning {day} kl. {14 + n % 2}") for n in range(8)]
            rows = await receive_rows(houses[0], *said_at_once)
            assert sorted(await at_once(houses, rows)) == ["asked"] * 7 + ["handled"]
            assert [len(answers) for answers in await read_answers(houses[0], rows)] == [1] * 8
        assert await count(houses[0], agreements) == 25


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lambda card: tap(FIRM, "✅", card), lambda card: tap(FOREMAN, "❌", card)),
        (lambda card: tap(FIRM, "✅", card), lambda card: message(CLUB, "!aflys")),
        (lambda card: tap(FIRM, "❌", card), lambda card: message(CLUB, "ja", thread=card)),
        (lambda card: tap(FIRM, "✅", card), lambda card: tap(FOREMAN, "✅", card)),
    ],
    ids=["yes and no", "yes and called off", "no and yes of the wrong side", "yes twice"],
)
async def test_two_answers_at_once_both_are_heard_and_the_history_is_in_order(
    database_url: str, one: object, other: object
) -> None:
    async with open_contexts(database_url, 2) as houses:
        for day in map(BookingDay, range(1, 26)):
            booked = await receive_rows(houses[0], message(CLUB, f"!book bane 1 slåning {day} kl. 14"))
            assert (await handle_row(houses[0], booked[0])).outcome == "handled"
            await mark_all_sent(houses[0])
            async with houses[0].store.read() as connection:
                card = (await connection.execute(select(func.max(agreements.c.card)))).scalar_one()
            answers = [one(f"$out-{card}"), other(f"$out-{card}")]  # type: ignore[operator]
            rows = await receive_rows(houses[0], *(answers if day.number % 2 else answers[::-1]))
            outcomes = await at_once(houses, rows)
            assert "handled" in outcomes
            assert set(outcomes) <= {"handled", "refused", "ignored"}
            told = await read_answers(houses[0], rows)
            assert all(words for words, outcome in zip(told, outcomes, strict=True) if outcome != "ignored")
            await _finish(houses[0])


async def _finish(context: Context) -> None:
    """Nothing is left that the next round could mean; every step follows from the one before."""
    async with context.store.read() as connection:
        steps = (await connection.execute(select(history).order_by(history.c.id))).all()
        open_ones = (
            await connection.execute(select(agreements).where(agreements.c.state.in_(["agreed", "proposed"])))
        ).all()
    newest = [step for step in steps if step.agreement_id == steps[-1].agreement_id]
    endings = (["accept"], ["decline"], ["cancel"], ["accept", "cancel"])
    assert [step.step for step in newest] in [["propose", *ending] for ending in endings]
    for agreement in open_ones:
        rows = await receive_rows(context, message(CLUB, f"!aflys {agreement.number}"))
        assert (await handle_row(context, rows[-1])).outcome == "handled"


async def test_one_message_in_two_programs_is_answered_once(database_url: str) -> None:
    async with open_contexts(database_url, 2) as houses:
        for _ in range(100):
            row = (await receive_rows(houses[0], message(CLUB, "!ping hej")))[0]
            assert sorted(await at_once(houses, [row, row])) == ["gone", "handled"]
        assert await count(houses[0], outbox) == 100


async def test_the_same_events_received_twice_at_once_are_kept_once(database_url: str) -> None:
    async with open_contexts(database_url, 2) as houses:
        arrived = [message(CLUB, f"!ping {n}") for n in range(200)]
        rows, _ = await asyncio.gather(*(receive_rows(context, *arrived) for context in houses))
        rows = await receive_rows(houses[0])
        assert [row.external_id for row in rows] == [one.external_id for one in arrived]


async def test_bookings_from_another_process_at_once_one_stands(database_url: str) -> None:
    rounds = 60
    async with open_contexts(database_url, 1) as (context,):
        days = [BookingDay(number) for number in range(1, rounds + 1)]
        said_at_once = [message(by, f"!book bane 1 slåning {day} kl. 14") for day in days for by in (CLUB, RIVAL)]
        rows = await receive_rows(context, *said_at_once)
        outcomes = await _in_processes(database_url, [[row.id for row in rows[n::2]] for n in (0, 1)])
        pairs = list(zip(*outcomes, strict=True))
        assert [sorted(pair) for pair in pairs] == [["asked", "handled"]] * rounds
        assert await count(context, agreements) == rounds
        assert [len(answers) for answers in await read_answers(context, rows)] == [1] * len(rows)


async def _in_processes(url: str, shares: list[list[int]]) -> list[list[str]]:
    """Let a process of its own handle each share; all begin when the last is ready."""
    row_handler = Path(__file__).parents[1] / "row_handler.py"
    started = []
    for share in shares:
        command = [sys.executable, str(row_handler), url, *map(str, share)]
        pipe = asyncio.subprocess.PIPE
        started.append(await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe))
    for process in started:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    return [(await process.communicate(b"go\n"))[0].decode().split() for process in started]
