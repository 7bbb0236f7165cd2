"""Moves a community to another place: what is pending goes along, and what was sent stays in the old place."""

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
#: The failure of an outbox row that applies to a message in the old place, such as an edit.
_NOT_MOVABLE = "the community moved to another place before it was sent"


async def move(connection: AsyncConnection, community: str, old: str, new: str, now: datetime) -> None:
    """Move a community from an old place to a new one.

    Call it under the community's lock, while nothing is being sent to the old place.

    Unsent messages, open questions and pending timers move to the new place. A card in the old place is no longer the
    card of its agreement, which gets a new one when it changes. An inbox row ("move") tells the features.
    """
    await assign_place(connection, community, new)
    await _move_unsent_rows(connection, old, new)
    await connection.execute(update(due).where(due.c.place == old, ~due.c.fired).values(place=new))
    is_open = (questions.c.place == old) & questions.c.closed_at.is_(None)
    await connection.execute(update(questions).where(is_open).values(place=new))
    has_card_in_old = agreements.c.card.in_(select(outbox.c.id).where(outbox.c.place == old))
    moved_agreements = update(agreements).where(agreements.c.community == community, has_card_in_old)
    await connection.execute(moved_agreements.values(card=None))
    await set_fact(connection, f"{_MOVED_PREFIX}{old}", new)
    await delete_fact(connection, f"{_MOVED_PREFIX}{new}")
    incoming = Incoming("place", f"moved {old} {new}", new, "", "move", now, {"from": old})
    await inbox.insert_once(connection, incoming, now)


async def find_former_places(connection: AsyncConnection) -> dict[str, str]:
    """Return the current place of the community by each place that it has left."""
    moves = await find_facts(connection, _MOVED_PREFIX)
    return {old: _follow_moves(moves, old) for old in moves}


def _follow_moves(moves: dict[str, str], place: str) -> str:
    """Return the place at the end of a chain of moves; a move back to a place on the way ends it."""
    visited = {place}
    while (next_place := moves.get(place)) and next_place not in visited:
        visited.add(place := next_place)
    return place


async def _move_unsent_rows(connection: AsyncConnection, old: str, new: str) -> None:
    is_unsent = outbox.c.sent_at.is_(None) & outbox.c.failure.is_(None)
    rows = select(outbox.c.id, outbox.c.kind, outbox.c.content, outbox.c.refers_to)
    rows = rows.where(outbox.c.place == old, is_unsent).order_by(outbox.c.id)
    moved_ids: set[int] = set()
    for row in (await connection.execute(rows)).all():
        values = _values_in_new_place(row, new, moved_ids)
        if "place" in values:
            moved_ids.add(row.id)
        await connection.execute(update(outbox).where(outbox.c.id == row.id).values(values))
    await pictures.delete_finished(connection)


def _values_in_new_place(row: Any, new: str, moved_ids: set[int]) -> dict[str, Any]:
    """Return what changes in an unsent row.

    A message that refers to one which stays behind is sent by itself. An edit or a reaction to such a message fails.
    """
    if row.refers_to in moved_ids:
        return {"place": new}
    if row.refers_to is not None and row.kind not in ("say", "picture"):
        return {"failure": _NOT_MOVABLE}
    content = {key: value for key, value in row.content.items() if key not in ("reply_to", "thread")}
    return {"place": new, "refers_to": None, "content": content}
