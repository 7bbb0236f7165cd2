"""The command `why`: says whether a time is free, and if not, why."""

from datetime import datetime, timedelta

from bot.api import (
    FEW_LINES,
    Ask,
    Obstacle,
    Refused,
    Request,
    Span,
    Task,
    Thing,
    When,
    find_next_free,
    find_obstacles,
    shorten_list,
)
from bot.api.agreements import make_series
from bot.api.availability import find_obstacles_within
from bot.features.bookings.making.fitting import check_fits
from bot.features.bookings.overview import show_week

#: The duration of a time that was written without an end or a task.
DEFAULT_DURATION = timedelta(hours=1)


async def explain_availability(request: Request, thing: Thing, task: Task | None, time: When | None) -> None:
    """`!ledig bane 1 fredag kl. 14`, `!hvorfor bane 1 i uge 30`: name the obstacles, and when the thing is free.

    Without a time it is the coming week.
    """
    check_fits(request, thing, task)
    if time is None:
        await show_week(request, thing)
        return
    duration = task.duration if task else DEFAULT_DURATION
    if time.rrule and (time.loose or not isinstance(time.start, datetime)):
        raise Ask("time", "ask-series-clock")
    if isinstance(time.start, datetime) and not time.loose:
        await _explain_time(request, thing, task, time, duration)
    else:
        await _explain_window(request, thing, task, time, duration)


async def _explain_time(request: Request, thing: Thing, task: Task | None, time: When, duration: timedelta) -> None:
    wanted = make_series(request, time, duration) if time.rrule else _read_single_time(request, time, duration)
    obstacles = await find_obstacles(request, thing, wanted, task=task)
    forbidden = any(obstacle.forbids for obstacle in obstacles)
    single = wanted if isinstance(wanted, Span) else None if wanted.is_series else wanted.span
    free = await find_next_free(request, thing, single, task=task) if forbidden and single else None
    shown = wanted if task or time.end or time.rrule else wanted.start
    await _say_obstacles(request, thing, shown, obstacles, forbidden=forbidden, free=free)


async def _explain_window(request: Request, thing: Thing, task: Task | None, time: When, duration: timedelta) -> None:
    """Name the obstacles in a window and its first free time. A week can have both."""
    window = request.to_span(time)
    if window.end <= request.now:
        raise Refused("time-is-past", time=window)
    obstacles = await find_obstacles_within(request, thing, window, task)
    free = (
        await find_next_free(request, thing, Span(window.start, window.start + duration), task=task)
        if obstacles
        else None
    )
    whole_days = time.start is not None and not isinstance(time.start, datetime)
    shown = request.local_time(time.start, time.end) if whole_days and time.start else window
    await _say_obstacles(request, thing, shown, obstacles, is_window=True, free=free)


def _read_single_time(request: Request, time: When, duration: timedelta) -> Span:
    assert isinstance(time.start, datetime), "a time without a clock time is a window"
    start = request.moment(time.start)
    span = Span(start, request.moment(time.end) if isinstance(time.end, datetime) else start + duration)
    if span.end <= request.now:
        raise Refused("time-is-past", time=span)
    return span


async def _say_obstacles(
    request: Request,
    thing: Thing,
    time: object,
    obstacles: list[Obstacle],
    *,
    forbidden: bool = False,
    is_window: bool = False,
    free: Span | None,
) -> None:
    lines = shorten_list(request, [obstacle.why for obstacle in obstacles], max_lines=FEW_LINES)
    await request.say(
        "why", thing=thing.name, time=time, lines=lines, forbidden=forbidden, stretch=is_window, free=free
    )
