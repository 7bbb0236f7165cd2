"""Drops old rows of inbox, outbox and questions to which nothing can refer any more.

These rows stay:

- what is not handled or not sent yet, and the newest row of a place, from which gaps are filled after a loss of the
  homeserver
- the card of an agreement that is not over, with its edits and the messages and reactions under it
- the rows of an open question
- the inbox rows from which one of those follows, or a step of an agreement that is not over

Of a dropped inbox row, its identity stays (bot.store.messages.dropped). The steps of an agreement that is over then
follow from the one row in `inbox` that stands for all dropped rows.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, delete, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.agreements.states import SETTLED
from bot.store.messages.dropped import identity_of, insert_identities
from bot.store.messages.inbox import Incoming, insert_once, mark_handled
from bot.store.messages.pictures import pictures
from bot.store.tables import agreements, history, inbox, outbox, questions

#: Rows of each table that are dropped in one transaction.
ROWS_PER_TRANSACTION = 500
#: The source and external id of the row that stands for all dropped rows.
_STAND_IN = ("retention", "dropped")

_QUESTION = "question/"


async def drop_old_rows(connection: AsyncConnection, place: str, before: datetime) -> bool:
    """Drop the next rows of a place that came before a moment. Return whether there may be more.

    A row goes before the rows that it refers to.
    """
    over = (agreements.c.state.in_(SETTLED)) & (agreements.c.changed_at < before) & (agreements.c.ends_at < before)
    answers = await _find_answers(connection, place, before, over)
    if answers:
        await connection.execute(update(agreements).where(agreements.c.card.in_(answers)).values(card=None))
        await connection.execute(delete(outbox).where(outbox.c.id.in_(answers)))
    causes = await _find_causes(connection, place, before, over)
    if causes:
        await _replace_causes(connection, list(causes), before)
        await insert_identities(connection, causes.values())
        await connection.execute(delete(inbox).where(inbox.c.id.in_(causes)))
    await _drop_questions(connection, place, before)
    return bool(answers or causes)


async def _find_answers(
    connection: AsyncConnection, place: str, before: datetime, over: ColumnElement[bool]
) -> list[int]:
    """Return the ids of outbox rows of a place that can be dropped, newest first."""
    target, later, newest = outbox.alias("target"), outbox.alias("later"), outbox.alias("newest")
    cards = select(agreements.c.card).where(agreements.c.card.is_not(None), over)
    open_questions = select(literal(_QUESTION) + cast(questions.c.id, String)).where(questions.c.closed_at.is_(None))
    is_question = outbox.c.subject.startswith(_QUESTION)
    is_of_no_agreement = outbox.c.subject.is_(None) | (is_question & outbox.c.subject.not_in(open_questions))
    is_target_free = or_(target.c.subject.is_(None), target.c.subject.startswith(_QUESTION), target.c.id.in_(cards))
    rows = (
        select(outbox.c.id)
        .where(outbox.c.place == place, outbox.c.created_at < before)
        .where(outbox.c.sent_at.is_not(None) | outbox.c.failure.is_not(None))
        .where(is_of_no_agreement | outbox.c.id.in_(cards) | outbox.c.refers_to.in_(cards))
        .where(outbox.c.refers_to.is_(None) | outbox.c.refers_to.in_(select(target.c.id).where(is_target_free)))
        .where(~select(later.c.id).where(later.c.refers_to == outbox.c.id).exists())
        .where(outbox.c.id.not_in(select(pictures.c.outbox_id)))
        .where(outbox.c.id < select(func.max(newest.c.id)).where(newest.c.place == place).scalar_subquery())
        .order_by(outbox.c.id.desc())
        .limit(ROWS_PER_TRANSACTION)
    )
    return list((await connection.execute(rows)).scalars())


async def _find_causes(
    connection: AsyncConnection, place: str, before: datetime, over: ColumnElement[bool]
) -> dict[int, str]:
    """Return the ids of inbox rows of a place that can be dropped, each with its identity."""
    newest = inbox.alias("newest")
    steps_of_others = select(history.c.id).where(
        history.c.inbox_id == inbox.c.id, history.c.agreement_id.not_in(select(agreements.c.id).where(over))
    )
    rows = (
        select(inbox.c.id, inbox.c.source, inbox.c.external_id)
        .where(inbox.c.place == place, inbox.c.received_at < before, inbox.c.done_at.is_not(None))
        .where(~select(outbox.c.id).where(outbox.c.inbox_id == inbox.c.id).exists(), ~steps_of_others.exists())
        .where(inbox.c.id < select(func.max(newest.c.id)).where(newest.c.place == place).scalar_subquery())
        .limit(ROWS_PER_TRANSACTION)
    )
    return {row.id: identity_of(row.source, row.external_id) for row in await connection.execute(rows)}


async def _replace_causes(connection: AsyncConnection, causes: list[int], before: datetime) -> None:
    """Let the steps that follow from some inbox rows follow from the row that stands for all dropped ones."""
    steps = update(history).where(history.c.inbox_id.in_(causes))
    if (await connection.execute(select(history.c.id).where(history.c.inbox_id.in_(causes)).limit(1))).first() is None:
        return
    source, external_id = _STAND_IN
    stand_in = await insert_once(connection, Incoming(source, external_id, "", "", source, before, {}), before)
    if stand_in is None:
        is_stand_in = (inbox.c.source == source) & (inbox.c.external_id == external_id)
        stand_in = (await connection.execute(select(inbox.c.id).where(is_stand_in))).scalar_one()
    else:
        await mark_handled(connection, stand_in, before)
    await connection.execute(steps.values(inbox_id=stand_in))


async def _drop_questions(connection: AsyncConnection, place: str, before: datetime) -> None:
    """Drop the closed questions of a place whose messages were dropped."""
    subject = literal(_QUESTION) + cast(questions.c.id, String)
    is_old = (questions.c.place == place) & (questions.c.closed_at < before) & (questions.c.asked_at < before)
    has_message = select(outbox.c.id).where(outbox.c.subject == subject).exists()
    await connection.execute(delete(questions).where(is_old, ~has_message))
