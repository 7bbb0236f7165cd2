"""When people are told of what is coming, and when they are left in peace: pure, in the clocks of their village."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.span import Span

#: Nobody wants to be reminded of one thing more often, or earlier.
MAX_REMINDERS_BEFORE, MAX_LEAD_TIME = 5, timedelta(days=14)

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class LeadTime:
    """How long before something begins one is told: so `long` before it, or some `days` before it at a clock time.

    "2 timer før" is `Ahead(long=timedelta(hours=2))`, "aftenen før kl. 18" is `Ahead(days=1, at=time(18))`. A length
    passes on no clock: two hours before are two hours, also in the night in which the clocks are changed.
    """

    length: timedelta = timedelta()
    days: int = 0
    at: time | None = None

    @property
    def max_length(self) -> timedelta:
        """How long before the beginning it is at most, a change of the clocks apart."""
        return self.days * _DAY if self.at else self.length

    def to_json(self) -> list[Any]:
        """As JSON: a number of seconds, or of days and a clock time."""
        return [self.days, self.at.isoformat("minutes")] if self.at else [int(self.length.total_seconds())]

    @classmethod
    def from_json(cls, kept: list[Any]) -> "LeadTime":
        """From what was kept."""
        if len(kept) == 1:
            return cls(length=timedelta(seconds=kept[0]))
        return cls(days=kept[0], at=time.fromisoformat(kept[1]))

    def reminder_time(self, begins: datetime, zone: ZoneInfo) -> datetime:
        """The moment, in UTC, for what begins at a moment."""
        if self.at is None:
            return begins.astimezone(UTC) - self.length
        day = begins.astimezone(zone).date() - self.days * _DAY
        return _moment(day, self.at, zone)


@dataclass(frozen=True)
class QuietHours:
    """The part of every day in which people are left in peace, until the next morning where it ends earlier."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError("a day that is quiet from a clock time to the same one says nothing")

    def to_json(self) -> list[str]:
        """As JSON: its two clock times."""
        return [self.start.isoformat("minutes"), self.end.isoformat("minutes")]

    @classmethod
    def from_json(cls, kept: list[str]) -> "QuietHours":
        """From what was kept."""
        return cls(*map(time.fromisoformat, kept))

    @property
    def is_overnight(self) -> bool:
        """Whether it ends on the day after it began."""
        return self.end < self.start

    def span_on(self, day: date, zone: ZoneInfo) -> Span:
        """The moments, in UTC, between which it is quiet when that begins on a day."""
        last = day + _DAY if self.is_overnight else day
        return Span(_moment(day, self.start, zone), _moment(last, self.end, zone))


def first_allowed_time(
    due: datetime, quiet: QuietHours | None, zone: ZoneInfo, urgent_until: datetime | None = None
) -> datetime:
    """The first moment from `due` on at which somebody may be disturbed, in UTC.

    What cannot wait is said at once: `urgent_until` is the moment after which saying it is of no use, such as the
    beginning of the work it is about; where that comes before the quiet has ended, it is urgent.
    """
    allowed = due.astimezone(UTC)
    if quiet is None:
        return allowed
    day = allowed.astimezone(zone).date() - _DAY
    for begun in (day, day + _DAY, day + 2 * _DAY):  # where a change of the clocks joins two, one follows the other
        span = quiet.span_on(begun, zone)
        if span.start <= allowed < span.end:
            if urgent_until is not None and urgent_until <= span.end:
                return allowed
            allowed = span.end
    return allowed


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """When the clocks show it: the first time where they show it twice, and where they leave it out, as long after
    midnight as on other days (PEP 495, fold=0)."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


@dataclass(frozen=True)
class Reminders:
    """What a community's clock says unasked, when nobody wishes otherwise; None and nothing: not at all.

    `before` work begins its parties are reminded; at `day` those who work hear of the day's work, and on Mondays at
    `week` of the week's; whoever owes an answer is asked again after `nudge`.
    """

    before: tuple[LeadTime, ...] = (LeadTime(days=1, at=time(18)), LeadTime(length=timedelta(hours=2)))
    day: time | None = time(7)
    week: time | None = time(8)
    nudge: timedelta | None = timedelta(days=1)


#: No reminders at all.
NO_REMINDERS = Reminders((), None, None, None)
