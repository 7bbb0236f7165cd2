"""Says to the administrator what in a calendar had to be guessed at, and what could not be read."""

from collections import defaultdict
from datetime import datetime, tzinfo

from bot.ical.calendar_entry import CalendarEntry, Feed

#: Matches that are named for each kind of guess, so that the administrator finds the line in the calendar.
_MAX_EXAMPLES = 2
_MAX_TITLE_CHARACTERS = 60


def describe_doubts(feed: Feed, zone: tzinfo) -> str:
    """Return what is in doubt about a calendar, for the end of a sentence; an empty string when nothing is.

    Times are said in `zone`.
    """
    guessed = [entry for entry in feed.entries if entry.guesses]
    parts = []
    if guessed:
        reasons = "; ".join(_describe_guesses(guessed, zone))
        parts.append(f"{len(guessed)} of {len(feed.entries)} matches had to be guessed at: {reasons}")
    if unreadable := len(feed.unreadable_uids):
        entries, of_them = ("1 entry", "it") if unreadable == 1 else (f"{unreadable} entries", "them")
        parts.append(f"{entries} cannot be read, or not in full, and what was known of {of_them} before is still used")
    return "; ".join(parts)


def _describe_guesses(guessed: list[CalendarEntry], zone: tzinfo) -> list[str]:
    """Return for each kind of guess how many matches it is about, why it was made, and examples."""
    by_reason: dict[str, list[CalendarEntry]] = defaultdict(list)
    for entry in guessed:
        for reason in entry.guesses:
            by_reason[reason].append(entry)
    most_first = sorted(by_reason.items(), key=lambda item: -len(item[1]))
    return [
        f"{len(entries)} because {reason} ({', '.join(_name(entry, zone) for entry in entries[:_MAX_EXAMPLES])}"
        f"{', …' if len(entries) > _MAX_EXAMPLES else ''})"
        for reason, entries in most_first
    ]


def _name(entry: CalendarEntry, zone: tzinfo) -> str:
    start = entry.start
    when = f"{start.astimezone(zone):%Y-%m-%d %H:%M}" if isinstance(start, datetime) else f"{start:%Y-%m-%d}"
    return f"“{entry.title[:_MAX_TITLE_CHARACTERS]}” {when}" if entry.title else when
