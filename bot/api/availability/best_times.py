"""Finds better times than a wanted time that clashes: for the next match if there is one, else near the wanted time."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from bot.api.availability.match_clashes import MAX_EARLY, find_best_hours
from bot.api.availability.obstacles import find_obstacles_within, is_unobstructed
from bot.api.availability.usage_rules import opening_hours
from bot.api.feature import Request
from bot.config.community import Task, Thing
from bot.span import Span
from bot.store.agreements.agreements import Agreement

#: How many better times are offered, and how far from the wanted time they may be.
MAX_OFFERED = 3
MAX_DISTANCE = timedelta(days=7)
_STEP = timedelta(minutes=30)


async def find_best_times(
    request: Request, thing: Thing, wanted: Span, task: Task, *, exclude: Agreement | None = None
) -> list[Span]:
    """Return at most three times of the same duration without obstacles, the best first.

    The first ones are in the best hours before a match: of each day the time nearest to the wanted clock time. Then
    come the nearest other days, unless the wanted time was only too early for the match. `exclude` is an agreement that
    would be moved, and is no obstacle.
    """
    window = Span(max(request.now, wanted.start - MAX_DISTANCE), wanted.start + MAX_DISTANCE + timedelta(days=1))
    around = Span(window.start, window.end + wanted.duration)
    obstacles = await find_obstacles_within(request, thing, around, task, exclude=exclude)
    serious = [obstacle for obstacle in obstacles if obstacle.is_serious]
    free = [span for span in candidate_times(request, thing, window, wanted.duration) if is_unobstructed(span, serious)]
    free.sort(key=lambda span: _distance(request, span, wanted))
    best_hours = await find_best_hours(request, thing, task, around)
    best = [span for span in free if any(hours.span.contains(span) for hours in best_hours)]
    was_too_early = any(hours.start - MAX_EARLY <= wanted.start < hours.start for hours in best_hours)
    chosen = _first_of_each_day(request, best)
    if not (best and was_too_early):
        days = {_day_of(request, span) for span in chosen}
        chosen += [span for span in _first_of_each_day(request, free) if _day_of(request, span) not in days]
    for span in best:
        if not any(span.overlaps(other) for other in chosen):
            chosen.append(span)
    return chosen[:MAX_OFFERED]


def candidate_times(request: Request, thing: Thing, window: Span, duration: timedelta) -> Iterator[Span]:
    """Yield every time of a duration that starts on a half hour in a window, in the future and in the thing's hours.

    When the work takes longer than the hours of a day, the only time of the day starts with the hours.
    """
    opens, closes = opening_hours(request, thing)
    day = request.local(window.start).date()
    while day <= request.local(window.end).date():
        first, last = datetime.combine(day, opens), datetime.combine(day, closes) - duration
        for step in range(max((last - first) // _STEP, 0) + 1):
            start = request.moment(first + step * _STEP)
            if window.start <= start < window.end and start > request.now:
                yield Span(start, start + duration)
        day += timedelta(days=1)


def _distance(request: Request, span: Span, wanted: Span) -> tuple[int, timedelta, datetime]:
    """Return the sort key of a time: its distance from the wanted time in days, then in clock time, then its start."""
    local, wanted_local = request.local(span.start), request.local(wanted.start)
    clock_distance = abs(datetime.combine(wanted_local.date(), local.time()) - wanted_local)
    return abs((local.date() - wanted_local.date()).days), clock_distance, span.start


def _first_of_each_day(request: Request, spans: Sequence[Span]) -> list[Span]:
    """Return the first span of each day, in the given order."""
    by_day: dict[date, Span] = {}
    for span in spans:
        by_day.setdefault(_day_of(request, span), span)
    return list(by_day.values())


def _day_of(request: Request, span: Span) -> date:
    return request.local(span.start).date()
