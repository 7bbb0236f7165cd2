"""Timers: what falls due when. A due timer becomes an inbox row, and is handled like any other."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.facts import dialect_insert
from bot.store.messages import inbox
from bot.store.tables import due
from bot.store.tables import inbox as inbox_table

#: The most timers that one inbox row, and so one message, is about.
MAX_TIMERS_PER_ROW = 40


@dataclass(frozen=True)
class Timer:
    """A timer of a feature. `name` is its kind within the feature, `subject` what it is about."""

    place: str
    feature: str
    name: str
    subject: str
    at: datetime


async def set_timer(connection: AsyncConnection, timer: Timer) -> None:
    """Set a timer; a pending one of the same place, feature, name and subject is moved."""
    await connection.execute(_set_timer_statement(connection.dialect.name), {**timer.__dict__, "fired": False})


@cache
def _set_timer_statement(dialect: str) -> Any:
    row = dialect_insert(dialect, due)
    key = ["place", "feature", "name", "subject"]
    return row.on_conflict_do_update(index_elements=key, index_where=~due.c.fired, set_={"at": row.excluded.at})


async def delete_timers(connection: AsyncConnection, place: str, feature: str, subject: str) -> None:
    """Delete every pending timer of a subject."""
    await connection.execute(_DELETE_TIMERS, {"of_place": place, "of_feature": feature, "of_subject": subject})


_DELETE_TIMERS = delete(due).where(
    due.c.place == bindparam("of_place"),
    due.c.feature == bindparam("of_feature"),
    due.c.subject == bindparam("of_subject"),
    ~due.c.fired,
)


async def find_next_due(connection: AsyncConnection, place: str | None = None) -> datetime | None:
    """Return when the next pending timer falls due, in one place or in any."""
    rows = _select_pending(place, due.c.at).order_by(due.c.at).limit(1)
    return (await connection.execute(rows)).scalar_one_or_none()


async def fire_due(
    connection: AsyncConnection,
    now: datetime,
    place: str | None = None,
    order: Sequence[tuple[str, str]] = (),
    *,
    until: datetime | None = None,
    without: Collection[str] = (),
) -> list[str]:
    """Turn all due timers, of one place or of every place, into inbox rows; return the places that have such rows.

    Timers of one place, feature and name that are due together make one row, up to MAX_TIMERS_PER_ROW. `order` lists
    the (feature, name) whose rows come first; all others come after them, by the time of their first timer. Timers that
    are due after `until`, and those of the places in `without`, are left for another time.
    """
    latest = now if until is None else min(now, until)
    is_due = _select_pending(place, due).where(due.c.at <= latest, due.c.place.not_in(without))
    # A timer that another transaction is moving or deleting is left to that one (PostgreSQL; SQLite has one writer).
    is_due = is_due.order_by(due.c.at, due.c.id).with_for_update(skip_locked=True)
    timers = (await connection.execute(is_due)).all()
    for group in sorted(_group_timers(timers), key=lambda group: _rank(order, group[0])):
        await _insert_row_for(connection, group, now)
    return sorted({timer.place for timer in timers})


async def drop_outdated(
    connection: AsyncConnection, places: Collection[str], changed: AbstractSet[tuple[str, str, str]]
) -> None:
    """Remove timers that were set again or deleted from the unhandled inbox rows into which they were turned before.

    `changed` lists them as (feature, name, subject); an empty name stands for every name. Call it in the transaction
    that has set or deleted them, and under the community's lock, which the handling of these rows takes too.
    """
    for row in (await connection.execute(_SELECT_WAITING_ROWS, {"wanted_places": list(places)})).all():
        feature, name = row.payload["feature"], row.payload["name"]
        pairs = list(zip(row.payload["subjects"], row.payload["names"], strict=True))
        kept = [pair for pair in pairs if changed.isdisjoint({(feature, name, pair[0]), (feature, "", pair[0])})]
        if len(kept) < len(pairs):
            payload = {"subjects": [subject for subject, _ in kept], "names": [external_id for _, external_id in kept]}
            await inbox.update_unhandled_payload(connection, row.id, row.payload | payload)


_SELECT_WAITING_ROWS = select(inbox_table.c.id, inbox_table.c.payload).where(
    inbox_table.c.place.in_(bindparam("wanted_places", expanding=True)),
    inbox_table.c.kind == "timer",
    inbox_table.c.done_at.is_(None),
)


async def split_row(connection: AsyncConnection, row: inbox.InboxRow, now: datetime) -> None:
    """Insert a row for each timer of an inbox row, under the external id that the timer would have had alone."""
    for name, subject in zip(row.payload["names"], row.payload["subjects"], strict=True):
        payload = {**row.payload, "subjects": [subject], "names": [name]}
        incoming = inbox.Incoming("timer", name, row.place, "", "timer", row.sent_at, payload)
        await inbox.insert_once(connection, incoming, now)


def _group_timers(timers: Sequence[Any]) -> Iterator[list[Any]]:
    """Group timers by place, feature and name; a group has at most MAX_TIMERS_PER_ROW."""
    groups: dict[tuple[str, str, str], list[Any]] = {}
    for timer in timers:
        groups.setdefault((timer.place, timer.feature, timer.name), []).append(timer)
    for group in groups.values():
        for start in range(0, len(group), MAX_TIMERS_PER_ROW):
            yield group[start : start + MAX_TIMERS_PER_ROW]


def _rank(order: Sequence[tuple[str, str]], timer: Any) -> int:
    kind = (timer.feature, timer.name)
    return order.index(kind) if kind in order else len(order)


async def _insert_row_for(connection: AsyncConnection, timers: list[Any], now: datetime) -> None:
    names = [await _name_timer(connection, timer) for timer in timers]
    first = timers[0]
    subjects = [timer.subject for timer in timers]
    payload = {"feature": first.feature, "name": first.name, "subjects": subjects, "names": names}
    incoming = inbox.Incoming("timer", _make_external_id(first, names), first.place, "", "timer", first.at, payload)
    await inbox.insert_once(connection, incoming, now)
    await connection.execute(update(due).where(due.c.id.in_([timer.id for timer in timers])).values(fired=True))


def _make_external_id(first: Any, names: list[str]) -> str:
    """Return the external id of a row about these timers: always the same for the same timers."""
    if len(names) == 1:
        return names[0]
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()
    return f"{first.place} {first.feature} {first.name} {digest[:32]}"


def _select_pending(place: str | None, *columns: Any) -> Any:
    rows = select(*columns).where(~due.c.fired)
    return rows if place is None else rows.where(due.c.place == place)


async def _name_timer(connection: AsyncConnection, timer: Any) -> str:
    """Return the external id of a timer alone: its key, and how many of this key have fired, counting this one.

    The row's id is not used, because ids differ in a restored database. What was sent because of this timer must be
    found there under the same transaction id, which is made from the external id.
    """
    fired = select(func.count()).where(
        due.c.fired,
        due.c.place == timer.place,
        due.c.feature == timer.feature,
        due.c.name == timer.name,
        due.c.subject == timer.subject,
    )
    number = int((await connection.execute(fired)).scalar_one()) + 1
    return f"{timer.place} {timer.feature} {timer.name} {timer.subject} {number}"
