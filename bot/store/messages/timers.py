"""Timers: what falls due when, and how it becomes an inbox row."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.facts import dialect_insert
from bot.store.messages import inbox
from bot.store.tables import due

#: As many as one inbox row, and so one message, is about at most.
MAX_TIMERS_PER_ROW = 40


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
    row = dialect_insert(connection.dialect.name, due).values(**timer.__dict__, fired=False)
    key = ["place", "feature", "name", "subject"]
    moved = row.on_conflict_do_update(index_elements=key, index_where=~due.c.fired, set_={"at": timer.at})
    await connection.execute(moved)


async def delete_timers(connection: AsyncConnection, place: str, feature: str, subject: str) -> None:
    """Forget every timer of a subject that has not fired."""
    about = (due.c.place == place) & (due.c.feature == feature) & (due.c.subject == subject)
    await connection.execute(delete(due).where(about, ~due.c.fired))


async def find_next_due(connection: AsyncConnection, place: str | None = None) -> datetime | None:
    """When the next timer falls due, anywhere or in one place."""
    return (await connection.execute(_select_pending(place, due.c.at).order_by(due.c.at).limit(1))).scalar_one_or_none()


async def fire_due(
    connection: AsyncConnection, now: datetime, place: str | None = None, order: Sequence[tuple[str, str]] = ()
) -> list[str]:
    """Turn everything that is due, anywhere or in one place, into inbox rows; the places that have work now.

    What is due together, is of one kind and in one place makes one row. `order` says which kinds, (feature, name), come
    first; in a kind, and among kinds it does not name, the earlier comes first.
    """
    rows = (
        await connection.execute(_select_pending(place, due).where(due.c.at <= now).order_by(due.c.at, due.c.id))
    ).all()
    for kind in sorted(_group_timers(rows), key=lambda kind: _order_of_kind(order, kind[0])):
        await _insert_row_for(connection, kind, now)
    return sorted({row.place for row in rows})


async def split_row(connection: AsyncConnection, row: inbox.InboxRow, now: datetime) -> None:
    """Make a row of each timer that a row is about, under the name it would have had alone."""
    for name, subject in zip(row.payload["names"], row.payload["subjects"], strict=True):
        payload = {**row.payload, "subjects": [subject], "names": [name]}
        await inbox.insert_once(
            connection, inbox.Incoming("timer", name, row.place, "", "timer", row.sent_at, payload), now
        )


def _group_timers(rows: Sequence[Any]) -> Iterator[list[Any]]:
    """The rows that go together, and of each kind no more than may."""
    kinds: dict[tuple[str, str, str], list[Any]] = {}
    for row in rows:
        kinds.setdefault((row.place, row.feature, row.name), []).append(row)
    for kind in kinds.values():
        for start in range(0, len(kind), MAX_TIMERS_PER_ROW):
            yield kind[start : start + MAX_TIMERS_PER_ROW]


def _order_of_kind(order: Sequence[tuple[str, str]], row: Any) -> int:
    kind = (row.feature, row.name)
    return order.index(kind) if kind in order else len(order)


async def _insert_row_for(connection: AsyncConnection, rows: list[Any], now: datetime) -> None:
    names = [await _name_timer(connection, row) for row in rows]
    first = rows[0]
    subjects = [row.subject for row in rows]
    payload = {"feature": first.feature, "name": first.name, "subjects": subjects, "names": names}
    cause = inbox.Incoming("timer", _external_id_of(first, names), first.place, "", "timer", first.at, payload)
    await inbox.insert_once(connection, cause, now)
    await connection.execute(update(due).where(due.c.id.in_([row.id for row in rows])).values(fired=True))


def _external_id_of(first: Any, names: list[str]) -> str:
    """The same timers together are always the same cause."""
    if len(names) == 1:
        return names[0]
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()
    return f"{first.place} {first.feature} {first.name} {digest[:32]}"


def _select_pending(place: str | None, *columns: Any) -> Any:
    rows = select(*columns).where(~due.c.fired)
    return rows if place is None else rows.where(due.c.place == place)


async def _name_timer(connection: AsyncConnection, row: Any) -> str:
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
