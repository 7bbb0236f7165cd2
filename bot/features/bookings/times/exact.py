"""Makes an exact time out of what somebody said, and asks where what they said leaves a choice."""

from datetime import datetime, timedelta
from typing import NoReturn

from bot.api import (
    TIME,
    Ask,
    Option,
    Refused,
    Request,
    Span,
    Task,
    Terms,
    Thing,
    When,
    as_said,
    free_times,
    next_free,
    obstacles_in,
    series_of,
    window_of,
)

#: How many free times are offered at once.
CHOICES = 5


async def exact_terms(request: Request, thing: Thing, when: When, duration: timedelta, task: Task | None) -> Terms:
    """The time that was said, as long as the task takes where no end was said."""
    if readings := TIME.readings(when, request.about):  # said in a thread, where it was no argument
        raise Ask("time", TIME.which, readings)
    if when.rrule:
        return _series_terms(request, when, duration)
    if when.loose or not isinstance(when.start, datetime):
        await _ask_for_clock(request, thing, when, duration, task)
    assert isinstance(when.start, datetime), "what is not exact has been asked about"
    start = request.moment(when.start)
    return Terms(start, request.moment(when.end) if isinstance(when.end, datetime) else start + duration)


def _series_terms(request: Request, when: When, duration: timedelta) -> Terms:
    """Which of a day's free times would suit every week of a summer is not for us to guess."""
    if when.loose or not isinstance(when.start, datetime):
        raise Ask("time", "ask-series-clock")
    return series_of(request, when, duration)


async def _ask_for_clock(request: Request, thing: Thing, when: When, duration: timedelta, task: Task | None) -> None:
    """Offers the free times inside what was said: a day, a morning, a week, "inden fredag"."""
    window = window_of(request, when)
    if window.end <= request.now:
        raise Refused("time-is-past", time=window)
    free = await free_times(request, thing, window, duration, CHOICES, task=task)
    if not free:
        await _say_why_none(request, thing, window, duration, task)
    options = [Option(request.time(one.start, one.end).full, as_said(request, one)) for one in free]
    raise Ask("time", "ask-clock", options, thing=thing.name)


async def _say_why_none(
    request: Request, thing: Thing, window: Span, duration: timedelta, task: Task | None
) -> NoReturn:
    in_the_way = [one for one in await obstacles_in(request, thing, window, task) if one.forbids]
    wanted = Span(max(window.start, request.now), max(window.start, request.now) + duration)
    if not in_the_way or (free := await next_free(request, thing, wanted, task=task)) is None:
        raise Ask("time", "none-free", thing=thing.name, window=window)
    option = Option(request.time(free.start, free.end).full, as_said(request, free))
    raise Ask(
        "time", "not-free", [option], thing=thing.name, lines=[one.why for one in in_the_way[:CHOICES]], free=free
    )
