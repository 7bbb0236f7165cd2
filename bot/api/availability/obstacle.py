"""Why a time is not free, or better not taken: what holds a thing, when it is closed, and how much it bears."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.agreements.negotiation import Terms
from bot.api.availability.booking import find_reservations
from bot.api.availability.load import count_hours, find_usage, week_span
from bot.api.availability.present import usage_rules_of
from bot.config.community import Task, Thing
from bot.config.usage_rules import Season, UsageRules, group_consecutive_days
from bot.languages.catalogue import Text
from bot.languages.write_time import write_day_of_year, write_number
from bot.span import Span
from bot.store.agreements.agreements import Agreement

if TYPE_CHECKING:
    from bot.api.request import Request

_DAY = timedelta(days=1)
_MARGIN = timedelta(days=31)


@dataclass(frozen=True)
class Obstacle:
    """Something that is in the way from `start` to `end` (aware, the end exclusive), and the sentence that says why.

    One that does not forbid is a warning; one that `asks` is said before anything is promised, with better times to
    choose from, the others afterwards. `agreement` is the one that holds the thing, where one does. `kind` is a word
    of the source's own: "booked", "closed", "season", "load". `note` is the reason alone, for where there is little
    room ("gødning").
    """

    kind: str
    start: datetime
    end: datetime
    why: Text
    forbids: bool = True
    agreement: Agreement | None = None
    note: str = ""
    asks: bool = False


#: What a feature knows to be in the way of a task (None: any) on a thing, in one window that may hold many times. The
#: last is an agreement (None: no one) that would be moved there, and is not in its own way.
ObstacleHook = Callable[["Request", Thing, Span, Task | None, Agreement | None], Awaitable[list[Obstacle]]]


async def find_obstacles(
    request: "Request",
    thing: Thing,
    wanted: Terms | Span,
    *,
    task: Task | None = None,
    exclude: Agreement | None = None,
) -> list[Obstacle]:
    """Everything in the way of a time, or of any time of a series, soonest first; `exclude` an agreement that may be.

    It is asked once for the whole stretch, however many times a series has.
    """
    spans = (wanted,) if isinstance(wanted, Span) else wanted.spans
    window = Span(spans[0].start, spans[-1].end)
    ground = await usage_rules_of(request, thing)
    found = await _everything(request, thing, ground, window, task, exclude)
    found = [one for one in found if any(span.overlaps(one) for span in spans)]
    return sorted([*found, *await _load(request, thing, ground, spans, exclude)], key=lambda one: one.start)


async def find_obstacles_within(
    request: "Request", thing: Thing, window: Span, task: Task | None = None, *, exclude: Agreement | None = None
) -> list[Obstacle]:
    """Everything that is ever in the way between two moments, soonest first; `exclude` an agreement that may be."""
    found = await _everything(request, thing, await usage_rules_of(request, thing), window, task, exclude)
    touching = [one for one in found if window.overlaps(one)]
    return sorted(touching, key=lambda one: one.start)


async def _everything(
    request: "Request", thing: Thing, ground: UsageRules, window: Span, task: Task | None, exclude: Agreement | None
) -> list[Obstacle]:
    found = await _bookings(request, thing, window, exclude)
    found += _closed(request, thing, window)
    if task is None or not task.all_year:
        found += _season(request, thing, ground.season, window)
    for feature in request.features:
        if feature.obstacles is not None:
            with request.as_feature(feature):
                found += await feature.obstacles(request, thing, window, task, exclude)
    return found


async def _bookings(request: "Request", thing: Thing, window: Span, exclude: Agreement | None) -> list[Obstacle]:
    found = []
    for booking in await find_reservations(request, thing, window, exclude=exclude):
        start, end, holder = booking.span.start, booking.span.end, booking.agreement
        organizer = request.find_person(holder.organizer).name
        why = request.text("obstacle-booked", time=request.time(start, end), number=holder.number, organizer=organizer)
        found.append(Obstacle("booked", start, end, why, agreement=holder))
    return found


def _closed(request: "Request", thing: Thing, window: Span) -> Iterator[Obstacle]:
    wider = Span(window.start - _MARGIN, window.end + _MARGIN)  # people are told of all of it, not of their day alone
    for closure in thing.usage.closures:
        for first, end in group_consecutive_days([day for day in _days(request, wider) if closure.contains(day)]):
            time_ = request.local_time(first, end)
            why = request.text("obstacle-closed", thing=thing.name, time=time_, why=closure.reason)
            yield Obstacle("closed", request.moment(first), request.moment(end), why, note=closure.reason)


def _season(request: "Request", thing: Thing, season: Season | None, window: Span) -> Iterator[Obstacle]:
    if season is None:
        return
    first, last = (write_day_of_year(*day, language=request.language) for day in (season.first, season.last))
    for begin, end in group_consecutive_days([day for day in _days(request, window) if not season.contains(day)]):
        why = request.text("obstacle-season", thing=thing.name, first=first, last=last)
        yield Obstacle("season", request.moment(begin), request.moment(end), why)


async def _load(
    request: "Request", thing: Thing, ground: UsageRules, spans: Sequence[Span], exclude: Agreement | None
) -> list[Obstacle]:
    """Weeks in which a thing would be used for more hours than it bears: a warning."""
    if ground.hours_a_week is None:
        return []
    weeks = sorted({week.start: week for week in (week_span(request, span.start) for span in spans)}.items())
    whole = Span(weeks[0][1].start, weeks[-1][1].end)
    used = [*await find_usage(request, thing, whole, exclude), *spans]
    return [load for _, week in weeks if (load := load_in(request, thing, ground, week, used))]


def load_in(request: "Request", thing: Thing, ground: UsageRules, week: Span, uses: list[Span]) -> Obstacle | None:
    """The warning that a thing would be used for more hours in a week than it bears, where it would."""
    limit, hours = ground.hours_a_week, count_hours(week, uses)
    if limit is None or hours <= limit:
        return None
    number = request.local(week.start).isocalendar().week
    why = request.text(
        "obstacle-load",
        thing=thing.name,
        week=number,
        hours=write_number(hours, request.language),
        limit=write_number(limit, request.language),
    )
    return Obstacle("load", week.start, week.end, why, forbids=False)


def _days(request: "Request", window: Span) -> list[date]:
    first, last = request.local(window.start).date(), request.local(window.end - timedelta.resolution).date()
    return [first + at * _DAY for at in range((last - first).days + 1)]
