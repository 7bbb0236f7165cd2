"""Resolves a weekday within a school holiday: "mandag i efterårsferien"."""

from dataclasses import replace
from datetime import date

from bot.parsing.when.components import Date, SchoolHoliday, Year
from bot.parsing.when.errors import NotUnderstood
from bot.parsing.when.phrase import Moment
from bot.parsing.when.resolve.dates import DAY, resolve_period
from bot.parsing.when.resolve.moment import resolve_single
from bot.parsing.when.resolve.reference import ReferenceTime
from bot.parsing.when.result import When


def is_weekday_of_holiday(moment: Moment) -> bool:
    """Return whether a moment is a weekday in a school holiday, and no date."""
    is_in_holiday = isinstance(moment.period, SchoolHoliday) and moment.day is None
    return is_in_holiday and moment.weekday is not None and moment.weekday.is_coming


def resolve_weekday_of_holiday(moment: Moment, reference: ReferenceTime) -> When:
    """Return the first such day of the holiday, with the others as alternatives. Raises as `resolve_moment` does."""
    if moment.period is None or moment.weekday is None:
        raise NotUnderstood
    first, end = resolve_period(moment.period, reference.today)
    first = max(first, reference.today)
    days = [first + number * DAY for number in range((end - first).days)]
    times = [_on_date(moment, day, reference) for day in days if day.weekday() == moment.weekday.number]
    if not times:
        raise NotUnderstood
    return replace(times[0], alternatives=tuple(times[1:]))


def _on_date(moment: Moment, day: date, reference: ReferenceTime) -> When:
    named = Date(day.day, day.month, Year(day.year))
    return resolve_single(replace(moment, weekday=None, period=None, day=named), reference)
