"""Commands at the same instant: one wins, the other is refused; on both databases, in one process and in several."""

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


async def handle_at_once(contexts: Sequence[Context], rows: Sequence[InboxRow]) -> list[str]:
    """Handle each row in a context of its own, all at the same time, and return the outcomes."""
    return [handled.outcome for handled in await asyncio.gather(*map(handle_row, contexts, rows))]


async def count(context: Context, table: object) -> int:
    async with context.store.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def test_one_of_two_bookings_at_once_wins(database_url: str) -> None:
    async with open_contexts(database_url, 2) as contexts:
        for day in map(BookingDay, range(1, ROUNDS + 1)):
            first = message(CLUB, f"!book bane 1 slåning {day} kl. 14")
            second = message(RIVAL, f"!book bane 1 slåning {day} kl. 15")
            rows = await receive_rows(contexts[day.number % 2], first, second)
            outcomes = await handle_at_once(contexts, rows)
            assert sorted(outcomes) == ["asked", "handled"]
            answers = dict(zip(outcomes, await read_answers(contexts[0], rows), strict=True))
            assert [answer.startswith("📋") for answer in answers["handled"]] == [True]
            assert [answer.startswith("Bane 1 er optaget") for answer in answers["asked"]] == [True]
        assert await count(contexts[0], agreements) == ROUNDS
        assert await count(contexts[0], reservations) == ROUNDS


async def test_one_of_eight_bookings_at_once_wins(database_url: str) -> None:
    async with open_contexts(database_url, 8) as contexts:
        for day in map(BookingDay, range(1, 26)):
            commands = [message(CLUB, f"!book bane 2 slåning {day} kl. {14 + n % 2}") for n in range(8)]
            rows = await receive_rows(contexts[0], *commands)
            assert sorted(await handle_at_once(contexts, rows)) == ["asked"] * 7 + ["handled"]
            assert [len(answers) for answers in await read_answers(contexts[0], rows)] == [1] * 8
        assert await count(contexts[0], agreements) == 25


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (lambda card: tap(FIRM, "✅", card), lambda card: tap(FOREMAN, "❌", card)),
        (lambda card: tap(FIRM, "✅", card), lambda card: message(CLUB, "!aflys")),
        (lambda card: tap(FIRM, "❌", card), lambda card: message(CLUB, "ja", thread=card)),
        (lambda card: tap(FIRM, "✅", card), lambda card: tap(FOREMAN, "✅", card)),
    ],
    ids=["yes and no", "yes and called off", "no and yes of the wrong side", "yes twice"],
)
async def test_two_answers_at_once_are_handled_one_after_the_other(
    database_url: str, first: object, second: object
) -> None:
    async with open_contexts(database_url, 2) as contexts:
        for day in map(BookingDay, range(1, 26)):
            booked = await receive_rows(contexts[0], message(CLUB, f"!book bane 1 slåning {day} kl. 14"))
            assert (await handle_row(contexts[0], booked[0])).outcome == "handled"
            await mark_all_sent(contexts[0])
            async with contexts[0].store.read() as connection:
                card = (await connection.execute(select(func.max(agreements.c.card)))).scalar_one()
            answers = [first(f"$out-{card}"), second(f"$out-{card}")]  # type: ignore[operator]
            rows = await receive_rows(contexts[0], *(answers if day.number % 2 else answers[::-1]))
            outcomes = await handle_at_once(contexts, rows)
            assert "handled" in outcomes
            assert set(outcomes) <= {"handled", "refused", "ignored"}
            replies = await read_answers(contexts[0], rows)
            assert all(words for words, outcome in zip(replies, outcomes, strict=True) if outcome != "ignored")
            await _finish_round(contexts[0])


async def _finish_round(context: Context) -> None:
    """Check the steps of the newest agreement, and cancel what is still open before the next round."""
    async with context.store.read() as connection:
        steps = (await connection.execute(select(history).order_by(history.c.id))).all()
        open_agreements = (
            await connection.execute(select(agreements).where(agreements.c.state.in_(["agreed", "proposed"])))
        ).all()
    newest_steps = [step for step in steps if step.agreement_id == steps[-1].agreement_id]
    endings = (["accept"], ["decline"], ["cancel"], ["accept", "cancel"])
    assert [step.step for step in newest_steps] in [["propose", *ending] for ending in endings]
    for agreement in open_agreements:
        rows = await receive_rows(context, message(CLUB, f"!aflys {agreement.number}"))
        assert (await handle_row(context, rows[-1])).outcome == "handled"


async def test_message_handled_by_two_programs_is_answered_once(database_url: str) -> None:
    async with open_contexts(database_url, 2) as contexts:
        for _ in range(100):
            row = (await receive_rows(contexts[0], message(CLUB, "!ping hej")))[0]
            assert sorted(await handle_at_once(contexts, [row, row])) == ["gone", "handled"]
        assert await count(contexts[0], outbox) == 100


async def test_events_received_twice_at_once_are_stored_once(database_url: str) -> None:
    async with open_contexts(database_url, 2) as contexts:
        arrived = [message(CLUB, f"!ping {n}") for n in range(200)]
        rows, _ = await asyncio.gather(*(receive_rows(context, *arrived) for context in contexts))
        rows = await receive_rows(contexts[0])
        assert [row.external_id for row in rows] == [incoming.external_id for incoming in arrived]


async def test_one_of_two_bookings_in_two_processes_wins(database_url: str) -> None:
    rounds = 60
    async with open_contexts(database_url, 1) as (context,):
        days = [BookingDay(number) for number in range(1, rounds + 1)]
        commands = [message(by, f"!book bane 1 slåning {day} kl. 14") for day in days for by in (CLUB, RIVAL)]
        rows = await receive_rows(context, *commands)
        outcomes = await _handle_in_processes(database_url, [[row.id for row in rows[n::2]] for n in (0, 1)])
        pairs = list(zip(*outcomes, strict=True))
        assert [sorted(pair) for pair in pairs] == [["asked", "handled"]] * rounds
        assert await count(context, agreements) == rounds
        assert [len(answers) for answers in await read_answers(context, rows)] == [1] * len(rows)


async def _handle_in_processes(url: str, shares: list[list[int]]) -> list[list[str]]:
    """Handle each share of the rows in a process of its own, all starting together; return the outcomes."""
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
