"""Writes what comes again as people say it; the parser reads back what is written here as the same times."""

from collections.abc import Sequence
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
) -> str:
    """ "hver fredag kl. 9-11 fra fredag den 2. april 2027 til fredag den 29. oktober 2027 undtagen …".

    `rrule` is a recurrence rule (RFC 5545, section 3.3.10) whose `EXDATE` names the local days left out. `last` is the
    day of the last time, None for what has no end. A `short` one shortens the days.
    """
    spoken = find_language(language)
    form = spoken.writing.series
    parts = dict(part.split("=") for part in rrule.split(";"))
    days = [datetime.strptime(day, "%Y%m%d").date() for day in parts.get("EXDATE", "").split(",") if day]
    first = start.date() if isinstance(start, datetime) else start
    written = [_how_often(parts, first, spoken)]
    if isinstance(start, datetime):
        clock_end = end if isinstance(end, datetime) else None
        written.append(write_clock_after_date(start, clock_end, language=language))
    year = any(needs_year(day, now) for day in (first, last, *days) if day is not None)
    write = partial(write_short if short else write_day, language=language, year=year)
    written.append(form.start.format(date=write(first)))
    if last is not None:
        written.append(form.end.format(date=write(last)))
    if days:
        written.append(form.exceptions.format(dates=write_list([write(day) for day in days], language=language)))
    return " ".join(written)


def _how_often(parts: dict[str, str], first: date, spoken: Language) -> str:
    form = spoken.writing.series
    interval, days = int(parts.get("INTERVAL", "1")), [day for day in parts.get("BYDAY", "").split(",") if day]
    month_days = [int(day) for day in parts.get("BYMONTHDAY", "").split(",") if day]
    match parts["FREQ"]:
        case "DAILY":
            return _every(interval, "day", spoken)
        case "WEEKLY":
            return _weekly(interval, days or [_WEEKDAYS[first.weekday()]], spoken)
        case "MONTHLY":
            return _monthly(interval, days, month_days or [first.day], spoken)
        case "YEARLY" if "BYWEEKNO" in parts:
            is_even = int(parts["BYWEEKNO"].split(",")[0]) % 2 == 0
            return (form.even_weeks if is_even else form.odd_weeks).format(days=_weekly(1, days, spoken))
    day_of_year = write_day_of_year(first.month, first.day, language=spoken.code)
    return form.year_on.format(every=_every(interval, "year", spoken), date=day_of_year)


def _every(interval: int, unit: str, spoken: Language, weekday: str = "") -> str:
    each, second, nth = spoken.writing.series.every[unit]
    template = {1: each, 2: second}.get(interval, nth)
    return template.format(number=interval, ordinal=_ordinal(interval, spoken), weekday=weekday)


def _ordinal(number: int, spoken: Language) -> str:
    form = spoken.writing.series
    if number == -1:
        return form.last
    return form.ordinals[number - 1] if number <= len(form.ordinals) else form.number_ordinal(number)


def _weekly(interval: int, days: Sequence[str], spoken: Language) -> str:
    form, numbers = spoken.writing.series, [_WEEKDAYS.index(day) for day in days]
    if interval == 1 and list(days) == _WORKDAYS:
        return form.workdays
    names = [spoken.weekdays[number] for number in numbers]
    if interval == 1:
        return form.each_weekday.format(weekdays=write_list(names, language=spoken.code))
    if len(names) == 1:
        return _every(interval, "weekday", spoken, names[0])
    definite = write_list([form.definite_weekdays[number] for number in numbers], language=spoken.code)
    return form.weeks_on.format(every=_every(interval, "week", spoken), weekdays=definite)


def _monthly(interval: int, days: Sequence[str], month_days: Sequence[int], spoken: Language) -> str:
    form = spoken.writing.series
    if days:
        counts = write_list([_ordinal(int(day[:-2]), spoken) for day in days], language=spoken.code)
        weekday = spoken.weekdays[_WEEKDAYS.index(days[0][-2:])]
        return form.nth_weekday.format(counts=counts, weekday=weekday)
    if month_days == [-1]:
        return form.last_day
    numbers = write_list([form.number_ordinal(day) for day in month_days], language=spoken.code)
    if interval == 1:
        return form.month_days.format(days=numbers)
    return form.months_on.format(every=_every(interval, "month", spoken), days=numbers)
