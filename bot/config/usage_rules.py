"""When a thing can be used at all: its season, its closures, its hours and how much it bears."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Season:
    """The part of every year from a day to a day, both included, as (month, day); it may go over New Year."""

    first: tuple[int, int]
    last: tuple[int, int]

    def contains(self, day: date) -> bool:
        """Whether a day is in it."""
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


@dataclass(frozen=True)
class Closure:
    """A time in which nothing can be done: every year in some ISO weeks, or once from a day to a day, both included."""

    reason: str = ""
    weeks: tuple[int, int] | None = None
    first: date | None = None
    last: date | None = None

    def contains(self, day: date) -> bool:
        """Whether a day is in it."""
        if self.weeks:
            return self.weeks[0] <= day.isocalendar().week <= self.weeks[1]
        return bool(self.first and self.last) and self.first <= day <= self.last  # type: ignore[operator]


@dataclass(frozen=True)
class UsageRules:
    """What is known of a thing's use. None: nothing is said, and nothing stands in the way.

    `hours` is the part of the day, `hours_a_week` how many hours of use a week it bears.
    """

    season: Season | None = None
    closures: tuple[Closure, ...] = ()
    hours: tuple[time, time] | None = None
    hours_a_week: float | None = None


def group_consecutive_days(days: list[date]) -> Iterator[tuple[date, date]]:
    """Days in a row, as first day and the day after the last."""
    if not days:
        return
    first = days[0]
    for one, following in pairwise(days):
        if following != one + _DAY:
            yield first, one + _DAY
            first = following
    yield first, days[-1] + _DAY
