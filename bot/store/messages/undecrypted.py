"""Messages that cannot be read yet, kept as they came until their key does."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.facts import insert
from bot.store.tables import unread

#: Messages kept of one place; beyond them the oldest are given up, so that nobody can fill the disk.
MOST = 1_000


@dataclass(frozen=True)
class Unread:
    """An event (its id and, as `content`, all of it) encrypted with a session whose key we lack."""

    event: str
    place: str
    sender: str
    session: str
    content: dict[str, Any]
    received_at: datetime


async def hold(connection: AsyncConnection, held: Unread) -> None:
    """Keep one, once."""
    row = insert(connection.dialect.name, unread).values(**asdict(held))
    await connection.execute(row.on_conflict_do_nothing(index_elements=["event"]))
    newest = select(unread.c.id).where(unread.c.place == held.place).order_by(unread.c.id.desc())
    surplus = newest.offset(MOST).limit(1).scalar_subquery()
    await connection.execute(delete(unread).where(unread.c.place == held.place, unread.c.id <= surplus))


async def held_back(connection: AsyncConnection) -> list[Unread]:
    """Everything that waits, oldest first."""
    rows = await connection.execute(select(unread).order_by(unread.c.id))
    return [_unread(row) for row in rows]


async def waiting_for(connection: AsyncConnection, place: str, session: str) -> list[Unread]:
    """What waits for a key, oldest first."""
    wanted = (unread.c.place == place) & (unread.c.session == session)
    rows = await connection.execute(select(unread).where(wanted).order_by(unread.c.id))
    return [_unread(row) for row in rows]


async def release(connection: AsyncConnection, event: str) -> None:
    """It waits no longer: it was read, or is given up."""
    await connection.execute(delete(unread).where(unread.c.event == event))


def _unread(row: Any) -> Unread:
    return Unread(row.event, row.place, row.sender, row.session, row.content, row.received_at)
