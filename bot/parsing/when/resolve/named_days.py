"""Computes the dates of days that people name: "påskedag", "pinse", "juledag", "mors dag"."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache

from dateutil.easter import easter

from bot.parsing.when.errors import ImpossibleTime

#: Days from Easter Sunday. Great prayer day (store bededag) was a public holiday until 2023.
_DAYS_FROM_EASTER = {
    "shrove-sunday": -49,
    "shrove-monday": -48,
    "palm-sunday": -7,
    "maundy-thursday": -3,
    "good-friday": -2,
    "holy-saturday": -1,
    "easter-sunday": 0,
    "easter-monday": 1,
    "great-prayer-day": 26,
    "ascension-day": 39,
    "whit-saturday": 48,
    "whit-sunday": 49,
    "whit-monday": 50,
}


@lru_cache(maxsize=16)
def named_days(year: int) -> Mapping[str, date]:
    """Return the dates of the named days of a year by their keys. The words of each language refer to these keys."""
    sunday = easter(year)
    from_easter = {name: sunday + timedelta(days) for name, days in _DAYS_FROM_EASTER.items()}
    fixed = {"new-years-day": date(year, 1, 1), "christmas-day": date(year, 12, 25), "boxing-day": date(year, 12, 26)}
    sundays = {"mothers-day": _nth_sunday(year, 5, 2), "all-saints-day": _nth_sunday(year, 11, 1)}
    return {**from_easter, **fixed, **sundays}


def _nth_sunday(year: int, month: int, ordinal: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(6 - first.weekday() + 7 * (ordinal - 1))


def coming_holiday(intervals: Sequence[tuple[date, date]], today: date) -> tuple[date, date]:
    """Return the first school holiday that is not over. Raises ImpossibleTime when all are."""
    for first, end in intervals:
        if end > today:
            return first, end
    raise ImpossibleTime("when-school-holiday-over")
