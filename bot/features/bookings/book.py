"""Asks for a booking: the thing must be free, somebody must be there to do it, and the time must be exact."""

from bot.api import (
    A_FEW,
    Agreement,
    Ask,
    Obstacle,
    Option,
    Person,
    Refused,
    Request,
    Span,
    State,
    Task,
    Terms,
    Thing,
    When,
    as_said,
    in_brief,
    next_free,
    obstacles,
    propose,
)
from bot.features.bookings.card import put_card, set_timers
from bot.features.bookings.clash import ask_about_clashes
from bot.features.bookings.times.exact import exact_terms
from bot.features.bookings.times.series import settle_series


async def book(
    request: Request,
    thing: Thing,
    task: Task,
    time: When,
    person: Person | None,
    holidays: str | None,
    anyway: str | None,
) -> None:
    """`!book bane 1 slåning fredag kl. 14 @groen-pleje`.

    `holidays` is what was answered about those of a series, `anyway` that a certain time is wanted in spite of all.
    """
    attendee = who_does_it(request, task, person)
    terms = await exact_terms(request, thing, time, task.duration, task)
    if terms.is_series:
        terms, warnings = await settle_series(request, thing, terms, task, holidays, anyway)
    else:
        warnings = await check_free(request, thing, terms, task, anyway)
    made = await propose(request, attendee=attendee, terms=terms, thing=thing, task=task)
    await put_card(request, made, [attendee])
    await set_timers(request, made)
    await warn(request, warnings)


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


async def check_free(
    request: Request, thing: Thing, terms: Terms, task: Task, anyway: str | None, besides: Agreement | None = None
) -> list[Obstacle]:
    """Says who has the thing, until when, or why else it is not free, and offers the next free time.

    What had better be known before is asked about; what is only to be warned of is returned.
    """
    found = await obstacles(request, thing, terms, task=task, besides=besides)
    in_the_way = [one for one in found if one.forbids]
    if all(one.asks for one in in_the_way):
        return await ask_about_clashes(request, thing, terms, task, found, anyway=anyway, besides=besides)
    free = await next_free(request, thing, terms.span, task=task)
    options = [Option(request.time(free.start, free.end).full, as_said(request, free))] if free else []
    holders = [one.agreement for one in in_the_way if one.agreement]
    if len(holders) < len(in_the_way):
        lines = in_brief(request, [one.why for one in in_the_way], most=A_FEW)
        raise Ask("time", "not-free", options, thing=thing.name, lines=lines, free=free)
    raise Ask(
        "time",
        "taken",
        options,
        thing=thing.name,
        number=holders[0].number,
        organizer=request.who(holders[0].organizer),
        attendee=request.who(holders[0].attendee),
        busy=Span(in_the_way[0].start, in_the_way[-1].end),
        free=free,
        agreed=holders[0].state is not State.PROPOSED,
    )


async def warn(request: Request, warnings: list[Obstacle]) -> None:
    """Say what does not forbid it, and had better be known."""
    if warnings:
        await request.say("warnings", lines=in_brief(request, [one.why for one in warnings], most=A_FEW))
