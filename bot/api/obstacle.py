"""Why a time is not free, or better not taken: what holds a thing, when it is closed, and how much it bears."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.agreements.decide import Terms
from bot.api.booking import bookings_of
from bot.config.community import Task, Thing
from bot.config.ground import stretches
from bot.language.span import write_day_of_year
from bot.store.agreed.agreements import Agreement
from bot.store.agreed.reservations import held
from bot.texts.catalogue import Text

if TYPE_CHECKING:
    from bot.api.request import Request

_DAY = timedelta(days=1)
_MARGIN = timedelta(days=31)


@dataclass(frozen=True)
class Obstacle:
    """Something that is in the way from `start` to `end` (aware, the end exclusive), and the sentence that says why.

    One that does not forbid is a warning. `agreement` is the one that holds the thing, where one does. `kind` is a word
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


#: What a feature knows to be in the way of a task (None: any) on a thing, in one window that may hold many times.
Source = Callable[["Request", Thing, Terms, Task | None], Awaitable[list[Obstacle]]]


async def obstacles(
    request: "Request", thing: Thing, terms: Terms, *, task: Task | None = None, besides: Agreement | None = None
) -> list[Obstacle]:
    """Everything in the way of a time, or of any time of a series, soonest first; `besides` an agreement that may be.

    It is asked once for the whole stretch, however many times a series has.
    """
    spans = terms.spans
    window = Terms(spans[0][0], spans[-1][1])
    found = await _everything(request, thing, window, task, besides)
    found = [one for one in found if any(start < one.end and one.start < end for start, end in spans)]
    return sorted([*found, *await _load(request, thing, terms, besides)], key=lambda one: one.start)


async def obstacles_in(request: "Request", thing: Thing, window: Terms, task: Task | None = None) -> list[Obstacle]:
    """Everything that is ever in the way between two moments, soonest first."""
    found = await _everything(request, thing, window, task, None)
    touching = [one for one in found if one.start < window.end and window.start < one.end]
    return sorted(touching, key=lambda one: one.start)


async def _everything(
    request: "Request", thing: Thing, window: Terms, task: Task | None, besides: Agreement | None
) -> list[Obstacle]:
    found = await _bookings(request, thing, window, besides)
    found += _closed(request, thing, window)
    if task is None or not task.all_year:
        found += _season(request, thing, window)
    for feature in request.features:
        if feature.obstacles is not None:
            found += await feature.obstacles(request, thing, window, task)
    return found


async def _bookings(request: "Request", thing: Thing, window: Terms, besides: Agreement | None) -> list[Obstacle]:
    found = []
    for booking in await bookings_of(request, thing, window, besides=besides):
        start, end, holder = booking.terms.start, booking.terms.end, booking.agreement
        organizer = request.who(holder.organizer).name
        why = request.text("obstacle-booked", time=request.time(start, end), number=holder.number, organizer=organizer)
        found.append(Obstacle("booked", start, end, why, agreement=holder))
    return found


def _closed(request: "Request", thing: Thing, window: Terms) -> Iterator[Obstacle]:
    wider = Terms(window.start - _MARGIN, window.end + _MARGIN)  # people are told of all of it, not of their day alone
    for closure in thing.ground.closed:
        for first, end in stretches([day for day in _days(request, wider) if closure.holds(day)]):
            time_ = request.said_time(first, end)
            why = request.text("obstacle-closed", thing=thing.name, time=time_, why=closure.why)
            yield Obstacle("closed", _begins(request, first), _begins(request, end), why, note=closure.why)


def _season(request: "Request", thing: Thing, window: Terms) -> Iterator[Obstacle]:
    season = thing.ground.season
    if season is None:
        return
    first, last = (write_day_of_year(*day, language=request.language) for day in (season.first, season.last))
    for begin, end in stretches([day for day in _days(request, window) if not season.holds(day)]):
        why = request.text("obstacle-season", thing=thing.name, first=first, last=last)
        yield Obstacle("season", _begins(request, begin), _begins(request, end), why)


async def _load(request: "Request", thing: Thing, terms: Terms, besides: Agreement | None) -> list[Obstacle]:
    """Weeks in which a thing would be used for more hours than it bears: a warning."""
    limit = thing.ground.hours_a_week
    if limit is None:
        return []
    mondays = sorted({_monday(request, start) for start, _ in terms.spans})
    first, after = _begins(request, mondays[0]), _begins(request, mondays[-1] + 7 * _DAY)
    besides_id = besides.id if besides else 0
    rows = await held(request.db, request.community.key, thing.key, first, after, besides=besides_id)
    used = [*((row.start, row.end) for row in rows), *terms.spans]
    found, said = [], partial(_number, language=request.language)
    for monday in mondays:
        week = Terms(_begins(request, monday), _begins(request, monday + 7 * _DAY))
        hours = _hours_within(week, used)
        if hours > limit:
            number = monday.isocalendar().week
            why = request.text("obstacle-load", thing=thing.name, week=number, hours=said(hours), limit=said(limit))
            found.append(Obstacle("load", week.start, week.end, why, forbids=False))
    return found


def _hours_within(week: Terms, spans: list[tuple[datetime, datetime]]) -> float:
    parts = (min(end, week.end) - max(start, week.start) for start, end in spans)
    return sum(part.total_seconds() for part in parts if part > timedelta()) / 3600


def _days(request: "Request", window: Terms) -> list[date]:
    first, last = request.local(window.start).date(), request.local(window.end - timedelta.resolution).date()
    return [first + at * _DAY for at in range((last - first).days + 1)]


def _begins(request: "Request", day: date) -> datetime:
    return request.moment(datetime.combine(day, time()))


def _monday(request: "Request", moment: datetime) -> date:
    day = request.local(moment).date()
    return day - day.weekday() * _DAY


def _number(hours: float, language: str) -> str:
    return f"{hours:g}".replace(".", "," if language == "da" else ".")
