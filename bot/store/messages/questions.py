"""Half-said commands: what was understood, what is missing, and what can be tapped."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import outbox, questions


@dataclass(frozen=True)
class Question:
    """A question to one person, or an offer to anybody (`asked` is empty).

    `options` are [emoji, label, value, other arguments by name] in the order they are offered; the value of an offer's
    option is a whole command.
    """

    id: int
    place: str
    asked: str
    feature: str
    command: str
    said: dict[str, Any]
    wanted: str
    options: list[list[Any]]
    asked_at: datetime


#: After this, words are talk again and neither kept nor read as an answer; a tap or a reply answers still.
ANSWER_PERIOD = timedelta(days=1)

_is_open = questions.c.closed_at.is_(None)
_columns = [c for c in questions.c if c.name != "closed_at"]


async def insert_question(connection: AsyncConnection, now: datetime, **values: Any) -> int:
    """Keep a half-said command; one the same person left open in the same place is given up."""
    await _close_older(connection, now, values["place"], values["asked"])
    row = insert(questions).values(asked_at=now, **values).returning(questions.c.id)
    return int((await connection.execute(row)).scalar_one())


async def _close_older(connection: AsyncConnection, now: datetime, place: str, asked: str) -> None:
    older = (questions.c.place == place) & (questions.c.asked == asked) & _is_open
    if asked:
        await connection.execute(update(questions).where(older).values(closed_at=now))


async def insert_public_question(
    connection: AsyncConnection, now: datetime, *, place: str, feature: str, options: list[list[Any]], to: str
) -> int:
    """Keep what anybody may tap. It stays open, however often it is.

    What the person who wished for it left open is given up: a bare number said next is not meant for that.
    """
    await _close_older(connection, now, place, to)
    values = {"place": place, "asked": "", "feature": feature, "command": "", "said": {}, "wanted": ""}
    row = insert(questions).values(asked_at=now, **values, options=options).returning(questions.c.id)
    return int((await connection.execute(row)).scalar_one())


async def find_open_question(connection: AsyncConnection, place: str, asked: str, now: datetime) -> Question | None:
    """What a person is being asked in a place, as long as what they write may be meant as the answer."""
    rows = select(*_columns).where(questions.c.place == place, questions.c.asked == asked, _is_open)
    rows = rows.where(questions.c.asked_at > now - ANSWER_PERIOD)
    row = (await connection.execute(rows.order_by(questions.c.id.desc()).limit(1))).first() if asked else None
    return Question(**row._mapping) if row else None


async def find_question(connection: AsyncConnection, question_id: int) -> tuple[Question, bool] | None:
    """A question and whether it is still open."""
    row = (await connection.execute(select(questions).where(questions.c.id == question_id))).first()
    if row is None:
        return None
    known = dict(row._mapping)
    return (Question(**{k: v for k, v in known.items() if k != "closed_at"}), known["closed_at"] is None)


async def find_questions_of_row(connection: AsyncConnection, inbox_id: int) -> dict[int, bool]:
    """The questions that one inbox row was answered with, and whether each is still open."""
    subjects = select(outbox.c.subject).where(outbox.c.inbox_id == inbox_id, outbox.c.subject.startswith("question/"))
    asked = [int(subject.partition("/")[2]) for subject in (await connection.execute(subjects)).scalars()]
    rows = select(questions.c.id, questions.c.closed_at.is_(None)).where(questions.c.id.in_(asked))
    return {number: bool(is_open) for number, is_open in await connection.execute(rows)}


async def close_question(connection: AsyncConnection, question_id: int, now: datetime) -> None:
    """It is answered, or given up."""
    await connection.execute(update(questions).where(questions.c.id == question_id).values(closed_at=now))
