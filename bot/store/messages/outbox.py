"""What is to be said: queued with its cause, sent in order, never under two transaction ids."""

import base64
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.messages import pictures
from bot.store.tables import outbox


@dataclass(frozen=True)
class OutboxRow:
    """An outbox row, with the event id of the row it refers to filled in once that one is sent.

    `kind` is say, picture, edit or react. The content of say and edit: html, plain, notify (addresses), thread (bool:
    under what it refers to), reply_to (external id), calm (bool: no notification); of react: key. A picture says what
    it shows like any other message, and has its name, mimetype, width, height and size besides (`picture`).
    """

    id: int
    inbox_id: int
    transaction_id: str
    place: str
    kind: str
    content: dict[str, Any]
    refers_to: int | None
    target: str | None
    subject: str | None
    created_at: datetime


def make_transaction_id(source: str, external_id: str, seq: int) -> str:
    """The id under which an answer is always sent: the same cause and place in the answer, the same id.

    The homeserver answers a repeated id with the event it already has (client-server API, "Transaction identifiers").
    """
    digest = hashlib.sha256(f"{source}\n{external_id}\n{seq}".encode()).digest()
    return "bylaug-" + base64.b32encode(digest[:20]).decode().lower()


async def insert_row(connection: AsyncConnection, **values: Any) -> int:
    """Queue a row; the columns are those of the table `outbox`."""
    return int((await connection.execute(_INSERT_ROW, values)).scalar_one())


_INSERT_ROW = insert(outbox).returning(outbox.c.id)


_target = outbox.alias("target")
_columns = (
    outbox.c.id,
    outbox.c.inbox_id,
    outbox.c.transaction_id,
    outbox.c.place,
    outbox.c.kind,
    outbox.c.content,
    outbox.c.refers_to,
    _target.c.external_id.label("target"),
    outbox.c.subject,
    outbox.c.created_at,
)
_with_target = outbox.outerjoin(_target, outbox.c.refers_to == _target.c.id)
_unsent = outbox.c.sent_at.is_(None) & outbox.c.failure.is_(None)


async def find_unsent(connection: AsyncConnection, place: str, after: int, limit: int) -> list[OutboxRow]:
    """The oldest rows of a place, behind row `after`, that are still to be sent."""
    (rows,) = await find_unsent_in_places(connection, [(place, after)], limit)
    return rows


async def find_unsent_in_places(
    connection: AsyncConnection, places: Sequence[tuple[str, int]], limit: int
) -> list[list[OutboxRow]]:
    """The same of several places, each with its row, in one statement unless very much is waiting."""
    most = limit * len(places)
    wanted = {"wanted_places": [place for place, _ in places], "after": min(after for _, after in places)}
    rows = (await connection.execute(_SELECT_UNSENT, {**wanted, "wanted": most})).all()
    if len(rows) == most > limit:  # one of them may crowd out the others
        return [await find_unsent(connection, place, after, limit) for place, after in places]
    found: dict[str, list[OutboxRow]] = {place: [] for place, _ in places}
    for row in rows:
        found[row.place].append(OutboxRow(**row._mapping))
    return [[row for row in found[place] if row.id > after][:limit] for place, after in places]


_SELECT_UNSENT = (
    select(*_columns)
    .select_from(_with_target)
    .where(outbox.c.place.in_(bindparam("wanted_places", expanding=True)), outbox.c.id > bindparam("after"), _unsent)
    .order_by(outbox.c.id)
    .limit(bindparam("wanted"))
)


async def find_unsent_of_cause(connection: AsyncConnection, inbox_id: int) -> list[OutboxRow]:
    """What a cause was answered with and is still to be sent, in order."""
    rows = select(*_columns).select_from(_with_target).where(outbox.c.inbox_id == inbox_id, _unsent)
    return [OutboxRow(**row._mapping) for row in await connection.execute(rows.order_by(outbox.c.id))]


async def find_known_events(connection: AsyncConnection, place: str, event_ids: Collection[str]) -> set[str]:
    """Those of several events in a place that are known to be ours."""
    found = select(outbox.c.external_id).where(outbox.c.place == place, outbox.c.external_id.in_(event_ids))
    return {event for event in (await connection.execute(found)).scalars() if event}


async def find_places_with_unsent(connection: AsyncConnection) -> list[str]:
    """The places that still have something to be told."""
    return list((await connection.execute(select(outbox.c.place).where(_unsent).distinct())).scalars())


async def count_unsent(connection: AsyncConnection) -> int:
    """How many rows are still to be sent."""
    return int((await connection.execute(select(func.count()).select_from(outbox).where(_unsent))).scalar_one())


async def has_unsent(connection: AsyncConnection, place: str) -> bool:
    """Whether anything said to a place is not known to have arrived."""
    return (
        await connection.execute(select(outbox.c.id).where(outbox.c.place == place, _unsent).limit(1))
    ).first() is not None


async def mark_sent(connection: AsyncConnection, sent: list[tuple[int, str, datetime]]) -> None:
    """Note the event ids the homeserver gave, and the moment before which nobody can have seen them."""
    marks = [{"row": row_id, "event": external_id, "at": sent_at} for row_id, external_id, sent_at in sent]
    if marks:
        await connection.execute(_MARK_SENT, marks)


_MARK_SENT = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(sent_at=bindparam("at"), external_id=bindparam("event"))
)


async def mark_failed(connection: AsyncConnection, row_id: int, reason: str) -> None:
    """Give a row up, and with it the rows that refer to it and could never be sent."""
    await connection.execute(update(outbox).where(outbox.c.id == row_id).values(failure=reason))
    rest = (
        update(outbox).where(outbox.c.refers_to == row_id, _unsent).values(failure=f"refers to row {row_id}: {reason}")
    )
    await connection.execute(rest)
    await pictures.delete_finished(connection)


async def find_by_event(connection: AsyncConnection, place: str, external_id: str) -> Any | None:
    """The row that an event of ours came from; an edit, and what we said in a card's thread, lead to the card.

    Only in the place itself: a relation can name an event of any other room.
    """
    here = (outbox.c.external_id == external_id) & (outbox.c.place == place)
    row = (await connection.execute(select(outbox).where(here))).first()
    if row is not None and row.refers_to is not None and (row.kind == "edit" or row.subject is None):
        return (await connection.execute(select(outbox).where(outbox.c.id == row.refers_to))).first()
    return row


async def find_revision_of_message(connection: AsyncConnection, place: str, external_id: str) -> int | None:
    """The revision that something said in a card's thread speaks of; a card itself shows whatever is newest."""
    row = select(outbox.c.revision).where(outbox.c.external_id == external_id, outbox.c.place == place)
    row = row.where(outbox.c.refers_to.is_not(None), outbox.c.subject.is_(None))
    found: int | None = (await connection.execute(row)).scalar_one_or_none()
    return found


async def find_revision_shown(connection: AsyncConnection, place: str, subject: str, newest: int) -> int | None:
    """The revision of a subject that people saw when outbox row `newest` was the last one delivered.

    Whoever answers a card has seen its first one at least, whatever the clocks say.
    """
    rows = select(outbox.c.revision).where(outbox.c.subject == subject, outbox.c.revision.is_not(None))
    rows = rows.where(outbox.c.place == place).limit(1)
    seen = rows.where(outbox.c.id <= newest, outbox.c.sent_at.is_not(None)).order_by(outbox.c.id.desc())
    found = (await connection.execute(seen)).scalar_one_or_none()
    if found is None:
        found = (await connection.execute(rows.order_by(outbox.c.id))).scalar_one_or_none()
    return found


async def find_referred_row(connection: AsyncConnection, place: str, subject: str) -> int | None:
    """The row that the message standing for a subject refers to."""
    row = select(outbox.c.refers_to).where(outbox.c.place == place, outbox.c.subject == subject)
    found: int | None = (await connection.execute(row.order_by(outbox.c.id).limit(1))).scalar_one_or_none()
    return found
