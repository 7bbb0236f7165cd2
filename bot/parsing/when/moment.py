"""Collects the pieces that say one moment together, and finds the days and clock times they stand for."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from dateutil.tz import datetime_exists

from bot.parsing.when.days import DAY, delta, monday_of, resolve_day, resolve_period, resolve_weekend
from bot.parsing.when.parts import moved, window
from bot.parsing.when.said import (
    Beside,
    Clock,
    Date,
    Day,
    DayPart,
    DaysOfMonth,
    EndOf,
    Feast,
    For,
    Impossible,
    Instant,
    Length,
    Month,
    NotUnderstood,
    Nth,
    Offset,
    Part,
    Period,
    Weekday,
    Weekend,
    Weeks,
)

_SLOTS: dict[type, str] = {
    Weekday: "weekday",
    Date: "day",
    Offset: "day",
    Nth: "day",
    Feast: "day",
    Beside: "day",
    Weeks: "period",
    Month: "period",
    DaysOfMonth: "period",
    EndOf: "period",
    Weekend: "weekend",
    Clock: "clock",
    Part: "part",
    Instant: "instant",
    For: "length",
}

#: First day and the day behind the last, None for a single day.
DateRange = tuple[date, date | None]


@dataclass(frozen=True)
class Seen:
    """From where a moment is looked at: the present, and whether "næste tirsdag" is the later of the two.

    With a `zone`, hours are counted through the change to and from summer time.
    """

    now: datetime
    later: bool = False
    zone: tzinfo | None = None

    @property
    def today(self) -> date:
        """The day of the present."""
        return self.now.date()

    def at(self, day: date) -> "Seen":
        """The same, seen from the beginning of another day."""
        return replace(self, now=datetime.combine(day, time()))

    def ahead(self, length: Length) -> datetime:
        """That long from the present on, to the minute."""
        whole = replace(length, minutes=0)
        minutes = timedelta(minutes=length.minutes)
        begin = self.now.replace(second=0, microsecond=0) + delta(whole)
        if self.zone is None:
            return begin + minutes
        return (begin.replace(tzinfo=self.zone).astimezone(UTC) + minutes).astimezone(self.zone).replace(tzinfo=None)

    def existing(self, moment: datetime) -> datetime:
        """The same moment. Raises Impossible for one that clocks leap over in spring."""
        if self.zone and not datetime_exists(moment, self.zone):
            raise Impossible("when-no-such-time")
        return moment


@dataclass(frozen=True)
class Moment:
    """What was said about one moment, and where in the text. `clock_first` is "kl. 12 fredag"."""

    weekday: Weekday | None = None
    day: Date | Offset | Nth | Feast | Beside | None = None
    period: Period | None = None
    weekend: Weekend | None = None
    clock: Clock | None = None
    part: Part | None = None
    instant: Instant | None = None
    length: For | None = None
    start: int = -1
    end: int = -1
    clock_first: bool = False

    @property
    def has_day(self) -> bool:
        """Whether a day, a week or a month was said."""
        return any((self.weekday, self.day, self.period, self.weekend))

    @property
    def is_weekday_alone(self) -> bool:
        """Whether its day is a weekday and nothing says in which week: fredag, not fredag i uge 30."""
        more = self.day or self.period or self.weekend or self.instant
        return self.weekday is not None and self.weekday == Weekday(self.weekday.number) and not more

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said."""
        return not any((self.has_day, self.clock, self.part, self.instant, self.length))

    def add(self, piece: Any, start: int, end: int) -> "Moment":
        """The moment with one piece more. Raises NotUnderstood when it has such a piece."""
        if isinstance(piece, DayPart):
            return self.add(piece.day, start, end).add(piece.part, start, end)
        slot = _SLOTS[type(piece)]
        if getattr(self, slot) is not None:
            raise NotUnderstood
        clock_first = self.clock_first or (slot == "clock" and not self.has_day)
        begin = start if self.start < 0 else min(self.start, start)
        return replace(self, **{slot: piece}, start=begin, end=max(self.end, end), clock_first=clock_first)

    def join(self, other: "Moment") -> "Moment":
        """Both as one. Raises NotUnderstood when they say the same kind of thing."""
        joined = self
        for slot in fields(other):
            if slot.name in _SLOTS.values() and (piece := getattr(other, slot.name)):
                joined = joined.add(piece, other.start, other.end)
        return joined


def resolve_days(moment: Moment, seen: Seen) -> DateRange | None:
    """The days of a moment, None when it names none. Raises Impossible with the place in the text, NotUnderstood."""
    try:
        return _days(moment, seen)
    except Impossible as error:
        raise Impossible(error.key, said=(moment.start, moment.end), **error.values) from error
    except (OverflowError, ValueError) as error:
        raise Impossible("when-no-such-date", said=(moment.start, moment.end)) from error


def resolve(moment: Moment, seen: Seen) -> tuple[datetime | date, datetime | date | None]:
    """Start and end of a moment, the end None for a single day or instant. Raises Impossible, NotUnderstood."""
    if moment.instant:
        if moment.has_day or moment.clock or moment.part or moment.length:
            raise NotUnderstood
        return seen.ahead(moment.instant.length), None
    days = resolve_days(moment, seen)
    minutes = resolve_clock(moment)
    if minutes is None:
        return _whole_days(moment, days)
    if days and days[1]:
        raise NotUnderstood
    if days is None and moment.part and moment.part.habit and not moment.clock:
        raise NotUnderstood
    start, end = on_day(days[0] if days else next_day(minutes[0], seen), minutes)
    try:
        return seen.existing(start), end and seen.existing(end)
    except Impossible as error:
        raise Impossible(error.key, said=(moment.start, moment.end)) from error


def resolve_clock(moment: Moment) -> tuple[int, int | None] | None:
    """Start and end in minutes since midnight, past 1440 on the next day; None when no clock or part was said."""
    if moment.clock is None:
        return window(moment.part) if moment.part and not moment.length else None
    try:
        start, end = moved(moment.clock, moment.part)
    except Impossible as error:
        raise Impossible(error.key, said=(moment.start, moment.end)) from error
    if moment.length:
        length = moment.length.length
        if end is not None or length.months or length.days:
            raise NotUnderstood
        return start, start + length.minutes
    return start, end


def next_day(minutes: int, seen: Seen) -> date:
    """The day on which a clock time comes next."""
    return seen.today if on_day(seen.today, (minutes, None))[0] > seen.now else seen.today + DAY


def on_day(day: date, minutes: tuple[int, int | None]) -> tuple[datetime, datetime | None]:
    """Minutes since the midnight that a day begins with, as moments."""
    midnight = datetime.combine(day, time())
    start, end = minutes
    return midnight + timedelta(minutes=start), None if end is None else midnight + timedelta(minutes=end)


def _whole_days(moment: Moment, days: DateRange | None) -> DateRange:
    if days is None:
        raise NotUnderstood
    if moment.length is None:
        return days
    length = moment.length.length
    if days[1] or length.minutes or moment.part:
        raise NotUnderstood
    return days[0], days[0] + delta(length)


def _days(moment: Moment, seen: Seen) -> DateRange | None:
    if isinstance(moment.day, Date) and isinstance(moment.period, Weeks) and _is_plain(moment.period):
        day = _checked(resolve_day(moment.day, seen.today), moment)
        if day.isocalendar().week not in _numbers(moment.period):
            raise Impossible("when-no-such-date")
        return day, None
    bounds = _bounds(moment, seen)
    if moment.day:
        day = _checked(_day_within(moment.day, moment.period, bounds, seen), moment)
        if bounds and not bounds[0] <= day < bounds[1]:
            raise Impossible("when-no-such-date")
        return day, None
    if moment.weekday:
        return _weekday(moment.weekday, moment, bounds, seen), None
    return bounds


def _is_plain(weeks: Weeks) -> bool:
    """A week that is said only by its number: beside a date it must be the date's own."""
    return bool(weeks.numbers) and weeks.year is None


def _numbers(weeks: Weeks) -> Sequence[int]:
    first, last = weeks.numbers[0], weeks.numbers[-1]
    if not weeks.through:
        return weeks.numbers
    return range(first, last + 1) if first <= last else (*range(first, 54), *range(1, last + 1))


def _checked(day: date, moment: Moment) -> date:
    if moment.weekday and moment.weekday.number != day.weekday():
        if isinstance(moment.day, Offset) and (moment.day.length.days > 2 or moment.day.length.months):
            raise NotUnderstood  # "om 14 dage fredag" is no slip of the calendar
        raise Impossible("when-weekday-differs", weekday=day.weekday(), date=day)
    return day


def _bounds(moment: Moment, seen: Seen) -> tuple[date, date] | None:
    if isinstance(moment.period, EndOf):
        raise NotUnderstood
    bounds = resolve_period(moment.period, seen.today) if moment.period else None
    if moment.weekend is None:
        return bounds
    if bounds is None:
        return resolve_weekend(moment.weekend, monday_of(seen.today))
    if bounds[1] - bounds[0] != 7 * DAY or moment.weekend.shift:
        raise NotUnderstood
    return resolve_weekend(moment.weekend, bounds[0])


def _day_within(day: Day, period: Period | None, bounds: tuple[date, date] | None, seen: Seen) -> date:
    """A day, in the month that is said elsewhere where it names none: den 12. i næste måned."""
    monthless = isinstance(day, Date) and day.month is None
    if not (isinstance(day, Date) and monthless and bounds and isinstance(period, Month)):
        if isinstance(period, Month | DaysOfMonth):
            raise NotUnderstood
        return resolve_day(day, seen.today)
    found = bounds[0] + (day.day - 1) * DAY
    if not bounds[0] <= found < bounds[1]:
        raise Impossible("when-no-such-date")
    return found


def _weekday(weekday: Weekday, moment: Moment, bounds: tuple[date, date] | None, seen: Seen) -> date:
    if bounds is None:
        if seen.later and weekday.which == "away":
            weekday = replace(weekday, which="coming")
        return resolve_day(weekday, seen.today) + 7 * DAY * (seen.later and weekday.which == "next")
    if weekday.weeks or weekday.which == "last" or bounds[1] - bounds[0] > 7 * DAY:
        raise NotUnderstood
    found = monday_of(bounds[0]) + weekday.number * DAY
    if not bounds[0] <= found < bounds[1]:
        raise NotUnderstood
    return found
