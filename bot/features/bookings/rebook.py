"""Takes the correction of a booking that nobody has answered: the same agreement, saying now what was meant."""

from dataclasses import replace

from bot.api import Agreement, Ask, Person, Request, Task, Terms, Thing, When, at_clock, correct, find_agreement
from bot.features.bookings.book import check_free, warn, who_does_it
from bot.features.bookings.card import refresh
from bot.features.bookings.tell import tell
from bot.features.bookings.times.exact import exact_terms
from bot.features.bookings.times.moved import moved_terms
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
    """What the corrected message leaves out is as it was."""
    before = await find_agreement(request, number)
    thing = thing or request.community.thing(before.thing or "")
    task = task or request.community.task(before.task or "")
    if thing is None or task is None:  # gone from the YAML since, and not said anew
        raise Ask("task" if thing else "thing", "ask-task" if thing else "ask-thing")
    attendee = _whom(request, before, task, person)
    terms = await _terms(request, before, thing, task, time)
    if (thing.key, task.key, attendee.handle, terms) == (
        before.thing,
        before.task,
        before.attendee,
        before.negotiation.terms,
    ):
        await request.say("corrected-to-the-same", number=number)
        return
    check = check_series if terms.is_series else check_free
    warnings = await check(request, thing, terms, task, anyway, besides=before)
    after = await correct(request, before, attendee=attendee, terms=terms, thing=thing, task=task)
    await refresh(request, after)
    asked = [attendee, *([request.who(before.attendee)] if before.attendee != after.attendee else [])]
    await tell(request, after, "corrected", asked, asks=True)
    await warn(request, warnings)


def _whom(request: Request, before: Agreement, task: Task, person: Person | None) -> Person:
    asked = request.who(before.attendee)
    if person is None and task.role in asked.roles:
        return asked
    return who_does_it(request, task, person)


async def _terms(request: Request, before: Agreement, thing: Thing, task: Task, time: When | None) -> Terms:
    """A clock time alone keeps the day; other work takes as long as it takes."""
    then = before.negotiation.terms
    if task.key != before.task:
        clock = request.local(then.start).time()
        long = task.duration
        then = at_clock(request, then, clock, long) if then.is_series else replace(then, end=then.start + long)
    if time is None:
        return then
    moved = None if time.has_day else moved_terms(request, then, time)
    return moved or await exact_terms(request, thing, time, then.end - then.start, task)
