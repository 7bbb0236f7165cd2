"""Parses an iCalendar file: every occurrence of every event in a window of time, tolerating broken exports.

A file comes from strangers. It is read line by line (content_lines, components) and event by event (read_event), so
that what cannot be read costs no more than itself. `series` finds what takes place of the events under one UID.

A file that would make the parser work for hours (a line of ten megabytes) is refused before it is parsed. A rule that
repeats every second since 1900, or that cannot be read for another reason, is left out and counted. Nevertheless the
caller is to parse a foreign file in a process of its own with a time limit.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, tzinfo

from bot.ical.calendar_entry import (
    MAX_ENTRIES,
    MAX_FILE_BYTES,
    MAX_LINE_BYTES,
    MAX_UNREADABLE_ENTRIES,
    CalendarEntry,
    Feed,
)
from bot.ical.components import RawCalendar, RawFile, sort_into_components
from bot.ical.content_lines import read_content_lines
from bot.ical.read_event import Event, EventReader
from bot.ical.series import Window, expand
from bot.ical.zones import Zones


class UnreadableCalendar(Exception):
    """Raised for a file that cannot be used as a calendar. The message is a sentence for the administrator."""


def parse_feed(content: bytes, zone: tzinfo, start: datetime, end: datetime) -> Feed:
    """Return the entries that overlap the time from `start` to `end` (aware), without cancelled events.

    Times without a time zone are read in the one that the calendar names, else in `zone`. Raises UnreadableCalendar.
    """
    window = Window(start.astimezone(UTC), end.astimezone(UTC))
    by_uid, unreadable_uids = _read_events(_read_file(content), zone)
    entries: list[CalendarEntry] = []
    for uid, events in by_uid.items():
        _check_number_of_unreadable(unreadable_uids)
        try:
            entries += [entry for entry in expand(events, window) if _overlaps(entry, zone, window)]
        except Exception:  # dateutil raises anything for rules that nobody has foreseen
            unreadable_uids.append(uid)
        if len(entries) > MAX_ENTRIES:
            raise UnreadableCalendar(f"it holds more than {MAX_ENTRIES} entries in the time that is looked at")
    _check_number_of_unreadable(unreadable_uids)
    return Feed(tuple(_sort_without_duplicates(entries, zone)), tuple(unreadable_uids))


def _read_file(content: bytes) -> RawFile:
    """Return the components of a file. Refuse one that cannot be whole: it would look like a shorter season."""
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableCalendar(f"it is larger than {MAX_FILE_BYTES // 1_000_000} MB")
    if _longest_line(content) > MAX_LINE_BYTES:
        raise UnreadableCalendar(f"it has a line of more than {MAX_LINE_BYTES} bytes")
    file = sort_into_components(read_content_lines(content))
    if not file.calendars:
        raise UnreadableCalendar("it is no iCalendar file: BEGIN:VCALENDAR is missing")
    if not file.is_complete:
        raise UnreadableCalendar("it breaks off: END:VCALENDAR is missing")
    if file.bad_line and not any(calendar.events for calendar in file.calendars):
        raise UnreadableCalendar(
            f"it is no iCalendar file that can be read: no event is in it, but “{file.bad_line:.100}”"
        )
    return file


def _longest_line(content: bytes) -> int:
    """Return the length of the longest line in bytes. A line that begins with a blank continues the one before.

    Source: RFC 5545, section 3.1.
    """
    longest = length = 0
    for line in content.splitlines():
        length = length + len(line) if line[:1] in (b" ", b"\t") else len(line)
        longest = max(longest, length)
    return longest


def _read_events(file: RawFile, zone: tzinfo) -> tuple[dict[str, list[Event]], list[str]]:
    """Return the events by their UIDs, and the UIDs of those that could not be read, or not in full."""
    zones = Zones((definition for calendar in file.calendars for definition in calendar.zones), zone)
    by_uid: dict[str, list[Event]] = defaultdict(list)
    unreadable_uids = []
    for calendar in file.calendars:
        reader = _make_reader(calendar, zones, zone)
        for raw in calendar.events:
            event = reader.read(raw)
            if event is not None:
                by_uid[event.uid].append(event)
            if event is None or event.is_in_part:
                unreadable_uids.append(raw.text("UID"))
    return by_uid, unreadable_uids


def _make_reader(calendar: RawCalendar, zones: Zones, zone: tzinfo) -> EventReader:
    names = (calendar.text(name) for name in ("X-WR-TIMEZONE", "TIMEZONE-ID"))
    own_zone = next((found for name in names if name and (found := zones.find(name))), None)
    are_cancelled = calendar.text("METHOD").upper() in ("CANCEL", "CANCELLED")
    return EventReader(zones, own_zone or zone, series_in_zone=own_zone is not None, are_cancelled=are_cancelled)


def _check_number_of_unreadable(uids: list[str]) -> None:
    if len(uids) > MAX_UNREADABLE_ENTRIES:
        raise UnreadableCalendar(f"more than {MAX_UNREADABLE_ENTRIES} of its entries cannot be read")


def _sort_without_duplicates(entries: Iterable[CalendarEntry], zone: tzinfo) -> Iterator[CalendarEntry]:
    """Yield the entries in order of time; of those that say the same under different keys, only the first."""
    seen = set()
    for entry in sorted(entries, key=lambda entry: (_as_moment(entry.start, zone), entry.key)):
        what = (entry.start, entry.end, entry.title, entry.location)
        if what not in seen:
            seen.add(what)
            yield entry


def _as_moment(value: datetime | date, zone: tzinfo) -> datetime:
    """Return a moment as it is; for a date: its midnight."""
    return value if isinstance(value, datetime) else datetime.combine(value, time(), zone)


def _overlaps(entry: CalendarEntry, zone: tzinfo, window: Window) -> bool:
    start, end = _as_moment(entry.start, zone), _as_moment(entry.end, zone)
    return start < window.end and (end > window.start or start == end >= window.start)
