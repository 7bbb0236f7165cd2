"""What is to be said: queued with its cause, sent in order, never under two transaction ids."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import outbox


@dataclass(frozen=True)
class Outgoing:
    """An outbox row, with the event id of the row it refers to filled in once that one is sent.

    `kind` is say, edit or react. The content of say and edit: html, plain, notify (addresses), thread (bool: under
    what it refers to), reply_to (external id), calm (bool: no notification); of react: key.
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


def transaction_id(source: str, external_id: str, seq: int) -> str:
    """The id under which an answer is always sent: the same cause and place in the answer, the same id.

    The homeserver answers a repeated id with the event it already has (client-server API, "Transaction identifiers").
    """
    digest = hashlib.sha256(f"{source}\n{external_id}\n{seq}".encode()).digest()
    return "bylaug-" + base64.b32encode(digest[:20]).decode().lower()


async def put(connection: AsyncConnection, **values: Any) -> int:
    """Queue a row; the columns are those of the table `outbox`."""
    row = insert(outbox).values(**values).returning(outbox.c.id)
    return int((await connection.execute(row)).scalar_one())


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
_left = outbox.c.sent_at.is_(None) & outbox.c.failure.is_(None)


async def waiting(connection: AsyncConnection, place: str, limit: int = 50) -> list[Outgoing]:
    """The oldest rows of a place that are still to be sent."""
    rows = select(*_columns).select_from(outbox.outerjoin(_target, outbox.c.refers_to == _target.c.id))
    rows = rows.where(outbox.c.place == place, _left).order_by(outbox.c.id).limit(limit)
    return [Outgoing(**row._mapping) for row in await connection.execute(rows)]


async def places_waiting(connection: AsyncConnection) -> list[str]:
    """The places that still have something to be told."""
    return list((await connection.execute(select(outbox.c.place).where(_left).distinct())).scalars())


async def is_waiting(connection: AsyncConnection, place: str) -> bool:
    """Whether anything said to a place is not known to have arrived."""
    return (
        await connection.execute(select(outbox.c.id).where(outbox.c.place == place, _left).limit(1))
    ).first() is not None


async def mark_sent(connection: AsyncConnection, sent: list[tuple[int, str]], now: datetime) -> None:
    """Note the event ids the homeserver gave."""
    for row_id, external_id in sent:
        known = update(outbox).where(outbox.c.id == row_id).values(sent_at=now, external_id=external_id)
        await connection.execute(known)


async def mark_failed(connection: AsyncConnection, row_id: int, why: str) -> None:
    """Give a row up, and with it the rows that refer to it and could never be sent."""
    await connection.execute(update(outbox).where(outbox.c.id == row_id).values(failure=why))
    rest = update(outbox).where(outbox.c.refers_to == row_id, _left).values(failure=f"refers to row {row_id}: {why}")
    await connection.execute(rest)


async def find_by_event(connection: AsyncConnection, external_id: str) -> Any | None:
    """The row that an event of ours came from; an edit leads to the row it edited."""
    row = (await connection.execute(select(outbox).where(outbox.c.external_id == external_id))).first()
    if row is not None and row.kind == "edit" and row.refers_to is not None:
        return (await connection.execute(select(outbox).where(outbox.c.id == row.refers_to))).first()
    return row


async def shown_revision(connection: AsyncConnection, subject: str, newest: int) -> int | None:
    """The revision of a subject that people saw when outbox row `newest` was the last one delivered."""
    rows = select(outbox.c.revision).where(outbox.c.subject == subject, outbox.c.revision.is_not(None))
    rows = rows.where(outbox.c.id <= newest, outbox.c.sent_at.is_not(None)).order_by(outbox.c.id.desc()).limit(1)
    return (await connection.execute(rows)).scalar_one_or_none()
