"""Reads the times, days and lengths of a calendar (RFC 5545, section 3.3), also as careless programs write them."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

#: “20260613”, “20260613T140000Z”, “20260613T1400”, “2026-06-13T14:00:00.000+02:00”.
_MOMENT = re.compile(
    r"(?P<year>\d{4})-?(?P<month>\d{2})-?(?P<day>\d{2})"
    r"(?:[T ]*(?P<hour>\d{2})(?::?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,]\d+)?)?)?)?"
    r"\s*(?:(?P<utc>Z|UTC|GMT)|(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})?)?",
    re.IGNORECASE,
)
#: Nothing on a pitch takes longer.
MAX_LENGTH = timedelta(days=3660)
_LENGTH = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?",
    re.IGNORECASE,
)


def parse_time(text: str, zone: tzinfo) -> datetime | date | None:
    """Return the aware moment or the day that a text names; None when it names none.

    `zone` is that of a time without “Z” and without an offset. 24:00 is the midnight after the day; a leap second is
    the next minute.
    """
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        return None
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
        if match["hour"] is None:
            return day
        hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
        if hour > 24 or minute > 59 or second > 60 or (hour == 24 and minute + second):
            return None
        local = datetime.combine(day, time()) + timedelta(hours=hour, minutes=minute, seconds=second)
        return local.replace(tzinfo=_zone_in(match) or zone)
    except (ValueError, OverflowError):
        return None


def is_time(text: str) -> bool:
    """Return whether a text is written as a moment or a day, though there may be no such day."""
    return _MOMENT.fullmatch(text.strip()) is not None


def has_own_zone(text: str) -> bool:
    """Return whether a time ends with “Z” or an offset from UTC."""
    match = _MOMENT.fullmatch(text.strip())
    return match is not None and _zone_in(match) is not None


def with_year_first(text: str) -> str | None:
    """Return a time whose date is written as in Danish, “13-06-2026 14:00” or “13.6.2026”, with the year in front."""
    match = re.fullmatch(r"\s*(\d{1,2})[-./](\d{1,2})[-./](\d{4})((?:[T ].*)?)", text, re.IGNORECASE)
    if match is None:
        return None
    rest = re.sub(r"(?<=\d)\.(?=\d)", ":", match[4].replace("kl.", "").strip(" Tt"))
    reordered = f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}" + (f"T{rest}" if rest else "")
    return reordered if is_time(reordered) else None


def find_time(text: str) -> str | None:
    """Return the date and time of day that a text begins with, to the minute or second; None without them."""
    match = re.match(r"\s*(\d{4}-?\d{2}-?\d{2}[T ]\d{2}:?\d{2}(?::?\d{2})?Z?)(?!\d)", text, re.IGNORECASE)
    return match[1] if match and parse_time(match[1], UTC) else None


def parse_day(text: str) -> date | None:
    """Return the day that a text begins with; None when it begins with none."""
    match = re.match(r"\s*(\d{4})-?(\d{2})-?(\d{2})(?!\d)", text)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def parse_length(text: str) -> timedelta | None:
    """Return the duration that a text names; None when it names none, a negative one or one of more than ten years."""
    match = _LENGTH.fullmatch(text.strip())
    if match is None:
        return None
    numbers = {name: int(match[name]) for name in ("weeks", "days", "hours", "minutes", "seconds") if match[name]}
    try:
        length = timedelta(**numbers)
    except OverflowError:
        return None
    is_negative = match["sign"] == "-" and length > timedelta()
    return None if not numbers or is_negative or length > MAX_LENGTH else length


def _zone_in(match: re.Match[str]) -> tzinfo | None:
    if match["utc"]:
        return UTC
    if not match["sign"]:
        return None
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
    return timezone(-offset if match["sign"] == "-" else offset)
