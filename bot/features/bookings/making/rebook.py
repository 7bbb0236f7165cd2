"""Corrects a proposal that nobody has answered, when the message that made it is edited."""

from dataclasses import replace

from bot.api import Agreement, Ask, Person, Request, Task, Terms, Thing, When, find_agreement
from bot.api.agreements import correct_proposal, move_to_clock
from bot.features.bookings.card import update_card
from bot.features.bookings.making.book import check_is_free, choose_attendee, tell_warnings
from bot.features.bookings.making.fitting import check_fits
from bot.features.bookings.tell import tell_parties
from bot.features.bookings.times.exact import make_exact_terms
from bot.features.bookings.times.moved import move_terms
from bot.features.bookings.times.odd_time import ask_about_odd_time
from bot.features.bookings.times.series import check_series


async def rebook(
    request: Request,
    number: int,
    thing: Thing | None,
    task: Task | None,
    time: When | None,
    person: Person | None,
    anyway: str | None,
) -> None:
    """Replace thing, task, time and person of the agreement by those of the edited message.

    What it leaves out stays.
    """
    before = await find_agreement(request, number)
    thing = thing or request.community.thing(before.thing or "")
    task = task or request.community.task(before.task or "")
    if thing is None or task is None:  # the file no longer has them, and the message names no others
        raise Ask("task" if thing else "thing", "ask-task" if thing else "ask-thing")
    check_fits(request, thing, task)
    attendee = _choose_attendee(request, before, task, person)
    terms = await _make_corrected_terms(request, before, thing, task, time)
    corrected = (thing.key, task.key, attendee.handle, terms)
    if corrected == (before.thing, before.task, before.attendee, before.negotiation.terms):
        await request.say("corrected-to-the-same", number=number)
        return
    ask_about_odd_time(request, thing, terms, task, anyway)
    check = check_series if terms.is_series else check_is_free
    warnings = await check(request, thing, terms, task, anyway, exclude=before)
    after = await correct_proposal(request, before, attendee=attendee, terms=terms, thing=thing, task=task)
    await update_card(request, after)
    notified = [attendee, *([request.find_person(before.attendee)] if before.attendee != after.attendee else [])]
    await tell_parties(request, after, "corrected", notified, asks=True)
    await tell_warnings(request, warnings)


def _choose_attendee(request: Request, before: Agreement, task: Task, person: Person | None) -> Person:
    attendee = request.find_person(before.attendee)
    if person is None and task.role in attendee.roles:
        return attendee
    return choose_attendee(request, task, person)


async def _make_corrected_terms(
    request: Request, before: Agreement, thing: Thing, task: Task, time: When | None
) -> Terms:
    """Return the terms with the corrected task and time.

    A clock time alone keeps the day. Another task has its own duration.
    """
    terms = before.negotiation.terms
    if task.key != before.task:
        clock = request.local(terms.start).time()
        if terms.is_series:
            terms = move_to_clock(request, terms, clock, task.duration)
        else:
            terms = replace(terms, end=terms.start + task.duration)
    if time is None:
        return terms
    moved = None if time.has_day else move_terms(request, terms, time)
    return moved or await make_exact_terms(request, thing, time, terms.end - terms.start, task)
