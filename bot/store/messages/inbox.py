"""The inbox: what came in and may have to be acted on. Each row is stored once and handled once, in order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.facts import dialect_insert
from bot.store.messages.dropped import dropped, find_dropped, identity_of
from bot.store.tables import inbox, outbox


@dataclass(frozen=True)
class Incoming:
    """An event that the bot may have to act on, in terms that do not depend on where it came from.

    `kind` and the keys of its `payload`:

    - message: text, mentions (addresses), to_us (whether the bot is mentioned), thread and reply_to (external ids)
    - edit: the same, and target (the external id of the edited message)
    - tap: target and key (the emoji)
    - redaction: target
    - timer: feature, name, subjects, and names (the external id that each timer would have as a row of its own)
    - arrival: nothing; without a sender it is the bot's own
    - departure: present (the person's other addresses that are still in the room)
    - move: from (the place that the community has left)
    - calendar: calendar (its source) and changes (of matches)
    - configured: nothing; the community's file has changed
    - unreadable: unverified (whether the sender's app gives its key only to verified users); the message could not be
      decrypted
    - barred: why (the sender is told why messages are not handled)

    `place` and `sender` are addresses. Messages without a thread or a reply have no such keys.
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
    """A row of the inbox.

    `delivered_before` is, for an answer, the id of the newest outbox row that its sender could see in the room; else 0.
    """

    id: int
    delivered_before: int
    received_at: datetime


#: How far the clock of a sender's server is believed to be behind. An answer received now is taken to have been sent
#: after everything that we sent longer ago than this.
MAX_CLOCK_SKEW = timedelta(minutes=1)

#: Outcomes of a row: it was handled; a question was asked; its sender deleted the message before it was handled.
HANDLED, ASKED, WITHDRAWN = "handled", "asked", "withdrawn"


async def insert_once(connection: AsyncConnection, incoming: Incoming, now: datetime) -> int | None:
    """Insert a row and return its id; return None if there is, or was, one with this source and external id."""
    delivered_before = await _find_newest_visible_outbox_row(connection, incoming, now) if _is_reply(incoming) else 0
    values = {**incoming.__dict__, "received_at": now, "delivered_before": delivered_before}
    values["identity"] = identity_of(incoming.source, incoming.external_id)
    statement = _insert_once_statement(connection.dialect.name)
    row_id: int | None = (await connection.execute(statement, values)).scalar_one_or_none()
    return row_id


@cache
def _insert_once_statement(dialect: str) -> Any:
    columns = [inbox.c[name] for name in (*Incoming.__dataclass_fields__, "received_at", "delivered_before")]
    is_dropped = select(dropped.c.identity).where(dropped.c.identity == bindparam("identity")).exists()
    row = select(*(bindparam(column.name, type_=column.type) for column in columns)).where(~is_dropped)
    statement = dialect_insert(dialect, inbox).from_select(columns, row)
    return statement.on_conflict_do_nothing(index_elements=["source", "external_id"]).returning(inbox.c.id)


def _is_reply(incoming: Incoming) -> bool:
    return incoming.kind == "tap" or bool(incoming.payload.get("thread") or incoming.payload.get("reply_to"))


async def _find_newest_visible_outbox_row(connection: AsyncConnection, incoming: Incoming, now: datetime) -> int:
    """Return the id of the newest outbox row that was sent before an answer was; 0 if there is none.

    Both times are compared although they come from different clocks, hence MAX_CLOCK_SKEW.
    """
    visible_until = max(incoming.sent_at, now - MAX_CLOCK_SKEW)
    visible = (outbox.c.place == incoming.place) & (outbox.c.sent_at <= visible_until)
    newest = select(func.coalesce(func.max(outbox.c.id), 0)).where(visible)
    return int((await connection.execute(newest)).scalar_one())


async def find_stored_ids(connection: AsyncConnection, source: str, external_ids: Collection[str]) -> set[str]:
    """Return those of the external ids that the inbox has, or had, a row for."""
    rows = select(inbox.c.external_id).where(inbox.c.source == source, inbox.c.external_id.in_(external_ids))
    return {*(await connection.execute(rows)).scalars(), *await find_dropped(connection, source, external_ids)}


async def find_unhandled(connection: AsyncConnection, place: str, limit: int) -> list[InboxRow]:
    """Return the oldest unhandled rows of a place, oldest first."""
    (rows,) = await find_unhandled_in_places(connection, [place], limit)
    return rows


async def find_unhandled_in_places(
    connection: AsyncConnection, places: Sequence[str], limit: int
) -> list[list[InboxRow]]:
    """Return the oldest unhandled rows of each place, `limit` at most, in the order of `places`.

    One statement for all places, and one for each place only when there are too many rows for that.
    """
    total_limit = limit * len(places)
    parameters = {"wanted_places": list(places), "total_limit": total_limit}
    rows = (await connection.execute(_SELECT_UNHANDLED, parameters)).all()
    if len(rows) == total_limit > limit:  # there may be more, and one place may have crowded out the others
        return [await find_unhandled(connection, place, limit) for place in places]
    by_place: dict[str, list[InboxRow]] = {place: [] for place in places}
    for row in rows:
        by_place[row.place].append(to_inbox_row(row))
    return [by_place[place][:limit] for place in places]


_UNHANDLED = inbox.c.done_at.is_(None)
_SELECT_UNHANDLED = (
    select(inbox)
    .where(inbox.c.place.in_(bindparam("wanted_places", expanding=True)), _UNHANDLED)
    .order_by(inbox.c.id)
    .limit(bindparam("total_limit"))
)


async def find_unhandled_of_sender(connection: AsyncConnection, place: str, sender: str, limit: int) -> list[InboxRow]:
    """Return the oldest unhandled rows of one person in a place, oldest first."""
    rows = select(inbox).where(inbox.c.place == place, inbox.c.sender == sender, _UNHANDLED).order_by(inbox.c.id)
    return [to_inbox_row(row) for row in await connection.execute(rows.limit(limit))]


async def has_returned(connection: AsyncConnection, departure: InboxRow, addresses: Collection[str]) -> bool:
    """Return whether there is an arrival of one of these addresses after a departure."""
    later_arrival = (inbox.c.place == departure.place) & (inbox.c.kind == "arrival") & (inbox.c.id > departure.id)
    rows = select(inbox.c.id).where(later_arrival, inbox.c.sender.in_(addresses)).limit(1)
    return (await connection.execute(rows)).first() is not None


async def find_places_with_unhandled(connection: AsyncConnection) -> list[str]:
    """Return the places that have unhandled rows."""
    return list((await connection.execute(select(inbox.c.place).where(_UNHANDLED).distinct())).scalars())


async def count_unhandled(connection: AsyncConnection) -> int:
    """Return the number of unhandled rows."""
    return int((await connection.execute(select(func.count()).select_from(inbox).where(_UNHANDLED))).scalar_one())


async def mark_handled(connection: AsyncConnection, row_id: int, now: datetime) -> dict[str, Any] | None:
    """Mark a row as handled and return its payload, which an edit may have changed since the row was read.

    Return None if the row was marked before: only the one who marks it may act on it.
    """
    parameters: dict[str, Any] = {"row": row_id, "done_at": now, "outcome": HANDLED}
    payload: dict[str, Any] | None = (await connection.execute(_MARK_HANDLED, parameters)).scalar_one_or_none()
    return payload


async def set_outcome(connection: AsyncConnection, row_id: int, outcome: str) -> None:
    """Set another outcome than HANDLED. A row that was not meant for the bot ("ignored") loses its text."""
    values: dict[str, Any] = {"row": row_id, "outcome": outcome}
    if outcome == "ignored":
        values["payload"] = {}
    await connection.execute(_UPDATE_ROW, values)


_UPDATE_ROW = update(inbox).where(inbox.c.id == bindparam("row"))
_MARK_HANDLED = _UPDATE_ROW.where(_UNHANDLED).returning(inbox.c.payload)


async def mark_withdrawn(connection: AsyncConnection, row_id: int, now: datetime) -> bool:
    """Mark an unhandled row as done because its sender deleted the message, and drop its text.

    Wait for another transaction that is handling the row. Return False if the row is handled.
    """
    values = {"done_at": now, "outcome": WITHDRAWN, "payload": {}}
    return await _update_unhandled(connection, row_id, values)


async def update_unhandled_payload(connection: AsyncConnection, row_id: int, payload: dict[str, Any]) -> bool:
    """Replace the payload of an unhandled row. Wait like `mark_withdrawn`, and return False if the row is handled."""
    return await _update_unhandled(connection, row_id, {"payload": payload})


async def _update_unhandled(connection: AsyncConnection, row_id: int, values: dict[str, Any]) -> bool:
    """Update a row if it is still unhandled, and return whether it was.

    A row that was read before may be outdated: on PostgreSQL another transaction may have committed in between.
    """
    updated = update(inbox).where(inbox.c.id == row_id, _UNHANDLED).values(values).returning(inbox.c.id)
    return (await connection.execute(updated)).first() is not None


def to_inbox_row(row: Any) -> InboxRow:
    """Return a row of the table `inbox` as an InboxRow."""
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
