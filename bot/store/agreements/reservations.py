"""Reservations: the times for which agreements reserve things."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.agreements.negotiation import Terms
from bot.span import Span
from bot.store.facts import dialect_insert
from bot.store.tables import reservations, things


async def ensure_thing_id(connection: AsyncConnection, community: str, key: str) -> int:
    """Return the database id of a thing; insert the thing if it is new."""
    row = dialect_insert(connection.dialect.name, things).values(community=community, key=key)
    await connection.execute(row.on_conflict_do_nothing(index_elements=["community", "key"]))
    thing_id = select(things.c.id).where(things.c.community == community, things.c.key == key)
    return int((await connection.execute(thing_id)).scalar_one())


async def set_reservations(
    connection: AsyncConnection, agreement_id: int, thing_id: int, terms: Iterable[Terms]
) -> None:
    """Reserve a thing for an agreement at exactly the times of these terms, instead of those before.

    Raise sqlalchemy.exc.IntegrityError when another agreement has reserved it. The constraint guards against what a
    check beforehand can miss.
    """
    await connection.execute(delete(reservations).where(reservations.c.agreement_id == agreement_id))
    ids = {"thing_id": thing_id, "agreement_id": agreement_id}
    if rows := [{**ids, "start": span.start, "end": span.end} for span in _merge_spans(terms)]:
        await connection.execute(insert(reservations), rows)


def _merge_spans(terms: Iterable[Terms]) -> list[Span]:
    """Return the times of the terms, merged where they touch: offers of one agreement may overlap, reservations not."""
    merged: list[Span] = []
    for span in sorted(span for one_terms in terms for span in one_terms.spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(span.end, merged[-1].end))
        else:
            merged.append(span)
    return merged


async def find_reservations(
    connection: AsyncConnection, community: str, thing: str, window: Span, *, exclude: int = 0
) -> list[Any]:
    """Return the reservations of a thing that overlap a window, earliest first: rows of (start, end, agreement_id).

    `exclude` is the id of an agreement whose reservations are left out.
    """
    thing_id = select(things.c.id).where(things.c.community == community, things.c.key == thing).scalar_subquery()
    # The reservations of a thing do not overlap. So of those that begin before the window only the last can reach
    # into the window, and the index on (thing_id, start) finds all others.
    last_before = select(func.max(reservations.c.start)).where(
        reservations.c.thing_id == thing_id, reservations.c.start <= window.start
    )
    rows = (
        select(reservations.c.start, reservations.c.end, reservations.c.agreement_id)
        .where(reservations.c.thing_id == thing_id)
        .where(reservations.c.start >= func.coalesce(last_before.scalar_subquery(), window.start))
        .where(reservations.c.start < window.end, reservations.c.end > window.start)
        .where(reservations.c.agreement_id != exclude)
        .order_by(reservations.c.start)
    )
    return list(await connection.execute(rows))
