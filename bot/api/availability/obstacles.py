"""Finds the reasons why a time is not free, or not good: reservations, closures, season, load, hooks of features."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.agreements.negotiation import Terms
from bot.api.availability.hours_of_use import WeekUsage, find_week_usage, week_span
from bot.api.availability.reservations import find_reservations
from bot.api.availability.usage_rules import usage_rules_of
from bot.api.feature import Request
from bot.api.request.hook_types import Obstacle
from bot.config.community import Task, Thing
from bot.config.usage_rules import Season, UsageRules, group_consecutive_days
from bot.languages.write_time import write_day_of_year, write_number
from bot.span import Interval, Span
from bot.store.agreements.agreements import Agreement

_DAY = timedelta(days=1)
#: A closure that overlaps a window is described with all its days, but with none further from the window than this.
_MAX_CLOSURE_DAYS_AROUND = timedelta(days=31)


@dataclass(frozen=True)
class TimeCheck:
    """The obstacles to a wanted time, soonest first, sorted by what the bot does about them."""

    obstacles: tuple[Obstacle, ...]

    @property
    def forbidding(self) -> list[Obstacle]:
        """The obstacles that forbid the time."""
        return [obstacle for obstacle in self.obstacles if obstacle.forbids]

    @property
    def asking(self) -> list[Obstacle]:
        """The obstacles to show before anything is agreed, with better times to choose from."""
        return [obstacle for obstacle in self.obstacles if obstacle.asks]

    @property
    def warnings(self) -> list[Obstacle]:
        """The obstacles to show after the agreement is made."""
        return [obstacle for obstacle in self.obstacles if not obstacle.is_serious]

    @property
    def is_refused(self) -> bool:
        """Whether an obstacle forbids the time and nobody can be asked to accept it: the thing is held, or closed."""
        return any(obstacle.forbids and not obstacle.asks for obstacle in self.obstacles)


async def check_time(
    request: Request,
    thing: Thing,
    wanted: Terms | Span,
    *,
    task: Task | None = None,
    exclude: Agreement | None = None,
) -> TimeCheck:
    """Return the obstacles to a wanted time as a TimeCheck. `exclude` is an agreement that would be moved there."""
    return TimeCheck(tuple(await find_obstacles(request, thing, wanted, task=task, exclude=exclude)))


async def find_obstacles(
    request: Request,
    thing: Thing,
    wanted: Terms | Span,
    *,
    task: Task | None = None,
    exclude: Agreement | None = None,
) -> list[Obstacle]:
    """Return every obstacle to a wanted time, or to any time of a series, soonest first.

    `exclude` is an agreement that would be moved there. The hook of a feature is called once, also for a series. The
    wanted times count as used when the load is checked.
    """
    spans = (wanted,) if isinstance(wanted, Span) else wanted.spans
    window = Span(spans[0].start, spans[-1].end)
    rules = await usage_rules_of(request, thing)
    found = await _find_reserved_times(request, thing, window, task, exclude)
    found += await _find_other_obstacles(request, thing, rules, window, task, exclude)
    found = [obstacle for obstacle in found if any(span.overlaps(obstacle) for span in spans)]
    found = _without_needless_buffers(found)
    overloaded = await _find_overloaded_weeks(request, thing, rules, spans, exclude)
    return sorted([*found, *overloaded], key=lambda obstacle: obstacle.start)


async def find_obstacles_within(
    request: Request,
    thing: Thing,
    window: Span,
    task: Task | None = None,
    *,
    exclude: Agreement | None = None,
    booked: bool = True,
) -> list[Obstacle]:
    """Return every obstacle in a window, soonest first, for searching a free time in it.

    With `booked=False`, the times for which agreements hold the thing are left out: a year may have thousands.
    """
    found = await _find_reserved_times(request, thing, window, task, exclude) if booked else []
    found += await _find_other_obstacles(request, thing, await usage_rules_of(request, thing), window, task, exclude)
    return sorted((obstacle for obstacle in found if window.overlaps(obstacle)), key=lambda obstacle: obstacle.start)


def is_unobstructed(span: Span, obstacles: Sequence[Interval]) -> bool:
    """Return whether a time overlaps none of these obstacles."""
    return not any(span.overlaps(obstacle) for obstacle in obstacles)


async def _find_other_obstacles(
    request: Request, thing: Thing, rules: UsageRules, window: Span, task: Task | None, exclude: Agreement | None
) -> list[Obstacle]:
    """Return the obstacles other than reservations and load: closures, season, and those of features."""
    found = [*_find_closures(request, thing, window)]
    if task is None or not task.all_year:
        found += _find_days_out_of_season(request, thing, rules.season, window)
    for feature in request.features:
        if feature.obstacles is not None:
            with request.as_feature(feature):
                found += await feature.obstacles(request, thing, window, task, exclude)
    return found


async def _find_reserved_times(
    request: Request, thing: Thing, window: Span, task: Task | None, exclude: Agreement | None
) -> list[Obstacle]:
    """Return the reservations in a window, and for a use the buffers before and after other uses."""
    buffer = thing.use.buffer if thing.use is not None and task is None else timedelta()
    around = Span(window.start - buffer, window.end + buffer)
    found = []
    for reservation in await find_reservations(request, thing, around, exclude=exclude):
        span, agreement = reservation.span, reservation.agreement
        organizer = request.find_person(agreement.organizer).name
        time = request.time_of(span)
        why = request.text("obstacle-booked", time=time, number=agreement.number, organizer=organizer)
        found.append(Obstacle("booked", span.start, span.end, why, agreement=agreement))
        if buffer and agreement.is_use:
            length = int(buffer.total_seconds()) // 60
            why = request.text("obstacle-buffer", time=time, number=agreement.number, minutes=length)
            found.append(Obstacle("buffer", span.start - buffer, span.start, why))
            found.append(Obstacle("buffer", span.end, span.end + buffer, why))
    return found


def _without_needless_buffers(obstacles: list[Obstacle]) -> list[Obstacle]:
    """Return the obstacles without the buffers around those reservations that are obstacles themselves."""
    moments = {moment for each in obstacles if each.kind == "booked" for moment in (each.start, each.end)}
    return [each for each in obstacles if each.kind != "buffer" or not {each.start, each.end} & moments]


def _find_closures(request: Request, thing: Thing, window: Span) -> Iterator[Obstacle]:
    """Return the closures in the file as obstacles.

    Each is described with all its days, not only those in the window.
    """
    wider = Span(window.start - _MAX_CLOSURE_DAYS_AROUND, window.end + _MAX_CLOSURE_DAYS_AROUND)
    for closure in thing.usage.closures:
        for first, end in group_consecutive_days([day for day in _days_of(request, wider) if closure.contains(day)]):
            time = request.local_time(first, end)
            why = request.text("obstacle-closed", thing=thing.name, time=time, why=closure.reason)
            yield Obstacle("closed", request.moment(first), request.moment(end), why, note=closure.reason)


def _find_days_out_of_season(request: Request, thing: Thing, season: Season | None, window: Span) -> Iterator[Obstacle]:
    if season is None:
        return
    first, last = (write_day_of_year(*day, language=request.language) for day in (season.first, season.last))
    for begin, end in group_consecutive_days([day for day in _days_of(request, window) if not season.contains(day)]):
        why = request.text("obstacle-season", thing=thing.name, first=first, last=last)
        yield Obstacle("season", request.moment(begin), request.moment(end), why)


async def _find_overloaded_weeks(
    request: Request, thing: Thing, rules: UsageRules, spans: Sequence[Span], exclude: Agreement | None
) -> list[Obstacle]:
    """Return a warning for each week in which the thing would be used for more hours than its load allows."""
    if rules.hours_a_week is None:
        return []
    weeks = sorted({week_span(request, span.start) for span in spans})
    usage = await find_week_usage(request, thing, weeks, rules.hours_a_week, added=spans, exclude=exclude)
    return [_warn_of_load(request, thing, week) for week in usage if week.is_over]


def _warn_of_load(request: Request, thing: Thing, usage: WeekUsage) -> Obstacle:
    why = request.text(
        "obstacle-load",
        thing=thing.name,
        week=usage.week.start,
        hours=write_number(usage.hours, request.language),
        limit=write_number(usage.limit or 0, request.language),
    )
    return Obstacle("load", usage.week.start, usage.week.end, why, forbids=False)


def _days_of(request: Request, window: Span) -> list[date]:
    first, last = request.local(window.start).date(), request.local(window.end - timedelta.resolution).date()
    return [first + at * _DAY for at in range((last - first).days + 1)]
