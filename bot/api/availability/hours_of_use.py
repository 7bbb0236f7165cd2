"""Counts how many hours a week a thing is used, by work and by matches, and compares them with its load."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.api.availability.matches import find_matches
from bot.api.availability.usage_rules import opening_hours
from bot.api.feature import Request
from bot.config.community import Thing
from bot.span import Span
from bot.store.agreements import reservations
from bot.store.agreements.agreements import Agreement

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class WeekUsage:
    """The hours for which a thing is used in a week, and the hours that it may be used (None: no limit)."""

    week: Span
    hours: float
    limit: float | None

    @property
    def is_over(self) -> bool:
        """Whether the thing is used for more hours than it may be used."""
        return self.limit is not None and self.hours > self.limit


async def find_usage(request: Request, thing: Thing, window: Span, exclude: Agreement | None = None) -> list[Span]:
    """Return the spans in a window in which a thing is used: its reservations, and the matches in its hours.

    Unordered.
    """
    rows = await reservations.find_reservations(
        request.db,
        request.community.key,
        thing.key,
        window,
        exclude=exclude.id if exclude else 0,
    )
    matches = await find_matches(request, thing, window)
    played = [_within_hours(request, thing, Span(match.start, match.end)) for match in matches]
    return [*(Span(row.start, row.end) for row in rows), *played]


async def find_week_usage(
    request: Request,
    thing: Thing,
    weeks: Sequence[Span],
    limit: float | None,
    *,
    added: Iterable[Span] = (),
    exclude: Agreement | None = None,
) -> list[WeekUsage]:
    """Return how much a thing is used in each of some weeks (soonest first), if the `added` times were used too."""
    window = Span(weeks[0].start, weeks[-1].end)
    used = [*await find_usage(request, thing, window, exclude), *added]
    return [WeekUsage(week, count_hours(week, used), limit) for week in weeks]


def week_span(request: Request, moment: datetime) -> Span:
    """Return the week, from Monday to Monday, that contains a moment."""
    day = request.local(moment).date()
    monday = day - timedelta(days=day.weekday())
    return Span(request.moment(monday), request.moment(monday + _WEEK))


def count_hours(week: Span, used: Iterable[Span]) -> float:
    """Return how many hours of a week are used."""
    parts = (min(span.end, week.end) - max(span.start, week.start) for span in used)
    return sum(part.total_seconds() for part in parts if part > timedelta()) / 3600


def _within_hours(request: Request, thing: Thing, match: Span) -> Span:
    """Return the part of a match in the thing's hours.

    A tournament of a whole day is not played at night. A match over several days is not cut.
    """
    first, last = request.local(match.start).date(), request.local(match.end - timedelta.resolution).date()
    if first != last:
        return match
    opens, closes = (request.moment(datetime.combine(first, clock)) for clock in opening_hours(request, thing))
    return match if match.duration <= closes - opens else Span(opens, closes)
