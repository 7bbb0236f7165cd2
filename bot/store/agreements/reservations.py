"""The times a thing is held for: looked up, taken and given back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy import insert as plain_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.agreements.negotiation import Terms
from bot.span import Span
from bot.store.facts import dialect_insert
from bot.store.tables import agreements, reservations, things


async def ensure_thing_id(connection: AsyncConnection, community: str, key: str) -> int:
    """The number a thing has in the database, given when it is first asked for."""
    row = dialect_insert(connection.dialect.name, things).values(community=community, key=key)
    await connection.execute(row.on_conflict_do_nothing(index_elements=["community", "key"]))
    found = select(things.c.id).where(things.c.community == community, things.c.key == key)
    return int((await connection.execute(found)).scalar_one())


async def set_reservations(
    connection: AsyncConnection, agreement_id: int, thing_id: int, times: Iterable[Terms]
) -> None:
    """Hold a thing for an agreement at exactly these times, and no longer at others.

    Raises sqlalchemy.exc.IntegrityError where another agreement holds it: the constraint under the check.
    """
    await connection.execute(delete(reservations).where(reservations.c.agreement_id == agreement_id))
    about = {"thing_id": thing_id, "agreement_id": agreement_id}
    if rows := [{**about, "start": span.start, "end": span.end} for span in _merge_spans(times)]:
        await connection.execute(plain_insert(reservations), rows)


def _merge_spans(times: Iterable[Terms]) -> list[Span]:
    """Offers of one agreement may overlap each other; what is held may not."""
    merged: list[Span] = []
    for span in sorted(span for terms in times for span in terms.spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(span.end, merged[-1].end))
        else:
            merged.append(span)
    return merged


async def find_reservations(
    connection: AsyncConnection,
    community: str,
    thing: str,
    start: datetime,
    end: datetime,
    *,
    exclude: int = 0,
) -> list[Any]:
    """Who holds a thing between two moments: rows of (start, end, agreement_id), soonest first."""
    rows = (
        select(reservations.c.start, reservations.c.end, reservations.c.agreement_id)
        .join(things, things.c.id == reservations.c.thing_id)
        .join(agreements, agreements.c.id == reservations.c.agreement_id)
        .where(things.c.community == community, things.c.key == thing)
        .where(reservations.c.start < end, reservations.c.end > start, reservations.c.agreement_id != exclude)
        .order_by(reservations.c.start)
    )
    return list(await connection.execute(rows))
