"""One thing that is in a calendar at one time, a match, a closed day, and all that was read; how much that may be."""

from dataclasses import dataclass
from datetime import date, datetime

#: Bytes of a file, and of a line in it, folded lines put together. A season of a big club is a few hundred kilobytes.
MAX_FILE_BYTES, MAX_LINE_BYTES = 5_000_000, 100_000
#: Entries of one calendar in the window; a pitch has not more than a few a day.
MAX_ENTRIES = 5_000
#: As many that cannot be read are left out; a file with more of them is none that can be used.
MAX_UNREADABLE_ENTRIES = 500


@dataclass(frozen=True, order=True)
class CalendarEntry:
    """What is on, from `start` to `end` (exclusive): both aware moments, or both dates for whole days.

    `key` stays the same when it is moved: the UID, and for one time of a series the time it was meant for
    (RFC 5545, section 3.8.4.4, "Recurrence ID").
    """

    start: datetime | date
    end: datetime | date
    key: str
    title: str = ""
    location: str = ""


@dataclass(frozen=True)
class Feed:
    """What was read, in order of time, and the UIDs of what could not be: it may still be there."""

    entries: tuple[CalendarEntry, ...]
    unreadable_uids: tuple[str, ...] = ()
