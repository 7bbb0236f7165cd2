"""What came in: kept once, worked on in order, and marked when it is done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.meta import insert
from bot.store.tables import inbox, outbox


@dataclass(frozen=True)
class Incoming:
    """Something the bot may have to act on, free of where it came from.

    `kind` is one of message, edit, tap, redaction, timer, arrival. The payload's keys: text, mentions (addresses),
    thread and reply_to (external ids) for messages; target and key for taps; target for edits and redactions;
    feature, name and subject for timers. `place` and `sender` are addresses.
    """

    source: str
    external_id: str
    place: str
    sender: str
    kind: str
    sent_at: datetime
    payload: dict[str, Any]


@dataclass(frozen=True)
class Received(Incoming):
    """An inbox row. `delivered_before` is the newest outbox row that was visible in the room when a tap came in."""

    id: int
    delivered_before: int


async def keep(connection: AsyncConnection, incoming: Incoming, now: datetime) -> int | None:
    """Write it down unless it is there already; the new row's id, or None."""
    row = insert(connection, inbox).values(
        source=incoming.source,
        external_id=incoming.external_id,
        place=incoming.place,
        sender=incoming.sender,
        kind=incoming.kind,
        payload=incoming.payload,
        sent_at=incoming.sent_at,
        received_at=now,
        delivered_before=_newest_delivered(incoming.place) if incoming.kind == "tap" else 0,
    )
    row = row.on_conflict_do_nothing(index_elements=["source", "external_id"]).returning(inbox.c.id)
    kept: int | None = (await connection.execute(row)).scalar_one_or_none()
    return kept


def _newest_delivered(place: str) -> Any:
    newest = select(func.coalesce(func.max(outbox.c.id), 0))
    return newest.where(outbox.c.place == place, outbox.c.sent_at.is_not(None)).scalar_subquery()


async def is_kept(connection: AsyncConnection, source: str, external_id: str) -> bool:
    """Whether this was written down before, done or not."""
    found = select(inbox.c.id).where(inbox.c.source == source, inbox.c.external_id == external_id)
    return (await connection.execute(found)).first() is not None


async def waiting(connection: AsyncConnection, place: str, limit: int = 20) -> list[Received]:
    """The oldest rows of a place that are still to be worked on."""
    rows = select(inbox).where(inbox.c.place == place, inbox.c.done_at.is_(None)).order_by(inbox.c.id).limit(limit)
    return [_received(row) for row in await connection.execute(rows)]


async def places_waiting(connection: AsyncConnection) -> list[str]:
    """The places with work left over."""
    return list((await connection.execute(select(inbox.c.place).where(inbox.c.done_at.is_(None)).distinct())).scalars())


async def finish(connection: AsyncConnection, row_id: int, now: datetime, outcome: str) -> None:
    """Mark a row as done. What turned out to be other people's talk keeps no words."""
    done: dict[str, Any] = {"done_at": now, "outcome": outcome}
    if outcome == "ignored":
        done["payload"] = {}
    await connection.execute(update(inbox).where(inbox.c.id == row_id).values(done))


async def is_open(connection: AsyncConnection, row_id: int) -> bool:
    """Whether a row still has to be worked on; asked inside the transaction that works on it."""
    row = select(inbox.c.id).where(inbox.c.id == row_id, inbox.c.done_at.is_(None))
    return (await connection.execute(row)).first() is not None


def _received(row: Any) -> Received:
    return Received(
        source=row.source,
        external_id=row.external_id,
        place=row.place,
        sender=row.sender,
        kind=row.kind,
        sent_at=row.sent_at,
        payload=row.payload,
        id=row.id,
        delivered_before=row.delivered_before,
    )
