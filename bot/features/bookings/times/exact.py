"""Makes terms from a written time. Asks for the exact time when several are possible."""

from datetime import datetime, timedelta
from typing import NoReturn

from bot.api import TIME, Ask, Option, Refused, Request, Span, Task, Terms, Thing, When, find_free_times, find_next_free
from bot.api.agreements import make_series
from bot.api.availability import find_obstacles_within

#: How many free times a question offers.
MAX_OFFERED_TIMES = 5
_MINUTE = timedelta(minutes=1)


async def make_exact_terms(request: Request, thing: Thing, when: When, duration: timedelta, task: Task | None) -> Terms:
    """Return the terms for the written time. They last `duration` when it has no end.

    Raises Ask when the day or the clock time is missing, Refused when the time is past.
    """
    # only for a message in a thread: the time of a command is asked about before its handler is called
    if readings := TIME.meanings(when, request.reading_context):
        raise Ask("time", TIME.meaning_question, readings)
    if when.rrule:
        return _make_series_terms(request, when, duration)
    if when.loose or not isinstance(when.start, datetime):
        await _ask_for_clock(request, thing, when, duration, task)
    assert isinstance(when.start, datetime), "an inexact time has been asked about"
    start = request.moment(when.start)
    return Terms(start, request.moment(when.end) if isinstance(when.end, datetime) else start + duration)


def _make_series_terms(request: Request, when: When, duration: timedelta) -> Terms:
    """Return the terms of a series. Raise Ask when it has no clock time. No times are offered: few suit every week."""
    if when.loose or not isinstance(when.start, datetime):
        raise Ask("time", "ask-series-clock")
    return make_series(request, when, duration)


async def _ask_for_clock(request: Request, thing: Thing, when: When, duration: timedelta, task: Task | None) -> None:
    """Raise Ask with the free times in the period that was written: a day, a morning, a week, "inden fredag"."""
    window = request.to_span(when)
    if window.end <= request.now:
        raise Refused("time-is-past", time=window)
    free: list[Span] = []
    if when.deadline or when.ends_on_day:  # the work is done by then, where it can be
        starts = Span(window.start, window.end - duration + _MINUTE) if window.duration >= duration else window
        free = await find_free_times(request, thing, starts, duration, MAX_OFFERED_TIMES, task=task)
    free = free or await find_free_times(request, thing, window, duration, MAX_OFFERED_TIMES, task=task)
    if not free:
        await _ask_for_another_time(request, thing, window, duration, task)
    options = [Option(request.time(span.start, span.end).full, request.to_when(span)) for span in free]
    days = request.local_time(*when.dates) if when.start is not None else ""
    raise Ask(
        "time", "ask-clock", options, of_one=request.text("of-one", thing=thing.name, days=days), thing=thing.name
    )


async def _ask_for_another_time(
    request: Request, thing: Thing, window: Span, duration: timedelta, task: Task | None
) -> NoReturn:
    """Raise Ask with the reasons why no time in a window is free, and with the next free time."""
    forbidding = [
        obstacle for obstacle in await find_obstacles_within(request, thing, window, task) if obstacle.forbids
    ]
    wanted = Span(max(window.start, request.now), max(window.start, request.now) + duration)
    if not forbidding or (free := await find_next_free(request, thing, wanted, task=task)) is None:
        raise Ask("time", "none-free", thing=thing.name, window=window)
    option = Option(request.time(free.start, free.end).full, request.to_when(free))
    raise Ask(
        "time",
        "not-free",
        [option],
        thing=thing.name,
        lines=[obstacle.why for obstacle in forbidding[:MAX_OFFERED_TIMES]],
        free=free,
    )
