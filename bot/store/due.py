"""Timers: what falls due when, and how it becomes an inbox row."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import inbox
from bot.store.meta import insert
from bot.store.tables import due


@dataclass(frozen=True)
class Timer:
    """Whose it is (`feature`, `name`), what about (`subject`), where (`place`) and when (`at`)."""

    place: str
    feature: str
    name: str
    subject: str
    at: datetime


async def set_timer(connection: AsyncConnection, timer: Timer) -> None:
    """Set a timer; one that is set for the same subject under the same name is moved."""
    row = insert(connection.dialect.name, due).values(**timer.__dict__, fired=False)
    key = ["place", "feature", "name", "subject"]
    moved = row.on_conflict_do_update(index_elements=key, index_where=~due.c.fired, set_={"at": timer.at})
    await connection.execute(moved)


async def drop_timers(connection: AsyncConnection, place: str, feature: str, subject: str) -> None:
    """Forget every timer of a subject that has not fired."""
    about = (due.c.place == place) & (due.c.feature == feature) & (due.c.subject == subject)
    await connection.execute(delete(due).where(about, ~due.c.fired))


async def next_due(connection: AsyncConnection) -> datetime | None:
    """When the next timer falls due."""
    return (
        await connection.execute(select(due.c.at).where(~due.c.fired).order_by(due.c.at).limit(1))
    ).scalar_one_or_none()


async def fire(connection: AsyncConnection, now: datetime) -> list[str]:
    """Turn everything that is due into inbox rows; the places that have work now."""
    rows = (
        await connection.execute(select(due).where(~due.c.fired, due.c.at <= now).order_by(due.c.at, due.c.id))
    ).all()
    for row in rows:
        payload = {"feature": row.feature, "name": row.name, "subject": row.subject}
        cause = inbox.Incoming("timer", f"{row.id}", row.place, "", "timer", row.at, payload)
        await inbox.keep(connection, cause, now)
        await connection.execute(update(due).where(due.c.id == row.id).values(fired=True))
    return sorted({row.place for row in rows})
