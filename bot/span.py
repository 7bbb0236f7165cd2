"""A stretch of time between two moments, for every part of the program: windows, reservations, free times, matches."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

#: No agreement has a time before the first or after the last of these moments.
_FIRST_MOMENT, _LAST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


class Interval(Protocol):
    """Anything with a start and an end: a span, a match, an obstacle, a closure."""

    @property
    def start(self) -> datetime:
        """The first moment that belongs to it."""

    @property
    def end(self) -> datetime:
        """The first moment that does not belong to it any more."""


@dataclass(frozen=True, order=True)
class Span:
    """The time from `start` to `end`: aware moments, the end exclusive. Spans are ordered by their start."""

    start: datetime
    end: datetime

    @classmethod
    def before(cls, moment: datetime) -> "Span":
        """Return all time before a moment, as a window for a search."""
        return cls(_FIRST_MOMENT, moment)

    @classmethod
    def since(cls, moment: datetime) -> "Span":
        """Return all time from a moment on, as a window for a search."""
        return cls(moment, _LAST_MOMENT)

    @property
    def duration(self) -> timedelta:
        """How long the span lasts; zero or negative when it is empty."""
        return self.end - self.start

    def overlaps(self, other: Interval) -> bool:
        """Return whether both have a moment in common."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Interval) -> bool:
        """Return whether all of the other lies in this span."""
        return self.start <= other.start and other.end <= self.end
