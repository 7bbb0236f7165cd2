"""Commands that show agreements: all agreements of the room, those of a person, the week of a thing, and a history."""

from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Unpack

from bot.api import (
    FEW_LINES,
    MAX_LIST_LINES,
    Agreement,
    Match,
    Obstacle,
    Person,
    Request,
    Span,
    State,
    Step,
    Task,
    Text,
    Thing,
    When,
    find_agreement,
    find_matches,
    list_agreements,
    shorten_list,
)
from bot.api.agreements import (
    AgreementConditions,
    Order,
    count_agreements,
    describe_work,
    find_history,
    find_series,
    name_activity,
)
from bot.api.availability import Reservation, find_obstacles_within, find_reservations
from bot.features.bookings.choose_agreement import is_within, window_of

#: The states in which a party still has to work or to answer.
OPEN_STATES = frozenset({State.PROPOSED, State.AGREED, State.DONE, State.DISPUTED})
#: A week and a day, so that every day that a weekday can mean is shown: "fredag", said on a Friday, is the next one.
SHOWN_DAYS = 8


async def list_all(
    request: Request,
    number: int | None,
    thing: Thing | None,
    task: Task | None,
    person: Person | None,
    time: When | None,
) -> None:
    """`!aftaler`, `!aftaler bane 2 i uge 30`: list the open agreements, or those that fit what was said.

    `!aftale 1` shows how that agreement came about.
    """
    if number is not None:
        await show_history(request, number)
        return
    party = person.handle if person else None
    await say_open(request, "list", party, thing=thing, task=task, window=window_of(request, time))


async def list_mine(request: Request) -> None:
    """`!mine`: list the agreements of the person."""
    await say_open(request, "list-mine", request.person.handle)


async def say_open(
    request: Request, key: str, party: str | None = None, **conditions: Unpack[AgreementConditions]
) -> None:
    """Answer with two lists: open agreements by time, and the agreements that wait for an answer, by number."""
    agreed = await _list_open(request, party, {**conditions, "is_awaited": False}, "soonest")
    waiting = await _list_open(request, party, {**conditions, "is_awaited": True}, "number")
    await request.say(key, agreed=agreed, waiting=waiting)


async def _list_open(
    request: Request, party: str | None, conditions: AgreementConditions, order: Order
) -> list[object]:
    """Return a line for each open agreement. Without a window, only as many are read as are shown."""
    if window := conditions.get("window"):
        found = await list_agreements(request, OPEN_STATES, party, order=order, **conditions)
        return describe_agreements(request, [agreement for agreement in found if is_within(agreement, window)])
    found, total = await list_first(request, OPEN_STATES, party, order=order, limit=MAX_LIST_LINES, **conditions)
    return describe_agreements(request, found, total=total)


async def list_first(
    request: Request,
    states: frozenset[State],
    party: str | None = None,
    *,
    order: Order,
    limit: int,
    **conditions: Unpack[AgreementConditions],
) -> tuple[list[Agreement], int]:
    """Return at most `limit` agreements, as `list_agreements` does, and how many there are in all."""
    found = await list_agreements(request, states, party, order=order, limit=limit, **conditions)
    is_cut = len(found) == limit
    return found, await count_agreements(request, states, party, **conditions) if is_cut else len(found)


def describe_agreements(
    request: Request, agreements: list[Agreement], language: str | None = None, *, total: int | None = None
) -> list[object]:
    """Return a line for each agreement. A long list is cut. `total` counts also those that are not in `agreements`."""
    lines = [_describe_agreement(request, agreement, language) for agreement in agreements[:MAX_LIST_LINES]]
    return shorten_list(request, lines, language, total=len(agreements) if total is None else total)


def _describe_agreement(request: Request, agreement: Agreement, language: str | None) -> Text:
    negotiation = agreement.negotiation
    terms = negotiation.newest_terms
    return request.text(
        "line-waiting" if negotiation.awaited_side else "line-agreed",
        language,
        number=agreement.number,
        what=describe_work(request, agreement, language or request.language),
        time=terms,
        organizer=request.find_person(agreement.organizer).name,
        attendee=request.find_person(agreement.attendee).name,
        waits=_awaited_names(request, agreement),
        state=str(agreement.state),
    )


def _awaited_names(request: Request, agreement: Agreement) -> list[str]:
    return [request.find_person(agreement.party(side)).name for side in agreement.negotiation.awaited_sides]


async def show_week(request: Request, thing: Thing) -> None:
    """`!bane 1`: show the reservations of a thing in the coming week, the matches on it, and other obstacles."""
    today = datetime.combine(request.local(request.now).date(), time())
    week = Span(request.moment(today), request.moment(today + timedelta(days=SHOWN_DAYS)))
    reservations, matches = await find_reservations(request, thing, week), await find_matches(request, thing, week)
    entries = [(reservation.span, _describe_reservation(request, reservation)) for reservation in reservations]
    entries += [(Span(match.start, match.end), _describe_match(request, match)) for match in matches]
    entries.sort(key=lambda entry: entry[0].start)
    by_day = groupby(entries, key=lambda entry: request.local(max(entry[0].start, week.start)).date())
    days = [_describe_day(request, day, [text for _, text in entries_of_day]) for day, entries_of_day in by_day]
    obstacles = await find_obstacles_within(request, thing, week, booked=False)
    others = [obstacle for obstacle in obstacles if obstacle.forbids and obstacle.kind != "match"]
    lines = [request.text("week-beside", why=obstacle.why, kind=obstacle.kind) for obstacle in others]
    until = request.local_time(
        week_end := (today + timedelta(days=SHOWN_DAYS - 1)).date(), week_end + timedelta(days=1)
    )
    await request.say(
        "week",
        thing=thing.name,
        days=days,
        until=until.day,
        beside=shorten_list(request, lines, max_lines=FEW_LINES),
        shut=_is_blocked_all_week(week, others),
    )


def _is_blocked_all_week(week: Span, obstacles: list[Obstacle]) -> bool:
    """Return whether obstacles, which are sorted by start, cover the whole week."""
    blocked_until = week.start
    for obstacle in obstacles:
        if obstacle.start <= blocked_until:
            blocked_until = max(blocked_until, obstacle.end)
    return blocked_until >= week.end


def _describe_reservation(request: Request, reservation: Reservation) -> Text:
    return request.text(
        "week-part",
        clock=request.time(reservation.span.start, reservation.span.end).clock,
        task=name_activity(request, reservation.agreement),
        number=reservation.agreement.number,
        organizer=request.find_person(reservation.agreement.organizer).name,
        open=reservation.agreement.state is State.PROPOSED,
    )


def _describe_match(request: Request, match: Match) -> Text:
    clock = "" if match.all_day else request.time(match.start, match.end).clock
    return request.text("week-match", clock=clock, title=match.title)


def _describe_day(request: Request, day: date, entries: list[Text]) -> Text:
    return request.text("week-day", day=request.local_time(day, None).day, parts=shorten_list(request, entries))


async def show_history(request: Request, number: int) -> None:
    """`!historik 1`: show every step of an agreement, who took it, and when.

    When several times were detached from a series one directly after the other, only the last is shown, with their
    number.
    """
    agreement = await find_agreement(request, number)
    series = await find_series(request, agreement)
    steps = await find_history(request, agreement)
    by_run = groupby(enumerate(steps), lambda pair: -1 if pair[1].step == Step.PART else pair[0])
    runs = [list(run) for _, run in by_run]
    lines = [
        request.text(
            "history-line",
            at=request.time(step.at, None).short,
            who=request.find_person(step.party).name if step.party else "",
            step=step.step,
            state=step.state,
            time=step.terms or "",
            reason=step.reason or "",
            series=series.number if series else "",
            count=len(run),
            own=agreement.is_own,
            use=agreement.is_use,
        )
        for run in runs
        for _, step in run[-1:]
    ]
    await request.say(
        "history",
        number=number,
        what=describe_work(request, agreement, request.language),
        lines=shorten_list(request, lines, newest_last=True),
    )
