"""Resolves a moment: the components of one moment become days and clock times."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone

from bot.parsing.when.components import Date, DateRange, Day, EndOf, Month, Period, RelativeDay, Weekday, Weeks, Year
from bot.parsing.when.errors import ImpossibleTime, NotUnderstood
from bot.parsing.when.phrase import Moment
from bot.parsing.when.resolve.dates import (
    DAY,
    DayInterval,
    monday_of,
    resolve_day,
    resolve_period,
    resolve_weekend,
    to_relativedelta,
)
from bot.parsing.when.resolve.parts_of_day import bounds_of, move_into_part
from bot.parsing.when.resolve.reference import ReferenceTime
from bot.parsing.when.result import When

#: What the zone of Denmark is called, in winter and in summer.
_CENTRAL_EUROPEAN = ("CET", "CEST")

#: Friday, Saturday and Sunday: "i weekenden den 12.-14. juni".
_DAYS_OF_WEEKEND = (4, 5, 6)

#: A date is called passed up to this many days later, when the weekday beside it is another one in the coming year.
_MAX_DAYS_PASSED = 92

#: A single day and None, or the first of several days and the day after the last.
Days = tuple[date, date | None]


def resolve_moment(moment: Moment, reference: ReferenceTime) -> tuple[datetime | date, datetime | date | None]:
    """Return start and end of a moment. The end is None for a single day, and for a single clock time.

    Raises ImpossibleTime with the position in the text, NotUnderstood when the components do not fit together.
    """
    moment = _settle_figures(moment, reference)
    if moment.time_from_now:
        if moment.has_day or moment.clock_time or moment.part_of_day or moment.duration:
            raise NotUnderstood
        return reference.after(moment.time_from_now.duration), None
    days = resolve_days(moment, reference)
    minutes = resolve_clock_time(moment)
    if minutes is None:
        return _whole_days(moment, days, reference.today)
    if days and days[1]:
        raise NotUnderstood
    if days is None and moment.part_of_day and moment.part_of_day.is_generic and not moment.clock_time:
        raise NotUnderstood
    start, end = at_minutes(days[0] if days else next_day_with(minutes[0], reference), minutes)
    try:
        if moment.clock_time and moment.clock_time.utc_offset is not None:
            start, end = _convert_zone(start, end, moment.clock_time.utc_offset, reference)
        return reference.require_existing(start), end and reference.require_existing(end)
    except ImpossibleTime as error:
        raise ImpossibleTime(error.error_key, char_range=(moment.char_start, moment.char_end)) from error


def resolve_single(moment: Moment, reference: ReferenceTime) -> When:
    """Return a moment as a time that is said once. Raises as `resolve_moment` does."""
    moment = _settle_figures(moment, reference)
    start, end = resolve_moment(moment, reference)
    has_clock, has_day = bool(moment.clock_time or moment.time_from_now), moment.has_day or bool(moment.time_from_now)
    return When(
        start,
        end,
        has_day=has_day,
        has_clock=has_clock,
        loose=not has_clock,
        any_week=moment.is_weekday_alone,
        clock_came_first=moment.clock_came_first and moment.has_day,
    )


def resolve_days(moment: Moment, reference: ReferenceTime) -> Days | None:
    """Return the day or days of a moment; None when it names none.

    Raises ImpossibleTime with the position in the text, NotUnderstood when the components do not fit together.
    """
    try:
        return _resolve_days(moment, reference)
    except ImpossibleTime as error:
        char_range = (moment.char_start, moment.char_end)
        raise ImpossibleTime(error.error_key, char_range=char_range, **error.values) from error
    except (OverflowError, ValueError) as error:
        raise ImpossibleTime("when-no-such-date", char_range=(moment.char_start, moment.char_end)) from error


def resolve_clock_time(moment: Moment) -> tuple[int, int | None] | None:
    """Return start and end in minutes since midnight; from 1440 on they are on the next day.

    The end is None for a single clock time. Returns None when neither a clock time nor a part of the day was named.
    """
    if moment.clock_time is None:
        return bounds_of(moment.part_of_day) if moment.part_of_day and not moment.duration else None
    try:
        start, end = move_into_part(moment.clock_time, moment.part_of_day)
    except ImpossibleTime as error:
        raise ImpossibleTime(error.error_key, char_range=(moment.char_start, moment.char_end)) from error
    if moment.duration:
        duration = moment.duration.duration
        if end is not None or duration.months or duration.days or duration.seconds:
            raise NotUnderstood
        return start, start + duration.minutes
    return start, end


def next_day_with(minutes: int, reference: ReferenceTime) -> date:
    """Return the first day on which a clock time (in minutes since midnight) is still to come."""
    is_today = at_minutes(reference.today, (minutes, None))[0] > reference.now
    return reference.today if is_today else reference.today + DAY


def at_minutes(day: date, minutes: tuple[int, int | None]) -> tuple[datetime, datetime | None]:
    """Return start and end on a day as moments; both are given in minutes since its midnight."""
    midnight = datetime.combine(day, time())
    start, end = minutes
    return midnight + timedelta(minutes=start), None if end is None else midnight + timedelta(minutes=end)


def _settle_figures(moment: Moment, reference: ReferenceTime) -> Moment:
    """Return the moment with figures read as a date or as a range of clock times: "08-12".

    Beside a day they are clock times, unless a weekday is that of the date and the range would last past midnight:
    "fredag 12-06". A number behind a month may be a year that is not over.
    """
    clock_time, day = moment.clock_time, moment.day
    if clock_time is None:
        return moment
    if clock_time.or_year and isinstance(day, Date) and day.month and not day.year and reference.takes_other_meaning:
        is_over = clock_time.or_year < reference.today.year
        return moment if is_over else replace(moment, clock_time=None, day=replace(day, year=Year(clock_time.or_year)))
    if clock_time.or_date is None:
        return moment
    is_on_weekday = moment.is_weekday_alone and _is_on(clock_time.or_date, moment, reference)
    may_be_date = is_on_weekday and clock_time.is_date_more_likely
    has_more = (moment.has_day and not may_be_date) or moment.part_of_day or moment.duration
    if has_more or clock_time.is_date_more_likely == reference.takes_other_meaning:
        return replace(moment, clock_time=replace(clock_time, or_date=None))
    return replace(moment, clock_time=None, day=clock_time.or_date)


def _is_on(day: Date, moment: Moment, reference: ReferenceTime) -> bool:
    """Return whether a date is on the weekday of a moment."""
    try:
        return moment.weekday is not None and resolve_day(day, reference.today).weekday() == moment.weekday.number
    except ImpossibleTime:
        return False


def _convert_zone(
    start: datetime, end: datetime | None, utc_offset: int, reference: ReferenceTime
) -> tuple[datetime, datetime | None]:
    """Return moments of a time zone that was named as local ones. "CET" is local time in Denmark, in summer too.

    Raises ImpossibleTime when the local zone is not known.
    """
    if reference.zone is None:
        raise ImpossibleTime("when-other-zone")
    if utc_offset and reference.zone.tzname(start) in _CENTRAL_EUROPEAN:
        return start, end
    named = timezone(timedelta(minutes=utc_offset))

    def to_local(moment: datetime) -> datetime:
        return moment.replace(tzinfo=named).astimezone(reference.zone).replace(tzinfo=None)

    return to_local(start), end and to_local(end)


def _whole_days(moment: Moment, days: Days | None, today: date) -> Days:
    """Return the days, with a duration as many as it says: "i 14 dage" are the next 14 days, today included."""
    if days is None and moment.duration and moment.is_duration_alone:
        days = today, None
    if days is None:
        raise NotUnderstood
    if moment.duration is None:
        return days
    duration = moment.duration.duration
    if days[1] or duration.has_clock or moment.part_of_day:
        raise NotUnderstood
    return days[0], days[0] + to_relativedelta(duration)


def _resolve_days(moment: Moment, reference: ReferenceTime) -> Days | None:
    if isinstance(moment.day, Date) and isinstance(moment.period, Weeks) and _is_number_only(moment.period):
        day = resolve_day(moment.day, reference.today)
        _require_not_passed(day, moment, reference.today)
        day = _require_weekday(day, moment)
        if day.isocalendar().week not in _week_numbers(moment.period):
            raise ImpossibleTime("when-no-such-date")
        return day, None
    period = _resolve_period_and_weekend(moment, reference)
    if moment.day:
        day = _day_in_period(moment.day, moment.period, period, reference)
        if moment.same_day and resolve_day(moment.same_day, reference.today) != day:
            raise ImpossibleTime("when-weekday-differs", weekday=day.weekday(), date=day)
        _require_not_passed(day, moment, reference.today)
        day = _require_weekday(day, moment)
        if moment.weekend and day.weekday() in _DAYS_OF_WEEKEND:
            return day, None
        if period and not period[0] <= day < period[1]:
            raise ImpossibleTime("when-no-such-date")
        return day, None
    if moment.weekday:
        return _weekday_in_period(moment.weekday, period, reference), None
    return period


def _is_number_only(weeks: Weeks) -> bool:
    """Return whether weeks are named only by their number. Beside a date it must be the number of the date's week."""
    return bool(weeks.numbers) and weeks.year is None


def _week_numbers(weeks: Weeks) -> Sequence[int]:
    first, last = weeks.numbers[0], weeks.numbers[-1]
    if not weeks.is_range:
        return weeks.numbers
    return range(first, last + 1) if first <= last else (*range(first, 54), *range(1, last + 1))


def _require_weekday(day: date, moment: Moment) -> date:
    """Return the day. Raises an error when it is not on the weekday that was named beside it."""
    if moment.weekday and moment.weekday.number != day.weekday():
        if isinstance(moment.day, RelativeDay) and (moment.day.duration.days > 2 or moment.day.duration.months):
            raise NotUnderstood  # "om 14 dage fredag" (in 14 days Friday) is not a wrong date
        raise ImpossibleTime("when-weekday-differs", weekday=day.weekday(), date=day)
    return day


def _require_not_passed(day: date, moment: Moment, today: date) -> None:
    """Raise an error when the weekday beside a date is not that of the coming year or month, but of a day just passed.

    On 9 June, "mandag den 8. juni" is yesterday.
    """
    if not (moment.weekday and isinstance(moment.day, Date) and not moment.day.year):
        return
    if moment.weekday.number == day.weekday():
        return
    for days in range(1, _MAX_DAYS_PASSED + 1):
        passed = today - days * DAY
        if passed.day == moment.day.day and moment.day.month in (None, passed.month):
            if passed.weekday() == moment.weekday.number:
                raise ImpossibleTime("when-passed", date=passed)
            return


def _resolve_period_and_weekend(moment: Moment, reference: ReferenceTime) -> DayInterval | None:
    if isinstance(moment.period, EndOf):
        raise NotUnderstood
    period = None
    if moment.period:
        takes_other_meaning = reference.takes_other_meaning
        period = resolve_period(moment.period, reference.today, takes_other_meaning=takes_other_meaning)
    if moment.weekend is None:
        return period
    if period and isinstance(moment.period, DateRange):
        if period[0].weekday() not in _DAYS_OF_WEEKEND or period[1] - period[0] > len(_DAYS_OF_WEEKEND) * DAY:
            raise ImpossibleTime("when-weekday-differs", weekday=period[0].weekday(), date=period[0])
        return period
    if period is None:
        return resolve_weekend(moment.weekend, monday_of(reference.today))
    if period[1] - period[0] != 7 * DAY or moment.weekend.weeks_ahead:
        raise NotUnderstood
    return resolve_weekend(moment.weekend, period[0])


def _day_in_period(day: Day, period: Period | None, days: DayInterval | None, reference: ReferenceTime) -> date:
    """Return the date of a day, in the month of the period when the day names no month: "den 12. i næste måned"."""
    has_no_month = isinstance(day, Date) and day.month is None
    if not (isinstance(day, Date) and has_no_month and days and isinstance(period, Month)):
        if isinstance(period, Month | DateRange):
            raise NotUnderstood
        return resolve_day(day, reference.today)
    found = days[0] + (day.day - 1) * DAY
    if not days[0] <= found < days[1]:
        raise ImpossibleTime("when-no-such-date")
    return found


def _weekday_in_period(weekday: Weekday, period: DayInterval | None, reference: ReferenceTime) -> date:
    if period is None:
        if reference.takes_other_meaning and weekday.which == "in_weeks":
            weekday = replace(weekday, which="coming")
        elif weekday.weeks_ahead and weekday.number == reference.today.weekday() and not reference.takes_other_meaning:
            return reference.today + 7 * weekday.weeks_ahead * DAY  # "fredag om en uge", said on a Friday
        is_week_later = reference.takes_other_meaning and weekday.which == "next"
        return resolve_day(weekday, reference.today) + 7 * DAY * is_week_later
    if weekday.weeks_ahead or weekday.which == "last" or period[1] - period[0] > 7 * DAY:
        raise NotUnderstood
    found = monday_of(period[0]) + weekday.number * DAY
    if not period[0] <= found < period[1]:
        raise NotUnderstood
    return found
