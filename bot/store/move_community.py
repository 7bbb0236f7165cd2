"""A community moves to another place: what belongs to it goes along, what was said stays where it was said."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.facts import delete_fact, find_facts, set_fact
from bot.store.messages import inbox, pictures
from bot.store.messages.inbox import Incoming
from bot.store.places import assign_place
from bot.store.tables import agreements, due, outbox, questions

_MOVED_PREFIX = "moved "
#: What is said in the old place and cannot be said of anything in the new one.
_NOT_MOVABLE = "the community moved to another place before it was sent"


async def move(connection: AsyncConnection, community: str, old: str, new: str, now: datetime) -> None:
    """Everything in one transaction, under the community's lock; nothing of the old place may be on its way.

    What waits to be said is said in the new place; questions and timers go along; a card that is in the old place no
    longer stands for its agreement, which gets a fresh one when it changes. The arrival becomes an inbox row, so that
    features can say where things stand.
    """
    await assign_place(connection, community, new)
    await _move_unsent_rows(connection, old, new)
    await connection.execute(update(due).where(due.c.place == old, ~due.c.fired).values(place=new))
    still_open = (questions.c.place == old) & questions.c.closed_at.is_(None)
    await connection.execute(update(questions).where(still_open).values(place=new))
    shown_there = agreements.c.card.in_(select(outbox.c.id).where(outbox.c.place == old))
    cards = update(agreements).where(agreements.c.community == community, shown_there)
    await connection.execute(cards.values(card=None))
    await set_fact(connection, f"{_MOVED_PREFIX}{old}", new)
    await delete_fact(connection, f"{_MOVED_PREFIX}{new}")
    await inbox.insert_once(
        connection, Incoming("place", f"moved {old} {new}", new, "", "move", now, {"from": old}), now
    )


async def find_former_places(connection: AsyncConnection) -> dict[str, str]:
    """Every place a community has moved out of, and where it lives now."""
    moved = await find_facts(connection, _MOVED_PREFIX)
    return {old: _follow_moves(moved, old) for old in moved}


def _follow_moves(moved: dict[str, str], place: str) -> str:
    """A way back that was never taken back leads nowhere new: each step is taken once."""
    seen = {place}
    while (further := moved.get(place)) and further not in seen:
        seen.add(place := further)
    return place


async def _move_unsent_rows(connection: AsyncConnection, old: str, new: str) -> None:
    left = outbox.c.sent_at.is_(None) & outbox.c.failure.is_(None)
    rows = select(outbox.c.id, outbox.c.kind, outbox.c.content, outbox.c.refers_to)
    rows = rows.where(outbox.c.place == old, left).order_by(outbox.c.id)
    taken: set[int] = set()
    for row in (await connection.execute(rows)).all():
        values = _values_in_new_place(row, new, taken)
        if "place" in values:
            taken.add(row.id)
        await connection.execute(update(outbox).where(outbox.c.id == row.id).values(values))
    await pictures.delete_finished(connection)


def _values_in_new_place(row: Any, new: str, taken: set[int]) -> dict[str, Any]:
    """What refers to a message that stays behind is said by itself, or not at all where that means nothing."""
    if row.refers_to in taken:
        return {"place": new}
    if row.refers_to is not None and row.kind not in ("say", "picture"):
        return {"failure": _NOT_MOVABLE}
    alone = {key: value for key, value in row.content.items() if key not in ("reply_to", "thread")}
    return {"place": new, "refers_to": None, "content": alone}
