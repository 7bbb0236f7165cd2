"""Answers an open booking: with a tap, with a word in its thread, or with a command."""

from typing import Any

from bot.api import (
    A_FEW,
    Agreement,
    Ask,
    Obstacle,
    Refused,
    Request,
    Span,
    State,
    Step,
    Terms,
    When,
    Which,
    as_said,
    find_agreement,
    find_time,
    in_brief,
    is_pleasantry,
    obstacles,
    sign_of,
    take_step,
    yes_or_no,
)
from bot.features.bookings.book import warn
from bot.features.bookings.card import refresh
from bot.features.bookings.choose import choose
from bot.features.bookings.clash import ask_about_clashes, ask_unless
from bot.features.bookings.tell import other_party, tell
from bot.features.bookings.times.exact import exact_terms
from bot.features.bookings.times.moved import in_that_week, moved_terms
from bot.features.bookings.times.series import take_apart


async def answer_tap(request: Request, subject: str, emoji: str) -> None:
    """✅ or ❌ under the card. Only the parties' taps count; what else is tapped is nobody's business."""
    yes = sign_of(emoji)
    if yes is not None:
        agreement = await find_agreement(request, subject)
        await _answer(request, agreement, yes, await request.revision_shown(subject))


async def answer_talk(request: Request, subject: str, text: str) -> None:
    """A word in the card's thread: yes, no or a better time; everything else is talk and left alone."""
    agreement = await find_agreement(request, subject)
    if agreement.side_of(request.person.handle) is None:
        return
    yes = yes_or_no(text)
    if yes is not None and agreement.side_of(request.person.handle) in agreement.negotiation.awaited_sides:
        await _answer(request, agreement, yes, await request.revision_shown(subject))
    elif yes is None and agreement.state in (State.PROPOSED, State.AGREED):
        await _hear_time(request, agreement, text)


async def _hear_time(request: Request, agreement: Agreement, text: str) -> None:
    found = find_time(text, request.about)
    if found is None:
        return
    rest = text
    for start, end in sorted(found.char_ranges, reverse=True):
        rest = rest[:start] + rest[end:]
    if is_pleasantry(rest):
        if found.when.error:
            raise Refused(found.when.error.key, **found.when.error.values)
        await counter(request, agreement.number, None, found.when, None)
        return
    terms = None if found.when.error else moved_terms(request, agreement.negotiation.terms, found.when)
    waits_for_them = agreement.side_of(request.person.handle) in agreement.negotiation.awaited_sides
    if terms and waits_for_them and terms not in [offer.terms for offer in agreement.negotiation.offers]:
        said = {"number": agreement.number, "time": as_said(request, terms)}
        raise Ask("", "ask-counter", instead=("counter", said), number=agreement.number, time=terms)


async def counter(request: Request, number: int | None, which: Which | None, time: When, anyway: str | None) -> None:
    """`!foreslå 1 fredag kl. 9`: another time, which the other side may accept.

    `which` are the times of a series that are to be moved: `!flyt 7 den 17. juli til torsdag kl. 9`; `anyway` is that a
    certain time is wanted in spite of all.
    """
    agreement = await choose(request, number, "counter", (State.PROPOSED, State.AGREED))
    if agreement.side_of(request.person.handle) is None:
        await take_step(request, agreement, Step.COUNTER)  # refuses, and says whose it is
    said = {"number": agreement.number, **({"which": which} if which else {})}
    if agreement.negotiation.terms.is_series and (which or (time.has_day and not time.rrule)):
        try:
            agreement = await take_apart(request, agreement, which, "ask-move-which")
        except Ask as asked:
            asked.instead = ("counter", {"number": agreement.number, "time": time})
            raise
    terms = await _counter_terms(request, agreement, time, said)
    warnings = await _check_free(request, agreement, terms, anyway, said)
    after = await take_step(request, agreement, Step.COUNTER, terms=terms)
    after = await refresh(request, after)
    key = "change-proposed" if after.state is State.AGREED else "countered"
    await tell(request, after, key, [other_party(request, after)], asks=True, time=terms)
    await warn(request, warnings)


async def _counter_terms(request: Request, agreement: Agreement, time: When, said: dict[str, Any]) -> Terms:
    """`said` is what has been said so far; the agreement may be a part of a series that only a yes would part."""
    before = (
        agreement.negotiation.newest_offer.terms if agreement.negotiation.newest_offer else agreement.negotiation.terms
    )
    time = in_that_week(request, time, before)
    terms = moved_terms(request, before, time)
    if terms is None:
        thing = request.community.thing(agreement.thing or "")
        assert thing is not None, "a booking is of a thing"
        try:
            task = request.community.task(agreement.task or "")
            terms = await exact_terms(request, thing, time, before.end - before.start, task)
        except Ask as which:  # in a thread there is no command yet that the answer could finish
            which.instead = ("counter", said)
            raise
    return terms


async def _check_free(
    request: Request, agreement: Agreement, terms: Terms, anyway: str | None, said: dict[str, Any]
) -> list[Obstacle]:
    thing, task = request.community.thing(agreement.thing or ""), request.community.task(agreement.task or "")
    found = await obstacles(request, thing, terms, task=task, besides=agreement) if thing else []
    in_the_way = [one for one in found if one.forbids]
    if not thing:
        return found
    if all(one.asks for one in in_the_way) and terms.is_series:
        if found and (question := ask_unless(request, thing, terms, found, anyway)):
            question.instead = ("counter", said)
            raise question
    elif all(one.asks for one in in_the_way):
        instead = ("counter", said)
        return await ask_about_clashes(
            request, thing, terms, task, found, anyway=anyway, besides=agreement, instead=instead
        )
    if not in_the_way:
        return found
    if holder := in_the_way[0].agreement:
        busy, organizer = Span(in_the_way[0].start, in_the_way[0].end), request.who(holder.organizer)
        raise Refused("taken-counter", thing=thing.name, busy=busy, number=holder.number, organizer=organizer)
    lines = in_brief(request, [one.why for one in in_the_way], most=A_FEW)
    raise Refused("not-free-counter", thing=thing.name, lines=lines)


async def accept(request: Request, number: int | None) -> None:
    """`!accepter 1`: the same as ✅."""
    agreement = await choose(request, number, "accept", (State.PROPOSED, State.AGREED), waiting=True)
    await _answer(request, agreement, True, None)


async def decline(request: Request, number: int | None, reason: str | None) -> None:
    """`!afvis 1 for vådt`: the same as ❌, with a reason."""
    agreement = await choose(request, number, "decline", (State.PROPOSED, State.AGREED), waiting=True)
    await _answer(request, agreement, False, None, reason)


async def _answer(
    request: Request, agreement: Agreement, yes: bool, revision: int | None, reason: str | None = None
) -> None:
    """What a yes or a no means depends on what is open: an offer, or a report that it is done."""
    if agreement.state is State.DONE:
        step = Step.CONFIRM if yes else Step.DISPUTE
    elif agreement.state is State.AGREED and agreement.negotiation.newest_offer is None and not yes:
        if agreement.side_of(request.person.handle):
            raise Refused("cancel-how", number=agreement.number)
        step = Step.DECLINE
    else:
        step = Step.ACCEPT if yes else Step.DECLINE
    after = await take_step(request, agreement, step, revision=revision, reason=reason)
    after = await refresh(request, after)
    await _announce(request, agreement, after, step)


async def _announce(request: Request, before: Agreement, after: Agreement, step: Step) -> None:
    """Both are told of an agreement; of everything else, the one who did not do it."""
    if step is Step.ACCEPT and after.state is State.PROPOSED:
        await tell(request, after, "one-yes", [other_party(request, after)], asks=True)
    elif step is Step.ACCEPT:
        both = [request.who(after.organizer), request.who(after.attendee)]
        await tell(request, after, "moved" if before.negotiation.standing else "agreed", both)
    elif step is Step.DECLINE and after.state in (State.PROPOSED, State.AGREED):
        await tell(request, after, "counter-declined", [other_party(request, after)])
    else:
        withdrawn = step is Step.DECLINE and after.state is State.CANCELLED
        await tell(request, after, "told-cancel" if withdrawn else f"told-{step}", [other_party(request, after)])
