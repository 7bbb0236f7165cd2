"""Questions that were asked: the arguments understood so far, the argument that is missing, and the options to tap."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import outbox, questions


@dataclass(frozen=True)
class Question:
    """A question to one person about an incomplete command, or a public one, which anybody can answer with a tap.

    `asked` is the address of the person, empty for a public question. `said` are the arguments understood so far, by
    name, and `wanted` is the name of the missing one. `options` are [emoji, label, value, other arguments by name] in
    the order they are shown; the value of a public question's option is a whole command.
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

    @property
    def is_yes_or_no(self) -> bool:
        """Whether the question is answered with ✅ or ❌, and has no other options."""
        return self.wanted == "" and not any(label for _, label, *_ in self.options)

    @property
    def is_interrupted(self) -> bool:
        """Whether people in the room have talked to each other since the question was asked."""
        return bool(self.said.get(_INTERRUPTED))

    def is_about(self, about: str) -> bool:
        """Return whether this question asked what a message means that was written under this state of a card."""
        return bool(self.said.get(ABOUT) == about)


#: For how long a message may be read as the answer to an open question. A tap or a reply answers it later too.
ANSWER_PERIOD = timedelta(days=1)

#: The key in `said` of a question since which people have talked to each other.
_INTERRUPTED = "!interrupted"

#: The key in `said` of a question what a message under a card means: the card and its state.
ABOUT = "!about"

_is_open = questions.c.closed_at.is_(None)
_columns = [column for column in questions.c if column.name != "closed_at"]


async def insert_question(connection: AsyncConnection, now: datetime, **values: Any) -> int:
    """Insert a question to a person and return its id; close the one that was open for them in the same place."""
    await _close_older(connection, now, values["place"], values["asked"])
    row = insert(questions).values(asked_at=now, **values).returning(questions.c.id)
    return int((await connection.execute(row)).scalar_one())


async def _close_older(connection: AsyncConnection, now: datetime, place: str, asked: str) -> None:
    if asked:
        is_older = (questions.c.place == place) & (questions.c.asked == asked) & _is_open
        await connection.execute(update(questions).where(is_older).values(closed_at=now))


async def insert_public_question(
    connection: AsyncConnection, now: datetime, *, place: str, feature: str, options: list[list[Any]], requester: str
) -> int:
    """Insert a public question and return its id. It stays open, however often it is answered.

    The question that was open for the requester is closed: a number they write next is not meant for that one.
    """
    await _close_older(connection, now, place, requester)
    values = {"place": place, "asked": "", "feature": feature, "command": "", "said": {}, "wanted": ""}
    row = insert(questions).values(asked_at=now, **values, options=options).returning(questions.c.id)
    return int((await connection.execute(row)).scalar_one())


async def find_open_question(connection: AsyncConnection, place: str, asked: str, now: datetime) -> Question | None:
    """Return the newest open question to a person in a place, if it is younger than ANSWER_PERIOD."""
    if not asked:
        return None
    rows = select(*_columns).where(questions.c.place == place, questions.c.asked == asked, _is_open)
    rows = rows.where(questions.c.asked_at > now - ANSWER_PERIOD)
    row = (await connection.execute(rows.order_by(questions.c.id.desc()).limit(1))).first()
    return Question(**row._mapping) if row else None


async def has_asked_about(connection: AsyncConnection, place: str, about: str, since: datetime) -> bool:
    """Return whether anybody was asked since a moment what a message means that was written under a state of a card."""
    rows = select(questions.c.said).where(questions.c.place == place, questions.c.asked_at > since)
    return any(said.get(ABOUT) == about for said in (await connection.execute(rows)).scalars())


async def find_question(connection: AsyncConnection, question_id: int) -> tuple[Question, bool] | None:
    """Return a question, and whether it is still open."""
    row = (await connection.execute(select(questions).where(questions.c.id == question_id))).first()
    if row is None:
        return None
    values = dict(row._mapping)
    closed_at = values.pop("closed_at")
    return Question(**values), closed_at is None


async def mark_interrupted(
    connection: AsyncConnection, place: str, now: datetime, *, asked: str | None = None, but_asked: str | None = None
) -> None:
    """Note that people have talked to each other since the open questions of a place were asked.

    `asked` chooses the questions to one person, `but_asked` those to everybody else.
    """
    rows = select(questions.c.id, questions.c.said).where(questions.c.place == place, questions.c.asked != "", _is_open)
    rows = rows.where(questions.c.asked_at > now - ANSWER_PERIOD)
    rows = rows.where(questions.c.asked == asked) if asked else rows.where(questions.c.asked != but_asked)
    for question_id, said in (await connection.execute(rows)).all():
        if not said.get(_INTERRUPTED):
            values = {**said, _INTERRUPTED: True}
            await connection.execute(update(questions).where(questions.c.id == question_id).values(said=values))


async def find_questions_of_row(connection: AsyncConnection, inbox_id: int) -> dict[int, bool]:
    """Return the ids of the questions that an inbox row was answered with, each with whether it is still open."""
    subjects = select(outbox.c.subject).where(outbox.c.inbox_id == inbox_id, outbox.c.subject.startswith("question/"))
    ids = [int(subject.partition("/")[2]) for subject in (await connection.execute(subjects)).scalars()]
    rows = select(questions.c.id, _is_open).where(questions.c.id.in_(ids))
    return {question_id: bool(is_open) for question_id, is_open in await connection.execute(rows)}


async def close_question(connection: AsyncConnection, question_id: int, now: datetime) -> None:
    """Close a question that was answered or is no longer relevant."""
    await connection.execute(update(questions).where(questions.c.id == question_id).values(closed_at=now))
