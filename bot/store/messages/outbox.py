"""The outbox: messages to be sent, each with the inbox row it follows from and a transaction id that never changes."""

import base64
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.messages import pictures
from bot.store.tables import inbox, outbox


@dataclass(frozen=True)
class OutboxRow:
    """A row of the outbox. `target` is the external id of the row that `refers_to` names, once that one is sent.

    `kind` and the keys of its `content`:

    - say: html, plain, notify (addresses to mention); reply_to (the external id of the message that is answered) and
      thread (that of the root of the thread it was written in), if any
    - picture: as say, and picture (name, mimetype, width, height, size); the bytes are in the table `pictures`
    - edit: html, plain, notify
    - react: key (the emoji)

    A say or picture that refers to a row is sent in the thread of that row's message; then it has no `thread`. An edit
    or react applies to the message of the row it refers to.
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
    """Return the transaction id of answer number `seq` to a cause: always the same for the same three values.

    The homeserver answers a repeated id with the event it already has (client-server API, "Transaction identifiers").
    """
    digest = hashlib.sha256(f"{source}\n{external_id}\n{seq}".encode()).digest()
    return "bylaug-" + base64.b32encode(digest[:20]).decode().lower()


async def insert_row(connection: AsyncConnection, **values: Any) -> int:
    """Insert a row, given by the columns of the table `outbox`, and return its id."""
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
    """Return the oldest unsent rows of a place with ids above `after`, oldest first."""
    (rows,) = await find_unsent_in_places(connection, [(place, after)], limit)
    return rows


async def find_unsent_in_places(
    connection: AsyncConnection, places: Sequence[tuple[str, int]], limit: int
) -> list[list[OutboxRow]]:
    """Return the oldest unsent rows of each (place, after), `limit` at most, in the order of `places`.

    One statement for all places, and one for each place only when there are too many rows for that.
    """
    total_limit = limit * len(places)
    parameters = {"wanted_places": [place for place, _ in places], "after": min(after for _, after in places)}
    rows = (await connection.execute(_SELECT_UNSENT, {**parameters, "total_limit": total_limit})).all()
    if len(rows) == total_limit > limit:  # there may be more, and one place may have crowded out the others
        return [await find_unsent(connection, place, after, limit) for place, after in places]
    by_place: dict[str, list[OutboxRow]] = {place: [] for place, _ in places}
    for row in rows:
        by_place[row.place].append(OutboxRow(**row._mapping))
    return [[row for row in by_place[place] if row.id > after][:limit] for place, after in places]


_SELECT_UNSENT = (
    select(*_columns)
    .select_from(_with_target)
    .where(outbox.c.place.in_(bindparam("wanted_places", expanding=True)), outbox.c.id > bindparam("after"), _unsent)
    .order_by(outbox.c.id)
    .limit(bindparam("total_limit"))
)


async def find_unsent_of_cause(connection: AsyncConnection, inbox_id: int) -> list[OutboxRow]:
    """Return the unsent rows that follow from an inbox row, oldest first."""
    rows = select(*_columns).select_from(_with_target).where(outbox.c.inbox_id == inbox_id, _unsent)
    return [OutboxRow(**row._mapping) for row in await connection.execute(rows.order_by(outbox.c.id))]


async def find_known_events(connection: AsyncConnection, place: str, event_ids: Collection[str]) -> set[str]:
    """Return those of the event ids in a place that belong to sent rows."""
    rows = select(outbox.c.external_id).where(outbox.c.place == place, outbox.c.external_id.in_(event_ids))
    return {event_id for event_id in (await connection.execute(rows)).scalars() if event_id}


async def find_places_with_unsent(connection: AsyncConnection) -> list[str]:
    """Return the places that have unsent rows."""
    return list((await connection.execute(select(outbox.c.place).where(_unsent).distinct())).scalars())


async def count_unsent(connection: AsyncConnection) -> int:
    """Return the number of unsent rows."""
    return int((await connection.execute(select(func.count()).select_from(outbox).where(_unsent))).scalar_one())


async def has_unsent(connection: AsyncConnection, place: str) -> bool:
    """Return whether a place has unsent rows. Such a row may have arrived without our knowing."""
    rows = select(outbox.c.id).where(outbox.c.place == place, _unsent).limit(1)
    return (await connection.execute(rows)).first() is not None


async def mark_sent(connection: AsyncConnection, sent: list[tuple[int, str, datetime]]) -> None:
    """Mark rows as sent: (row id, event id, the time before which nobody can have seen the message)."""
    parameters = [{"row": row_id, "event": event_id, "at": sent_at} for row_id, event_id, sent_at in sent]
    if parameters:
        await connection.execute(_MARK_SENT, parameters)


_MARK_SENT = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(sent_at=bindparam("at"), external_id=bindparam("event"))
)


async def mark_failed(connection: AsyncConnection, row_id: int, reason: str) -> None:
    """Mark a row as never to be sent, and with it the unsent rows that refer to it, which cannot be sent either."""
    await connection.execute(update(outbox).where(outbox.c.id == row_id).values(failure=reason))
    dependent = update(outbox).where(outbox.c.refers_to == row_id, _unsent)
    await connection.execute(dependent.values(failure=f"refers to row {row_id}: {reason}"))
    await pictures.delete_finished(connection)


async def find_by_event(connection: AsyncConnection, place: str, event_id: str) -> Any | None:
    """Return the outbox row of an event; for an edit, or a message without a subject in a thread, the row it refers to.

    Only events of this place are found: a relation can name an event of any other room.
    """
    is_event = (outbox.c.external_id == event_id) & (outbox.c.place == place)
    row = (await connection.execute(select(outbox).where(is_event))).first()
    if row is not None and row.refers_to is not None and (row.kind == "edit" or row.subject is None):
        return (await connection.execute(select(outbox).where(outbox.c.id == row.refers_to))).first()
    return row


async def find_revision_of_message(connection: AsyncConnection, place: str, event_id: str) -> int | None:
    """Return the revision that a message in a card's thread is about; None for the card, whose revision changes."""
    rows = select(outbox.c.revision).where(outbox.c.external_id == event_id, outbox.c.place == place)
    rows = rows.where(outbox.c.refers_to.is_not(None), outbox.c.subject.is_(None))
    revision: int | None = (await connection.execute(rows)).scalar_one_or_none()
    return revision


async def find_revision_shown(connection: AsyncConnection, place: str, subject: str, newest_row: int) -> int | None:
    """Return the revision of a subject that the room showed when `newest_row` was the last row delivered.

    At least the first revision: who answers a card has seen it, whatever the clocks say. None if there is no card.
    """
    rows = select(outbox.c.revision).where(outbox.c.subject == subject, outbox.c.revision.is_not(None))
    rows = rows.where(outbox.c.place == place).limit(1)
    delivered = rows.where(outbox.c.id <= newest_row, outbox.c.sent_at.is_not(None)).order_by(outbox.c.id.desc())
    revision = (await connection.execute(delivered)).scalar_one_or_none()
    if revision is None:
        revision = (await connection.execute(rows.order_by(outbox.c.id))).scalar_one_or_none()
    return revision


@dataclass(frozen=True)
class AskedWhere:
    """Where a question stands: in the thread of the card in row `card`, or in the `thread` of somebody's message.

    Both are None in the room. `cause` is the external id of the message that was answered with the question.
    """

    card: int | None
    thread: str | None
    cause: str


async def find_where_asked(connection: AsyncConnection, place: str, subject: str) -> AskedWhere | None:
    """Return where the question of a subject was asked; None when no message of this place has the subject."""
    rows = select(outbox.c.refers_to, outbox.c.content, inbox.c.external_id)
    rows = rows.join(inbox, outbox.c.inbox_id == inbox.c.id)
    rows = rows.where(outbox.c.place == place, outbox.c.subject == subject).order_by(outbox.c.id).limit(1)
    row = (await connection.execute(rows)).first()
    return AskedWhere(row[0], row[1].get("thread"), row[2]) if row else None


async def has_asked_since(connection: AsyncConnection, place: str, subject: str, key: str) -> bool:
    """Return whether the bot, after its message about a subject, has asked for a tap on `key` under another message."""
    asked = select(func.max(outbox.c.id)).where(outbox.c.place == place, outbox.c.subject == subject).scalar_subquery()
    rows = select(outbox.c.content).where(outbox.c.place == place, outbox.c.id > asked)
    rows = rows.where(outbox.c.kind == "react", outbox.c.refers_to > asked)
    return any(content.get("key") == key for content in (await connection.execute(rows)).scalars())
