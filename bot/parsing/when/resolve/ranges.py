"""Resolves a range from one moment to another: fra fredag til søndag."""

from dataclasses import replace
from datetime import date, datetime

from bot.parsing.when.components import Date, ImpossibleTime, Month, NotUnderstood, RelativeDay, ShiftedDay, Weeks
from bot.parsing.when.moment import Moment, ReferenceTime, resolve
from bot.parsing.when.resolve.dates import DAY
from bot.parsing.when.result import When


def resolve_range(main: Moment, first: Moment, last: Moment, seen: ReferenceTime) -> When:
    """fra fredag til søndag, fra fredag kl. 14 til lørdag kl. 10"""
    first, last = _complete(main, first, last)
    if not (first.has_day and last.has_day):
        raise NotUnderstood
    start, first_end = resolve(first, seen)
    end = _end_of_range(last, seen if _counts_from_now(last) else seen.moved_to(day_of(start)))
    if isinstance(start, datetime) != isinstance(end, datetime):
        raise NotUnderstood
    if first.clock_time and first.clock_time.end is not None:
        raise NotUnderstood
    if end <= (first_end or start) and end <= start:
        raise ImpossibleTime("when-no-such-date", said=(first.char_start, last.char_end))
    has_clock = bool(first.clock_time or last.clock_time)
    return When(start, end, has_day=True, has_clock=has_clock, loose=not (first.clock_time and last.clock_time))


def _counts_from_now(moment: Moment) -> bool:
    """i næste uge, om 14 dage: not seen from the beginning of the span."""
    period = moment.period
    relative = (isinstance(period, Weeks) and not period.numbers) or (isinstance(period, Month) and not period.number)
    return bool(relative or moment.weekend or isinstance(moment.day, RelativeDay | ShiftedDay))


def _complete(main: Moment, first: Moment, last: Moment) -> tuple[Moment, Moment]:
    """What was said once for both ends: the week of fra mandag til onsdag i uge 25, the month of 12. til 14. juni."""
    period = main.period or last.period
    if not replace(main, period=None).is_empty:
        raise NotUnderstood
    if period and first.weekday and not first.period:
        first = replace(first, period=period)
    if main.period and last.weekday and not last.period:
        last = replace(last, period=period)
    if isinstance(first.day, Date) and isinstance(last.day, Date) and first.day.month is None and last.day.month:
        earlier = first.day.day > last.day.day
        month = (last.day.month - 2) % 12 + 1 if earlier else last.day.month
        first = replace(first, day=Date(first.day.day, month, last.day.year))
    return first, last


def _end_of_range(last: Moment, seen: ReferenceTime) -> datetime | date:
    if last.clock_time and last.clock_time.end is not None:
        raise NotUnderstood
    start, end = resolve(last, seen)
    if end is not None:
        return end
    return start if isinstance(start, datetime) else start + DAY


def day_of(start: datetime | date) -> date:
    """The day of a date or a moment."""
    return start.date() if isinstance(start, datetime) else start
