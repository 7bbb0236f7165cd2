"""The command `book`: finds who does the work and the exact time, checks that the thing is free, and proposes it."""

from datetime import timedelta

from bot.api import (
    FEW_LINES,
    Agreement,
    Ask,
    MeansEach,
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
    find_next_free,
    propose,
    shorten_list,
)
from bot.api.agreements import name_work
from bot.api.arguments import MatchAnchor, end_on_day
from bot.api.availability import check_time
from bot.features.bookings.card import put_card, set_timers
from bot.features.bookings.making.clash_questions import ask_about_clashes
from bot.features.bookings.making.fitting import check_fits
from bot.features.bookings.making.listed import check_listed, is_listed
from bot.features.bookings.times.anchored import complete_with_match
from bot.features.bookings.times.exact import make_exact_terms
from bot.features.bookings.times.odd_time import ask_about_odd_time
from bot.features.bookings.times.series import check_new_series

#: Work for which the thing is not free at the same time as other work of the message may be so much later.
_SOON = timedelta(days=3)


async def book(
    request: Request,
    thing: Thing,
    task: Task,
    anchor: MatchAnchor | None,
    time: When | None,
    person: Person | None,
    holidays: str | None,
    anyway: str | None,
) -> None:
    """`!book bane 1 slåning fredag kl. 14 @groen-pleje`: propose a booking to the person who does the task.

    `anchor` is the match that the time depends on. `holidays` is the answer to the question about holidays in a series;
    `anyway` is the time that the person has confirmed in spite of an obstacle.
    """
    check_fits(request, thing, task)
    attendee = choose_attendee(request, task, person)
    check_listed(request, thing, task, attendee)
    time = await complete_with_match(request, thing, anchor, time)
    if time.each:  # "uge 33 og 34": work in each of them
        raise MeansEach("time", time.each)
    if time.ends_on_day:  # "fredag til kl. 12"
        time = end_on_day(time, request.local(request.now))
    terms = await make_exact_terms(request, thing, time, task.duration, task)
    ask_about_odd_time(request, thing, terms, task, anyway)
    if terms.is_series:
        terms, warnings = await check_new_series(request, thing, terms, task, holidays, anyway)
    else:
        warnings = await check_is_free(request, thing, terms, task, anyway)
    agreement = await propose(request, attendee=attendee, terms=terms, thing=thing, task=task)
    exact = time if time.rrule else request.to_when(terms)
    confirmed = {"thing": thing, "task": task, "time": exact, "person": attendee}
    answers = {name: value for name, value in (("holidays", holidays), ("anyway", anyway)) if value}
    do = {"attendee": attendee, "what": name_work(request, thing, task, request.language), "time": terms}
    request.confirm("do-book", instead=("book", confirmed | answers), **do)
    await put_card(request, agreement, [attendee])
    await set_timers(request, agreement)
    await tell_warnings(request, warnings)


def choose_attendee(request: Request, task: Task, person: Person | None) -> Person:
    """Return the named person, or the only person with the task's role. Raise Ask when several people have the role.

    Raises Refused when the named person does not have the role.
    """
    able = [one for one in request.community.people_with(task.role) if is_listed(request, one)]
    if person is not None and person.handle != request.person.handle:  # who names themselves asks for themselves
        if task.role not in person.roles:
            raise Refused("wrong-role", person=person, task=task.name, able=[p.name for p in able])
        return person
    if len(able) != 1:
        raise Ask("person", "ask-person", [Option(p.name, p) for p in able])
    return able[0]


async def check_is_free(
    request: Request,
    thing: Thing,
    terms: Terms,
    task: Task | None,
    anyway: str | None,
    exclude: Agreement | None = None,
) -> list[Obstacle]:
    """Return the obstacles to warn of after the booking. Raise Ask when the time is not free or has to be confirmed.

    The question names who holds the thing, or the other obstacles, and offers the next free time.
    """
    check = await check_time(request, thing, terms, task=task, exclude=exclude)
    if not check.is_refused:
        return await ask_about_clashes(request, thing, terms, task, check, anyway=anyway, exclude=exclude)
    forbidding = check.forbidding
    free = await find_next_free(request, thing, terms.span, task=task)
    options = []
    if free:
        follows = free.start - terms.start <= _SOON
        options = [Option(request.time(free.start, free.end).full, request.to_when(free), follows=follows)]
    agreements = [obstacle.agreement for obstacle in forbidding if obstacle.agreement]
    if len(agreements) < len(forbidding):
        lines = shorten_list(request, [obstacle.why for obstacle in forbidding], max_lines=FEW_LINES)
        raise Ask("time", "not-free", options, thing=thing.name, lines=lines, free=free)
    raise Ask(
        "time",
        "taken",
        options,
        thing=thing.name,
        number=agreements[0].number,
        organizer=request.find_person(agreements[0].organizer),
        attendee=request.find_person(agreements[0].attendee),
        busy=Span(forbidding[0].start, forbidding[-1].end),
        free=free,
        agreed=agreements[0].state is not State.PROPOSED,
    )


async def tell_warnings(request: Request, warnings: list[Obstacle]) -> None:
    """Tell the person, after the booking, the obstacles that did not forbid it."""
    if warnings:
        await request.say(
            "warnings", lines=shorten_list(request, [warning.why for warning in warnings], max_lines=FEW_LINES)
        )
