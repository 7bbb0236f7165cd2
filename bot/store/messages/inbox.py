"""What came in: kept once, worked on in order, and marked when it is done."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.facts import dialect_insert
from bot.store.tables import inbox, outbox


@dataclass(frozen=True)
class Incoming:
    """Something the bot may have to act on, free of where it came from.

    `kind` is one of message, edit, tap, redaction, timer, arrival, departure, move, calendar (matches have changed),
    configured (the community's file has changed), barred (somebody is told that they are not heard). The payload's
    keys: text, mentions (addresses), thread and reply_to (external ids) for messages; target and key for taps; target
    for edits and redactions; feature, name, subjects and names (the cause each would be alone) for timers; present (the
    person's other addresses that still are there) for departures; calendar (its source) and changes for calendars; why
    for those barred.
    `place` and `sender` are addresses; an arrival without a sender is our own.
    """

    source: str
    external_id: str
    place: str
    sender: str
    kind: str
    sent_at: datetime
    payload: dict[str, Any]


@dataclass(frozen=True)
class InboxRow(Incoming):
    """An inbox row. `delivered_before` is the newest outbox row that was visible in the room when an answer came in."""

    id: int
    delivered_before: int
    received_at: datetime


#: An answer whose server's clock is more behind than this is believed to have seen what was sent this long ago.
MAX_CLOCK_SKEW = timedelta(minutes=1)


async def insert_once(connection: AsyncConnection, incoming: Incoming, now: datetime) -> int | None:
    """Write it down unless it is there already; the new row's id, or None."""
    before = await _find_newest_visible_outbox_row(connection, incoming, now) if _is_reply(incoming) else 0
    row = {**incoming.__dict__, "received_at": now, "delivered_before": before}
    kept: int | None = (
        await connection.execute(_insert_once_statement(connection.dialect.name), row)
    ).scalar_one_or_none()
    return kept


@cache
def _insert_once_statement(dialect: str) -> Any:
    row = dialect_insert(dialect, inbox).on_conflict_do_nothing(index_elements=["source", "external_id"])
    return row.returning(inbox.c.id)


def _is_reply(incoming: Incoming) -> bool:
    return incoming.kind == "tap" or bool(incoming.payload.get("thread") or incoming.payload.get("reply_to"))


async def _find_newest_visible_outbox_row(connection: AsyncConnection, incoming: Incoming, now: datetime) -> int:
    """What was sent after somebody answered, they had not seen; that is known by the clocks, which may differ."""
    seen = max(incoming.sent_at, now - MAX_CLOCK_SKEW)
    newest = select(func.coalesce(func.max(outbox.c.id), 0))
    row = newest.where(outbox.c.place == incoming.place, outbox.c.sent_at <= seen)
    return int((await connection.execute(row)).scalar_one())


async def find_stored_ids(connection: AsyncConnection, source: str, external_ids: Collection[str]) -> set[str]:
    """Those of several that were written down before."""
    found = select(inbox.c.external_id).where(inbox.c.source == source, inbox.c.external_id.in_(external_ids))
    return set((await connection.execute(found)).scalars())


async def find_unhandled(connection: AsyncConnection, place: str, limit: int) -> list[InboxRow]:
    """The oldest rows of a place that are still to be worked on."""
    (rows,) = await find_unhandled_in_places(connection, [place], limit)
    return rows


async def find_unhandled_in_places(
    connection: AsyncConnection, places: Sequence[str], limit: int
) -> list[list[InboxRow]]:
    """The same of several places, in one statement unless very much is waiting."""
    most = limit * len(places)
    rows = (await connection.execute(_SELECT_UNHANDLED, {"wanted_places": list(places), "wanted": most})).all()
    if len(rows) == most > limit:  # one of them may crowd out the others
        return [await find_unhandled(connection, place, limit) for place in places]
    found: dict[str, list[InboxRow]] = {place: [] for place in places}
    for row in rows:
        found[row.place].append(to_inbox_row(row))
    return [found[place][:limit] for place in places]


_UNHANDLED = inbox.c.done_at.is_(None)
_SELECT_UNHANDLED = (
    select(inbox)
    .where(inbox.c.place.in_(bindparam("wanted_places", expanding=True)), _UNHANDLED)
    .order_by(inbox.c.id)
    .limit(bindparam("wanted"))
)


async def find_unhandled_of_sender(connection: AsyncConnection, place: str, sender: str, limit: int) -> list[InboxRow]:
    """The oldest rows of one person in a place that are still to be worked on."""
    rows = select(inbox).where(inbox.c.place == place, inbox.c.sender == sender, _UNHANDLED).order_by(inbox.c.id)
    return [to_inbox_row(row) for row in await connection.execute(rows.limit(limit))]


async def has_returned(connection: AsyncConnection, departure: InboxRow, addresses: Collection[str]) -> bool:
    """Whether one of the addresses is known to have come (back) since somebody left."""
    later = (inbox.c.place == departure.place) & (inbox.c.kind == "arrival") & (inbox.c.id > departure.id)
    found = select(inbox.c.id).where(later, inbox.c.sender.in_(addresses)).limit(1)
    return (await connection.execute(found)).first() is not None


async def find_places_with_unhandled(connection: AsyncConnection) -> list[str]:
    """The places with work left over."""
    return list((await connection.execute(select(inbox.c.place).where(inbox.c.done_at.is_(None)).distinct())).scalars())


async def count_unhandled(connection: AsyncConnection) -> int:
    """How many rows are still to be worked on."""
    return int((await connection.execute(select(func.count()).select_from(inbox).where(_UNHANDLED))).scalar_one())


async def mark_handled(connection: AsyncConnection, row_id: int, now: datetime) -> dict[str, Any] | None:
    """Mark a row as done, as handled; what it says now, since it may have been corrected while it waited.

    None when it was done already. Whoever does it first may work on it.
    """
    done: dict[str, Any] = {"row": row_id, "done_at": now, "outcome": HANDLED}
    payload: dict[str, Any] | None = (await connection.execute(_MARK_HANDLED, done)).scalar_one_or_none()
    return payload


async def set_outcome(connection: AsyncConnection, row_id: int, outcome: str) -> None:
    """It came to something else. What turned out to be other people's talk ("ignored") keeps no words."""
    noted: dict[str, Any] = {"row": row_id, "outcome": outcome}
    if outcome == "ignored":
        noted["payload"] = {}
    await connection.execute(_UPDATE_ROW, noted)


HANDLED, ASKED, WITHDRAWN = "handled", "asked", "withdrawn"
_UPDATE_ROW = update(inbox).where(inbox.c.id == bindparam("row"))
_MARK_HANDLED = _UPDATE_ROW.where(_UNHANDLED).returning(inbox.c.payload)


async def mark_withdrawn(connection: AsyncConnection, row_id: int, now: datetime) -> None:
    """Mark a row as done that its writer took back before it was worked on."""
    done = {"done_at": now, "outcome": WITHDRAWN, "payload": {}}
    await connection.execute(update(inbox).where(inbox.c.id == row_id, _UNHANDLED).values(done))


def to_inbox_row(row: Any) -> InboxRow:
    """A row of the table as what it is."""
    return InboxRow(
        source=row.source,
        external_id=row.external_id,
        place=row.place,
        sender=row.sender,
        kind=row.kind,
        sent_at=row.sent_at,
        payload=row.payload,
        id=row.id,
        delivered_before=row.delivered_before,
        received_at=row.received_at,
    )
