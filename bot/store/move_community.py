"""A community moves to another place: what belongs to it goes along, what was said stays where it was said."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.facts import drop_fact, facts_under, set_fact
from bot.store.messages import inbox, pictures
from bot.store.messages.inbox import Incoming
from bot.store.places import settle
from bot.store.tables import agreements, due, outbox, questions

_MOVED = "moved "
#: What is said in the old place and cannot be said of anything in the new one.
_LEFT_BEHIND = "the community moved to another place before it was sent"


async def move(connection: AsyncConnection, community: str, old: str, new: str, now: datetime) -> None:
    """Everything in one transaction, under the community's lock; nothing of the old place may be on its way.

    What waits to be said is said in the new place; questions and timers go along; a card that is in the old place no
    longer stands for its agreement, which gets a fresh one when it changes. The arrival becomes an inbox row, so that
    features can say where things stand.
    """
    await settle(connection, community, new)
    await _take_outbox_along(connection, old, new)
    await connection.execute(update(due).where(due.c.place == old, ~due.c.fired).values(place=new))
    still_open = (questions.c.place == old) & questions.c.closed_at.is_(None)
    await connection.execute(update(questions).where(still_open).values(place=new))
    shown_there = agreements.c.card.in_(select(outbox.c.id).where(outbox.c.place == old))
    cards = update(agreements).where(agreements.c.community == community, shown_there)
    await connection.execute(cards.values(card=None))
    await set_fact(connection, f"{_MOVED}{old}", new)
    await drop_fact(connection, f"{_MOVED}{new}")
    await inbox.keep(connection, Incoming("place", f"moved {old} {new}", new, "", "move", now, {"from": old}), now)


async def former_places(connection: AsyncConnection) -> dict[str, str]:
    """Every place a community has moved out of, and where it lives now."""
    moved = await facts_under(connection, _MOVED)
    return {old: _end(moved, old) for old in moved}


def _end(moved: dict[str, str], place: str) -> str:
    """A way back that was never taken back leads nowhere new: each step is taken once."""
    seen = {place}
    while (further := moved.get(place)) and further not in seen:
        seen.add(place := further)
    return place


async def _take_outbox_along(connection: AsyncConnection, old: str, new: str) -> None:
    left = outbox.c.sent_at.is_(None) & outbox.c.failure.is_(None)
    rows = select(outbox.c.id, outbox.c.kind, outbox.c.content, outbox.c.refers_to)
    rows = rows.where(outbox.c.place == old, left).order_by(outbox.c.id)
    taken: set[int] = set()
    for row in (await connection.execute(rows)).all():
        values = _in_the_new_place(row, new, taken)
        if "place" in values:
            taken.add(row.id)
        await connection.execute(update(outbox).where(outbox.c.id == row.id).values(values))
    await pictures.drop_said(connection)


def _in_the_new_place(row: Any, new: str, taken: set[int]) -> dict[str, Any]:
    """What refers to a message that stays behind is said by itself, or not at all where that means nothing."""
    if row.refers_to in taken:
        return {"place": new}
    if row.refers_to is not None and row.kind not in ("say", "picture"):
        return {"failure": _LEFT_BEHIND}
    alone = {key: value for key, value in row.content.items() if key not in ("reply_to", "thread")}
    return {"place": new, "refers_to": None, "content": alone}
