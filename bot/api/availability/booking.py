"""What holds a thing, and the agreements that hold it."""

from dataclasses import dataclass

from bot.api.request import Request
from bot.config.community import Thing
from bot.span import Span
from bot.store.agreements import reservations
from bot.store.agreements.agreements import Agreement, find_by_id


@dataclass(frozen=True)
class Reservation:
    """A time a thing is held for, and the agreement that holds it."""

    span: Span
    agreement: Agreement


async def find_reservations(
    request: Request, thing: Thing, window: Span, *, exclude: Agreement | None = None
) -> list[Reservation]:
    """Everything that holds a thing during a time, soonest first. `exclude` is an agreement that may."""
    besides_id = exclude.id if exclude else 0
    rows = await reservations.find_reservations(
        request.db, request.community.key, thing.key, window, exclude=besides_id
    )
    found, known = [], dict[int, Agreement]()
    for row in rows:
        if row.agreement_id not in known:  # a series holds many times
            agreement = await find_by_id(request.db, row.agreement_id)
            assert agreement is not None, "a reservation has its agreement (foreign key)"
            known[agreement.id] = agreement
        found.append(Reservation(Span(row.start, row.end), known[row.agreement_id]))
    return found
