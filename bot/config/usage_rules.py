"""The usage rules of a thing: its season, its closures, its hours of the day and its load in hours a week."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Season:
    """A part of every year, from `first` to `last` inclusive, both as (month, day). It may span New Year."""

    first: tuple[int, int]
    last: tuple[int, int]

    def contains(self, day: date) -> bool:
        """Whether a day is in the season."""
        month_and_day = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= month_and_day <= self.last
        return month_and_day >= self.first or month_and_day <= self.last


@dataclass(frozen=True)
class Closure:
    """Days on which a thing cannot be used: some ISO weeks of every year, or once from `first` to `last` inclusive."""

    reason: str = ""
    weeks: tuple[int, int] | None = None
    first: date | None = None
    last: date | None = None

    def contains(self, day: date) -> bool:
        """Whether a day is in the closure."""
        if self.weeks:
            return self.weeks[0] <= day.isocalendar().week <= self.weeks[1]
        return bool(self.first and self.last) and self.first <= day <= self.last  # type: ignore[operator]


@dataclass(frozen=True)
class UsageRules:
    """When and how much a thing may be used. None means that the thing has no such rule.

    `hours` is the part of the day. `hours_a_week` is its load: how many hours of use a week it bears.
    """

    season: Season | None = None
    closures: tuple[Closure, ...] = ()
    hours: tuple[time, time] | None = None
    hours_a_week: float | None = None


@dataclass(frozen=True)
class UseRules:
    """Who may reserve a thing for their own use, and within which limits. None means no limit.

    `roles` may reserve it. A reservation lasts from `shortest` to `longest`, and is made between `notice` and `ahead`
    before it begins. Each party has it for at most `hours_a_week`. Between two uses there is a `buffer`. A person with
    the role `confirmed_by` confirms each reservation; with None nobody does.
    """

    roles: frozenset[str]
    shortest: timedelta | None = None
    longest: timedelta | None = None
    notice: timedelta | None = None
    ahead: timedelta | None = None
    hours_a_week: float | None = None
    buffer: timedelta = timedelta()
    confirmed_by: str | None = None


def group_consecutive_days(days: list[date]) -> Iterator[tuple[date, date]]:
    """Yield each run of consecutive days as its first day and the day after its last. `days` must be sorted."""
    if not days:
        return
    first = days[0]
    for day, next_day in pairwise(days):
        if next_day != day + _DAY:
            yield first, day + _DAY
            first = next_day
    yield first, days[-1] + _DAY
