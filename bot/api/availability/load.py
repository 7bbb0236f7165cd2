"""How many hours a thing is used in a week, by work and by matches, and how many it bears."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.api.availability.matches import find_matches
from bot.config.community import Thing
from bot.span import Span
from bot.store.agreements import reservations
from bot.store.agreements.agreements import Agreement

if TYPE_CHECKING:
    from bot.api.request import Request

_WEEK = timedelta(days=7)


async def find_usage(request: "Request", thing: Thing, window: Span, exclude: Agreement | None = None) -> list[Span]:
    """When a thing is used for work, by others than `exclude`, or played on in the hours it is open, in a window."""
    besides_id = exclude.id if exclude else 0
    rows = await reservations.find_reservations(
        request.db, request.community.key, thing.key, window, exclude=besides_id
    )
    matches = await find_matches(request, thing, window)
    played = [_in_hours(request, thing, Span(match.start, match.end)) for match in matches]
    return [*(Span(row.start, row.end) for row in rows), *played]


def _in_hours(request: "Request", thing: Thing, span: Span) -> Span:
    """A tournament of whole days is not played at night; what goes over several days is not cut."""
    opens, closes = thing.usage.hours or request.community.hours
    first, last = request.local(span.start).date(), request.local(span.end - timedelta.resolution).date()
    if first != last:
        return span
    open_hours = Span(*(request.moment(datetime.combine(first, at)) for at in (opens, closes)))
    return span if span.duration <= open_hours.duration else open_hours


def week_span(request: "Request", moment: datetime) -> Span:
    """The week, from Monday to Monday, that a moment is in."""
    day = request.local(moment).date()
    monday = day - timedelta(days=day.weekday())
    return Span(request.moment(monday), request.moment(monday + _WEEK))


def count_hours(week: Span, uses: list[Span]) -> float:
    """How many hours of a week are used."""
    parts = (min(use.end, week.end) - max(use.start, week.start) for use in uses)
    return sum(part.total_seconds() for part in parts if part > timedelta()) / 3600
