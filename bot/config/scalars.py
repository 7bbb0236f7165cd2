"""Turns the small written things, a duration, an hour span, a time zone, into values; ValueError says what is wrong."""

import re
import zoneinfo
from datetime import time, timedelta
from typing import Any

from bot.config.plain import Unquoted
from bot.config.suggest import nearest

_DURATION = re.compile(r"(?:(\d{1,3})\s*d)?\s*(?:(\d{1,4})\s*h)?\s*(?:(\d{1,5})\s*m(?:in)?)?", re.ASCII)
_LONGEST = timedelta(days=31)
_HOUR = r"(\d{1,2})(?:[:.](\d\d))?"
_HOURS = re.compile(rf"{_HOUR}\s*[-–]\s*{_HOUR}", re.ASCII)

_YES, _NO = {"true", "yes", "on"}, {"false", "no", "off"}

# Directional and zero-width characters: they make one name look like another. The joiner U+200D stays, emoji need it.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)


def text_of(value: Any) -> str:
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
    text = text_of(value)
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


def parse_hours(value: Any) -> tuple[time, time]:
    """A part of the day such as 07:00-21:00, from and until."""
    text = text_of(value)
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


def parse_zone(value: Any) -> zoneinfo.ZoneInfo:
    """A time zone of the IANA database such as Europe/Copenhagen."""
    name = text_of(value)
    try:
        return zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        near = nearest(name, sorted(zoneinfo.available_timezones()))
        hint = f"did you mean '{near}'?" if near else "write it like 'Europe/Copenhagen'"
        raise ValueError(f"unknown time zone '{name}', {hint}") from None


def parse_yes(value: Any) -> bool:
    """Yes or no, in the words that YAML has for it."""
    text = text_of(value)
    if text.casefold() not in _YES | _NO:
        raise ValueError(f"'{text}' is neither true nor false")
    return text.casefold() in _YES


def visible(text: str) -> str:
    """The text, when everything in it can be seen."""
    strange = _INVISIBLE.search(text)
    if strange:
        raise ValueError(f"a character that cannot be seen (U+{ord(strange[0]):04X}) does not belong here")
    return text


def one_line(text: str) -> str:
    """The text, when it is a single visible line."""
    if "\n" in text or "\t" in text:
        raise ValueError("this must be one line, without line breaks or tabs")
    return visible(text)
