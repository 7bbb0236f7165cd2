"""When a thing is free, for a question that can be answered with a tap."""

from datetime import datetime, time, timedelta

from bot.api.availability.obstacle import Obstacle, find_obstacles_within
from bot.api.request import Request
from bot.config.community import Task, Thing
from bot.span import Span

#: How far ahead a free time is looked for: what is closed for the winter opens again.
LOOK_AHEAD = timedelta(days=366)


async def find_free_times(
    request: Request, thing: Thing, window: Span, duration: timedelta, count: int, *, task: Task | None = None
) -> list[Span]:
    """The first `count` times of a length at which nothing forbids a task, begun in a window, in the thing's hours.

    Where there are any that nothing would be asked about either, only those.
    """
    ahead = Span(window.start, window.start + LOOK_AHEAD)
    known = await find_obstacles_within(request, thing, ahead, task)
    begun = Span(window.start, min(window.end, ahead.end))
    hours = thing.usage.hours or request.community.hours
    good = _free(request, begun, duration, count, hours, [one for one in known if one.forbids or one.asks])
    return good or _free(request, begun, duration, count, hours, [one for one in known if one.forbids])


def _free(
    request: Request,
    begun: Span,
    duration: timedelta,
    count: int,
    hours: tuple[time, time],
    in_the_way: list[Obstacle],
) -> list[Span]:
    free: list[Span] = []
    start = _round_up(max(begun.start, request.now + timedelta(minutes=1)))
    while len(free) < count and start < begun.end:
        start, moved = _next_start(request, start, duration, hours, in_the_way)
        if moved:
            continue
        free.append(Span(start, start + duration))
        start += duration
    return free


async def find_next_free(request: Request, thing: Thing, wanted: Span, *, task: Task | None = None) -> Span | None:
    """The first time from the wanted one on at which a thing is free for as long."""
    window = Span(wanted.start, wanted.start + LOOK_AHEAD)
    found = await find_free_times(request, thing, window, wanted.duration, 1, task=task)
    return found[0] if found else None


def _next_start(
    request: Request, start: datetime, duration: timedelta, hours: tuple[time, time], in_the_way: list[Obstacle]
) -> tuple[datetime, bool]:
    """Where to look next: the same moment when it is free, else the end of what is in the way."""
    local = request.local(start)
    opening, closing = (datetime.combine(local.date(), at) for at in hours)
    if local < opening:
        return request.moment(opening), True
    if local + duration > max(closing, opening + duration):  # what takes longer than a day begins when it opens
        return request.moment(opening + timedelta(days=1)), True
    span = Span(start, start + duration)
    for one in in_the_way:
        if span.overlaps(one):
            return one.end, True
    return start, False


def _round_up(moment: datetime) -> datetime:
    """To the next half hour: nobody books a pitch at 10.17."""
    past = timedelta(minutes=moment.minute % 30, seconds=moment.second, microseconds=moment.microsecond)
    return moment + (timedelta(minutes=30) - past if past else past)
