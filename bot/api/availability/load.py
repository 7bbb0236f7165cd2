"""How many hours a thing is used in a week, by work and by matches, and how many it bears."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.agreements.decide import Terms
from bot.api.availability.matches import matches_in
from bot.config.community import Thing
from bot.store.agreements.agreements import Agreement
from bot.store.agreements.reservations import held

if TYPE_CHECKING:
    from bot.api.request import Request

_WEEK = timedelta(days=7)

Span = tuple[datetime, datetime]


async def uses_of(request: "Request", thing: Thing, window: Terms, besides: Agreement | None = None) -> list[Span]:
    """When a thing is used for work, by others than `besides`, or played on in the hours it is open, in a window."""
    besides_id = besides.id if besides else 0
    rows = await held(request.db, request.community.key, thing.key, window.start, window.end, besides=besides_id)
    played = [_in_hours(request, thing, match.start, match.end) for match in await matches_in(request, thing, window)]
    return [*((row.start, row.end) for row in rows), *played]


def _in_hours(request: "Request", thing: Thing, start: datetime, end: datetime) -> Span:
    """A tournament of whole days is not played at night; what goes over several days is not cut."""
    opens, closes = thing.ground.hours or request.community.hours
    first, last = request.local(start).date(), request.local(end - timedelta.resolution).date()
    if first != last:
        return start, end
    bounds = [request.moment(datetime.combine(first, at)) for at in (opens, closes)]
    return (start, end) if end - start <= bounds[1] - bounds[0] else (bounds[0], bounds[1])


def week_of(request: "Request", moment: datetime) -> Terms:
    """The week, from Monday to Monday, that a moment is in."""
    day = request.local(moment).date()
    monday = day - timedelta(days=day.weekday())
    return Terms(request.moment(monday), request.moment(monday + _WEEK))


def hours_within(week: Terms, uses: list[Span]) -> float:
    """How many hours of a week are used."""
    parts = (min(end, week.end) - max(start, week.start) for start, end in uses)
    return sum(part.total_seconds() for part in parts if part > timedelta()) / 3600
