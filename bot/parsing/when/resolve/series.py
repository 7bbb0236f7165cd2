"""Collects what a phrase says about a series: its recurrence, its first and last day, and its exceptions."""

from dataclasses import dataclass, field, replace
from datetime import date

from bot.parsing.when.clock_time import ClockTime
from bot.parsing.when.components import WEEKEND_DAYS, Date, EndOf, Month, SchoolHoliday
from bot.parsing.when.errors import NotUnderstood
from bot.parsing.when.phrase import Clause, Moment, Phrase, merge_recurrences
from bot.parsing.when.resolve.dates import DAY, DayInterval, resolve_period
from bot.parsing.when.resolve.moment import Days, resolve_days
from bot.parsing.when.resolve.parts_of_day import WHOLE_DAY
from bot.parsing.when.resolve.reference import ReferenceTime
from bot.parsing.when.series_components import Recurrence


@dataclass(frozen=True)
class Series:
    """A recurrence with its bounds, as far as the phrase has been read.

    `first_day` and `last_day` are the days between which its times may be, both included. `last_day_before` is the last
    day in the other meaning of "til oktober". `season_start` is the month, or the day of a month, with which it begins:
    "fra april". `main` is the time of the day. `has_main_period`: the bounds are a week or month that was named beside
    the recurrence. `is_clock_window`: "efter kl. 14" is a window in which a time may be chosen.
    """

    recurrence: Recurrence
    main: Moment
    first_day: date | None = None
    last_day: date | None = None
    season_start: Month | Date | None = None
    last_day_before: date | None = None
    exceptions: tuple[Clause, ...] = field(default=())
    is_clock_window: bool = False
    has_main_period: bool = False


def collect_series(phrase: Phrase, reference: ReferenceTime) -> Series:
    """Return the series in a phrase with a recurrence. Raises NotUnderstood, ImpossibleTime."""
    if phrase.recurrence is None or phrase.deadline:
        raise NotUnderstood
    series = _add_main_moment(Series(phrase.recurrence, phrase.main), reference)
    connective = ""
    for clause in phrase.clauses:
        connective = _meaning_of(clause.connective, connective)
        series = _add_clause(series, replace(clause, connective=connective), reference)
    if phrase.rest_of_period:
        if phrase.rest_of_period.period is None:
            raise NotUnderstood
        end = resolve_period(phrase.rest_of_period.period, reference.today)[1]
        series = replace(series, last_day=end - DAY)
    return series


def to_interval(days: Days | None) -> DayInterval:
    """Return the first day and the day after the last. Raises NotUnderstood when there are no days."""
    if days is None:
        raise NotUnderstood
    return days[0], days[1] or days[0] + DAY


def _meaning_of(connective: str, previous: str) -> str:
    """Return the connective that an "og" stands for: "except" after an exception, "to" after "mellem" (between)."""
    if connective != "and":
        return connective
    return {"except": "except", "between": "to"}.get(previous, "and")


def _add_main_moment(series: Series, reference: ReferenceTime) -> Series:
    """Add the day of the main moment to the recurrence: the weekday of "hver uge", the date of "hver måned".

    A week or a month of the main moment becomes the bounds of the series.
    """
    main, recurrence = series.main, series.recurrence
    if main.time_from_now or main.weekend or isinstance(main.period, EndOf):
        raise NotUnderstood
    if main.weekday:
        if not main.weekday.is_coming:
            raise NotUnderstood
        recurrence = merge_recurrences(recurrence, Recurrence("week", weekdays=(main.weekday.number,)))
    if main.day:
        recurrence = _on_date(recurrence, main.day)
    if main.period:
        first, end = resolve_period(main.period, reference.today)
        series = replace(series, first_day=first, last_day=end - DAY, has_main_period=True)
    return replace(series, recurrence=recurrence, main=_without_day(main))


def _on_date(recurrence: Recurrence, day: object) -> Recurrence:
    """Return the recurrence with a date added: "hver måned den 12.", "hvert år den 5. juni"."""
    if not isinstance(day, Date) or day.year or recurrence.weekdays or recurrence.month_days:
        raise NotUnderstood
    if recurrence.unit == "month" and day.month is None and 1 <= day.day <= 31:
        return replace(recurrence, month_days=(day.day,))
    if recurrence.unit == "year" and day.month is not None and _exists(day.month, day.day):
        return replace(recurrence, month_days=(day.day,), months=(day.month,))
    raise NotUnderstood


def _exists(month: int, day: int) -> bool:
    """Return whether there is such a day in a leap year."""
    try:
        return bool(date(2000, month, day))
    except ValueError:
        return False


def _without_day(moment: Moment) -> Moment:
    return replace(moment, weekday=None, day=None, period=None, weekend=None)


def _without_clock_time(moment: Moment) -> Moment:
    return replace(moment, clock_time=None, part_of_day=None, duration=None)


def _add_clause(series: Series, clause: Clause, reference: ReferenceTime) -> Series:
    moment, connective = clause.moment, clause.connective
    if connective == "except":
        return _add_exception(series, clause)
    if clause.recurrence:
        raise NotUnderstood
    if connective in ("after", "before", "prior") and moment.clock_time and not moment.has_day:
        return _add_clock_window(series, connective, moment.clock_time)
    if not moment.has_day:
        if connective not in ("from", "to"):
            raise NotUnderstood
        return replace(series, main=series.main.merge(moment))
    is_weekly = series.recurrence.unit == "week" and series.recurrence.weekdays
    if connective in ("and", "to", "through") and is_weekly and _coming_weekday(moment) is not None:
        return _add_weekday(series, moment, is_range=connective != "and")
    return _add_bound(_add_clock_time(series, moment), connective, moment, reference)


def _add_exception(series: Series, clause: Clause) -> Series:
    """Add an exception. An excepted weekday is removed from the recurrence; other exceptions become dates later."""
    series, moment = _add_clock_time(series, clause.moment), _without_clock_time(clause.moment)
    if moment.is_empty and clause.recurrence is None:
        raise NotUnderstood
    if clause.last is not None:
        series = _add_clock_time(series, clause.last)
        clause = replace(clause, last=_without_clock_time(clause.last))
    clause = replace(clause, moment=moment)
    weekdays = _excepted_weekdays(clause)
    if not weekdays:
        return replace(series, exceptions=(*series.exceptions, clause))
    recurrence = series.recurrence
    is_daily = recurrence.unit == "day" and recurrence.interval == 1
    before = set(range(7)) if is_daily else set(recurrence.weekdays)
    if recurrence.ordinals or not before > set(weekdays):
        raise NotUnderstood
    remaining = tuple(sorted(before - set(weekdays)))
    return replace(series, recurrence=replace(recurrence, unit="week", weekdays=remaining))


def _excepted_weekdays(clause: Clause) -> tuple[int, ...]:
    """Return the weekdays of "undtagen fredag", "undtagen fredage" and "undtagen weekenden"."""
    moment = clause.moment
    weekday = _coming_weekday(moment)
    if weekday is not None:
        last = weekday if clause.last is None else _coming_weekday(clause.last)
        if last is None or last < weekday:
            raise NotUnderstood
        return tuple(range(weekday, last + 1))
    has_day = moment.period or moment.weekday or moment.day
    if moment.weekend and not moment.weekend.weeks_ahead and not has_day:
        return WEEKEND_DAYS
    return clause.recurrence.weekdays if clause.recurrence and clause.recurrence.interval == 1 else ()


def _add_clock_time(series: Series, moment: Moment) -> Series:
    """Add the clock time behind a bound. It is the clock time of every time: "hver fredag til 1. oktober kl. 14"."""
    clock_time = _without_day(moment)
    return series if clock_time.is_empty else replace(series, main=series.main.merge(clock_time))


def _add_clock_window(series: Series, connective: str, clock_time: ClockTime) -> Series:
    """“hver fredag efter kl. 14” → from 14:00 to the end of the day"""
    if series.main.clock_time or clock_time.end is not None or series.main.part_of_day:
        raise NotUnderstood
    is_after = connective == "after"
    window = ClockTime(clock_time.start, WHOLE_DAY) if is_after else ClockTime(0, clock_time.start)
    return replace(series, main=replace(series.main, clock_time=window), is_clock_window=True)


def _coming_weekday(moment: Moment) -> int | None:
    """Return the weekday of a moment, if it is the coming one and the moment names no other day; None otherwise."""
    if moment.weekday is None or moment.day or moment.period or moment.weekend:
        return None
    return moment.weekday.number if moment.weekday.which == "coming" else None


def _add_weekday(series: Series, moment: Moment, *, is_range: bool) -> Series:
    """Add the Wednesday of “hver mandag og onsdag”, or with `is_range` the days of “hver mandag til onsdag”."""
    last = _coming_weekday(moment)
    if last is None:
        raise NotUnderstood
    weekdays = {*series.recurrence.weekdays, last}
    if is_range:
        first = series.recurrence.weekdays[0]
        if len(series.recurrence.weekdays) != 1 or first >= last:
            raise NotUnderstood
        weekdays = set(range(first, last + 1))
    recurrence = replace(series.recurrence, weekdays=tuple(sorted(weekdays)))
    return _add_clock_time(replace(series, recurrence=recurrence), moment)


def _add_bound(series: Series, connective: str, moment: Moment, reference: ReferenceTime) -> Series:
    """Add “fra 1. august” or “til 1. oktober”: the date of an end is included."""
    bound = _without_clock_time(moment)
    if isinstance(bound.period, EndOf):
        first, end = resolve_period(bound.period, series.first_day or reference.today)
    else:
        seen_from = reference.moved_to(series.first_day) if series.first_day else reference
        first, end = to_interval(resolve_days(bound, seen_from))
    match connective:
        case "from" | "between":
            return replace(series, first_day=first, season_start=_season_start(bound))
        case "after":
            return replace(series, first_day=end)
        case "to" | "until" if isinstance(bound.period, SchoolHoliday):
            return replace(series, last_day=first - DAY)
        case "to" | "until" if isinstance(bound.period, Month) and not isinstance(series.season_start, Month):
            return replace(series, last_day=end - DAY, last_day_before=first - DAY)
        case "to" | "until" | "through" | "by":
            return replace(series, last_day=end - DAY)
        case "and" if series.has_main_period and series.last_day and series.last_day + DAY == first:
            return replace(series, last_day=end - DAY)
        case "before" | "prior":
            return replace(series, last_day=(end if isinstance(bound.period, EndOf) else first) - DAY)
        case _:
            raise NotUnderstood


def _season_start(bound: Moment) -> Month | Date | None:
    """Return the month, or the day of a month, with which a series begins; None for any other bound."""
    if isinstance(bound.day, Date) and bound.day.month:
        return bound.day
    return bound.period if isinstance(bound.period, Month) and bound.period.number else None
