"""Parses short values in files, such as durations, hours and time zones. ValueError has a sentence for the author."""

import re
import zoneinfo
from datetime import date, time, timedelta
from typing import Any

from bot.config.file.plain import Unquoted
from bot.config.suggest import MIN_SIMILARITY
from bot.config.usage_rules import Season
from bot.languages import read_season
from bot.languages.read_season import ImpossibleDay
from bot.languages.registry import language_codes
from bot.suggest import find_closest

_DURATION = re.compile(r"(?:(\d{1,3})\s*d)?\s*(?:(\d{1,4})\s*h)?\s*(?:(\d{1,5})\s*m(?:in)?)?", re.ASCII)
_NUMBER_OF_DAYS = re.compile(r"(\d{1,3})\s*d", re.ASCII)
_MAX_DURATION = timedelta(days=31)
_HOUR = r"(\d{1,2})(?:[:.](\d\d))?"
_HOURS = re.compile(rf"{_HOUR}\s*[-–]\s*{_HOUR}", re.ASCII)

_WEEKS = re.compile(r"(\d{1,2})(?:\s*[-–]\s*(\d{1,2}))?", re.ASCII)
_YES, _NO = {"true", "yes", "on"}, {"false", "no", "off"}

# Control, directional and zero-width characters, which can make one name look like another. The zero-width joiner
# U+200D is allowed, because emoji need it.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)


def scalar_text(value: Any) -> str:
    """Return the text of a scalar, also of a scalar that YAML reads as a number. Raises ValueError for other values."""
    if isinstance(value, Unquoted):
        return value.text
    if isinstance(value, str):
        return value.strip()
    raise ValueError(
        "nothing is written here" if value is None else "this must be one short text, not a list or mapping"
    )


def parse_duration(value: Any) -> timedelta:
    """Return a duration written 90m, 2h, 1h30m or 1d."""
    text = scalar_text(value)
    found = _DURATION.fullmatch(text.casefold())
    if text.isdigit():
        raise ValueError(f"'{text}' has no unit, write {text}m for minutes or {text}h for hours")
    if not text or not found:
        raise ValueError(f"'{text}' is not a duration, which is written 90m, 2h, 1h30m or 1d")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    duration = timedelta(days=days, hours=hours, minutes=minutes)
    if not timedelta() < duration <= _MAX_DURATION:
        raise ValueError(
            f"'{text}' is not a duration that work can have, at least 1m and at most {_MAX_DURATION.days}d"
        )
    return duration


def format_duration(duration: timedelta) -> str:
    """Return a duration as it is written in a file: 1d2h30m."""
    minutes = int(duration.total_seconds()) // 60
    parts = ((minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "m"))
    return "".join(f"{count}{unit}" for count, unit in parts if count)


def parse_interval(value: Any) -> timedelta | None:
    """Return an interval in whole days, written 7d; None for `match`, which means before each match."""
    text = scalar_text(value)
    if text.casefold() == "match":
        return None
    found = _NUMBER_OF_DAYS.fullmatch(text.casefold())
    if not found or not 1 <= int(found[1]) <= 366:
        raise ValueError(f"'{text}' does not say how often, which is written 7d for every seven days, or match")
    return timedelta(days=int(found[1]))


def parse_days(value: Any) -> timedelta:
    """Return a number of whole days, written 90d, at most a year."""
    text = scalar_text(value)
    found = _NUMBER_OF_DAYS.fullmatch(text.casefold())
    if not found or not 1 <= int(found[1]) <= 366:
        raise ValueError(f"'{text}' is not a number of days, which is written 90d")
    return timedelta(days=int(found[1]))


def parse_hours(value: Any) -> tuple[time, time]:
    """Return the start and end of a part of the day, written 07:00-21:00."""
    text = scalar_text(value)
    found = _HOURS.fullmatch(text)
    if not found:
        raise ValueError(f"'{text}' is not a span of hours, which is written 07:00-21:00")
    start_hour, start_minute, end_hour, end_minute = (int(part or 0) for part in found.groups())
    try:
        start, end = time(start_hour, start_minute), time(end_hour, end_minute)
    except ValueError:
        raise ValueError(f"'{text}' names an hour that does not exist; a day runs from 00:00 to 23:59") from None
    if start >= end:
        raise ValueError(f"'{text}' ends before it begins")
    return start, end


def parse_season(value: Any) -> Season:
    """Return a part of the year such as "1. april - 31. oktober", both days included, in any installed language."""
    text = scalar_text(value)
    try:
        found = read_season.parse_season(text, language_codes())
    except ImpossibleDay as error:
        raise ValueError(f"'{error.written}' in '{text}' is a day that does not exist") from None
    if found is None:
        raise ValueError(f"'{text}' is not a season, which is written 1. april - 31. oktober, or 1/4 - 31/10")
    return Season(found.first, found.last)


def parse_weeks(value: Any) -> tuple[int, int]:
    """Return the first and last of some ISO weeks, written 30 or 29-30."""
    text = scalar_text(value)
    found = _WEEKS.fullmatch(text)
    if not found:
        raise ValueError(f"'{text}' is not a week, which is written 30 or 29-30")
    first, last = int(found[1]), int(found[2] or found[1])
    if not 1 <= first <= last <= 53:
        raise ValueError(f"'{text}' is no stretch of the weeks 1 to 53")
    return first, last


def parse_date(value: Any) -> date:
    """Return a date, written 2026-07-20."""
    text = scalar_text(value)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a date, which is written 2026-07-20") from None


def parse_hours_a_week(value: Any) -> float:
    """Return a number of hours in a week, more than 0 and at most 168."""
    text = scalar_text(value)
    try:
        hours = float(text.replace(",", "."))
    except ValueError:
        hours = 0.0
    if not 0 < hours <= 168:
        raise ValueError(f"'{text}' is not a number of hours in a week, which has 168")
    return hours


def parse_zone(value: Any) -> zoneinfo.ZoneInfo:
    """Return a time zone of the IANA database, such as Europe/Copenhagen."""
    name = scalar_text(value)
    try:
        return zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        closest = find_closest(name, sorted(zoneinfo.available_timezones()), min_similarity=MIN_SIMILARITY)
        hint = f"did you mean '{closest}'?" if closest else "write it like 'Europe/Copenhagen'"
        raise ValueError(f"unknown time zone '{name}', {hint}") from None


def parse_boolean(value: Any) -> bool:
    """Return a yes or no in one of YAML's words: true, yes, on, false, no, off."""
    text = scalar_text(value)
    if text.casefold() not in _YES | _NO:
        raise ValueError(f"'{text}' is neither true nor false")
    return text.casefold() in _YES


def require_visible(text: str) -> str:
    """Return the text unchanged. Raises ValueError for an invisible character in it."""
    invisible = _INVISIBLE.search(text)
    if invisible:
        raise ValueError(f"a character that cannot be seen (U+{ord(invisible[0]):04X}) does not belong here")
    return text


def require_one_line(text: str) -> str:
    """Return the text unchanged. Raises ValueError when it has several lines or an invisible character."""
    if "\n" in text or "\t" in text:
        raise ValueError("this must be one line, without line breaks or tabs")
    return require_visible(text)
