"""The times at which people are reminded, and the quiet hours in which they are not disturbed.

Pure. Clock times are in the community's time zone.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.span import Span

#: Limits on the reminders of one agreement: how many a person can have, and how long before it begins.
MAX_REMINDERS_BEFORE, MAX_LEAD_TIME = 5, timedelta(days=14)

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class LeadTime:
    """How long before something begins a reminder is sent: `length` before, or `days` before at a clock time.

    "2 timer før" is `LeadTime(length=timedelta(hours=2))`, "aftenen før kl. 18" is `LeadTime(days=1, at=time(18))`. A
    length is elapsed time: two hours are two hours also in the night in which the clocks are changed.
    """

    length: timedelta = timedelta()
    days: int = 0
    at: time | None = None

    @property
    def max_length(self) -> timedelta:
        """Return how long before the beginning the reminder can be, not counting a change of the clocks."""
        return self.days * _DAY if self.at else self.length

    def to_json(self) -> list[Any]:
        """Return the lead time as JSON: [seconds], or [days, clock time]."""
        return [self.days, self.at.isoformat("minutes")] if self.at else [int(self.length.total_seconds())]

    @classmethod
    def from_json(cls, data: list[Any]) -> "LeadTime":
        """Return the lead time that `to_json` wrote."""
        if len(data) == 1:
            return cls(length=timedelta(seconds=data[0]))
        return cls(days=data[0], at=time.fromisoformat(data[1]))

    def reminder_time(self, start: datetime, zone: ZoneInfo) -> datetime:
        """Return when to remind of an event that begins at `start`, in UTC."""
        if self.at is None:
            return start.astimezone(UTC) - self.length
        day = start.astimezone(zone).date() - self.days * _DAY
        return _to_utc(day, self.at, zone)


@dataclass(frozen=True)
class QuietHours:
    """The part of every day in which people are not disturbed.

    When the end is before the start, it lasts over midnight.
    """

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError("a day that is quiet from a clock time to the same one says nothing")

    def to_json(self) -> list[str]:
        """Return the quiet hours as JSON: [start, end]."""
        return [self.start.isoformat("minutes"), self.end.isoformat("minutes")]

    @classmethod
    def from_json(cls, data: list[str]) -> "QuietHours":
        """Return the quiet hours that `to_json` wrote."""
        return cls(*map(time.fromisoformat, data))

    @property
    def is_overnight(self) -> bool:
        """Return whether the quiet hours end on the day after they start."""
        return self.end < self.start

    def span_on(self, day: date, zone: ZoneInfo) -> Span:
        """Return the quiet hours that start on a day, in UTC."""
        last_day = day + _DAY if self.is_overnight else day
        return Span(_to_utc(day, self.start, zone), _to_utc(last_day, self.end, zone))


def first_allowed_time(
    due: datetime, quiet: QuietHours | None, zone: ZoneInfo, urgent_until: datetime | None = None
) -> datetime:
    """Return the first time from `due` on at which somebody may be disturbed, in UTC.

    `urgent_until` is when the work begins that the message is about; after it the message is of no use. When the quiet
    hours do not end before it, the message cannot wait, and `due` is returned.
    """
    allowed = due.astimezone(UTC)
    if quiet is None:
        return allowed
    day = allowed.astimezone(zone).date() - _DAY
    for start_day in (day, day + _DAY, day + 2 * _DAY):  # a change of the clocks can join the quiet hours of two days
        span = quiet.span_on(start_day, zone)
        if span.start <= allowed < span.end:
            if urgent_until is not None and urgent_until <= span.end:
                return allowed
            allowed = span.end
    return allowed


def _to_utc(day: date, clock_time: time, zone: ZoneInfo) -> datetime:
    """Return when the clocks show a time on a day, in UTC.

    When the clocks show the time twice, the first moment counts. When they skip it, the moment is as long after
    midnight as on other days (PEP 495, fold=0).
    """
    return datetime.combine(day, clock_time, zone).astimezone(UTC)


@dataclass(frozen=True)
class Reminders:
    """The reminders that people of a community get unless they choose others; None and () switch a reminder off.

    The parties of an agreement are reminded `before` it begins. Each party gets a list of its work of the day at `day`,
    and on Mondays a list of its work of the week at `week`. A party that owes an answer is asked again after `nudge`.
    """

    before: tuple[LeadTime, ...] = (LeadTime(days=1, at=time(18)), LeadTime(length=timedelta(hours=2)))
    day: time | None = time(7)
    week: time | None = time(8)
    nudge: timedelta | None = timedelta(days=1)


#: All reminders are switched off.
NO_REMINDERS = Reminders((), None, None, None)
