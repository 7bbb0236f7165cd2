"""Takes single times out of a series: skips them, or detaches them as agreements with numbers of their own."""

from collections.abc import Collection
from datetime import datetime

from bot.agreements.negotiation import Negotiation, Offer
from bot.agreements.states import Side, State, Step
from bot.api.agreements.negotiate import take_step
from bot.api.agreements.save_step import create_agreement, decide_step, save_step
from bot.api.agreements.series import drop_occurrences
from bot.api.feature import Request
from bot.store.agreements.agreements import Agreement


async def skip_occurrences(
    request: Request, agreement: Agreement, starts: Collection[datetime], reason: str | None
) -> Agreement:
    """Leave the times with these starts out of a series (CANCEL with RECURRENCE-ID, RFC 5546 section 3.2.5).

    A series that loses all its times is cancelled. Returns the agreement after the step.
    """
    remaining = drop_occurrences(request, agreement.negotiation.terms, starts)
    return await take_step(request, agreement, Step.SKIP, terms=remaining, reason=reason)


async def detach_occurrences(
    request: Request, agreement: Agreement, starts: Collection[datetime]
) -> tuple[Agreement, Agreement]:
    """Make the times with these starts a new agreement with its own number, which is agreed as the series was.

    Returns the series without these times, and the new agreement, which has no card yet. The step is taken by the
    requesting person, or by the clock when that person is no party, as in a timer.
    """
    terms = agreement.negotiation.terms
    side = agreement.side_of(request.person.handle) or Side.CLOCK
    negotiation = decide_step(agreement, Step.PART, side, terms=drop_occurrences(request, terms, starts))
    assert negotiation.standing is not None, "an agreed series has an accepted offer"
    other_starts = [span.start for span in terms.spans if span.start not in starts]
    detached_terms = drop_occurrences(request, terms, other_starts)
    assert detached_terms is not None, "the starts are starts of the series"
    series = await save_step(request, agreement, negotiation, Step.PART, None)
    columns = {name: getattr(agreement, name) for name in _COPIED_COLUMNS}
    detached = await create_agreement(
        request,
        Negotiation(State.AGREED, 0, Offer(0, negotiation.standing.by, detached_terms), ()),
        Step.PART,
        "" if side is Side.CLOCK else request.person.handle,
        {**columns, "series": agreement.id, "recurrence": detached_terms.start},
    )
    return series, detached


_COPIED_COLUMNS = ("community", "feature", "thing", "task", "organizer", "attendee", "purpose")
