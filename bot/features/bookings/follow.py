"""What the clock does: unanswered proposals lapse, agreed work is asked about, and silence becomes "missed".

One agreement is spoken of under its card. Several at once, after a night or a week without the bot, are one message in
the room.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.api import (
    Agreement,
    Request,
    State,
    Step,
    find_agreement,
    language_of,
    let_pass,
    part,
    when_allowed,
    who_hears,
)
from bot.features.bookings.card import FOLLOW_UP, put_card, refresh
from bot.features.bookings.tell import tell, tell_of_all

#: How long after it was asked about, work that nobody spoke of counts as missed.
PATIENCE = timedelta(days=3)


async def let_lapse(request: Request, subjects: Sequence[str]) -> None:
    """The time came and nobody had said yes."""
    lapsed = await _pass(request, subjects, State.PROPOSED, Step.LAPSE)
    organizers = [request.who(one.organizer) for one in lapsed]
    if len(lapsed) == 1:
        await tell(request, lapsed[0], "told-lapse", organizers)
    elif lapsed:
        await tell_of_all(request, lapsed, "told-lapse-all", organizers)


async def ask_whether_done(request: Request, subjects: Sequence[str]) -> None:
    """The time is over and nobody has said that it was done. It waits until whoever did it may be disturbed."""
    still = [one for one in await _still(request, subjects, State.AGREED) if not await _put_off(request, one)]
    over = [one for agreement in still for one in await _over(request, agreement)]
    attendees = [p for one in over for p in await who_hears(request, "done", one.number, request.who(one.attendee))]
    if len(over) == 1:
        language = await language_of(request, request.who(over[0].attendee))
        await tell(request, over[0], "ask-done", attendees, language=language)
    elif over:
        await tell_of_all(request, over, "ask-done-all", attendees)
    for one in over:
        await request.remind("missed", str(one.number), request.now + PATIENCE)


async def _put_off(request: Request, agreement: Agreement) -> bool:
    allowed = await when_allowed(request, request.now, request.who(agreement.attendee))
    if allowed > request.now:
        await request.remind("followup", str(agreement.number), allowed)
    return allowed > request.now


async def _over(request: Request, agreement: Agreement) -> list[Agreement]:
    """The times that are over; those of a series become agreements of their own, each with its own answer."""
    terms = agreement.negotiation.terms
    if not terms.is_series:
        return [agreement]
    own = []
    for span in terms.spans:
        if span.end + FOLLOW_UP <= request.now:
            agreement, one = await part(request, agreement, [span.start])
            own.append(one)
    await refresh(request, agreement)
    return [await put_card(request, own[0])] if len(own) == 1 else own  # it needs no timer to be asked about


async def give_up(request: Request, subjects: Sequence[str]) -> None:
    """Nobody has spoken."""
    missed = await _pass(request, subjects, State.AGREED, Step.MISS)
    both = [request.who(party) for one in missed for party in (one.organizer, one.attendee)]
    if len(missed) == 1:
        await tell(request, missed[0], "told-miss", both)
    elif missed:
        await tell_of_all(request, missed, "told-miss-all", both)


async def _pass(request: Request, subjects: Sequence[str], state: State, step: Step) -> list[Agreement]:
    """Let the clock take its step in those that still wait for it."""
    after = [await let_pass(request, one, step) for one in await _still(request, subjects, state)]
    return [await refresh(request, one) for one in after]


async def _still(request: Request, subjects: Sequence[str], state: State) -> list[Agreement]:
    found = [await find_agreement(request, subject) for subject in subjects]
    return [agreement for agreement in found if agreement.state is state]
