"""The times for which a thing is held, and the agreements that hold it."""

from dataclasses import dataclass

from bot.api.feature import Request
from bot.config.community import Thing
from bot.span import Span
from bot.store.agreements import reservations
from bot.store.agreements.agreements import Agreement, find_by_id


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
    found, agreements = [], dict[int, Agreement]()
    for row in rows:
        if row.agreement_id not in agreements:  # a series has many reservations
            agreement = await find_by_id(request.db, row.agreement_id)
            assert agreement is not None, "a reservation has its agreement (foreign key)"
            agreements[agreement.id] = agreement
        found.append(Reservation(Span(row.start, row.end), agreements[row.agreement_id]))
    return found
