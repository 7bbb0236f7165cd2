"""Collects the pieces that say one moment together, and finds the days and clock times they stand for."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from dateutil.tz import datetime_exists

from bot.parsing.when.components import (
    ClockTime,
    Date,
    DateRange,
    Day,
    DayAndPart,
    Duration,
    EndOf,
    ForDuration,
    ImpossibleTime,
    Month,
    NamedDay,
    NotUnderstood,
    NthWeekday,
    PartOfDay,
    Period,
    RelativeDay,
    ShiftedDay,
    TimeFromNow,
    Weekday,
    Weekend,
    Weeks,
)
from bot.parsing.when.resolve.dates import DAY, delta, monday_of, resolve_day, resolve_period, resolve_weekend
from bot.parsing.when.resolve.parts_of_day import moved, window

_SLOTS: dict[type, str] = {
    Weekday: "weekday",
    Date: "day",
    RelativeDay: "day",
    NthWeekday: "day",
    NamedDay: "day",
    ShiftedDay: "day",
    Weeks: "period",
    Month: "period",
    DateRange: "period",
    EndOf: "period",
    Weekend: "weekend",
    ClockTime: "clock_time",
    PartOfDay: "part_of_day",
    TimeFromNow: "time_from_now",
    ForDuration: "duration",
}

#: First day and the day behind the last, None for a single day.
Span = tuple[date, date | None]


@dataclass(frozen=True)
class ReferenceTime:
    """From where a moment is looked at: the present, and whether "næste tirsdag" is the later of the two.

    With a `zone`, hours are counted through the change to and from summer time.
    """

    now: datetime
    next_is_later: bool = False
    zone: tzinfo | None = None

    @property
    def today(self) -> date:
        """The day of the present."""
        return self.now.date()

    def moved_to(self, day: date) -> "ReferenceTime":
        """The same, seen from the beginning of another day."""
        return replace(self, now=datetime.combine(day, time()))

    def after(self, length: Duration) -> datetime:
        """That long from the present on, to the minute."""
        whole = replace(length, minutes=0)
        minutes = timedelta(minutes=length.minutes)
        begin = self.now.replace(second=0, microsecond=0) + delta(whole)
        if self.zone is None:
            return begin + minutes
        return (begin.replace(tzinfo=self.zone).astimezone(UTC) + minutes).astimezone(self.zone).replace(tzinfo=None)

    def require_existing(self, moment: datetime) -> datetime:
        """The same moment. Raises Impossible for one that clocks leap over in spring."""
        if self.zone and not datetime_exists(moment, self.zone):
            raise ImpossibleTime("when-no-such-time")
        return moment


@dataclass(frozen=True)
class Moment:
    """What was said about one moment, and where in the text. `clock_first` is "kl. 12 fredag"."""

    weekday: Weekday | None = None
    day: Date | RelativeDay | NthWeekday | NamedDay | ShiftedDay | None = None
    period: Period | None = None
    weekend: Weekend | None = None
    clock_time: ClockTime | None = None
    part_of_day: PartOfDay | None = None
    time_from_now: TimeFromNow | None = None
    duration: ForDuration | None = None
    char_start: int = -1
    char_end: int = -1
    clock_came_first: bool = False

    @property
    def has_day(self) -> bool:
        """Whether a day, a week or a month was said."""
        return any((self.weekday, self.day, self.period, self.weekend))

    @property
    def is_weekday_alone(self) -> bool:
        """Whether its day is a weekday and nothing says in which week: fredag, not fredag i uge 30."""
        more = self.day or self.period or self.weekend or self.time_from_now
        return self.weekday is not None and self.weekday == Weekday(self.weekday.number) and not more

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said."""
        return not any((self.has_day, self.clock_time, self.part_of_day, self.time_from_now, self.duration))

    def with_component(self, piece: Any, start: int, end: int) -> "Moment":
        """The moment with one piece more. Raises NotUnderstood when it has such a piece."""
        if isinstance(piece, DayAndPart):
            return self.with_component(piece.day, start, end).with_component(piece.part, start, end)
        slot = _SLOTS[type(piece)]
        if getattr(self, slot) is not None:
            raise NotUnderstood
        clock_first = self.clock_came_first or (slot == "clock_time" and not self.has_day)
        begin = start if self.char_start < 0 else min(self.char_start, start)
        return replace(
            self, **{slot: piece}, char_start=begin, char_end=max(self.char_end, end), clock_came_first=clock_first
        )

    def merge(self, other: "Moment") -> "Moment":
        """Both as one. Raises NotUnderstood when they say the same kind of thing."""
        joined = self
        for slot in fields(other):
            if slot.name in _SLOTS.values() and (piece := getattr(other, slot.name)):
                joined = joined.with_component(piece, other.char_start, other.char_end)
        return joined


def resolve_days(moment: Moment, seen: ReferenceTime) -> Span | None:
    """The days of a moment, None when it names none. Raises Impossible with the place in the text, NotUnderstood."""
    try:
        return _days(moment, seen)
    except ImpossibleTime as error:
        raise ImpossibleTime(error.error_key, said=(moment.char_start, moment.char_end), **error.values) from error
    except (OverflowError, ValueError) as error:
        raise ImpossibleTime("when-no-such-date", said=(moment.char_start, moment.char_end)) from error


def resolve(moment: Moment, seen: ReferenceTime) -> tuple[datetime | date, datetime | date | None]:
    """Start and end of a moment, the end None for a single day or instant. Raises Impossible, NotUnderstood."""
    if moment.time_from_now:
        if moment.has_day or moment.clock_time or moment.part_of_day or moment.duration:
            raise NotUnderstood
        return seen.after(moment.time_from_now.duration), None
    days = resolve_days(moment, seen)
    minutes = resolve_clock(moment)
    if minutes is None:
        return _whole_days(moment, days)
    if days and days[1]:
        raise NotUnderstood
    if days is None and moment.part_of_day and moment.part_of_day.is_generic and not moment.clock_time:
        raise NotUnderstood
    start, end = on_day(days[0] if days else next_day(minutes[0], seen), minutes)
    try:
        return seen.require_existing(start), end and seen.require_existing(end)
    except ImpossibleTime as error:
        raise ImpossibleTime(error.error_key, said=(moment.char_start, moment.char_end)) from error


def resolve_clock(moment: Moment) -> tuple[int, int | None] | None:
    """Start and end in minutes since midnight, past 1440 on the next day; None when no clock or part was said."""
    if moment.clock_time is None:
        return window(moment.part_of_day) if moment.part_of_day and not moment.duration else None
    try:
        start, end = moved(moment.clock_time, moment.part_of_day)
    except ImpossibleTime as error:
        raise ImpossibleTime(error.error_key, said=(moment.char_start, moment.char_end)) from error
    if moment.duration:
        length = moment.duration.duration
        if end is not None or length.months or length.days:
            raise NotUnderstood
        return start, start + length.minutes
    return start, end


def next_day(minutes: int, seen: ReferenceTime) -> date:
    """The day on which a clock time comes next."""
    return seen.today if on_day(seen.today, (minutes, None))[0] > seen.now else seen.today + DAY


def on_day(day: date, minutes: tuple[int, int | None]) -> tuple[datetime, datetime | None]:
    """Minutes since the midnight that a day begins with, as moments."""
    midnight = datetime.combine(day, time())
    start, end = minutes
    return midnight + timedelta(minutes=start), None if end is None else midnight + timedelta(minutes=end)


def _whole_days(moment: Moment, days: Span | None) -> Span:
    if days is None:
        raise NotUnderstood
    if moment.duration is None:
        return days
    length = moment.duration.duration
    if days[1] or length.minutes or moment.part_of_day:
        raise NotUnderstood
    return days[0], days[0] + delta(length)


def _days(moment: Moment, seen: ReferenceTime) -> Span | None:
    if isinstance(moment.day, Date) and isinstance(moment.period, Weeks) and _is_plain(moment.period):
        day = _checked(resolve_day(moment.day, seen.today), moment)
        if day.isocalendar().week not in _numbers(moment.period):
            raise ImpossibleTime("when-no-such-date")
        return day, None
    bounds = _bounds(moment, seen)
    if moment.day:
        day = _checked(_day_within(moment.day, moment.period, bounds, seen), moment)
        if bounds and not bounds[0] <= day < bounds[1]:
            raise ImpossibleTime("when-no-such-date")
        return day, None
    if moment.weekday:
        return _weekday(moment.weekday, moment, bounds, seen), None
    return bounds


def _is_plain(weeks: Weeks) -> bool:
    """A week that is said only by its number: beside a date it must be the date's own."""
    return bool(weeks.numbers) and weeks.year is None


def _numbers(weeks: Weeks) -> Sequence[int]:
    first, last = weeks.numbers[0], weeks.numbers[-1]
    if not weeks.is_range:
        return weeks.numbers
    return range(first, last + 1) if first <= last else (*range(first, 54), *range(1, last + 1))


def _checked(day: date, moment: Moment) -> date:
    if moment.weekday and moment.weekday.number != day.weekday():
        if isinstance(moment.day, RelativeDay) and (moment.day.duration.days > 2 or moment.day.duration.months):
            raise NotUnderstood  # "om 14 dage fredag" is no slip of the calendar
        raise ImpossibleTime("when-weekday-differs", weekday=day.weekday(), date=day)
    return day


def _bounds(moment: Moment, seen: ReferenceTime) -> tuple[date, date] | None:
    if isinstance(moment.period, EndOf):
        raise NotUnderstood
    bounds = resolve_period(moment.period, seen.today) if moment.period else None
    if moment.weekend is None:
        return bounds
    if bounds is None:
        return resolve_weekend(moment.weekend, monday_of(seen.today))
    if bounds[1] - bounds[0] != 7 * DAY or moment.weekend.weeks_ahead:
        raise NotUnderstood
    return resolve_weekend(moment.weekend, bounds[0])


def _day_within(day: Day, period: Period | None, bounds: tuple[date, date] | None, seen: ReferenceTime) -> date:
    """A day, in the month that is said elsewhere where it names none: den 12. i næste måned."""
    monthless = isinstance(day, Date) and day.month is None
    if not (isinstance(day, Date) and monthless and bounds and isinstance(period, Month)):
        if isinstance(period, Month | DateRange):
            raise NotUnderstood
        return resolve_day(day, seen.today)
    found = bounds[0] + (day.day - 1) * DAY
    if not bounds[0] <= found < bounds[1]:
        raise ImpossibleTime("when-no-such-date")
    return found


def _weekday(weekday: Weekday, moment: Moment, bounds: tuple[date, date] | None, seen: ReferenceTime) -> date:
    if bounds is None:
        if seen.next_is_later and weekday.which == "away":
            weekday = replace(weekday, which="coming")
        return resolve_day(weekday, seen.today) + 7 * DAY * (seen.next_is_later and weekday.which == "next")
    if weekday.weeks_ahead or weekday.which == "last" or bounds[1] - bounds[0] > 7 * DAY:
        raise NotUnderstood
    found = monday_of(bounds[0]) + weekday.number * DAY
    if not bounds[0] <= found < bounds[1]:
        raise NotUnderstood
    return found
