"""The phrase that the stage `assemble` makes of the components of a text: everything that the text says about time.

"hver fredag kl. 9 fra april til oktober" is a recurrence, a main moment (kl. 9) and two clauses (fra april, til
oktober). None of them has a date yet.
"""

from dataclasses import dataclass, field, fields, replace
from typing import Any

from bot.parsing.when.components import (
    ClockTime,
    Date,
    DateRange,
    DayAndPart,
    EndOf,
    ForDuration,
    Month,
    NamedDay,
    NextDuration,
    NthWeekday,
    PartOfDay,
    Period,
    Recurrence,
    RelativeDay,
    RepeatCount,
    RestOfPeriod,
    ShiftedDay,
    TimeFromNow,
    Weekday,
    Weekend,
    Weeks,
    WithinDuration,
)
from bot.parsing.when.errors import NotUnderstood

#: The field of a moment that a component fills.
_FIELDS: dict[type, str] = {
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
_FIELD_NAMES = frozenset(_FIELDS.values())


@dataclass(frozen=True)
class Moment:
    """The components that say one moment together: "fredag den 12. juni kl. 14".

    `char_start` and `char_end` are where the text says it, -1 for an empty moment. `clock_came_first`: the clock time
    was said before any day, as in "kl. 12 fredag".
    """

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
        """Whether a day, a week, a month or a weekend was said."""
        return any((self.weekday, self.day, self.period, self.weekend))

    @property
    def is_weekday_alone(self) -> bool:
        """Whether its day is a weekday of no particular week: "fredag", but not "fredag i uge 30"."""
        has_more = self.day or self.period or self.weekend or self.time_from_now
        return self.weekday is not None and self.weekday.is_coming and not has_more

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
        merged = self
        for each in fields(other):
            if each.name in _FIELD_NAMES and (component := getattr(other, each.name)):
                merged = merged.with_component(component, other.char_start, other.char_end)
        return merged


NO_MOMENT = Moment()

#: Connectives of clauses that go on with a list. A comma is one only where a further day follows it.
LIST_CONNECTIVES = frozenset(("comma", "and", "or", "slash"))


@dataclass(frozen=True)
class Clause:
    """A connective with the moment, or the recurrence, behind it: "fra april", "undtagen uge 29"."""

    connective: str
    moment: Moment = NO_MOMENT
    recurrence: Recurrence | None = None


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
