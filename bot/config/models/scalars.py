"""Turns the small written things, a duration, an hour span, a time zone, into values; ValueError says what is wrong."""

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
_DAYS = re.compile(r"(\d{1,3})\s*d", re.ASCII)
_LONGEST = timedelta(days=31)
_HOUR = r"(\d{1,2})(?:[:.](\d\d))?"
_HOURS = re.compile(rf"{_HOUR}\s*[-–]\s*{_HOUR}", re.ASCII)

_WEEKS = re.compile(r"(\d{1,2})(?:\s*[-–]\s*(\d{1,2}))?", re.ASCII)
_YES, _NO = {"true", "yes", "on"}, {"false", "no", "off"}

# Directional and zero-width characters: they make one name look like another. The joiner U+200D stays, emoji need it.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)


def scalar_text(value: Any) -> str:
    """The text of a scalar, also where YAML took it for a number."""
    if isinstance(value, Unquoted):
        return value.text
    if isinstance(value, str):
        return value.strip()
    raise ValueError(
        "nothing is written here" if value is None else "this must be one short text, not a list or mapping"
    )


def parse_duration(value: Any) -> timedelta:
    """A length of time such as 90m, 2h, 1h30m or 1d."""
    text = scalar_text(value)
    found = _DURATION.fullmatch(text.casefold())
    if text.isdigit():
        raise ValueError(f"'{text}' has no unit, write {text}m for minutes or {text}h for hours")
    if not text or not found:
        raise ValueError(f"'{text}' is not a duration, which is written 90m, 2h, 1h30m or 1d")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    duration = timedelta(days=days, hours=hours, minutes=minutes)
    if not timedelta() < duration <= _LONGEST:
        raise ValueError(f"'{text}' is not a duration that work can have, at least 1m and at most {_LONGEST.days}d")
    return duration


def format_duration(length: timedelta) -> str:
    """A length of time as it is written: 1d2h30m."""
    minutes = int(length.total_seconds()) // 60
    parts = ((minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "m"))
    return "".join(f"{count}{unit}" for count, unit in parts if count)


def parse_interval(value: Any) -> timedelta | None:
    """How often something is wanted: a whole number of days such as 7d, or None for `match`, before each match."""
    text = scalar_text(value)
    if text.casefold() == "match":
        return None
    found = _DAYS.fullmatch(text.casefold())
    if not found or not 1 <= int(found[1]) <= 366:
        raise ValueError(f"'{text}' does not say how often, which is written 7d for every seven days, or match")
    return timedelta(days=int(found[1]))


def parse_hours(value: Any) -> tuple[time, time]:
    """A part of the day such as 07:00-21:00, from and until."""
    text = scalar_text(value)
    found = _HOURS.fullmatch(text)
    if not found:
        raise ValueError(f"'{text}' is not a span of hours, which is written 07:00-21:00")
    hour, minute, last_hour, last_minute = (int(part or 0) for part in found.groups())
    try:
        begin, end = time(hour, minute), time(last_hour, last_minute)
    except ValueError:
        raise ValueError(f"'{text}' names an hour that does not exist; a day runs from 00:00 to 23:59") from None
    if begin >= end:
        raise ValueError(f"'{text}' ends before it begins")
    return begin, end


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
    """An ISO week or several in a row: 30, 29-30."""
    text = scalar_text(value)
    found = _WEEKS.fullmatch(text)
    if not found:
        raise ValueError(f"'{text}' is not a week, which is written 30 or 29-30")
    first, last = int(found[1]), int(found[2] or found[1])
    if not 1 <= first <= last <= 53:
        raise ValueError(f"'{text}' is no stretch of the weeks 1 to 53")
    return first, last


def parse_date(value: Any) -> date:
    """A day such as 2026-07-20."""
    text = scalar_text(value)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a date, which is written 2026-07-20") from None


def parse_hours_a_week(value: Any) -> float:
    """How many hours of use a week a pitch bears."""
    text = scalar_text(value)
    try:
        hours = float(text.replace(",", "."))
    except ValueError:
        hours = 0.0
    if not 0 < hours <= 168:
        raise ValueError(f"'{text}' is not a number of hours in a week, which has 168")
    return hours


def parse_zone(value: Any) -> zoneinfo.ZoneInfo:
    """A time zone of the IANA database such as Europe/Copenhagen."""
    name = scalar_text(value)
    try:
        return zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        near = find_closest(name, sorted(zoneinfo.available_timezones()), min_similarity=MIN_SIMILARITY)
        hint = f"did you mean '{near}'?" if near else "write it like 'Europe/Copenhagen'"
        raise ValueError(f"unknown time zone '{name}', {hint}") from None


def parse_boolean(value: Any) -> bool:
    """Yes or no, in the words that YAML has for it."""
    text = scalar_text(value)
    if text.casefold() not in _YES | _NO:
        raise ValueError(f"'{text}' is neither true nor false")
    return text.casefold() in _YES


def require_visible(text: str) -> str:
    """The text, when everything in it can be seen."""
    strange = _INVISIBLE.search(text)
    if strange:
        raise ValueError(f"a character that cannot be seen (U+{ord(strange[0]):04X}) does not belong here")
    return text


def require_one_line(text: str) -> str:
    """The text, when it is a single visible line."""
    if "\n" in text or "\t" in text:
        raise ValueError("this must be one line, without line breaks or tabs")
    return require_visible(text)
