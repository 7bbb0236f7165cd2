"""Resolves a range from one moment to another: "fra fredag til søndag", "fra fredag kl. 14 til lørdag kl. 10"."""

from dataclasses import replace
from datetime import date, datetime

from bot.parsing.when.components import (
    Date,
    Duration,
    FollowingDay,
    Month,
    NthDay,
    PartOfMonth,
    RelativeDay,
    ShiftedDay,
    Weeks,
    Year,
)
from bot.parsing.when.errors import ImpossibleTime, NotUnderstood
from bot.parsing.when.phrase import Moment
from bot.parsing.when.resolve.dates import DAY
from bot.parsing.when.resolve.moment import resolve_moment
from bot.parsing.when.resolve.reference import ReferenceTime
from bot.parsing.when.result import When

#: A longer range of dates without a year ends before it begins.
_MAX_DAYS_WITHOUT_YEAR = 330


def resolve_range(main: Moment, first: Moment, last: Moment, reference: ReferenceTime) -> When:
    """Return the time from the first moment to the last. `main` may have a week or month that belongs to both.

    Raises NotUnderstood, ImpossibleTime when the last moment does not come after the first.
    """
    first, last = map(_with_day_of_middle, _share_period(main, first, last))
    if not (first.has_day and last.has_day):
        raise NotUnderstood
    start, first_end = resolve_moment(first, reference)
    if isinstance(last.day, FollowingDay):
        last = replace(last, day=RelativeDay(Duration(days=1)))
        end = _resolve_end(last, reference.moved_to(day_of(start)))
    else:
        end = _resolve_end(last, reference if _is_counted_from_now(last) else reference.moved_to(day_of(start)))
    _refuse_nearly_a_year(first, last, start, end)
    if isinstance(start, datetime) != isinstance(end, datetime):
        raise NotUnderstood
    if first.clock_time and first.clock_time.end is not None:
        raise NotUnderstood
    if end <= (first_end or start) and end <= start:
        raise ImpossibleTime("when-no-such-date", char_range=_char_range(first, last))
    has_clock = bool(first.clock_time or last.clock_time)
    return When(start, end, has_day=True, has_clock=has_clock, loose=not (first.clock_time and last.clock_time))


def day_of(moment: datetime | date) -> date:
    """Return the date of a moment, which may be a date itself."""
    return moment.date() if isinstance(moment, datetime) else moment


def _with_day_of_middle(moment: Moment) -> Moment:
    """Return a moment with the day that "medio november" (mid November) is as a bound: the 15th."""
    if isinstance(moment.period, PartOfMonth) and moment.period.part == "middle" and moment.day is None:
        return replace(moment, period=None, day=NthDay(15, moment.period.month))
    return moment


def _refuse_nearly_a_year(first: Moment, last: Moment, start: datetime | date, end: datetime | date) -> None:
    """Raise an error for "fra 20. december til 18. december", of which the end lies before the beginning.

    A year was not meant, unless one was named.
    """
    days = first.day, last.day
    have_no_year = all(isinstance(day, Date) and day.month and not day.year for day in days)
    if have_no_year and day_of(end) - day_of(start) > _MAX_DAYS_WITHOUT_YEAR * DAY:
        raise ImpossibleTime("when-ends-before-it-begins", char_range=_char_range(first, last))


def _is_counted_from_now(moment: Moment) -> bool:
    """Return whether a moment is counted from now, not from the start of the range: "i næste uge", "om 14 dage"."""
    period = moment.period
    is_relative = (isinstance(period, Weeks) and not period.numbers) or (
        isinstance(period, Month) and not period.number
    )
    return bool(is_relative or moment.weekend or isinstance(moment.day, RelativeDay | ShiftedDay))


def _share_period(main: Moment, first: Moment, last: Moment) -> tuple[Moment, Moment]:
    """Return both moments with the period that was named only once.

    It is the week of "fra mandag til onsdag i uge 25", or the month of "fra den 12. til den 14. juni".
    """
    period = main.period or last.period
    if not replace(main, period=None).is_empty:
        raise NotUnderstood
    if period and first.weekday and not first.period:
        first = replace(first, period=period)
    if main.period and last.weekday and not last.period:
        last = replace(last, period=period)
    if isinstance(first.day, Date) and isinstance(last.day, Date) and first.day.month is None and last.day.month:
        is_in_month_before = first.day.day > last.day.day
        month = (last.day.month - 2) % 12 + 1 if is_in_month_before else last.day.month
        first = replace(first, day=Date(first.day.day, month, last.day.year))
    return _with_year_of_last(first, last), last


def _with_year_of_last(first: Moment, last: Moment) -> Moment:
    """Return the first moment with the year that was named only beside the last: "den 1. maj til den 2. juni 2028".

    A date that comes later in the year than the last one is in the year before.
    """
    begins, ends = first.day, last.day
    if not (isinstance(begins, Date) and isinstance(ends, Date) and begins.month and ends.month):
        return first
    if begins.year or not ends.year or ends.year.number is None:
        return first
    is_year_before = (begins.month, begins.day) > (ends.month, ends.day)
    return replace(first, day=replace(begins, year=Year(ends.year.number - is_year_before)))


def _resolve_end(last: Moment, reference: ReferenceTime) -> datetime | date:
    if last.clock_time and last.clock_time.end is not None:
        raise NotUnderstood
    start, end = resolve_moment(last, reference)
    if end is not None:
        return end
    return start if isinstance(start, datetime) else start + DAY


def _char_range(first: Moment, last: Moment) -> tuple[int, int]:
    """Return the characters of both moments. The last may be said before the first: "til februar, fra 1. april"."""
    return min(first.char_start, last.char_start), max(first.char_end, last.char_end)
