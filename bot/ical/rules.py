"""Reads a recurrence rule (RFC 5545, section 3.3.10) part by part and finds its times.

A part that cannot be read costs only itself. Rules that no people agree on, such as every second, are refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, weekday

from bot.ical.times import parse_time

_FREQUENCIES = {"YEARLY": YEARLY, "MONTHLY": MONTHLY, "WEEKLY": WEEKLY, "DAILY": DAILY}
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: The numbers that each part may have (RFC 5545, section 3.3.10).
_RANGES = {
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYHOUR": (0, 23),
    "BYMINUTE": (0, 59),
    "BYSECOND": (0, 59),
    "BYSETPOS": (-366, 366),
}
_MAY_BE_ZERO = {"BYHOUR", "BYMINUTE", "BYSECOND"}
#: Times that a rule may have on one day.
_MAX_TIMES_PER_DAY = 24
_MAX_NUMBER = 100_000


@dataclass(frozen=True)
class Rule:
    """A recurrence rule: the arguments for dateutil, and the last moment or day, included; None without an end.

    `in_part` says that a part of it could not be read.
    """

    arguments: dict[str, Any]
    until: datetime | date | None = None
    in_part: bool = False

    @property
    def names_hours(self) -> bool:
        """Whether the rule says itself at which hours it comes."""
        return "byhour" in self.arguments

    @property
    def names_days(self) -> bool:
        """Whether the rule says itself on which days it comes."""
        return any(name in self.arguments for name in ("byweekday", "bymonthday", "byyearday"))

    def begins_by(self, start: datetime | date) -> bool:
        """Return whether the rule has not ended before the first time of its series."""
        until = self._local_until(start)
        return until is None or _without_zone(start) <= until

    def between(self, start: datetime | date, first: datetime, last: datetime) -> Iterator[datetime]:
        """Yield the local times of a series from `first` to `last`, without a time zone; of a day, its midnight.

        `start` is the first time of the series; `first` and `last` are in its time zone, but without it.
        """
        until = self._local_until(start)
        if until is not None:
            last = min(last, until)
        yield from rrule(dtstart=_without_zone(start), **self.arguments).between(first, last, inc=True)

    def _local_until(self, start: datetime | date) -> datetime | None:
        """Return the last time that the rule may have, in the zone of `start` but without it."""
        if self.until is None:
            return None
        if not isinstance(self.until, datetime):
            return datetime.combine(self.until, time.max)
        if not isinstance(start, datetime):
            return datetime.combine(self.until.date(), time.max)
        return self.until.astimezone(start.tzinfo).replace(tzinfo=None)


def _without_zone(start: datetime | date) -> datetime:
    return start.replace(tzinfo=None) if isinstance(start, datetime) else datetime.combine(start, time())


def parse_rule(text: str, zone: tzinfo) -> Rule | None:
    """Return a rule; None when it cannot be read or comes too often. `zone` is that of the series."""
    parts: dict[str, str] = {}
    for part in re.sub(r"\s", "", text).upper().removeprefix("RRULE:").split(";"):
        name, _, value = part.partition("=")
        parts.setdefault(name, value)
    frequency = _FREQUENCIES.get(parts.pop("FREQ", ""))
    if frequency is None:
        return None
    arguments: dict[str, Any] = {"freq": frequency}
    until, in_part = None, False
    for name, value in parts.items():
        if name == "UNTIL":
            until = parse_time(value, zone)
            in_part |= until is None
        elif name in ("COUNT", "INTERVAL", "WKST", "BYDAY") or name in _RANGES:
            read = _read_part(name, value)
            in_part |= read is None
            if read is not None:
                arguments[{"BYDAY": "byweekday"}.get(name, name.lower())] = read
    times = [len(arguments.get(name, [0])) for name in ("byhour", "byminute", "bysecond")]
    if times[0] * times[1] * times[2] > _MAX_TIMES_PER_DAY:
        return None
    if "bysetpos" in arguments and not any(name.startswith("by") and name != "bysetpos" for name in arguments):
        del arguments["bysetpos"]  # dateutil refuses it without another part
        in_part = True
    return Rule(arguments, until, in_part)


def _read_part(name: str, value: str) -> Any:
    """Return what dateutil takes for a part of a rule; None when the part cannot be read."""
    if name in ("COUNT", "INTERVAL"):
        number = int(value) if re.fullmatch(r"\d{1,9}", value) else 0
        return number if 0 < number <= _MAX_NUMBER else None
    if name == "WKST":
        return _WEEKDAYS.index(value) if value in _WEEKDAYS else None
    items = [item for item in value.split(",") if item]
    if name == "BYDAY":
        days = [_read_weekday(item) for item in items]
        return None if None in days or not days else days
    if not items or not all(re.fullmatch(r"[+-]?\d{1,3}", item) for item in items):
        return None
    numbers = [int(item) for item in items]
    low, high = _RANGES[name]
    valid = all(low <= number <= high and (number or name in _MAY_BE_ZERO) for number in numbers)
    return numbers if valid else None


def _read_weekday(text: str) -> weekday | None:
    match = re.fullmatch(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", text)
    if match is None or (match[1] and not 0 < abs(int(match[1])) <= 53):
        return None
    return weekday(_WEEKDAYS.index(match[2]), int(match[1]) if match[1] else None)
