"""Writes times. The parser reads back what is written here as the same time."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.languages.language import Language
from bot.languages.registry import find_language

_DAY = timedelta(days=1)
#: A day at most so far away is taken for the nearest of its name, last year or next.
_NEAR = timedelta(days=92)


def write_full(
    start: datetime | date,
    end: datetime | date | None = None,
    *,
    language: str,
    now: datetime | None = None,
    week: bool = True,
) -> str:
    """Return a time in full: "fredag den 12. juni kl. 14-16, uge 24". `end` is exclusive.

    Without `week` the number of the week is left out, as people do in a sentence. With `now`, the year is written when
    the date without a year would mean a date of another year.
    """
    target = find_language(language)
    written = _write_span(start, end, target, now, short=False)
    return f"{written}, {_write_week(start, end, target)}" if week else written


def write_short(
    start: datetime | date,
    end: datetime | date | None = None,
    *,
    language: str,
    year: bool = False,
    now: datetime | None = None,
) -> str:
    """Return a time for lists: "fre. 12. juni kl. 14".

    The year is written with `year`, or when needed as seen from `now`.
    """
    return _write_span(start, end, find_language(language), now, short=True, year=year)


def write_clock(start: datetime, end: datetime | None = None, *, language: str) -> str:
    """Return only the clock time: "kl. 14-16", "14:00-16:00"."""
    target = find_language(language)
    return target.writing.time.lone_clock.format(clock=_write_clocks(start, end, target))


def write_clock_after_date(start: datetime, end: datetime | None = None, *, language: str) -> str:
    """Return only the clock time, in the form that follows a date: "kl. 14-16", "at 14:00-16:00"."""
    target = find_language(language)
    return target.writing.time.at.format(clock=_write_clocks(start, end, target))


def write_day(day: date, *, language: str, year: bool = False) -> str:
    """Return only the day: "fredag den 12. juni", "Friday 12 June"; with `year` also the year."""
    return _write_date(_day_of(day), find_language(language), short=False, year=year)


def write_weekday(day: date, *, language: str) -> str:
    """Return only the day of the week: "fredag", "Friday"."""
    return find_language(language).weekdays[day.weekday()]


def write_number(number: float, language: str) -> str:
    """Return a number with at most two decimals and the decimal sign of the language: "1,5" in Danish."""
    return f"{round(number, 2):g}".replace(".", find_language(language).writing.time.decimal_sign)


def write_day_of_year(month: int, day: int, *, language: str) -> str:
    """Return a day of every year: "1. april", "1 April"."""
    target = find_language(language)
    return target.writing.time.day_of_year.format(day=day, month=target.months[month - 1])


def write_list(words: Sequence[str], *, language: str) -> str:
    """Return words as a list: "mandag, onsdag og fredag"."""
    joined = ", ".join(words[:-1])
    return f"{joined} {find_language(language).writing.time.conjunction} {words[-1]}" if joined else words[-1]


def needs_year(day: date, now: datetime | None) -> bool:
    """Return whether the year of a day is not obvious: the day is far from `now`, and in another year or over."""
    if now is None or abs(day - now.date()) <= _NEAR:
        return False
    return day.year != now.year or day < now.date()


def _write_span(
    start: datetime | date,
    end: datetime | date | None,
    language: Language,
    now: datetime | None,
    *,
    short: bool,
    year: bool = False,
) -> str:
    form = language.writing.time
    first, last = _day_of(start), _last_day(start, end)
    year = year or needs_year(first, now) or needs_year(last, now)
    # A span is written with its year once: "mandag den 4. januar til fredag den 8. januar 2027".
    begin = _write_date(first, language, short=short, year=year and (last == first or last.year != first.year))
    if not isinstance(start, datetime):
        if last == first:
            return begin
        return form.span.format(start=begin, end=_write_date(last, language, short=short, year=year))
    if not isinstance(end, datetime) or _fits_one_day(start, end):
        clocks = _write_clocks(start, end if isinstance(end, datetime) else None, language)
        return f"{begin} {form.at.format(clock=clocks)}"
    ending = _write_date(end.date(), language, short=short, year=year)
    return form.span.format(
        start=f"{begin} {form.at.format(clock=_write_clock_time(start, language))}",
        end=f"{ending} {form.at.format(clock=_write_clock_time(end, language))}",
    )


def _write_week(start: datetime | date, end: datetime | date | None, language: Language) -> str:
    form, last = language.writing.time, _last_day(start, end)
    first_week, last_week = _day_of(start).isocalendar().week, last.isocalendar().week
    if first_week == last_week and last - _day_of(start) < 7 * _DAY:
        return form.week.format(week=first_week)
    return form.weeks.format(first=first_week, last=last_week)


def _day_of(moment: datetime | date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _last_day(start: datetime | date, end: datetime | date | None) -> date:
    """Return the last day that a span covers."""
    if end is None:
        return _day_of(start)
    if isinstance(end, datetime):
        return _day_of(start) if isinstance(start, datetime) and _fits_one_day(start, end) else end.date()
    return max(end - _DAY, _day_of(start))


def _fits_one_day(start: datetime, end: datetime) -> bool:
    """Whether the clock time alone tells when a span ends: later on the same day, or earlier on the next day."""
    return start < end < start + _DAY


def _write_date(day: date, language: Language, *, short: bool, year: bool) -> str:
    form, month = language.writing.time, language.months[day.month - 1]
    template, names = (form.short_date, form.short_weekdays) if short else (form.date, language.weekdays)
    written = template.format(weekday=names[day.weekday()], day=day.day, month=month)
    return f"{written} {day.year:04}" if year else written


def _write_clocks(start: datetime, end: datetime | None, language: Language) -> str:
    if end is None:
        return _write_clock_time(start, language)
    is_midnight = end.hour == end.minute == 0
    end_clock = language.writing.time.midnight if is_midnight else _write_clock_time(end, language)
    return f"{_write_clock_time(start, language)}-{end_clock}"


def _write_clock_time(moment: datetime, language: Language) -> str:
    form = language.writing.time.clock if moment.minute else language.writing.time.whole_hour
    return form.format(hour=moment.hour, minute=moment.minute)
