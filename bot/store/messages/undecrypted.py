"""Messages that cannot be read yet, kept as they came until their key does."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.facts import dialect_insert
from bot.store.tables import unread

#: Messages kept of one place; beyond them the oldest are given up, so that nobody can fill the disk.
MAX_EVENTS_PER_PLACE = 1_000


@dataclass(frozen=True)
class UndecryptedEvent:
    """An event (its id and, as `content`, all of it) encrypted with a session whose key we lack."""

    event: str
    place: str
    sender: str
    session: str
    content: dict[str, Any]
    received_at: datetime


async def insert_undecrypted(connection: AsyncConnection, event: UndecryptedEvent) -> None:
    """Keep one, once."""
    row = dialect_insert(connection.dialect.name, unread).values(**asdict(event))
    await connection.execute(row.on_conflict_do_nothing(index_elements=["event"]))
    newest = select(unread.c.id).where(unread.c.place == event.place).order_by(unread.c.id.desc())
    surplus = newest.offset(MAX_EVENTS_PER_PLACE).limit(1).scalar_subquery()
    await connection.execute(delete(unread).where(unread.c.place == event.place, unread.c.id <= surplus))


async def find_all_undecrypted(connection: AsyncConnection) -> list[UndecryptedEvent]:
    """Everything that waits, oldest first."""
    rows = await connection.execute(select(unread).order_by(unread.c.id))
    return [_to_event(row) for row in rows]


async def find_undecrypted_of_session(connection: AsyncConnection, place: str, session: str) -> list[UndecryptedEvent]:
    """What waits for a key, oldest first."""
    wanted = (unread.c.place == place) & (unread.c.session == session)
    rows = await connection.execute(select(unread).where(wanted).order_by(unread.c.id))
    return [_to_event(row) for row in rows]


async def delete_undecrypted(connection: AsyncConnection, event_id: str) -> None:
    """It waits no longer: it was read, or is given up."""
    await connection.execute(delete(unread).where(unread.c.event == event_id))


def _to_event(row: Any) -> UndecryptedEvent:
    return UndecryptedEvent(row.event, row.place, row.sender, row.session, row.content, row.received_at)
