"""Reservations: the times for which agreements reserve things."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.agreements.negotiation import Terms
from bot.span import Span
from bot.store.facts import dialect_insert
from bot.store.moment import Moment
from bot.store.tables import reservations, things


async def ensure_thing_id(connection: AsyncConnection, community: str, key: str) -> int:
    """Return the database id of a thing; insert the thing if it is new."""
    wanted = {"wanted_community": community, "wanted_key": key}
    thing_id: int | None = (await connection.execute(_SELECT_THING, wanted)).scalar_one_or_none()
    if thing_id is not None:
        return thing_id
    row = dialect_insert(connection.dialect.name, things).values(community=community, key=key)
    await connection.execute(row.on_conflict_do_nothing(index_elements=["community", "key"]))
    return int((await connection.execute(_SELECT_THING, wanted)).scalar_one())


_SELECT_THING = select(things.c.id).where(
    things.c.community == bindparam("wanted_community"), things.c.key == bindparam("wanted_key")
)


async def set_reservations(
    connection: AsyncConnection, agreement_id: int, thing_id: int, terms: Iterable[Terms]
) -> None:
    """Reserve a thing for an agreement at exactly the times of these terms, instead of those before.

    Raise sqlalchemy.exc.IntegrityError when another agreement has reserved it. The constraint guards against what a
    check beforehand can miss.
    """
    await connection.execute(_DELETE_RESERVATIONS, {"of_agreement": agreement_id})
    ids = {"thing_id": thing_id, "agreement_id": agreement_id}
    if rows := [{**ids, "start": span.start, "end": span.end} for span in _merge_spans(terms)]:
        await connection.execute(_INSERT_RESERVATION, rows[0] if len(rows) == 1 else rows)


_DELETE_RESERVATIONS = delete(reservations).where(reservations.c.agreement_id == bindparam("of_agreement"))
_INSERT_RESERVATION = insert(reservations)


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
    wanted = {"wanted_community": community, "wanted_key": thing, "from": window.start, "until": window.end}
    return list(await connection.execute(_SELECT_OVERLAPPING, {**wanted, "excluded": exclude}))


def _select_overlapping() -> Any:
    thing_id = _SELECT_THING.scalar_subquery()
    start, end = bindparam("from", type_=Moment), bindparam("until", type_=Moment)
    # The reservations of a thing do not overlap. So of those that begin before the window only the last can reach
    # into the window, and the index on (thing_id, start) finds all others.
    last_before = select(func.max(reservations.c.start)).where(
        reservations.c.thing_id == thing_id, reservations.c.start <= start
    )
    return (
        select(reservations.c.start, reservations.c.end, reservations.c.agreement_id)
        .where(reservations.c.thing_id == thing_id)
        .where(reservations.c.start >= func.coalesce(last_before.scalar_subquery(), start))
        .where(reservations.c.start < end, reservations.c.end > start)
        .where(reservations.c.agreement_id != bindparam("excluded"))
        .order_by(reservations.c.start)
    )


_SELECT_OVERLAPPING = _select_overlapping()
