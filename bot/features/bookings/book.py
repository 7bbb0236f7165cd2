"""Asks for a booking: the thing must be free, somebody must be there to do it, and the time must be exact."""

from bot.api import (
    Agreement,
    Ask,
    Option,
    Person,
    Refused,
    Request,
    State,
    Task,
    Terms,
    Thing,
    When,
    as_said,
    bookings_of,
    next_free,
    propose,
)
from bot.features.bookings.card import put_card, set_timers
from bot.features.bookings.series import settle_series
from bot.features.bookings.times import exact_terms


async def book(
    request: Request, thing: Thing, task: Task, time: When, person: Person | None, holidays: str | None
) -> None:
    """`!book bane 1 slåning fredag kl. 14 @groen-pleje`; `holidays` is what was answered about those of a series."""
    attendee = who_does_it(request, task, person)
    terms = await exact_terms(request, thing, time, task.duration)
    if terms.is_series:
        terms = await settle_series(request, thing, terms, holidays)
    else:
        await check_free(request, thing, terms)
    made = await propose(request, attendee=attendee, terms=terms, thing=thing, task=task)
    await put_card(request, made, [attendee])
    await set_timers(request, made)


def who_does_it(request: Request, task: Task, person: Person | None) -> Person:
    """Whom the task's role and the message leave; asks when that is more than one."""
    able = request.community.people_with(task.role)
    if person is not None:
        if task.role not in person.roles:
            raise Refused("wrong-role", person=person, task=task.name, able=[p.name for p in able])
        return person
    if len(able) != 1:
        raise Ask("person", "ask-person", [Option(p.name, p) for p in able])
    return able[0]


async def check_free(request: Request, thing: Thing, terms: Terms, besides: Agreement | None = None) -> None:
    """Says who has the thing, until when, and offers the next free time when it is held."""
    in_the_way = await bookings_of(request, thing, terms, besides=besides)
    if not in_the_way:
        return
    first, last = in_the_way[0], in_the_way[-1]
    free = await next_free(request, thing, terms)
    raise Ask(
        "time",
        "taken",
        [Option(request.time(free.start, free.end).full, as_said(request, free))] if free else [],
        thing=thing.name,
        number=first.agreement.number,
        organizer=request.who(first.agreement.organizer),
        attendee=request.who(first.agreement.attendee),
        busy=Terms(first.terms.start, last.terms.end),
        free=free,
        agreed=first.agreement.state is not State.PROPOSED,
    )
