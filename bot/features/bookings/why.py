"""Answers why a time is not free: everything that is in the way of it, or that nothing is."""

from datetime import datetime, timedelta

from bot.api import (
    A_FEW,
    Ask,
    Obstacle,
    Refused,
    Request,
    Span,
    Task,
    Thing,
    When,
    in_brief,
    next_free,
    obstacles,
    obstacles_in,
    series_of,
    window_of,
)

#: How long a time is looked at of which only the beginning was said.
AN_HOUR = timedelta(hours=1)


async def say_why(request: Request, thing: Thing, task: Task | None, time: When) -> None:
    """`!hvorfor bane 1 fredag kl. 14`, `!hvorfor bane 1 i uge 30`: what is in the way, and when it is free."""
    length = task.duration if task else AN_HOUR
    if time.rrule and (time.loose or not isinstance(time.start, datetime)):
        raise Ask("time", "ask-series-clock")
    if isinstance(time.start, datetime) and not time.loose:
        await _about_a_time(request, thing, task, time, length)
    else:
        await _about_a_stretch(request, thing, task, time, length)


async def _about_a_time(request: Request, thing: Thing, task: Task | None, time: When, length: timedelta) -> None:
    wanted = series_of(request, time, length) if time.rrule else _once(request, time, length)
    found = await obstacles(request, thing, wanted, task=task)
    forbidden = any(one.forbids for one in found)
    first = wanted if isinstance(wanted, Span) else None if wanted.is_series else wanted.span
    free = await next_free(request, thing, first, task=task) if forbidden and first else None
    shown = wanted if task or time.end or time.rrule else wanted.start
    await _say(request, thing, shown, found, forbidden=forbidden, free=free)


async def _about_a_stretch(request: Request, thing: Thing, task: Task | None, time: When, length: timedelta) -> None:
    """A week may have both: what is in the way somewhere in it, and the first time in it that is free."""
    window = window_of(request, time)
    if window.end <= request.now:
        raise Refused("time-is-past", time=window)
    found = await obstacles_in(request, thing, window, task)
    free = await next_free(request, thing, Span(window.start, window.start + length), task=task) if found else None
    whole_days = time.start is not None and not isinstance(time.start, datetime)
    shown = request.said_time(time.start, time.end) if whole_days and time.start else window
    await _say(request, thing, shown, found, stretch=True, free=free)


def _once(request: Request, time: When, length: timedelta) -> Span:
    assert isinstance(time.start, datetime), "it was looked at before"
    start = request.moment(time.start)
    once = Span(start, request.moment(time.end) if isinstance(time.end, datetime) else start + length)
    if once.end <= request.now:
        raise Refused("time-is-past", time=once)
    return once


async def _say(
    request: Request,
    thing: Thing,
    time: object,
    found: list[Obstacle],
    *,
    forbidden: bool = False,
    stretch: bool = False,
    free: Span | None,
) -> None:
    lines = in_brief(request, [one.why for one in found], most=A_FEW)
    await request.say("why", thing=thing.name, time=time, lines=lines, forbidden=forbidden, stretch=stretch, free=free)
