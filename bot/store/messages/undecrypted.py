"""Encrypted messages whose room key is missing, stored as they came until the key arrives."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.facts import dialect_insert
from bot.store.tables import unread

#: The most events stored for one place. Beyond them the oldest are deleted, so that nobody can fill the disk.
MAX_EVENTS_PER_PLACE = 1_000


@dataclass(frozen=True)
class UndecryptedEvent:
    """An event that is encrypted with a session whose key is missing: its id, and all of it as `content`."""

    event: str
    place: str
    sender: str
    session: str
    content: dict[str, Any]
    received_at: datetime


async def insert_undecrypted(connection: AsyncConnection, event: UndecryptedEvent) -> None:
    """Store an event unless it is stored already; delete the place's oldest events beyond MAX_EVENTS_PER_PLACE."""
    row = dialect_insert(connection.dialect.name, unread).values(**asdict(event))
    await connection.execute(row.on_conflict_do_nothing(index_elements=["event"]))
    newest_first = select(unread.c.id).where(unread.c.place == event.place).order_by(unread.c.id.desc())
    newest_surplus_id = newest_first.offset(MAX_EVENTS_PER_PLACE).limit(1).scalar_subquery()
    await connection.execute(delete(unread).where(unread.c.place == event.place, unread.c.id <= newest_surplus_id))


async def find_all_undecrypted(connection: AsyncConnection) -> list[UndecryptedEvent]:
    """Return all stored events, oldest first."""
    rows = await connection.execute(select(unread).order_by(unread.c.id))
    return [_to_event(row) for row in rows]


async def find_undecrypted_of_session(connection: AsyncConnection, place: str, session: str) -> list[UndecryptedEvent]:
    """Return the stored events that were encrypted with a session, oldest first."""
    is_of_session = (unread.c.place == place) & (unread.c.session == session)
    rows = await connection.execute(select(unread).where(is_of_session).order_by(unread.c.id))
    return [_to_event(row) for row in rows]


async def find_sessions_of_undecrypted(connection: AsyncConnection) -> set[tuple[str, str]]:
    """Return place and session of all stored events."""
    rows = await connection.execute(select(unread.c.place, unread.c.session).distinct())
    return {(row.place, row.session) for row in rows}


async def delete_undecrypted(connection: AsyncConnection, event_id: str) -> None:
    """Delete an event that was decrypted, or whose sender is asked to send it again."""
    await connection.execute(delete(unread).where(unread.c.event == event_id))


def _to_event(row: Any) -> UndecryptedEvent:
    return UndecryptedEvent(row.event, row.place, row.sender, row.session, row.content, row.received_at)
