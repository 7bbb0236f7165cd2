"""The times for which a thing is held, and the agreements that hold it."""

from dataclasses import dataclass

from bot.api.feature import Request
from bot.config.community import Thing
from bot.span import Span
from bot.store.agreements import reservations
from bot.store.agreements.agreements import Agreement, find_by_ids


@dataclass(frozen=True)
class Reservation:
    """A time for which a thing is held, and the agreement that holds it."""

    span: Span
    agreement: Agreement


async def find_reservations(
    request: Request, thing: Thing, window: Span, *, exclude: Agreement | None = None
) -> list[Reservation]:
    """Return the reservations of a thing that overlap a window, soonest first, except those of `exclude`."""
    rows = await reservations.find_reservations(
        request.db,
        request.community.key,
        thing.key,
        window,
        exclude=exclude.id if exclude else 0,
    )
    agreements = await find_by_ids(request.db, {row.agreement_id for row in rows})
    return [Reservation(Span(row.start, row.end), agreements[row.agreement_id]) for row in rows]
