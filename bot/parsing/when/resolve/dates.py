"""Finds the date that a day or a period stands for, seen from a day called today."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from dateutil.relativedelta import relativedelta

from bot.parsing.when.components import (
    CurrentYear,
    Date,
    DateRange,
    Day,
    DayInterval,
    Duration,
    EndOf,
    ImpossibleTime,
    Month,
    NamedDay,
    NotUnderstood,
    NthWeekday,
    Period,
    RelativeDay,
    ShiftedDay,
    Weekday,
    Weekend,
    Weeks,
    Year,
)
from bot.parsing.when.resolve.named_days import feasts

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)

#: 29 February can be eight years away: 2096 to 2104.
_YEARS_AHEAD = 9


def resolve_day(day: Day, today: date) -> date:
    """The date of a day. Raises Impossible when there is none, OverflowError or ValueError far outside the calendar."""
    match day:
        case Weekday():
            return _weekday(day, today)
        case Date():
            return _date(day, today)
        case RelativeDay(length, backwards):
            return today - delta(length) if backwards else today + delta(length)
        case NthWeekday():
            return _nth(day, today)
        case NamedDay(name, year):
            return next(d for y in _years(year, today) if (d := feasts(y)[name]) >= today or year)
        case ShiftedDay(other, days):
            return resolve_day(other, today) + timedelta(days)


def resolve_period(period: Period | CurrentYear, today: date) -> DayInterval:
    """The first day of a period and the day after its last. Raises Impossible when there is no such week."""
    match period:
        case Weeks():
            return _joined(_weeks(period, today))
        case DateRange():
            return _date_span(period, today)
        case Month():
            return _month(period, today)
        case EndOf():
            return resolve_period(period.period, today)
        case CurrentYear():
            return date(today.year, 1, 1), date(today.year + 1, 1, 1)


def resolve_each(period: Period, today: date) -> list[DayInterval]:
    """The same for weeks that need not follow each other: uge 29 og 31."""
    return _weeks(period, today) if isinstance(period, Weeks) else [resolve_period(period, today)]


def resolve_weekend(weekend: Weekend, monday: date) -> DayInterval:
    """Saturday and Sunday of the week that begins on a Monday, or of one after it."""
    saturday = monday + weekend.weeks_ahead * WEEK + 5 * DAY
    return saturday, saturday + 2 * DAY


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(day.weekday())


def delta(length: Duration) -> relativedelta:
    """A length for calendar arithmetic: a month after 31 January is the last of February."""
    return relativedelta(months=length.months, days=length.days, minutes=length.minutes)


def _weekday(day: Weekday, today: date) -> date:
    if day.which == "away":
        return monday_of(today) + day.weeks_ahead * WEEK + timedelta(day.number)
    if day.which == "last":
        return today - timedelta((today.weekday() - day.number - 1) % 7 + 1)
    return today + timedelta((day.number - today.weekday() - 1) % 7 + 1) + day.weeks_ahead * WEEK


def _years(year: Year | None, today: date, this: int | None = None) -> range:
    """The years a date can lie in: the one that was said, or this one and those after it.

    For weeks `this` is the year that today's week belongs to: 1 January may be in week 53 of the old one.
    """
    if year is None:
        first = today.year if this is None else this
        return range(first, first + _YEARS_AHEAD)
    said = year.number if year.number is not None else today.year + year.years_ahead
    return range(said, said + 1)


def _date(said: Date, today: date) -> date:
    if said.month is None:
        candidates = _days_of_months(said.day, today)
    else:
        candidates = (_existing(year, said.month, said.day) for year in _years(said.year, today))
    for candidate in candidates:
        if candidate and (candidate >= today or said.year):
            return candidate
    raise ImpossibleTime("when-no-such-date")


def _days_of_months(day: int, today: date) -> Iterator[date | None]:
    for months in range(13):
        month = today.replace(day=1) + relativedelta(months=months)
        yield _existing(month.year, month.month, day)


def _existing(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nth(said: NthWeekday, today: date) -> date:
    if said.month is None:
        month = today.replace(day=1) + relativedelta(months=said.months_ahead)
        return nth_weekday(month, said.ordinal, said.weekday)
    for year in _years(said.year, today):
        found = nth_weekday(date(year, said.month, 1), said.ordinal, said.weekday)
        if found >= today or said.year:
            return found
    raise ImpossibleTime("when-no-such-date")


def nth_weekday(month: date, count: int, weekday: int) -> date:
    """A weekday counted in the month that begins on a date. Raises Impossible for a fifth that is not there."""
    following = month + relativedelta(months=1)
    if count < 0:
        return following - timedelta((following.weekday() - weekday - 1) % 7 + 1)
    found = month + timedelta((weekday - month.weekday()) % 7) + (count - 1) * WEEK
    if found >= following:
        raise ImpossibleTime("when-no-such-date")
    return found


def _weeks(said: Weeks, today: date) -> list[DayInterval]:
    if not said.numbers:
        monday = monday_of(today) + said.weeks_ahead * WEEK
        return [(monday, monday + WEEK)]
    for year in _years(said.year, today, this=today.isocalendar().year):
        found = _weeks_of_year(said, year)
        if found and (found[-1][1] > today or said.year):
            return found
    raise ImpossibleTime("when-no-such-week")


def _weeks_of_year(said: Weeks, year: int) -> list[DayInterval] | None:
    """Weeks of a year, the small numbers after the turn of it; None if the year has no such week."""
    numbers = said.numbers
    try:
        mondays = [date.fromisocalendar(year + (number < numbers[0]), number, 1) for number in numbers]
    except ValueError:
        return None
    if said.is_range:
        mondays = [mondays[0] + count * WEEK for count in range((mondays[-1] - mondays[0]).days // 7 + 1)]
    return [(monday, monday + WEEK) for monday in mondays]


def _joined(weeks: list[DayInterval]) -> DayInterval:
    if any(first[1] != second[0] for first, second in pairwise(weeks)):
        raise NotUnderstood
    return weeks[0][0], weeks[-1][1]


def _date_span(span: DateRange, today: date) -> DayInterval:
    """From a day to a day of a named month; the first is in the month before when its number is the larger one."""
    last = resolve_day(span.last, today)
    month = last.replace(day=1) - relativedelta(months=int(span.first_day > last.day))
    first = _existing(month.year, month.month, span.first_day)
    if first is None:
        raise ImpossibleTime("when-no-such-date")
    return first, last + DAY


def _month(said: Month, today: date) -> DayInterval:
    first = today.replace(day=1) + relativedelta(months=said.months_ahead)
    if said.number:
        years = (date(year, said.number, 1) for year in _years(said.year, today))
        first = next(month for month in years if month + relativedelta(months=1) > today or said.year)
    return first, first + relativedelta(months=1)
