"""The phrase that the stage `assemble` makes of the components of a text: everything that the text says about time.

"hver fredag kl. 9 fra april til oktober" is a recurrence, a main moment (kl. 9) and two clauses (fra april, til
oktober). None of them has a date yet.
"""

from dataclasses import dataclass, field, fields, replace
from typing import Any

from bot.parsing.when.clock_time import ClockTime
from bot.parsing.when.components import (
    Date,
    DateRange,
    DayAndPart,
    DaysOfMonth,
    EndOf,
    FollowingDay,
    Month,
    MonthRange,
    NamedDay,
    NthDay,
    NthWeek,
    NthWeekday,
    PartOfDay,
    PartOfMonth,
    Period,
    Quarter,
    RelativeDay,
    SchoolHoliday,
    ShiftedDay,
    TimeFromNow,
    Weekday,
    Weekend,
    Weeks,
    WholeYear,
)
from bot.parsing.when.errors import NotUnderstood
from bot.parsing.when.series_components import (
    ForDuration,
    NextDuration,
    Recurrence,
    RepeatCount,
    RestOfPeriod,
    WithinDuration,
)

#: The field of a moment that a component fills.
_FIELDS: dict[type, str] = {
    Weekday: "weekday",
    Date: "day",
    RelativeDay: "day",
    NthWeekday: "day",
    NthDay: "day",
    NamedDay: "day",
    ShiftedDay: "day",
    FollowingDay: "day",
    Weeks: "period",
    NthWeek: "period",
    Month: "period",
    MonthRange: "period",
    PartOfMonth: "period",
    DaysOfMonth: "period",
    Quarter: "period",
    WholeYear: "period",
    DateRange: "period",
    EndOf: "period",
    SchoolHoliday: "period",
    Weekend: "weekend",
    ClockTime: "clock_time",
    PartOfDay: "part_of_day",
    TimeFromNow: "time_from_now",
    ForDuration: "duration",
}
_FIELD_NAMES = frozenset(_FIELDS.values())

_MINUTES_OF_DAY = 24 * 60


@dataclass(frozen=True)
class Moment:
    """The components that say one moment together: "fredag den 12. juni kl. 14".

    `char_start` and `char_end` are where the text says it, -1 for an empty moment. `clock_came_first`: the clock time
    was said before any day, as in "kl. 12 fredag". `same_day` names the `day` once more: "i morgen den 10. juni".
    """

    weekday: Weekday | None = None
    day: Date | RelativeDay | NthWeekday | NthDay | NamedDay | ShiftedDay | FollowingDay | None = None
    period: Period | None = None
    weekend: Weekend | None = None
    clock_time: ClockTime | None = None
    part_of_day: PartOfDay | None = None
    time_from_now: TimeFromNow | None = None
    duration: ForDuration | None = None
    char_start: int = -1
    char_end: int = -1
    clock_came_first: bool = False
    same_day: RelativeDay | None = None

    @property
    def has_day(self) -> bool:
        """Whether a day, a week, a month or a weekend was said."""
        return any((self.weekday, self.day, self.period, self.weekend))

    @property
    def is_weekday_alone(self) -> bool:
        """Whether its day is a weekday of no particular week: "fredag", but not "fredag i uge 30"."""
        has_more = self.day or self.period or self.weekend or self.time_from_now
        return self.weekday is not None and self.weekday.is_coming and not has_more

    @property
    def is_duration_alone(self) -> bool:
        """Whether nothing but a duration was said: "i 14 dage" (for 14 days)."""
        return self.duration is not None and replace(self, duration=None).is_empty

    @property
    def is_empty(self) -> bool:
        """Whether the moment has no component."""
        return not any((self.has_day, self.clock_time, self.part_of_day, self.time_from_now, self.duration))

    def has_field_of(self, component: Any) -> bool:
        """Return whether it has a component of the same field."""
        name = _FIELDS.get(type(component))
        return name is not None and getattr(self, name) is not None

    def with_component(self, component: Any, start: int, end: int) -> "Moment":
        """Return the moment with one component more, which is at these characters of the text.

        Raises NotUnderstood when the moment has a component of the same field.
        """
        if isinstance(component, DayAndPart):
            return self.with_component(component.day, start, end).with_component(component.part, start, end)
        name = _FIELDS[type(component)]
        if isinstance(component, FollowingDay) and self.clock_time and self.clock_time.end is not None:
            return replace(self, clock_time=_until_next_day(self.clock_time, self.clock_time.end), char_end=end)
        if name == "day" and self.same_day is None and {type(self.day), type(component)} == {RelativeDay, Date}:
            day, same_day = (component, self.day) if isinstance(component, Date) else (self.day, component)
            assert isinstance(same_day, RelativeDay)
            return replace(self, day=day, same_day=same_day, char_end=max(self.char_end, end))
        if getattr(self, name) is not None:
            raise NotUnderstood
        return replace(
            self,
            **{name: component},
            char_start=start if self.char_start < 0 else min(self.char_start, start),
            char_end=max(self.char_end, end),
            clock_came_first=self.clock_came_first or (name == "clock_time" and not self.has_day),
        )

    def merge(self, other: "Moment") -> "Moment":
        """Return one moment with the components of both. Raises NotUnderstood when both have the same field."""
        if self.is_empty:
            return other
        merged = self
        for each in fields(other):
            if each.name in _FIELD_NAMES and (component := getattr(other, each.name)):
                merged = merged.with_component(component, other.char_start, other.char_end)
        return merged.with_component(other.same_day, other.char_start, other.char_end) if other.same_day else merged


def _until_next_day(clock_time: ClockTime, end: int) -> ClockTime:
    """Return a range that ends on the day after it began: "kl. 8 til kl. 10 dagen efter"."""
    return replace(clock_time, end=end + _MINUTES_OF_DAY if end > clock_time.start else end)


NO_MOMENT = Moment()

#: Connectives of clauses that go on with a list. A comma is one only where a further day follows it.
LIST_CONNECTIVES = frozenset(("comma", "and", "or", "slash"))


@dataclass(frozen=True)
class Clause:
    """A connective with the moment, or the recurrence, behind it: "fra april", "undtagen uge 29".

    An exception may last until a `last` moment: "undtagen fra 3. juli til 17. juli".
    """

    connective: str
    moment: Moment = NO_MOMENT
    recurrence: Recurrence | None = None
    last: Moment | None = None


@dataclass(frozen=True)
class Phrase:
    """Everything that a text says about time. `char_ranges` are the parts of the text that say it, in order."""

    main: Moment = NO_MOMENT
    clauses: tuple[Clause, ...] = ()
    recurrence: Recurrence | None = None
    repeat_count: RepeatCount | None = None
    next_duration: NextDuration | None = None
    rest_of_period: RestOfPeriod | None = None
    deadline: WithinDuration | None = None
    char_ranges: tuple[tuple[int, int], ...] = field(default=())

    @property
    def moments(self) -> tuple[Moment, ...]:
        """The main moment and the moments of the clauses."""
        return self.main, *(clause.moment for clause in self.clauses)


def merge_recurrences(first: Recurrence, second: Recurrence) -> Recurrence:
    """Return two parts of a recurrence as one: "hver fjortende dag" and "om torsdagen" (every 14 days, on Thursdays).

    Raises NotUnderstood when they contradict each other.
    """
    if _is_interval_only(second) and not _is_interval_only(first):
        first, second = second, first
    if first.interval > 1 and second.interval > 1:
        raise NotUnderstood
    is_same_kind = first.unit == second.unit and first.ordinals == second.ordinals == ()
    if not is_same_kind and not _is_interval_only(first):
        raise NotUnderstood
    if first.unit != second.unit and not (first.unit == "month" and second.ordinals):
        raise NotUnderstood
    return replace(
        second,
        interval=first.interval * second.interval,
        weekdays=tuple(sorted({*first.weekdays, *second.weekdays})),
        month_days=tuple(sorted({*first.month_days, *second.month_days})),
        week_parity=second.week_parity if first.week_parity is None else first.week_parity,
        count=first.count or second.count,
        part_of_day=first.part_of_day or second.part_of_day,
    )


def _is_interval_only(recurrence: Recurrence) -> bool:
    return not (recurrence.weekdays or recurrence.month_days or recurrence.ordinals)
