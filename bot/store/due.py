"""Timers: what falls due when, and how it becomes an inbox row."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
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


async def next_due(connection: AsyncConnection, place: str | None = None) -> datetime | None:
    """When the next timer falls due, anywhere or in one place."""
    return (await connection.execute(_of(place, due.c.at).order_by(due.c.at).limit(1))).scalar_one_or_none()


async def fire(connection: AsyncConnection, now: datetime, place: str | None = None) -> list[str]:
    """Turn everything that is due, anywhere or in one place, into inbox rows; the places that have work now."""
    rows = (await connection.execute(_of(place, due).where(due.c.at <= now).order_by(due.c.at, due.c.id))).all()
    for row in rows:
        payload = {"feature": row.feature, "name": row.name, "subject": row.subject}
        cause = inbox.Incoming("timer", await _name(connection, row), row.place, "", "timer", row.at, payload)
        await inbox.keep(connection, cause, now)
        await connection.execute(update(due).where(due.c.id == row.id).values(fired=True))
    return sorted({row.place for row in rows})


def _of(place: str | None, *columns: Any) -> Any:
    rows = select(*columns).where(~due.c.fired)
    return rows if place is None else rows.where(due.c.place == place)


async def _name(connection: AsyncConnection, row: Any) -> str:
    """What it is called as a cause: the first, second ... of its kind about its subject.

    Not the row's number: what was said under this name must be known again in a database that was restored, where the
    numbers fall out differently.
    """
    before = select(func.count()).where(
        due.c.fired,
        due.c.place == row.place,
        due.c.feature == row.feature,
        due.c.name == row.name,
        due.c.subject == row.subject,
    )
    nth = int((await connection.execute(before)).scalar_one()) + 1
    return f"{row.place} {row.feature} {row.name} {row.subject} {nth}"
