"""One thing that is in a calendar at one time: a match, a closed day."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, order=True)
class Entry:
    """What is on, from `start` to `end` (exclusive): both aware moments, or both dates for whole days.

    `key` stays the same when it is moved: the UID, and for one time of a series the time it was meant for
    (RFC 5545, section 3.8.4.4, "Recurrence ID").
    """

    start: datetime | date
    end: datetime | date
    key: str
    title: str = ""
    where: str = ""
