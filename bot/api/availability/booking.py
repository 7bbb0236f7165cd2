"""What holds a thing, and the agreements that hold it."""

from dataclasses import dataclass

from bot.agreements.decide import Terms
from bot.api.request import Request
from bot.config.community import Thing
from bot.store.agreements.agreements import Agreement, find_by_id
from bot.store.agreements.reservations import held


@dataclass(frozen=True)
class Booking:
    """A time a thing is held for, and the agreement that holds it."""

    terms: Terms
    agreement: Agreement


async def bookings_of(
    request: Request, thing: Thing, terms: Terms, *, besides: Agreement | None = None
) -> list[Booking]:
    """Everything that holds a thing during a time, or any time of a series, soonest first.

    `besides` is an agreement that may.
    """
    spans, besides_id = terms.spans, besides.id if besides else 0
    rows = await held(request.db, request.community.key, thing.key, spans[0][0], spans[-1][1], besides=besides_id)
    found, known = [], dict[int, Agreement]()
    for row in rows:
        if not any(start < row.end and row.start < end for start, end in spans):
            continue
        if row.agreement_id not in known:  # a series holds many times
            agreement = await find_by_id(request.db, row.agreement_id)
            assert agreement is not None, "a reservation has its agreement (foreign key)"
            known[agreement.id] = agreement
        found.append(Booking(Terms(row.start, row.end), known[row.agreement_id]))
    return found
