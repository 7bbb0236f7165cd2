"""Parses an iCalendar file: every occurrence of every event in a window of time, tolerating broken exports.

A file comes from strangers. A file that would make the parser work for hours (a line of ten megabytes) is refused
before it is parsed. An event that repeats every second since 1900, or that cannot be read for another reason, is left
out and counted; the other events are read. Nevertheless the caller is to parse a foreign file in a process of its own
with a time limit.
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

#: Frequencies that no people agree on; such a rule is a mistake or an attack.
_REFUSED_FREQUENCIES = {"SECONDLY", "MINUTELY", "HOURLY"}
#: Occurrences that a rule may have on one day.
_MAX_OCCURRENCES_PER_DAY = 24
#: Longer titles and locations are cut; nobody reads more.
_MAX_TEXT_CHARACTERS = 200
_DAY = timedelta(days=1)


class UnreadableCalendar(Exception):
    """Raised for a file that cannot be used as a calendar. The message is a sentence for the administrator."""


def parse_feed(content: bytes, zone: tzinfo, start: datetime, end: datetime) -> Feed:
    """Return the entries that overlap the time from `start` to `end` (aware), without cancelled events.

    Times without a time zone are read in `zone`. Raises UnreadableCalendar.
    """
    entries: list[CalendarEntry] = []
    unreadable_uids: list[str] = []
    for events in _group_by_uid(_parse_components(content)):
        if len(unreadable_uids) > MAX_UNREADABLE_ENTRIES:
            raise UnreadableCalendar(f"more than {MAX_UNREADABLE_ENTRIES} of its entries cannot be read")
        try:
            occurrences = _expand(events, zone, start, end)
            entries += [entry for entry in occurrences if _overlaps(entry, zone, start, end)]
        except Exception:  # the libraries raise anything for input that nobody has foreseen
            unreadable_uids.append(_text(events[0], "UID"))
        if len(entries) > MAX_ENTRIES:
            raise UnreadableCalendar(f"it holds more than {MAX_ENTRIES} entries in the time that is looked at")
    in_order = sorted(set(entries), key=lambda entry: (_as_moment(entry.start, zone), entry.key))
    return Feed(tuple(in_order), tuple(unreadable_uids))


def _parse_components(content: bytes) -> list[Component]:
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableCalendar(f"it is larger than {MAX_FILE_BYTES // 1_000_000} MB")
    if _longest_line(content) > MAX_LINE_BYTES:
        raise UnreadableCalendar(f"it has a line of more than {MAX_LINE_BYTES} bytes")
    if b"BEGIN:VCALENDAR" not in content.upper():
        raise UnreadableCalendar("it is no iCalendar file: BEGIN:VCALENDAR is missing")
    if not content.rstrip().upper().endswith(b"END:VCALENDAR"):
        # a truncated file would look like a shorter season
        raise UnreadableCalendar("it breaks off: END:VCALENDAR is missing")
    try:
        return list(Calendar.from_ical(content, multiple=True))
    except Exception as error:
        description = f"{type(error).__name__}: {error!s:.200}"
        raise UnreadableCalendar(f"it is no iCalendar file that can be read: {description}") from error


def _longest_line(content: bytes) -> int:
    """Return the length of the longest line in bytes. A line that begins with a blank continues the one before.

    Source: RFC 5545, section 3.1.
    """
    longest = length = 0
    for line in content.splitlines():
        length = length + len(line) if line[:1] in (b" ", b"\t") else len(line)
        longest = max(longest, length)
    return longest


def _group_by_uid(calendars: Iterable[Component]) -> Iterator[list[Event]]:
    """Yield the events of each UID: a single event, or a series with its changed occurrences."""
    for calendar in calendars:
        by_uid: dict[str, list[Event]] = defaultdict(list)
        for number, event in enumerate(calendar.walk("VEVENT")):
            if isinstance(event, Event):
                by_uid[str(event.get("UID", f"without-uid-{number}"))].append(event)
        yield from by_uid.values()


def _expand(events: list[Event], zone: tzinfo, start: datetime, end: datetime) -> Iterator[CalendarEntry]:
    """Yield every occurrence of the events of one UID, some of them up to a day outside the window."""
    calendar = Calendar()
    for event in events:
        if any(_repeats_too_often(rule) for rule in _rules(event)):
            raise ValueError("it comes again too often")
        calendar.add_component(event)
    # The library compares moments without a time zone in its own way. A day more on each side, and then `_overlaps`.
    for event in recurring_ical_events.of(calendar).between(start - _DAY, end + _DAY):
        if str(event.get("STATUS", "")).upper() != "CANCELLED":
            yield _to_entry(event, events, zone)


def _rules(event: Event) -> list[dict[str, list[Any]]]:
    rules = event.get("RRULE", [])
    return rules if isinstance(rules, list) else [rules]


def _repeats_too_often(rule: dict[str, list[Any]]) -> bool:
    """Whether a rule has more than _MAX_OCCURRENCES_PER_DAY; INTERVAL=0 would repeat the same moment for ever."""
    per_day = len(rule.get("BYHOUR", [0])) * len(rule.get("BYMINUTE", [0])) * len(rule.get("BYSECOND", [0]))
    frequencies = {str(frequency).upper() for frequency in rule.get("FREQ", [])}
    return (
        bool(frequencies & _REFUSED_FREQUENCIES) or per_day > _MAX_OCCURRENCES_PER_DAY or 0 in rule.get("INTERVAL", [])
    )


def _to_entry(event: Event, events: list[Event], zone: tzinfo) -> CalendarEntry:
    """Return an occurrence as an entry; `events` are all events with its UID."""
    start, end = _with_zone(event.start, zone), _with_zone(event.end, zone)
    if type(start) is not type(end):
        raise ValueError("it begins at a time and ends on a day")
    key = str(event.get("UID", ""))
    if any("RRULE" in other or "RDATE" in other for other in events):
        recurrence_id = event.get("RECURRENCE-ID")
        planned = _with_zone(recurrence_id.dt if recurrence_id else event.start, zone)
        key = f"{key}/{planned.isoformat()}"
    return CalendarEntry(start, end, key, _text(event, "SUMMARY"), _text(event, "LOCATION"))


def _with_zone(value: datetime | date, zone: tzinfo) -> datetime | date:
    """Return a moment in UTC, read in `zone` when it has no time zone; a date stays as it is."""
    if not isinstance(value, datetime):
        return value
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _text(event: Event, name: str) -> str:
    return " ".join(str(event.get(name, "")).split())[:_MAX_TEXT_CHARACTERS]


def _as_moment(value: datetime | date, zone: tzinfo) -> datetime:
    """Return a moment as it is; for a date: its midnight."""
    return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=zone)


def _overlaps(entry: CalendarEntry, zone: tzinfo, start: datetime, end: datetime) -> bool:
    entry_start, entry_end = _as_moment(entry.start, zone), _as_moment(entry.end, zone)
    return entry_start < end and (entry_end > start or entry_start == entry_end >= start)
