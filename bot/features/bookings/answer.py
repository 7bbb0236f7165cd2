"""Answers to a proposal or a report: by a tap, by a command, or in words."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.api import (
    FEW_LINES,
    Agreement,
    Ask,
    Obstacle,
    Person,
    Refused,
    Request,
    Span,
    State,
    Step,
    Task,
    Terms,
    Thing,
    When,
    find_agreement,
    shorten_list,
    sign_of,
    take_step,
)
from bot.api.agreements import describe_work
from bot.api.arguments import AgreementReference, MatchAnchor, Occurrences, TimeShift
from bot.api.availability import check_time
from bot.features.bookings.card import update_card
from bot.features.bookings.choose_agreement import SaidOfAgreement, choose_agreement, is_on_day
from bot.features.bookings.making.book import tell_warnings
from bot.features.bookings.making.clash_questions import ask_about_clashes, make_series_question
from bot.features.bookings.making.use_limits import check_limits
from bot.features.bookings.tell import confirm_step, other_party, tell_parties
from bot.features.bookings.times.anchored import complete_with_match
from bot.features.bookings.times.countered import ask_which_time, make_counter_terms
from bot.features.bookings.times.odd_time import ask_about_odd_time
from bot.features.bookings.times.series import detach_meant
from bot.features.bookings.times.shifted import move_to_day_of, shift_terms


async def answer_tap(request: Request, subject: str, emoji: str) -> None:
    """Answer yes or no to a proposal or report, for ✅ or ❌ under its card.

    Other emoji mean nothing. Raises Refused for people who are no party.
    """
    yes = sign_of(emoji)
    if yes is not None:
        agreement = await find_agreement(request, subject)
        await _answer(request, agreement, yes, await request.revision_shown(subject), is_tap=True)


async def counter(
    request: Request,
    number: AgreementReference | None,
    which: Occurrences | None,
    shift: TimeShift | None,
    thing: Thing | None,
    task: Task | None,
    person: Person | None,
    anchor: MatchAnchor | None,
    time: When | None,
    anyway: str | None,
) -> None:
    """`!foreslå 1 fredag kl. 9`, `!flyt 1 en time senere`: propose another time, which the other side may accept.

    `which` names the times of a series to move, or the day of the agreement: `!flyt 7 den 17. juli til torsdag kl. 9`.
    `anyway` is the time that the person has confirmed in spite of an obstacle.
    """
    said = SaidOfAgreement(number, thing, task, person, which.when if which else None)
    agreement = await choose_agreement(request, said, "counter", (State.PROPOSED, State.AGREED))
    if agreement.side_of(request.person.handle) is None:
        await take_step(request, agreement, Step.COUNTER)  # raises Refused, which says whose agreement it is
    arguments = {"number": agreement.number, **({"which": which} if which else {})}
    if shift is not None:
        shifted = shift_terms(request, agreement.negotiation.newest_terms, shift, arguments)
        if time is not None:  # "en time senere på søndag"
            request.must_confirm = True
            shifted = move_to_day_of(shifted, time, request.local(agreement.negotiation.newest_terms.start).date())
        time = shifted
    if anchor is not None and (on_thing := request.community.thing(agreement.thing or "")):
        time = await complete_with_match(request, on_thing, anchor, time)
    if time is None:
        raise Ask("time", "ask-time", instead=("counter", arguments))
    if agreement.negotiation.terms.is_series and (which or (time.has_day and not time.rrule)):
        try:
            agreement = await detach_meant(request, agreement, which, "ask-move-which")
        except Ask as question:
            question.instead = ("counter", {"number": agreement.number, "time": time})
            raise
    if time.alternatives:
        raise await ask_which_time(request, agreement, time, arguments)
    terms = await make_counter_terms(request, agreement, time, arguments)
    confirmed = {**arguments, "time": request.to_when(terms)}
    warnings = await _check_is_free(request, agreement, terms, anyway, arguments)
    after = await take_step(request, agreement, Step.COUNTER, terms=terms)
    other = other_party(request, after)
    do = {"number": after.number, "what": describe_work(request, after, request.language), "other": other}
    again = ("counter", {**confirmed, **({"anyway": anyway} if anyway else {})})
    request.confirm("do-move" if after.is_own else "do-counter", instead=again, time=terms, **do)
    after = await update_card(request, after)
    key = "moved" if after.is_own else "change-proposed" if after.state is State.AGREED else "countered"
    await tell_parties(request, after, key, [other], asks=not after.is_own, time=terms)
    await tell_warnings(request, warnings)


async def _check_is_free(
    request: Request, agreement: Agreement, terms: Terms, anyway: str | None, arguments: dict[str, Any]
) -> list[Obstacle]:
    """Return the obstacles to warn of.

    Raise Refused when an obstacle forbids the time, Ask when one has to be confirmed.
    """
    thing, task = request.community.thing(agreement.thing or ""), request.community.task(agreement.task or "")
    if not thing:
        return []
    ask_about_odd_time(request, thing, terms, task, anyway, ("counter", arguments))
    if agreement.is_use:
        organizer = request.find_person(agreement.organizer)
        await check_limits(request, thing, terms, organizer, exclude=agreement, instead=("counter", arguments))
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


async def accept(
    request: Request,
    number: AgreementReference | None,
    thing: Thing | None,
    task: Task | None,
    person: Person | None,
    day: When | None,
) -> None:
    """`!accepter 1`: say yes, as ✅ does. A yes with another time offers that time."""
    await _answer_said(request, SaidOfAgreement(number, thing, task, person, day), yes=True)


async def decline(
    request: Request,
    number: AgreementReference | None,
    thing: Thing | None,
    task: Task | None,
    person: Person | None,
    day: When | None,
    reason: str | None,
) -> None:
    """`!afvis 1 for vådt`: say no, as ❌ does, with a reason. A no with another time offers that time."""
    await _answer_said(request, SaidOfAgreement(number, thing, task, person, day), yes=False, reason=reason)


async def _answer_said(request: Request, said: SaidOfAgreement, *, yes: bool, reason: str | None = None) -> None:
    """Answer yes or no to the agreement that a message is about, or ask whether to offer the time in the message."""
    agreement = await _choose_to_answer(request, said, "accept" if yes else "decline")
    if said.day is not None and not _is_its_time(request, agreement, said.day):
        await _offer_instead(request, agreement, said.day)
        return
    await _answer(request, agreement, yes, await _revision_seen(request, agreement), reason)


async def confirm(
    request: Request,
    number: AgreementReference | None,
    thing: Thing | None,
    task: Task | None,
    person: Person | None,
    day: When | None,
) -> None:
    """`!bekræft 1`: confirm that reported work is done, as ✅ does. Of a proposal it is a yes."""
    said = SaidOfAgreement(number, thing, task, person, day)
    states = (State.DONE, State.PROPOSED)
    agreement = await choose_agreement(request, said, "confirm", states, only_awaited=True, likely_states=(State.DONE,))
    if agreement.state not in states:
        await take_step(request, agreement, Step.CONFIRM)  # raises Refused, which says why
    await _answer(request, agreement, True, None)


async def _revision_seen(request: Request, agreement: Agreement) -> int | None:
    """Return the revision that the card showed when the person wrote in its thread; None elsewhere: the newest."""
    return await request.revision_shown(str(agreement.number)) if request.subject == str(agreement.number) else None


async def _choose_to_answer(request: Request, said: SaidOfAgreement, action: str) -> Agreement:
    """Return the agreement that a yes or no is about. The time that comes with it may be another one."""
    states = (State.PROPOSED, State.AGREED)
    try:
        return await choose_agreement(request, said, action, states, only_awaited=True)
    except Refused as refused:
        is_offer = said.day is not None and (said.day.has_clock or said.day.alternatives)
        if not is_offer or refused.key not in ("none-fits", "other-agreement"):
            raise
    return await choose_agreement(request, replace(said, day=None), action, states, only_awaited=True)


def _is_its_time(request: Request, agreement: Agreement, day: When) -> bool:
    """Return whether a time is the one to be answered, as exactly as it was said. Raises Refused for a series' day."""
    if agreement.negotiation.terms.is_series and (day.has_day or day.rrule):
        raise Refused("answer-all-first", number=agreement.number)
    if day.deadline or day.start is None or day.alternatives:
        return False
    spans = agreement.negotiation.newest_terms.spans
    starts = [request.local(span.start) for span in spans]
    if not day.has_clock or not isinstance(day.start, datetime) or day.loose:
        return not day.has_day or is_on_day(request, agreement, day, newest_only=True)
    if isinstance(day.end, datetime) and day.end.time() not in [request.local(span.end).time() for span in spans]:
        return False  # "ja, kl. 14-17" to a time from 14 to 16
    if day.has_day:
        return day.start in starts
    return day.start.time() in [start.time() for start in starts]


async def _offer_instead(request: Request, agreement: Agreement, time: When) -> None:
    """Ask whether to offer the time that came with a yes or a no."""
    request.must_confirm = True
    await counter(request, agreement.number, None, None, None, None, None, None, time, None)


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
    confirm_step(request, after, step, agreement)
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
