"""The entries read from a calendar, such as matches and closed days, and the limits on the size of a calendar."""

from dataclasses import dataclass
from datetime import date, datetime

#: Of a file, and of a line in it with its folded parts put together. A big club's season is a few hundred kilobytes.
MAX_FILE_BYTES, MAX_LINE_BYTES = 5_000_000, 100_000
#: Entries of one calendar in the window of time that is read. A pitch has no more than a few a day.
MAX_ENTRIES = 5_000
#: Up to so many unreadable entries are left out. A file with more of them is refused as a whole.
MAX_UNREADABLE_ENTRIES = 500


@dataclass(frozen=True, order=True)
class CalendarEntry:
    """An event from `start` to `end` (exclusive): both aware moments, or both dates for whole days.

    - `end` is `start` when the calendar does not say how long the event takes.
    - `key` identifies the entry and stays the same when the entry is moved. It is the UID, and for one occurrence of a
      series also the time that the occurrence was planned for (RFC 5545, section 3.8.4.4, "Recurrence ID").
    - `guesses` says what the calendar did not say clearly, and what was taken instead: see bot.ical.guess.
    """

    start: datetime | date
    end: datetime | date
    key: str
    title: str = ""
    location: str = ""
    guesses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    """The entries of a calendar in order of time, and the UIDs of those that could not be read, or not in full.

    An unreadable entry may still take place, so what was known of it before is not to be dropped.
    """

    entries: tuple[CalendarEntry, ...]
    unreadable_uids: tuple[str, ...] = ()
