"""Writes recurring times. The parser reads back what is written here as the same times."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial

from bot.languages.language import Language
from bot.languages.registry import find_language
from bot.languages.write_time import (
    needs_year,
    write_clock_after_date,
    write_day,
    write_day_of_year,
    write_list,
    write_short,
)

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WORKDAYS = ["MO", "TU", "WE", "TH", "FR"]


def write_series(
    start: datetime | date,
    end: datetime | date | None,
    rrule: str,
    *,
    language: str,
    now: datetime,
    last: date | None,
    short: bool = False,
    repeat_weekday: bool = True,
) -> str:
    """Return a series: "hver fredag kl. 9-11 fra fredag den 2. april 2027 til fredag den 29. oktober 2027 undtagen …".

    `rrule` is a recurrence rule (RFC 5545, section 3.3.10) whose `EXDATE` names the local days left out. `last` is the
    day of the last time; None for a series without an end. With `short` the days are abbreviated. Without
    `repeat_weekday` the dates of a series on one day of the week do not name it again: "hver fredag … fra 2. april".
    """
    target = find_language(language)
    form = target.writing.series
    parts = dict(part.split("=") for part in rrule.split(";"))
    days = [datetime.strptime(day, "%Y%m%d").date() for day in parts.get("EXDATE", "").split(",") if day]
    first = start.date() if isinstance(start, datetime) else start
    written = [_write_frequency(parts, first, target)]
    if isinstance(start, datetime):
        clock_end = end if isinstance(end, datetime) else None
        written.append(write_clock_after_date(start, clock_end, language=language))
    year = any(needs_year(day, now) for day in (first, last, *days) if day is not None)
    write: Callable[[date], str] = partial(write_short if short else write_day, language=language, year=year)
    if not repeat_weekday and _is_on_one_weekday(parts):
        write = partial(_write_date, language=language, year=year)
    written.append(form.start.format(date=write(first)))
    if last is not None:
        written.append(form.end.format(date=write(last)))
    if days:
        written.append(form.exceptions.format(dates=write_list([write(day) for day in days], language=language)))
    return " ".join(written)


def _is_on_one_weekday(parts: Mapping[str, str]) -> bool:
    """Return whether the words for the frequency name the only weekday of the series."""
    days = [day for day in parts.get("BYDAY", "").split(",") if day]
    return len(days) < 2 and ("BYWEEKNO" in parts or parts["FREQ"] == "WEEKLY")


def _write_date(day: date, *, language: str, year: bool) -> str:
    written = write_day_of_year(day.month, day.day, language=language)
    return f"{written} {day.year:04}" if year else written


def _write_frequency(parts: dict[str, str], first: date, language: Language) -> str:
    form = language.writing.series
    interval, days = int(parts.get("INTERVAL", "1")), [day for day in parts.get("BYDAY", "").split(",") if day]
    month_days = [int(day) for day in parts.get("BYMONTHDAY", "").split(",") if day]
    match parts["FREQ"]:
        case "DAILY":
            return _write_every(interval, "day", language)
        case "WEEKLY":
            return _write_weekly(interval, days or [_WEEKDAYS[first.weekday()]], language)
        case "MONTHLY":
            return _write_monthly(interval, days, month_days or [first.day], language)
        case "YEARLY" if "BYWEEKNO" in parts:
            is_even = int(parts["BYWEEKNO"].split(",")[0]) % 2 == 0
            return (form.even_weeks if is_even else form.odd_weeks).format(days=_write_weekly(1, days, language))
    day_of_year = write_day_of_year(first.month, first.day, language=language.code)
    return form.year_on.format(every=_write_every(interval, "year", language), date=day_of_year)


def _write_every(interval: int, unit: str, language: Language, weekday: str = "") -> str:
    each, second, nth = language.writing.series.every[unit]
    template = {1: each, 2: second}.get(interval, nth)
    return template.format(number=interval, ordinal=_write_ordinal(interval, language), weekday=weekday)


def _write_ordinal(number: int, language: Language) -> str:
    form = language.writing.series
    if number == -1:
        return form.last
    return form.ordinals[number - 1] if number <= len(form.ordinals) else form.number_ordinal(number)


def _write_weekly(interval: int, days: Sequence[str], language: Language) -> str:
    form, numbers = language.writing.series, [_WEEKDAYS.index(day) for day in days]
    if interval == 1 and list(days) == _WORKDAYS:
        return form.workdays
    names = [language.weekdays[number] for number in numbers]
    if interval == 1:
        return form.each_weekday.format(weekdays=write_list(names, language=language.code))
    if len(names) == 1:
        return _write_every(interval, "weekday", language, names[0])
    definite = write_list([form.definite_weekdays[number] for number in numbers], language=language.code)
    return form.weeks_on.format(every=_write_every(interval, "week", language), weekdays=definite)


def _write_monthly(interval: int, days: Sequence[str], month_days: Sequence[int], language: Language) -> str:
    form = language.writing.series
    if days:
        counts = write_list([_write_ordinal(int(day[:-2]), language) for day in days], language=language.code)
        weekday = language.weekdays[_WEEKDAYS.index(days[0][-2:])]
        return form.nth_weekday.format(counts=counts, weekday=weekday)
    if month_days == [-1]:
        return form.last_day
    numbers = write_list([form.number_ordinal(day) for day in month_days], language=language.code)
    if interval == 1:
        return form.month_days.format(days=numbers)
    return form.months_on.format(every=_write_every(interval, "month", language), days=numbers)
