"""Resolves a phrase with a recurrence: its first time, its rule, its end, and the times left out."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from bot.parsing.when.errors import ImpossibleTime, NotUnderstood
from bot.parsing.when.phrase import Clause, Moment, Phrase
from bot.parsing.when.resolve.dates import DAY, resolve_each_week, to_relativedelta
from bot.parsing.when.resolve.exceptions import join_exceptions
from bot.parsing.when.resolve.moment import at_minutes, resolve_clock_time, resolve_days
from bot.parsing.when.resolve.reference import ReferenceTime
from bot.parsing.when.resolve.series import Series, collect_series, to_interval
from bot.parsing.when.resolve.write_rrule import may_fall_on, occurrence_days, write_rrule, write_rule_part
from bot.parsing.when.result import When

#: A longer exception was not meant: its end lies before its beginning.
_MAX_EXCEPTED = timedelta(days=330)

_DAYS_SEARCHED = 366 * 9  # the next 29 February is at most eight years away


def resolve_recurrence(phrase: Phrase, reference: ReferenceTime) -> When:
    """Return the first time and the rule of a phrase with a recurrence. Its other meanings become alternatives.

    Raises NotUnderstood, and ImpossibleTime when it never falls on a day.
    """
    meanings = [_resolve_meaning(each, reference) for each in join_exceptions(phrase)]
    found = [when for when in meanings if isinstance(when, When)]
    if not found:
        raise next(error for error in meanings if isinstance(error, Exception))
    others = tuple(other for other in found[1:] if other != found[0])
    return replace(found[0], alternatives=(*found[0].alternatives, *others))


def _resolve_meaning(phrase: Phrase, reference: ReferenceTime) -> When | NotUnderstood | ImpossibleTime:
    """Return the time of a phrase, with its other meanings, or the error that says why it has none."""
    try:
        series = collect_series(phrase, reference)
        when = _resolve_series(phrase, series, reference)
        others = filter(None, (_season_under_way(series, reference.today), _without_last_month(series, when)))
        return replace(when, alternatives=tuple(_resolve_series(phrase, other, reference) for other in others))
    except (NotUnderstood, ImpossibleTime) as error:
        return error


def _without_last_month(series: Series, when: When) -> Series | None:
    """Return the other meaning of "til oktober", in which October is left out. Usually October is included."""
    first = when.start.date() if isinstance(when.start, datetime) else when.start
    if series.last_day_before is None or first is None or series.last_day_before < first:
        return None
    return replace(series, last_day=series.last_day_before)


def _season_under_way(series: Series, today: date) -> Series | None:
    """Return the other meaning of "fra april til oktober" in June: the season that has begun, not the next one."""
    if series.season_start is None or series.season_start.year or series.first_day is None or series.last_day is None:
        return None
    year = relativedelta(years=1)
    first_day, last_day = series.first_day - year, series.last_day - year
    return replace(series, first_day=today + DAY, last_day=last_day) if first_day <= today < last_day else None


def _resolve_series(phrase: Phrase, series: Series, reference: ReferenceTime) -> When:
    minutes = resolve_clock_time(_time_of_day(series))
    first_day = _find_first_day(series, minutes, reference)
    rule = write_rrule(series.recurrence) + _write_end(phrase, series, first_day)
    rrule = None if _is_single(series, rule, first_day) else rule + _write_exceptions(series, rule, first_day)
    start, end = at_minutes(first_day, minutes) if minutes else (first_day, None)
    has_clock = bool(series.main.clock_time)
    return When(
        start, end, rrule=rrule, has_day=True, has_clock=has_clock, loose=not has_clock or series.is_clock_window
    )


def _is_single(series: Series, rule: str, first_day: date) -> bool:
    """Return whether the phrase means one day after all: "om onsdagen i uge 27"."""
    if not series.has_main_period or series.last_day is None or series.exceptions:
        return False
    return len(occurrence_days(rule, first_day, series.last_day + DAY)) == 1


def _time_of_day(series: Series) -> Moment:
    part = series.recurrence.part_of_day
    return series.main.with_component(part, series.main.char_start, series.main.char_end) if part else series.main


def _find_first_day(series: Series, minutes: tuple[int, int | None] | None, reference: ReferenceTime) -> date:
    """Return the first day of the series. As for a single weekday, the weekday of a series is never today."""
    today = reference.today
    has_weekday = bool(series.recurrence.weekdays) or series.recurrence.week_parity is not None
    is_over_today = minutes is not None and at_minutes(today, minutes)[0] <= reference.now
    begins_tomorrow = is_over_today or (has_weekday and not series.first_day)
    start = max(series.first_day or today, today + DAY if begins_tomorrow else today)
    for days in range(_DAYS_SEARCHED):
        day = start + days * DAY
        if series.last_day and day > series.last_day:
            break
        if may_fall_on(series.recurrence, day):
            return day
    raise ImpossibleTime("when-no-such-date")


def _write_end(phrase: Phrase, series: Series, first_day: date) -> str:
    """Return the COUNT or UNTIL of the rule; "" for a series without an end.

    Raises NotUnderstood when the phrase has both, or when the series would have no times.
    """
    counts = [phrase.repeat_count.count] if phrase.repeat_count else []
    if series.recurrence.count is not None:
        counts.append(series.recurrence.count)
    lasting = phrase.next_duration or series.main.duration
    if lasting and not lasting.duration.has_clock:
        end = first_day + to_relativedelta(lasting.duration)
        counts.append(len(occurrence_days(write_rrule(series.recurrence), first_day, end)))
    if len(counts) + (series.last_day is not None) > 1 or 0 in counts:
        raise NotUnderstood
    if counts:
        return f";COUNT={counts[0]}"
    return f";UNTIL={series.last_day:%Y%m%d}" if series.last_day else ""


def _write_exceptions(series: Series, rule: str, first_day: date) -> str:
    """Return the EXDATE of the rule: its days that are excepted, singly or by their weeks."""
    days = sorted({day for clause in series.exceptions for day in _excepted_days(clause, rule, first_day)})
    return write_rule_part(";EXDATE", (f"{day:%Y%m%d}" for day in days))


def _excepted_days(clause: Clause, rule: str, first_day: date) -> list[date]:
    if clause.recurrence:
        raise NotUnderstood
    moment, reference = clause.moment, ReferenceTime(datetime.combine(first_day, time()))
    if moment.period and not (moment.weekday or moment.day or moment.weekend):
        intervals = resolve_each_week(moment.period, first_day)
    else:
        intervals = [to_interval(resolve_days(moment, reference))]
    if clause.last is not None:
        first = intervals[0][0]
        end = to_interval(resolve_days(clause.last, reference.moved_to(first)))[1]
        if end - first > _MAX_EXCEPTED:
            raise NotUnderstood
        intervals = [(first, end)]
    days = occurrence_days(rule, first_day, max(end for _, end in intervals))
    return [day for day in days if any(start <= day < end for start, end in intervals)]
