"""Reads a calendar file: every time of every series in a window, whatever the program that wrote it got wrong.

A file comes from strangers. What makes a parser work for hours (a line of ten megabytes, something every second since
1900) is refused before it is looked at; one series that cannot be read is left out and counted, the others live.
Whoever calls this with a file from outside gives it a process of its own and a limit of time, all the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import recurring_ical_events
from icalendar import Calendar, Component, Event

from bot.ical.calendar_entry import (
    MAX_ENTRIES,
    MAX_FILE_BYTES,
    MAX_LINE_BYTES,
    MAX_UNREADABLE_ENTRIES,
    CalendarEntry,
    Feed,
)

#: What people agree to do again and again has days; by the second only a mistake or an attack does.
_TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
#: Times on one day that a rule may name.
_MOST_A_DAY = 24
#: Characters of a title or a place that anybody reads.
_LONGEST_TEXT = 200


class UnreadableCalendar(Exception):
    """The file is no calendar that can be used; the message is a sentence for the caretaker."""


def parse_feed(content: bytes, zone: tzinfo, first: datetime, last: datetime) -> Feed:
    """The entries that touch the time from `first` to `last` (aware). Times without a zone are meant in `zone`.

    What was cancelled is left out. Raises Unreadable.
    """
    calendars = _parsed(content)
    entries: list[CalendarEntry] = []
    skipped: list[str] = []
    for series in _series(calendars):
        if len(skipped) > MAX_UNREADABLE_ENTRIES:
            raise UnreadableCalendar(f"more than {MAX_UNREADABLE_ENTRIES} of its entries cannot be read")
        try:
            entries += [entry for entry in _times(series, zone, first, last) if _touches(entry, zone, first, last)]
        except Exception:  # whatever the libraries make of what nobody has foreseen
            skipped.append(_text(series[0], "UID"))
        if len(entries) > MAX_ENTRIES:
            raise UnreadableCalendar(f"it holds more than {MAX_ENTRIES} entries in the time that is looked at")
    return Feed(tuple(sorted(set(entries), key=lambda entry: (_moment(entry.start, zone), entry.key))), tuple(skipped))


def _parsed(content: bytes) -> list[Component]:
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableCalendar(f"it is larger than {MAX_FILE_BYTES // 1_000_000} MB")
    if _longest_line(content) > MAX_LINE_BYTES:
        raise UnreadableCalendar(f"it has a line of more than {MAX_LINE_BYTES} bytes")
    if b"BEGIN:VCALENDAR" not in content.upper():
        raise UnreadableCalendar("it is no iCalendar file: BEGIN:VCALENDAR is missing")
    if not content.rstrip().upper().endswith(b"END:VCALENDAR"):
        raise UnreadableCalendar(
            "it breaks off: END:VCALENDAR is missing"
        )  # half a season must not look like a short one
    try:
        return list(Calendar.from_ical(content, multiple=True))
    except Exception as error:
        raise UnreadableCalendar(
            f"it is no iCalendar file that can be read: {type(error).__name__}: {error!s:.200}"
        ) from error


def _longest_line(content: bytes) -> int:
    """A line goes on in the next one where that begins with a blank (RFC 5545, section 3.1)."""
    longest = length = 0
    for line in content.splitlines():
        length = length + len(line) if line[:1] in (b" ", b"\t") else len(line)
        longest = max(longest, length)
    return longest


def _series(calendars: Iterable[Component]) -> Iterator[list[Event]]:
    """The events of each UID: a series and the times of it that were changed."""
    for calendar in calendars:
        by_uid: dict[str, list[Event]] = defaultdict(list)
        for number, event in enumerate(calendar.walk("VEVENT")):
            if isinstance(event, Event):
                by_uid[str(event.get("UID", f"without-uid-{number}"))].append(event)
        yield from by_uid.values()


def _times(series: list[Event], zone: tzinfo, first: datetime, last: datetime) -> Iterator[CalendarEntry]:
    alone = Calendar()
    for event in series:
        if any(_comes_too_often(rule) for rule in _rules(event)):
            raise ValueError("it comes again too often")
        alone.add_component(event)
    day = timedelta(days=1)  # the libraries compare moments without a zone in a way of their own; see `_touches`
    for event in recurring_ical_events.of(alone).between(first - day, last + day):
        if str(event.get("STATUS", "")).upper() != "CANCELLED":
            yield _entry(event, series, zone)


def _rules(event: Event) -> list[dict[str, list[Any]]]:
    rules = event.get("RRULE", [])
    return rules if isinstance(rules, list) else [rules]


def _comes_too_often(rule: dict[str, list[Any]]) -> bool:
    """What people agree on comes some times a day at most; a rule that does not go on (INTERVAL=0) goes on for ever."""
    at_once = len(rule.get("BYHOUR", [0])) * len(rule.get("BYMINUTE", [0])) * len(rule.get("BYSECOND", [0]))
    named = {str(one).upper() for one in rule.get("FREQ", [])}
    return bool(named & _TOO_OFTEN) or at_once > _MOST_A_DAY or 0 in rule.get("INTERVAL", [])


def _entry(event: Event, series: list[Event], zone: tzinfo) -> CalendarEntry:
    start, end = _placed(event.start, zone), _placed(event.end, zone)
    if type(start) is not type(end):
        raise ValueError("it begins at a time and ends on a day")
    uid, key = str(event.get("UID", "")), ""
    if any("RRULE" in one or "RDATE" in one for one in series):
        meant = event.get("RECURRENCE-ID")
        key = f"/{_placed(meant.dt if meant else event.start, zone).isoformat()}"
    return CalendarEntry(start, end, uid + key, _text(event, "SUMMARY"), _text(event, "LOCATION"))


def _placed(value: datetime | date, zone: tzinfo) -> datetime | date:
    if not isinstance(value, datetime):
        return value
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _text(event: Event, name: str) -> str:
    return " ".join(str(event.get(name, "")).split())[:_LONGEST_TEXT]


def _moment(value: datetime | date, zone: tzinfo) -> datetime:
    return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=zone)


def _touches(entry: CalendarEntry, zone: tzinfo, first: datetime, last: datetime) -> bool:
    start, end = _moment(entry.start, zone), _moment(entry.end, zone)
    return start < last and (end > first or start == end >= first)
