"""Finds the first free times of a thing, which a question offers for a tap."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.api.availability.obstacles import find_obstacles_within
from bot.api.availability.usage_rules import opening_hours
from bot.api.feature import Request
from bot.api.request.hook_types import Obstacle
from bot.config.community import Task, Thing
from bot.span import Span

#: How far ahead a free time is searched. A thing that is closed for the winter opens again within a year.
LOOK_AHEAD = timedelta(days=366)
#: The first free times are mostly near, so the search reads the obstacles of two weeks first, then of a season.
_SEARCH_STEPS = (timedelta(days=14), timedelta(days=91), LOOK_AHEAD)
_STEP = timedelta(minutes=30)


async def find_free_times(
    request: Request, thing: Thing, window: Span, duration: timedelta, count: int, *, task: Task | None = None
) -> list[Span]:
    """Return the first `count` times of a duration in the thing's hours that begin in a window and are not forbidden.

    When there are times without any obstacle that asks, only those times are returned.
    """
    for step in _SEARCH_STEPS:
        starts = Span(window.start, min(window.end, window.start + step))
        obstacles = await find_obstacles_within(request, thing, Span(starts.start, starts.end + duration), task)
        serious = [obstacle for obstacle in obstacles if obstacle.is_serious]
        good = _find_gaps(request, thing, starts, duration, count, serious)
        if len(good) == count or starts.end == window.end:
            break
    forbidding = [obstacle for obstacle in obstacles if obstacle.forbids]
    return good or _find_gaps(request, thing, starts, duration, count, forbidding)


async def find_next_free(request: Request, thing: Thing, wanted: Span, *, task: Task | None = None) -> Span | None:
    """Return the first free time of the same duration from the wanted time on; None when there is none in a year."""
    window = Span(wanted.start, wanted.start + LOOK_AHEAD)
    found = await find_free_times(request, thing, window, wanted.duration, 1, task=task)
    return found[0] if found else None


def _find_gaps(
    request: Request, thing: Thing, starts: Span, duration: timedelta, count: int, obstacles: Sequence[Obstacle]
) -> list[Span]:
    found: list[Span] = []
    start = _round_up(max(starts.start, request.now + timedelta(minutes=1)))
    while len(found) < count and start < starts.end:
        later = _next_start(request, thing, Span(start, start + duration), obstacles)
        if later is not None:
            start = later
            continue
        found.append(Span(start, start + duration))
        start += duration
    return found


def _next_start(request: Request, thing: Thing, span: Span, obstacles: Sequence[Obstacle]) -> datetime | None:
    """Return where to search on after a span: when its obstacles end, or when the hours begin.

    None when the span is free.
    """
    local, duration = request.local(span.start), span.duration
    opens, closes = (datetime.combine(local.date(), clock) for clock in opening_hours(request, thing))
    if local < opens:
        return request.moment(opens)
    if local + duration > max(closes, opens + duration):  # work that takes longer than the hours begins with them
        return request.moment(opens + timedelta(days=1))
    return next((obstacle.end for obstacle in obstacles if span.overlaps(obstacle)), None)


def _round_up(moment: datetime) -> datetime:
    """Return the next half hour: nobody books a pitch at 10.17."""
    past = timedelta(minutes=moment.minute % 30, seconds=moment.second, microseconds=moment.microsecond)
    return moment + (_STEP - past if past else past)
