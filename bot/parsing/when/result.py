"""What the rest of the program gets to know about a time that somebody said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class WhenError:
    """Something said about time that cannot be.

    `key` names the sentence that says so, `values` are words in the language: `said` is what was written,
    `weekday` and `date` tell how it really is.
    """

    key: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class When:
    """A time as it was meant.

    `start` and `end` (exclusive) are what a clock in the village shows, without a zone; a date is a whole day. `rrule`
    is a recurrence rule (RFC 5545, section 3.3.10) for which `start` is the first time: its `UNTIL` is the last local
    date, included, and `EXDATE` the local dates left out. A `deadline` has only an end. `alternatives` are other
    readings of ambiguous words, to be offered beside this one.

    `has_day` and `has_clock` say what was named; `loose` is a window to choose a time in, not one exact time.
    `any_week` is a weekday alone: the coming one, unless the talk is about another week.
    """

    start: datetime | date | None
    end: datetime | date | None
    rrule: str | None = None
    deadline: bool = False
    alternatives: tuple["When", ...] = ()
    error: WhenError | None = None
    has_day: bool = False
    has_clock: bool = False
    loose: bool = False
    any_week: bool = False


NOT_UNDERSTOOD = When(None, None)


@dataclass(frozen=True)
class FoundTime:
    """A time found in a sentence. `spans` are the ranges of characters that said it, in order."""

    when: When
    char_ranges: tuple[tuple[int, int], ...]
