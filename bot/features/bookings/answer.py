"""Answers to a proposal or a report: by a tap, by a message in the card's thread, or by a command."""

from typing import Any

from bot.api import (
    FEW_LINES,
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
    find_agreement,
    find_time,
    shorten_list,
    sign_of,
    take_step,
    yes_or_no,
)
from bot.api.arguments import Occurrences, is_pleasantry
from bot.api.availability import check_time
from bot.features.bookings.book import tell_warnings
from bot.features.bookings.card import update_card
from bot.features.bookings.choose_agreement import choose_agreement
from bot.features.bookings.clash_questions import ask_about_clashes, make_series_question
from bot.features.bookings.tell import other_party, tell_parties
from bot.features.bookings.times.exact import make_exact_terms
from bot.features.bookings.times.moved import move_terms, move_to_week_of
from bot.features.bookings.times.series import detach_meant


async def answer_tap(request: Request, subject: str, emoji: str) -> None:
    """Answer yes or no to a proposal or report, for ✅ or ❌ under its card.

    Other emoji mean nothing. Raises Refused for people who are no party.
    """
    yes = sign_of(emoji)
    if yes is not None:
        agreement = await find_agreement(request, subject)
        await _answer(request, agreement, yes, await request.revision_shown(subject), is_tap=True)


async def answer_message(request: Request, subject: str, text: str) -> None:
    """Act on a party's message in the card's thread: a yes, a no or a better time. Any other message is left alone."""
    agreement = await find_agreement(request, subject)
    if agreement.side_of(request.person.handle) is None:
        return
    yes = yes_or_no(text, request.community.languages)
    if yes is not None and _is_awaited(request, agreement):
        await _answer(request, agreement, yes, await request.revision_shown(subject))
    elif yes is None and agreement.state in (State.PROPOSED, State.AGREED):
        await _counter_in_thread(request, agreement, text)


async def _counter_in_thread(request: Request, agreement: Agreement, text: str) -> None:
    """Propose the time that a message names. Ask first when the message says more than the time.

    Raises Refused when the only time is impossible, Ask to confirm the time of a longer message.
    """
    found = find_time(text, request.reading_context)
    if found is None:
        return
    rest = text
    for start, end in sorted(found.char_ranges, reverse=True):
        rest = rest[:start] + rest[end:]
    if is_pleasantry(rest, request.community.languages):
        if found.when.error:
            raise Refused(found.when.error.key, **found.when.error.values)
        await counter(request, agreement.number, None, found.when, None)
        return
    terms = None if found.when.error else move_terms(request, agreement.negotiation.terms, found.when)
    is_offered = terms in [offer.terms for offer in agreement.negotiation.offers]
    if terms and _is_awaited(request, agreement) and not is_offered:
        arguments = {"number": agreement.number, "time": request.to_when(terms)}
        raise Ask("", "ask-counter", instead=("counter", arguments), other=other_party(request, agreement), time=terms)


def _is_awaited(request: Request, agreement: Agreement) -> bool:
    return agreement.side_of(request.person.handle) in agreement.negotiation.awaited_sides


async def counter(
    request: Request, number: int | None, which: Occurrences | None, time: When, anyway: str | None
) -> None:
    """`!foreslå 1 fredag kl. 9`: propose another time, which the other side may accept.

    `which` names the times of a series to move: `!flyt 7 den 17. juli til torsdag kl. 9`. `anyway` is the time that the
    person has confirmed in spite of an obstacle.
    """
    agreement = await choose_agreement(request, number, "counter", (State.PROPOSED, State.AGREED))
    if agreement.side_of(request.person.handle) is None:
        await take_step(request, agreement, Step.COUNTER)  # raises Refused, which says whose agreement it is
    arguments = {"number": agreement.number, **({"which": which} if which else {})}
    if agreement.negotiation.terms.is_series and (which or (time.has_day and not time.rrule)):
        try:
            agreement = await detach_meant(request, agreement, which, "ask-move-which")
        except Ask as question:
            question.instead = ("counter", {"number": agreement.number, "time": time})
            raise
    terms = await _make_counter_terms(request, agreement, time, arguments)
    warnings = await _check_is_free(request, agreement, terms, anyway, arguments)
    after = await take_step(request, agreement, Step.COUNTER, terms=terms)
    after = await update_card(request, after)
    key = "change-proposed" if after.state is State.AGREED else "countered"
    await tell_parties(request, after, key, [other_party(request, after)], asks=True, time=terms)
    await tell_warnings(request, warnings)


async def _make_counter_terms(request: Request, agreement: Agreement, time: When, arguments: dict[str, Any]) -> Terms:
    """Return the terms to offer. Raise Ask when the time leaves a choice.

    `arguments` are the arguments of the command so far, for the question. The agreement may have been detached from a
    series in this transaction. The question rolls that back, so it has to name the series and the times that were
    meant.
    """
    negotiation = agreement.negotiation
    before = negotiation.newest_offer.terms if negotiation.newest_offer else negotiation.terms
    time = move_to_week_of(request, time, before)
    terms = move_terms(request, before, time)
    if terms is None:
        thing = request.community.thing(agreement.thing or "")
        assert thing is not None, "a booking is of a thing"
        try:
            task = request.community.task(agreement.task or "")
            terms = await make_exact_terms(request, thing, time, before.end - before.start, task)
        except Ask as question:
            # the time may come from a message in a thread, which is no command that the answer could complete
            question.instead = ("counter", arguments)
            raise
    return terms


async def _check_is_free(
    request: Request, agreement: Agreement, terms: Terms, anyway: str | None, arguments: dict[str, Any]
) -> list[Obstacle]:
    """Return the obstacles to warn of.

    Raise Refused when an obstacle forbids the time, Ask when one has to be confirmed.
    """
    thing, task = request.community.thing(agreement.thing or ""), request.community.task(agreement.task or "")
    if not thing:
        return []
    check = await check_time(request, thing, terms, task=task, exclude=agreement)
    if not check.is_refused and terms.is_series:
        if question := make_series_question(request, thing, terms, check, anyway):
            question.instead = ("counter", arguments)
            raise question
    elif not check.is_refused:
        instead = ("counter", arguments)
        return await ask_about_clashes(
            request, thing, terms, task, check, anyway=anyway, exclude=agreement, instead=instead
        )
    if not check.forbidding:
        return list(check.obstacles)
    first = check.forbidding[0]
    if first.agreement:
        busy, organizer = Span(first.start, first.end), request.find_person(first.agreement.organizer)
        raise Refused("taken-counter", thing=thing.name, busy=busy, number=first.agreement.number, organizer=organizer)
    lines = shorten_list(request, [obstacle.why for obstacle in check.forbidding], max_lines=FEW_LINES)
    raise Refused("not-free-counter", thing=thing.name, lines=lines)


async def accept(request: Request, number: int | None) -> None:
    """`!accepter 1`: say yes, as ✅ does."""
    agreement = await choose_agreement(request, number, "accept", (State.PROPOSED, State.AGREED), only_awaited=True)
    await _answer(request, agreement, True, None)


async def decline(request: Request, number: int | None, reason: str | None) -> None:
    """`!afvis 1 for vådt`: say no, as ❌ does, with a reason."""
    agreement = await choose_agreement(request, number, "decline", (State.PROPOSED, State.AGREED), only_awaited=True)
    await _answer(request, agreement, False, None, reason)


async def _answer(
    request: Request,
    agreement: Agreement,
    yes: bool,
    revision: int | None,
    reason: str | None = None,
    *,
    is_tap: bool = False,
) -> None:
    """Take the step for a yes or a no. It answers an offer, or the report that the work is done.

    `revision` is the revision that was answered; None: the newest. A tap that confirms the work only changes the card:
    nobody has to do anything more. Raises Refused for a party's no to an agreement without an open offer: the sentence
    says how to cancel.
    """
    if agreement.state is State.DONE:
        step = Step.CONFIRM if yes else Step.DISPUTE
    elif agreement.state is State.AGREED and agreement.negotiation.newest_offer is None and not yes:
        if agreement.side_of(request.person.handle):
            raise Refused("cancel-how", number=agreement.number)
        step = Step.DECLINE
    else:
        step = Step.ACCEPT if yes else Step.DECLINE
    after = await take_step(request, agreement, step, revision=revision, reason=reason)
    after = await update_card(request, after)
    if not (is_tap and step is Step.CONFIRM):
        await _tell_about_step(request, agreement, after, step)


async def _tell_about_step(request: Request, before: Agreement, after: Agreement, step: Step) -> None:
    """Tell both parties when they agree. After any other step, tell the party that did not take it."""
    other = other_party(request, after)
    if step is Step.ACCEPT and after.state is State.PROPOSED:
        await tell_parties(request, after, "one-yes", [other], asks=True)
    elif step is Step.ACCEPT:
        both = [request.find_person(after.organizer), request.find_person(after.attendee)]
        await tell_parties(request, after, "moved" if before.negotiation.standing else "agreed", both)
    elif step is Step.DECLINE and after.state in (State.PROPOSED, State.AGREED):
        await tell_parties(request, after, "counter-declined", [other])
    else:
        is_withdrawn = step is Step.DECLINE and after.state is State.CANCELLED
        await tell_parties(request, after, "told-cancel" if is_withdrawn else f"told-{step}", [other])
