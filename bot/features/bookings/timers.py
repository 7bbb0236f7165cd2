"""Timers of bookings: unanswered proposals lapse; agreed work is asked about, and counts as missed without an answer.

About one agreement the message is under its card. About several, as after a night or a week without the bot, it is one
message to the room.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.api import Agreement, Request, State, Step, find_agreement, language_of, when_allowed
from bot.api.agreements import detach_occurrences, take_clock_step
from bot.api.people import drop_muted
from bot.features.bookings.card import FOLLOW_UP_AFTER, put_card, update_card
from bot.features.bookings.tell import tell_about_several, tell_parties

#: Work counts as missed when nobody has answered the bot's question about it for so long.
MISSED_AFTER = timedelta(days=3)


async def lapse_unanswered(request: Request, subjects: Sequence[str]) -> None:
    """Let proposals lapse whose time has begun without a yes, and tell the organizers."""
    lapsed = await _take_timer_step(request, subjects, State.PROPOSED, Step.LAPSE)
    organizers = [request.find_person(agreement.organizer) for agreement in lapsed]
    if len(lapsed) == 1:
        await tell_parties(request, lapsed[0], "told-lapse", organizers)
    elif lapsed:
        await tell_about_several(request, lapsed, "told-lapse-all", organizers)


async def ask_whether_done(request: Request, subjects: Sequence[str]) -> None:
    """Ask attendees whether their work was done after it has ended. A use is over then, and nobody is asked.

    In an attendee's quiet hours the question is postponed.
    """
    agreed = await _find_in_state(request, subjects, State.AGREED)
    for use in (agreement for agreement in agreed if agreement.is_use):
        await update_card(request, await take_clock_step(request, use, Step.CONFIRM))
    agreed = [agreement for agreement in agreed if not agreement.is_use]
    due = [agreement for agreement in agreed if not await _postpone_follow_up(request, agreement)]
    ended = [one_time for agreement in due for one_time in await _detach_ended(request, agreement)]
    attendees = [
        person
        for agreement in ended
        for person in await drop_muted(request, "done", agreement.number, request.find_person(agreement.attendee))
    ]
    if len(ended) == 1:
        language = await language_of(request, request.find_person(ended[0].attendee))
        await tell_parties(request, ended[0], "ask-done", attendees, language=language)
    elif ended:
        await tell_about_several(request, ended, "ask-done-all", attendees)
    for agreement in ended:
        await request.remind("missed", str(agreement.number), request.now + MISSED_AFTER)


async def _postpone_follow_up(request: Request, agreement: Agreement) -> bool:
    """Set the timer to a later time when the attendee has quiet hours now. Return whether it was set."""
    allowed = await when_allowed(request, request.now, request.find_person(agreement.attendee))
    if allowed > request.now:
        await request.remind("followup", str(agreement.number), allowed)
    return allowed > request.now


async def _detach_ended(request: Request, agreement: Agreement) -> list[Agreement]:
    """Return the agreements to ask about.

    Each ended time of a series is detached, so that it gets an answer of its own.
    """
    terms = agreement.negotiation.terms
    if not terms.is_series:
        return [agreement]
    ended = []
    for span in terms.spans:
        if span.end + FOLLOW_UP_AFTER <= request.now:
            agreement, one_time = await detach_occurrences(request, agreement, [span.start])
            ended.append(one_time)
    await update_card(request, agreement)
    # several ended times are asked about in one message now, so they get no cards, which would set timers
    return [await put_card(request, ended[0])] if len(ended) == 1 else ended


async def mark_missed(request: Request, subjects: Sequence[str]) -> None:
    """Mark work as missed that nobody has reported, and tell both parties."""
    missed = await _take_timer_step(request, subjects, State.AGREED, Step.MISS)
    both = [request.find_person(party) for agreement in missed for party in (agreement.organizer, agreement.attendee)]
    if len(missed) == 1:
        await tell_parties(request, missed[0], "told-miss", both)
    elif missed:
        await tell_about_several(request, missed, "told-miss-all", both)


async def _take_timer_step(request: Request, subjects: Sequence[str], state: State, step: Step) -> list[Agreement]:
    """Take a step in the agreements that are still in a state, and update their cards.

    Return the agreements after the step.
    """
    after = [await take_clock_step(request, before, step) for before in await _find_in_state(request, subjects, state)]
    return [await update_card(request, agreement) for agreement in after]


async def _find_in_state(request: Request, subjects: Sequence[str], state: State) -> list[Agreement]:
    found = [await find_agreement(request, subject) for subject in subjects]
    return [agreement for agreement in found if agreement.state is state]
