"""Rows older than `retention` are dropped where nothing can refer to them, and what they caused is not done again."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sample_community import (
    CLUB,
    FIRM,
    MORNING,
    PLACE,
    edit,
    make_community,
    make_context,
    mark_all_sent,
    message,
    read_answers,
    receive_rows,
    redaction,
    tap,
)
from sqlalchemy import func, select, text

from bot.pipeline.context import Context
from bot.pipeline.handling.handle import handle_row
from bot.pipeline.inbound.receive import receive
from bot.pipeline.retention import Retention
from bot.store.backup.restore_marker import RestoreMarker, set_restore_marker
from bot.store.database.transaction import Store
from bot.store.messages import drop_rows
from bot.store.messages.inbox import Incoming
from bot.store.tables import agreements, history, inbox, outbox, questions

RETENTION = timedelta(days=30)
COMMUNITY = make_community(encrypted=True, retention=RETENTION)
LATER = MORNING + RETENTION + timedelta(days=10)
#: So much later that all agreements of the tests are over.
MUCH_LATER = MORNING + timedelta(days=400)


@pytest.fixture
def context(store: Store) -> Context:
    return make_context(store)


async def play(context: Context, *incoming: Incoming) -> list[list[str]]:
    """Receive and handle events one after the other, send all answers, and return the texts of each answer."""
    answers = []
    for one in incoming:
        rows = await receive_rows(context, one)
        for row in rows:
            await handle_row(context, row)
        answers += await read_answers(context, rows)
        await mark_all_sent(context)
    return answers


async def drop(context: Context, now: datetime = LATER) -> None:
    context.clock = lambda: now
    await Retention(context).work_on(PLACE, COMMUNITY)


async def count(context: Context, *tables: Any) -> list[int]:
    async with context.store.read() as connection:
        return [(await connection.execute(select(func.count()).select_from(table))).scalar_one() for table in tables]


async def test_what_belongs_to_no_agreement_is_dropped_and_not_handled_again(context: Context) -> None:
    asked, unclear, last = (message(CLUB, words) for words in ("!aftaler", "!book bane 1", "!hjælp"))
    await play(context, asked, unclear, message(CLUB, "!book bane 2"), last)
    await drop(context)
    async with context.store.read() as connection:
        kept = (await connection.execute(select(inbox.c.external_id, inbox.c.payload).order_by(inbox.c.id))).all()
    assert [one for one in ("aftaler", asked.external_id, unclear.external_id) if one in str(kept)] == []
    assert await receive(context, [asked, unclear, last]) == set()
    changed = replace(edit(CLUB, asked, "!book bane 1 slåning 12/8 kl. 14 @firma"), sent_at=LATER)
    ((answer,),) = await play(context, changed)
    assert "for sent" in answer
    assert await play(context, redaction(asked)) == []
    assert await count(context, agreements) == [0]


async def test_an_open_agreement_keeps_its_card_and_its_command(context: Context) -> None:
    booking = message(CLUB, "!book bane 1 slåning 12/8 kl. 14 @firma")
    await play(context, booking, message(CLUB, "!aftaler"), message(CLUB, "!hjælp"))
    await drop(context)
    async with context.store.read() as connection:
        card = (await connection.execute(select(agreements.c.card))).scalar_one()
        causes = (await connection.execute(select(inbox.c.external_id))).scalars().all()
    assert booking.external_id in causes
    await play(context, replace(tap(FIRM, "✅", f"$out-{card}"), sent_at=LATER))
    async with context.store.read() as connection:
        assert (await connection.execute(select(agreements.c.state))).scalar_one() == "agreed"


async def test_an_agreement_that_is_over_keeps_its_history_without_its_messages(context: Context) -> None:
    await play(context, message(CLUB, "!book bane 1 slåning 12/6 kl. 14 @firma"), message(FIRM, "!afvis 1 for vådt"))
    await play(context, message(CLUB, "!aftaler"), message(CLUB, "!hjælp"))
    await drop(context)
    await drop(context, MUCH_LATER)
    assert await count(context, agreements, history, inbox, outbox) == [1, 2, 2, 1]  # the last answer, and the stand-in
    async with context.store.read() as connection:
        steps = (await connection.execute(select(history.c.step, history.c.reason).order_by(history.c.id))).all()
        assert (await connection.execute(select(agreements.c.card))).scalar_one() is None
    assert [tuple(step) for step in steps] == [("propose", None), ("decline", "for vådt")]
    ((answer,),) = await play(context, replace(message(CLUB, "!historik 1"), sent_at=MUCH_LATER))
    assert "for vådt" in answer


async def test_rows_that_are_not_finished_stay(context: Context) -> None:
    rows = await receive_rows(context, message(CLUB, "!aftaler"), message(CLUB, "!hjælp"))
    await handle_row(context, rows[0])  # answered, and the answer is not sent
    before = await count(context, inbox, outbox)
    await drop(context)
    assert await count(context, inbox, outbox) == before


async def test_an_open_question_stays_and_can_be_answered(context: Context) -> None:
    await play(context, message(CLUB, "!book bane 1"), message(FIRM, "!aftaler"), message(FIRM, "!hjælp"))
    async with context.store.read() as connection:
        asked = select(outbox.c.external_id).where(outbox.c.subject.startswith("question/"))
        question = (await connection.execute(asked)).scalar_one()
    await drop(context)
    answers = await play(context, replace(message(CLUB, "slåning", reply_to=question), sent_at=LATER))
    assert answers[0]
    assert await count(context, questions) == [2]


async def test_nothing_is_dropped_before_the_replay_after_a_restore_is_over(context: Context) -> None:
    await play(context, message(CLUB, "!aftaler"), message(CLUB, "!hjælp"))
    before = await count(context, inbox, outbox)
    async with context.store.write() as connection:
        await set_restore_marker(connection, RestoreMarker(MORNING, LATER))
    await drop(context)
    assert await count(context, inbox, outbox) == before


async def test_many_rows_are_dropped_in_parts(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    await play(context, *(message(CLUB, f"!aftaler {number}") for number in range(20)))
    monkeypatch.setattr(drop_rows, "ROWS_PER_TRANSACTION", 3)
    await drop(context)
    assert await count(context, inbox, outbox) == [1, 1]
    async with context.store.read() as connection:
        identities = (await connection.execute(text("SELECT identity FROM dropped"))).scalars().all()
    assert len(identities) == 19
