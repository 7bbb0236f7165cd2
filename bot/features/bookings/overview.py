"""Answers what is agreed, what waits for whom, what a thing's week looks like, and how an agreement came about."""

from datetime import date, datetime, time, timedelta
from itertools import groupby

from bot.api import (
    A_FEW,
    Agreement,
    Booking,
    Match,
    Obstacle,
    Request,
    Span,
    State,
    Step,
    Text,
    Thing,
    bookings_of,
    find_agreement,
    in_brief,
    list_agreements,
    matches_in,
    obstacles_in,
    series_behind,
    steps_of,
)
from bot.features.bookings.card import what_of

#: The states in which something is still to be done or said.
LIVE = frozenset({State.PROPOSED, State.AGREED, State.DONE, State.DISPUTED})
#: A week and a day, so that every day a weekday can mean is in it: "fredag", said on a Friday, is the next one.
DAYS = 8
#: What a week shows day by day; what else is in the way stands above it.
_IN_THE_DAYS = frozenset({"booked", "match"})


async def list_all(request: Request) -> None:
    """`!aftaler`: what is agreed in the room, and what waits for whom."""
    await list_in(request, await list_agreements(request, LIVE), "list")


async def list_mine(request: Request) -> None:
    """`!mine`: the same, for the person alone."""
    await list_in(request, await list_agreements(request, LIVE, request.person.handle), "list-mine")


async def list_in(request: Request, found: list[Agreement], key: str) -> None:
    """Say a sentence that lists what is agreed, by time, and what waits for somebody, by number."""
    agreed = [a for a in found if not a.negotiation.awaited_side]
    waiting = [a for a in found if a.negotiation.awaited_side]
    await request.say(
        key,
        agreed=lines_of(request, sorted(agreed, key=lambda a: a.negotiation.terms.start)),
        waiting=lines_of(request, waiting),
    )


def lines_of(request: Request, found: list[Agreement], language: str | None = None) -> list[object]:
    """Agreements in a line each, as many as somebody reads."""
    return in_brief(request, [_line(request, agreement, language) for agreement in found], language)


def _line(request: Request, agreement: Agreement, language: str | None) -> Text:
    talk = agreement.negotiation
    shown = talk.newest_offer.terms if talk.newest_offer else talk.terms
    return request.text(
        "line-waiting" if talk.awaited_side else "line-agreed",
        language,
        number=agreement.number,
        what=what_of(request, agreement, language or request.language),
        time=shown,
        organizer=request.who(agreement.organizer).name,
        attendee=request.who(agreement.attendee).name,
        waits=_names_of(request, agreement),
        state=str(agreement.state),
    )


def _names_of(request: Request, agreement: Agreement) -> list[str]:
    return [request.who(agreement.party(side)).name for side in agreement.negotiation.awaited_sides]


async def show_week(request: Request, thing: Thing) -> None:
    """`!bane 1`: what a thing is booked for in the coming week, what is played on it, and what else is in the way."""
    today = datetime.combine(request.local(request.now).date(), time())
    week = Span(request.moment(today), request.moment(today + timedelta(days=DAYS)))
    parts = [(b.span, _booking_part(request, b)) for b in await bookings_of(request, thing, week)]
    parts += [(Span(m.start, m.end), _match_part(request, m)) for m in await matches_in(request, thing, week)]
    parts.sort(key=lambda part: part[0].start)
    by_day = groupby(parts, key=lambda part: request.local(max(part[0].start, week.start)).date())
    days = [_day_line(request, day, [text for _, text in of_day]) for day, of_day in by_day]
    beside = [one for one in await obstacles_in(request, thing, week) if one.forbids and one.kind not in _IN_THE_DAYS]
    lines = in_brief(request, [request.text("week-beside", why=one.why, kind=one.kind) for one in beside], most=A_FEW)
    until = request.said_time(week_end := (today + timedelta(days=DAYS - 1)).date(), week_end + timedelta(days=1))
    await request.say("week", thing=thing.name, days=days, until=until.day, beside=lines, shut=_is_shut(week, beside))


def _is_shut(week: Span, beside: list[Obstacle]) -> bool:
    """Whether nothing is free all week."""
    reached = week.start
    for one in beside:
        if one.start <= reached:
            reached = max(reached, one.end)
    return reached >= week.end


def _booking_part(request: Request, booked: Booking) -> Text:
    return request.text(
        "week-part",
        clock=request.time(booked.span.start, booked.span.end).clock,
        task=_task_name(request, booked.agreement),
        number=booked.agreement.number,
        organizer=request.who(booked.agreement.organizer).name,
        open=booked.agreement.state is State.PROPOSED,
    )


def _match_part(request: Request, match: Match) -> Text:
    clock = "" if match.all_day else request.time(match.start, match.end).clock
    return request.text("week-match", clock=clock, title=match.title)


def _day_line(request: Request, day: date, parts: list[Text]) -> Text:
    return request.text("week-day", day=request.said_time(day, None).day, parts=in_brief(request, parts))


def _task_name(request: Request, agreement: Agreement) -> str:
    task = request.community.task(agreement.task or "")
    return task.name if task else agreement.task or ""


async def show_history(request: Request, number: int) -> None:
    """`!historik 1`: every step, who took it, and when; of times that parted from a series one after the other, one."""
    agreement = await find_agreement(request, number)
    series = await series_behind(request, agreement)
    steps = await steps_of(request, agreement)
    runs = [list(run) for _, run in groupby(enumerate(steps), lambda one: -1 if one[1].step == Step.PART else one[0])]
    lines = [
        request.text(
            "history-line",
            at=request.time(step.at, None).short,
            who=request.who(step.party).name if step.party else "",
            step=step.step,
            state=step.state,
            time=step.terms or "",
            reason=step.reason or "",
            series=series.number if series else "",
            count=len(run),
        )
        for run in runs
        for _, step in run[-1:]
    ]
    await request.say(
        "history",
        number=number,
        what=what_of(request, agreement, request.language),
        lines=in_brief(request, lines, newest_last=True),
    )
