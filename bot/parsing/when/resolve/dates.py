"""Finds the date of a day, and the first and last date of a period, counted from a given day."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from dateutil.relativedelta import relativedelta

from bot.parsing.when.components import (
    Date,
    DateRange,
    Day,
    DaysOfMonth,
    Duration,
    EndOf,
    FollowingDay,
    Month,
    MonthRange,
    NamedDay,
    NthDay,
    NthWeek,
    NthWeekday,
    PartOfMonth,
    Period,
    Quarter,
    RelativeDay,
    SchoolHoliday,
    ShiftedDay,
    Weekday,
    Weekend,
    Weeks,
    WholeYear,
    Year,
)
from bot.parsing.when.errors import ImpossibleTime, NotUnderstood
from bot.parsing.when.resolve.named_days import coming_holiday, named_days

#: The first day of several in a row, and the day after the last.
DayInterval = tuple[date, date]

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)

#: 29 February can be eight years away: 2096 to 2104.
_YEARS_SEARCHED = 9


def resolve_day(day: Day, today: date) -> date:
    """Return the date of a day.

    Raises ImpossibleTime when there is no such day, NotUnderstood for the day after one that was not named,
    OverflowError or ValueError far outside the calendar.
    """
    match day:
        case Weekday():
            return _resolve_weekday(day, today)
        case Date():
            return _resolve_date(day, today)
        case RelativeDay(duration, is_past):
            return today - to_relativedelta(duration) if is_past else today + to_relativedelta(duration)
        case NthWeekday():
            return _resolve_nth_weekday(day, today)
        case NthDay():
            return _resolve_nth_day(day, today)
        case FollowingDay():
            raise NotUnderstood
        case NamedDay(name, year):
            dates = (named_days(number)[name] for number in _possible_years(year, today))
            return next(found for found in dates if found >= today or year)
        case ShiftedDay(base, days):
            return resolve_day(base, today) + timedelta(days)


def resolve_period(period: Period, today: date, *, takes_other_meaning: bool = False) -> DayInterval:
    """Return the first day of a period and the day after its last. The end of a period stands for the whole period.

    With `takes_other_meaning`, "første uge i oktober" is the week that has the first of October, not the first whole
    week, and "næste marts" is a year after the coming March. Raises ImpossibleTime when there is no such week,
    NotUnderstood for weeks that do not follow each other.
    """
    match period:
        case Weeks():
            return _join_weeks(_resolve_weeks(period, today))
        case DateRange():
            return _resolve_date_range(period, today)
        case NthWeek():
            return _resolve_nth_week(period, today, may_begin_before=takes_other_meaning)
        case Month():
            first, end = _resolve_month(period, today)
            years = relativedelta(years=int(period.is_next and takes_other_meaning))
            return first + years, end + years
        case MonthRange(first_month, last_month, year):
            end = _resolve_month(Month(last_month, year=year), today)[1]
            return end - relativedelta(months=(last_month - first_month) % 12 + 1), end
        case PartOfMonth(part, month):
            return _resolve_part_of_month(part, *_resolve_month(month, today))
        case DaysOfMonth(count, month):
            first, end = _resolve_month(month, today)
            return (first, first + count * DAY) if count > 0 else (end + count * DAY, end)
        case Quarter():
            return _resolve_quarter(period, today)
        case SchoolHoliday(intervals):
            return coming_holiday(intervals, today)
        case EndOf():
            return resolve_period(period.period, today)
        case WholeYear(year):
            number = _possible_years(year, today)[0]
            return date(number, 1, 1), date(number + 1, 1, 1)


def resolve_each_week(period: Period, today: date) -> list[DayInterval]:
    """Return a period as `resolve_period` does, but each week and holiday by itself: "uge 29 og 31"."""
    if isinstance(period, SchoolHoliday):
        return list(period.intervals)
    return _resolve_weeks(period, today) if isinstance(period, Weeks) else [resolve_period(period, today)]


def resolve_weekend(weekend: Weekend, monday: date) -> DayInterval:
    """Return Saturday and Sunday of the week that begins on a Monday, or of the week `weeks_ahead` of it."""
    saturday = monday + weekend.weeks_ahead * WEEK + 5 * DAY
    return saturday, saturday + 2 * DAY


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(day.weekday())


def to_relativedelta(duration: Duration) -> relativedelta:
    """Return a duration for calendar arithmetic: a month after 31 January is the last of February."""
    return relativedelta(months=duration.months, days=duration.days, minutes=duration.minutes, seconds=duration.seconds)


def nth_weekday_of_month(month: date, ordinal: int, weekday: int) -> date:
    """Return a weekday counted within the month that begins on a date, from the end when the ordinal is negative.

    Raises ImpossibleTime when the month has no such weekday, as for a fifth one.
    """
    next_month = month + relativedelta(months=1)
    if ordinal < 0:
        return next_month - timedelta((next_month.weekday() - weekday - 1) % 7 + 1)
    found = month + timedelta((weekday - month.weekday()) % 7) + (ordinal - 1) * WEEK
    if found >= next_month:
        raise ImpossibleTime("when-no-such-date")
    return found


def _resolve_weekday(weekday: Weekday, today: date) -> date:
    if weekday.which == "in_weeks":
        return monday_of(today) + weekday.weeks_ahead * WEEK + timedelta(weekday.number)
    if weekday.which == "last":
        return today - timedelta((today.weekday() - weekday.number - 1) % 7 + 1)
    return coming_weekday(weekday.number, today) + weekday.weeks_ahead * WEEK


def coming_weekday(number: int, today: date) -> date:
    """Return the next such weekday after today."""
    return today + timedelta((number - today.weekday() - 1) % 7 + 1)


def _possible_years(year: Year | None, today: date, current_year: int | None = None) -> range:
    """Return the years in which a date may be: the year that was named, or the current year and those after it.

    For weeks, `current_year` is the year that today's week belongs to: 1 January may be in week 53 of the old year.
    """
    if year is None:
        first = today.year if current_year is None else current_year
        return range(first, first + _YEARS_SEARCHED)
    number = year.number if year.number is not None else today.year + year.years_ahead
    return range(number, number + 1)


def _resolve_date(day: Date, today: date) -> date:
    if day.month is None:
        candidates = _same_day_of_months(day.day, today)
    else:
        candidates = (_date_or_none(year, day.month, day.day) for year in _possible_years(day.year, today))
    for candidate in candidates:
        if candidate and (candidate >= today or day.year):
            return candidate
    raise ImpossibleTime("when-no-such-date")


def _same_day_of_months(day: int, today: date) -> Iterator[date | None]:
    for months in range(13):
        month = today.replace(day=1) + relativedelta(months=months)
        yield _date_or_none(month.year, month.month, day)


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _resolve_nth_weekday(day: NthWeekday, today: date) -> date:
    if day.month is None:
        month = today.replace(day=1) + relativedelta(months=day.months_ahead)
        return nth_weekday_of_month(month, day.ordinal, day.weekday)
    for year in _possible_years(day.year, today):
        found = nth_weekday_of_month(date(year, day.month, 1), day.ordinal, day.weekday)
        if found >= today or day.year:
            return found
    raise ImpossibleTime("when-no-such-date")


def _resolve_nth_day(day: NthDay, today: date) -> date:
    first, end = _resolve_month(day.month, today)
    found = first + (day.ordinal - 1) * DAY if day.ordinal > 0 else end + day.ordinal * DAY
    if not first <= found < end:
        raise ImpossibleTime("when-no-such-date")
    is_of_any_year = day.month.number and not day.month.year
    if found < today and is_of_any_year:
        return _resolve_nth_day(day, end)
    return found


def _resolve_nth_week(week: NthWeek, today: date, *, may_begin_before: bool) -> DayInterval:
    """Return the week. The first one has the first Monday of the month, or with `may_begin_before` its first day."""
    first, end = _resolve_month(week.month, today)
    if week.ordinal > 0:
        monday = monday_of(first if may_begin_before else first + 6 * DAY) + (week.ordinal - 1) * WEEK
    else:
        monday = monday_of(end - (1 if may_begin_before else 7) * DAY)
    if monday >= end:
        raise ImpossibleTime("when-no-such-week")
    if monday + WEEK <= today and week.month.number and not week.month.year:
        return _resolve_nth_week(week, end, may_begin_before=may_begin_before)
    return monday, monday + WEEK


def _resolve_part_of_month(part: str, first: date, end: date) -> DayInterval:
    tenth, twentieth = first + 10 * DAY, first + 20 * DAY
    return {"first": (first, tenth), "middle": (tenth, twentieth), "last": (twentieth, end)}[part]


def _resolve_quarter(quarter: Quarter, today: date) -> DayInterval:
    three_months = relativedelta(months=3)
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1) + quarter.quarters_ahead * three_months
    if quarter.number:
        candidates = (date(year, quarter.number * 3 - 2, 1) for year in _possible_years(quarter.year, today))
        first = next(start for start in candidates if start + three_months > today or quarter.year)
    return first, first + three_months


def _resolve_weeks(weeks: Weeks, today: date) -> list[DayInterval]:
    if not weeks.numbers:
        monday = monday_of(today) + weeks.weeks_ahead * WEEK
        return [(monday, monday + WEEK)]
    for year in _possible_years(weeks.year, today, current_year=today.isocalendar().year):
        found = _weeks_of_year(weeks, year)
        if found and (found[-1][1] > today or weeks.year):
            return found
    raise ImpossibleTime("when-no-such-week")


def _weeks_of_year(weeks: Weeks, year: int) -> list[DayInterval] | None:
    """Return the weeks in a year; None when the year does not have one of them.

    A number smaller than the one before it is in the next year.
    """
    numbers = weeks.numbers
    try:
        mondays = [date.fromisocalendar(year + (number < numbers[0]), number, 1) for number in numbers]
    except ValueError:
        return None
    if weeks.is_range:
        mondays = [mondays[0] + count * WEEK for count in range((mondays[-1] - mondays[0]).days // 7 + 1)]
    return [(monday, monday + WEEK) for monday in mondays]


def _join_weeks(weeks: list[DayInterval]) -> DayInterval:
    if any(first[1] != second[0] for first, second in pairwise(weeks)):
        raise NotUnderstood
    return weeks[0][0], weeks[-1][1]


def _resolve_date_range(date_range: DateRange, today: date) -> DayInterval:
    """Return the days. When the first number is larger, the first day is in the month before the named month."""
    if isinstance(date_range.first_day, Date):
        start = resolve_day(date_range.first_day, today)
        return start, resolve_day(date_range.last, start) + DAY
    last = resolve_day(date_range.last, today)
    month = last.replace(day=1) - relativedelta(months=int(date_range.first_day > last.day))
    first = _date_or_none(month.year, month.month, date_range.first_day)
    if first is None:
        raise ImpossibleTime("when-no-such-date")
    return first, last + DAY


def _resolve_month(month: Month, today: date) -> DayInterval:
    first = today.replace(day=1) + relativedelta(months=month.months_ahead)
    if month.number:
        candidates = (date(year, month.number, 1) for year in _possible_years(month.year, today))
        first = next(start for start in candidates if start + relativedelta(months=1) > today or month.year)
    return first, first + relativedelta(months=1)
