"""The times that would be better than one that clashes: for the match where there is one, else near by."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from bot.api.availability.obstacle import Obstacle, find_obstacles_within
from bot.api.availability.relation import EARLY, find_best_hours
from bot.api.request import Request
from bot.config.community import Task, Thing
from bot.span import Span
from bot.store.agreements.agreements import Agreement

#: So many are offered, from so long before the wanted time to so long after it.
OFFERED = 3
NEAR = timedelta(days=7)
_STEP = timedelta(minutes=30)


async def find_best_times(
    request: Request, thing: Thing, wanted: Span, task: Task, *, exclude: Agreement | None = None
) -> list[Span]:
    """At most three times of the same length that nothing speaks against, the best first.

    First those in the best hours before a match, of each day the one nearest to the wanted clock; then, unless it was
    only too early for the match, the nearest other days. `exclude` is an agreement that would be moved.
    """
    duration = wanted.duration
    window = Span(max(request.now, wanted.start - NEAR), wanted.start + NEAR + timedelta(days=1))
    around = Span(window.start, window.end + duration)
    known = await find_obstacles_within(request, thing, around, task, exclude=exclude)
    against = [one for one in known if one.forbids or one.asks]
    free = [span for span in candidate_times(request, thing, window, duration) if is_unobstructed(span, against)]
    free.sort(key=lambda span: _distance(request, span, wanted))
    hours = await find_best_hours(request, thing, task, around)
    good = [span for span in free if any(Span(best.start, best.end).contains(span) for best in hours)]
    too_early = any(best.start - EARLY <= wanted.start < best.start for best in hours)
    chosen = _one_a_day(request, good)
    if not (good and too_early):
        days = {_day(request, span) for span in chosen}
        chosen += [span for span in _one_a_day(request, free) if _day(request, span) not in days]
    for span in good:
        if not any(span.overlaps(other) for other in chosen):
            chosen.append(span)
    return chosen[:OFFERED]


def candidate_times(request: Request, thing: Thing, window: Span, duration: timedelta) -> Iterator[Span]:
    """Every time of a length, begun on a half hour in a window that is ahead, in the hours of a thing.

    What takes longer than the hours of a day begins when they begin.
    """
    opens, closes = thing.usage.hours or request.community.hours
    day = request.local(window.start).date()
    while day <= request.local(window.end).date():
        start, last = datetime.combine(day, opens), datetime.combine(day, closes) - duration
        for at in range(max((last - start) // _STEP, 0) + 1):
            begin = request.moment(start + at * _STEP)
            if window.start <= begin < window.end and begin > request.now:
                yield Span(begin, begin + duration)
        day += timedelta(days=1)


def is_unobstructed(span: Span, against: Sequence[Obstacle]) -> bool:
    """Whether none of these is in the way of a time."""
    return not any(span.overlaps(one) for one in against)


def _distance(request: Request, span: Span, wanted: Span) -> tuple[int, timedelta, datetime]:
    """By days first, then by the clock; of two alike the earlier."""
    here, there = request.local(span.start), request.local(wanted.start)
    clock = abs(datetime.combine(there.date(), here.time()) - there)
    return abs((here.date() - there.date()).days), clock, span.start


def _one_a_day(request: Request, spans: Sequence[Span]) -> list[Span]:
    """The first of each day, in the order they come."""
    by_day: dict[date, Span] = {}
    for span in spans:
        by_day.setdefault(_day(request, span), span)
    return list(by_day.values())


def _day(request: Request, span: Span) -> date:
    return request.local(span.start).date()
