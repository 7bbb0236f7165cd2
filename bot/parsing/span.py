"""Writes times as people say them; what is written here, `when.read` reads back as the same time."""

from datetime import date, datetime, timedelta

from bot.languages.registry import find_language

_DAY = timedelta(days=1)


def write_full(
    start: datetime | date, end: datetime | date | None = None, *, language: str, now: datetime | None = None
) -> str:
    """Everything: "fredag den 12. juni kl. 14-16, uge 24". `end` is exclusive.

    With `now`, the year is said where the date would otherwise be taken for one in another year.
    """
    last = _last_day(start, end)
    first_week, last_week = _day(start).isocalendar().week, last.isocalendar().week
    weeks = (
        f"{first_week}" if first_week == last_week and last - _day(start) < 7 * _DAY else f"{first_week}-{last_week}"
    )
    week_word = ("weeks" if "-" in weeks else "week") if language == "en" else "uge"
    return f"{_span(start, end, language, now, short=False)}, {week_word} {weeks}"


def write_short(
    start: datetime | date,
    end: datetime | date | None = None,
    *,
    language: str,
    year: bool = False,
    now: datetime | None = None,
) -> str:
    """For lists: "fre. 12. juni kl. 14"; with the year when asked for, or needed as seen from `now`."""
    return _span(start, end, language, now, short=True, year=year)


def write_clock(start: datetime, end: datetime | None = None, *, language: str) -> str:
    """Only the clock: "kl. 14-16", "14:00-16:00"."""
    lead = "kl. " if language == "da" else ""
    return lead + _clocks(start, end, language)


def write_day(day: date, *, language: str, year: bool = False) -> str:
    """Only the day: "fredag den 12. juni", "Friday 12 June"; with the year when asked for."""
    return _written(_day(day), language, short=False, year=year)


def write_weekday(day: date, *, language: str) -> str:
    """Only the day of the week: "fredag", "Friday"."""
    return find_language(language).weekdays[day.weekday()]


def write_number(number: float, language: str) -> str:
    """A number as it is written, to the second place: 1,5 in Danish."""
    return f"{round(number, 2):g}".replace(".", "," if language == "da" else ".")


def write_day_of_year(month: int, day: int, *, language: str) -> str:
    """A day of every year: "1. april", "1 April"."""
    return f"{day}{'.' if language == 'da' else ''} {find_language(language).months[month - 1]}"


def _span(
    start: datetime | date,
    end: datetime | date | None,
    language: str,
    now: datetime | None,
    *,
    short: bool,
    year: bool = False,
) -> str:
    first, last = _day(start), _last_day(start, end)
    years = [year or needs_year(day, now) for day in (first, last)]
    begin = _written(first, language, short=short, year=any(years))
    to = " til " if language == "da" else " to "
    if not isinstance(start, datetime):
        return begin if last == first else begin + to + _written(last, language, short=short, year=any(years))
    if not isinstance(end, datetime) or _fits_one_day(start, end):
        at = " kl. " if language == "da" else " at "
        return begin + at + _clocks(start, end if isinstance(end, datetime) else None, language)
    ending = _written(end.date(), language, short=short, year=any(years))
    return f"{begin} {_at(start, language)}{to}{ending} {_at(end, language)}"


def _day(moment: datetime | date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _last_day(start: datetime | date, end: datetime | date | None) -> date:
    """The last day that belongs to it."""
    if end is None:
        return _day(start)
    if isinstance(end, datetime):
        return _day(start) if isinstance(start, datetime) and _fits_one_day(start, end) else end.date()
    return max(end - _DAY, _day(start))


def _fits_one_day(start: datetime, end: datetime) -> bool:
    """Whether a clock time is enough to say when it ends: later that day, or earlier on the next."""
    return start < end < start + _DAY


def needs_year(day: date, now: datetime | None) -> bool:
    """Whether a day would be taken for one in another year, seen from `now`."""
    if now is None:
        return False
    today = now.date()
    return not today <= day or (day.year, day.month, day.day) >= (today.year + 1, today.month, today.day)


def _written(day: date, language: str, *, short: bool, year: bool) -> str:
    names, months = find_language(language).weekdays, find_language(language).months
    name, month = names[day.weekday()], months[day.month - 1]
    if language == "da":
        date_words = f"{name[:3]}. {day.day}. {month}" if short else f"{name} den {day.day}. {month}"
    else:
        date_words = f"{name[:3] if short else name} {day.day} {month}"
    return f"{date_words} {day.year:04}" if year else date_words


def _at(moment: datetime, language: str) -> str:
    return f"kl. {_clock(moment, language)}" if language == "da" else f"at {_clock(moment, language)}"


def _clocks(start: datetime, end: datetime | None, language: str) -> str:
    if end is None:
        return _clock(start, language)
    midnight = end.hour == end.minute == 0
    ending = ("24" if language == "da" else "24:00") if midnight else _clock(end, language)
    return f"{_clock(start, language)}-{ending}"


def _clock(moment: datetime, language: str) -> str:
    if language == "en":
        return f"{moment:%H:%M}"
    return f"{moment.hour}.{moment.minute:02}" if moment.minute else f"{moment.hour}"
