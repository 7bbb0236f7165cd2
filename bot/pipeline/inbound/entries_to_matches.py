"""Turns the entries of a calendar into matches, each with a key that the database can store."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.ical.calendar_entry import CalendarEntry
from bot.parsing.unread_words import quotable
from bot.store.calendars.matches import Match

#: The length of a match whose entry has none: two halves, a break, and additional time.
DEFAULT_MATCH_LENGTH = timedelta(hours=2)
#: A longer entry is no match, but somebody's "season", or a mistake in a year.
MAX_MATCH_LENGTH = timedelta(days=31)

_MAX_TITLE_LENGTH, _MAX_KEY_LENGTH = 120, 200


def make_matches(entries: Iterable[CalendarEntry], zone: tzinfo) -> list[Match]:
    """Return the matches among the entries, earliest first, each with a different key.

    Some calendars have no UIDs, or the same one for all entries; then the start time makes the key different.
    """
    matches = sorted(match for entry in entries if (match := _make_match(entry, zone)))
    uses = Counter(match.key for match in matches)
    numbers: Counter[str] = Counter()
    with_keys = []
    for match in matches:
        key = match.key if uses[match.key] == 1 else f"{match.key}@{match.start.isoformat()}"
        numbers[key] += 1
        with_keys.append(replace(match, key=key if numbers[key] == 1 else f"{key}#{numbers[key]}"))
    return with_keys


def _make_match(entry: CalendarEntry, zone: tzinfo) -> Match | None:
    start, end = _to_utc(entry.start, zone), _to_utc(entry.end, zone)
    if end <= start:
        end = start + DEFAULT_MATCH_LENGTH
    if end - start > MAX_MATCH_LENGTH:
        return None
    title, location = quotable(entry.title, _MAX_TITLE_LENGTH), quotable(entry.location, _MAX_TITLE_LENGTH)
    return Match(start, end, title, location, not isinstance(entry.start, datetime), _storable_key(entry.key))


def _to_utc(value: datetime | date, zone: tzinfo) -> datetime:
    """Return a time in UTC; for a date, its midnight in the zone."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return datetime.combine(value, time(), zone).astimezone(UTC)


def _storable_key(key: str) -> str:
    """Return a key, or its hash when it is too long for an index or has characters that a database refuses."""
    if len(key) <= _MAX_KEY_LENGTH and key.isprintable():
        return key
    return hashlib.sha256(key.encode("utf-8", "backslashreplace")).hexdigest()
