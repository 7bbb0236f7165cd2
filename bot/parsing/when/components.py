"""The pieces a time is said with, before anybody asks which date they mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal


class NotUnderstood(Exception):
    """The words do not say one time together."""


class ImpossibleTime(Exception):
    """A time that cannot be; `key` and `values` are those of a `WhenError`, `said` is where the text says it."""

    def __init__(self, key: str, *, said: tuple[int, int] | None = None, **values: object) -> None:
        super().__init__(key)
        self.error_key = key
        self.char_range = said
        self.values: Mapping[str, object] = values


@dataclass(frozen=True)
class Invalid:
    """Something that can be seen to be wrong as soon as it is said: kl. 25, or the slip of a word that is `meant`."""

    error_key: str
    intended_word: str = ""


@dataclass(frozen=True)
class Vague:
    """Something about time that is too vague to be a time: in the holidays."""


@dataclass(frozen=True)
class Duration:
    """How long: 2 timer, 14 dage, en måned."""

    months: int = 0
    days: int = 0
    minutes: int = 0

    def __add__(self, other: "Duration") -> "Duration":
        return Duration(self.months + other.months, self.days + other.days, self.minutes + other.minutes)

    @property
    def whole_weeks(self) -> int | None:
        """The length in whole weeks, if it is."""
        whole = self.days and not self.months and not self.minutes and self.days % 7 == 0
        return self.days // 7 if whole else None


@dataclass(frozen=True)
class Year:
    """A year by its number, or counted from this one: næste år."""

    number: int | None = None
    years_ahead: int = 0


@dataclass(frozen=True)
class Weekday:
    """A weekday, Monday is 0. `weeks` more are added to it: fredag om 14 dage.

    One that is `away` belongs to the week that is so many weeks away: om 3 uger på fredag.
    """

    number: int
    which: Literal["coming", "next", "last", "away"] = "coming"
    weeks_ahead: int = 0


@dataclass(frozen=True)
class Date:
    """A day of a month, of a year."""

    day: int
    month: int | None = None
    year: Year | None = None


@dataclass(frozen=True)
class RelativeDay:
    """A day counted from today: i morgen, om 14 dage."""

    duration: Duration
    is_past: bool = False


@dataclass(frozen=True)
class NthWeekday:
    """A weekday counted in a month, from its end when negative: sidste fredag i juli."""

    ordinal: int
    weekday: int
    month: int | None = None
    months_ahead: int = 0
    year: Year | None = None


@dataclass(frozen=True)
class NamedDay:
    """A feast day by its name in `feasts`."""

    name: str
    year: Year | None = None


@dataclass(frozen=True)
class ShiftedDay:
    """Some days from another day: dagen efter 2. påskedag."""

    base: "Day"
    days: int


Day = Weekday | Date | RelativeDay | NthWeekday | NamedDay | ShiftedDay


@dataclass(frozen=True)
class Weeks:
    """ISO weeks by number, all from the first to the last with `through`, or one week counted from this one."""

    numbers: tuple[int, ...] = ()
    is_range: bool = False
    year: Year | None = None
    weeks_ahead: int = 0


@dataclass(frozen=True)
class Weekend:
    """The weekend of this week, or as many weeks after it."""

    weeks_ahead: int = 0


@dataclass(frozen=True)
class Month:
    """A whole month by number, or counted from this one."""

    number: int | None = None
    months_ahead: int = 0
    year: Year | None = None


@dataclass(frozen=True)
class DateRange:
    """Some days of one month or over its beginning: 12.-14. juni, 28. juni - 3. juli."""

    first_day: int
    last: Date


@dataclass(frozen=True)
class CurrentYear:
    """This year, as in its end."""


@dataclass(frozen=True)
class EndOf:
    """The end of a period: udgangen af ugen."""

    period: "Weeks | Month | DateRange | CurrentYear"


Period = Weeks | Month | DateRange | EndOf


@dataclass(frozen=True)
class ClockTime:
    """A clock time or a span of two, in minutes since midnight. A `sure` one is not moved by a part of the day: 2pm."""

    start: int
    end: int | None = None
    is_unambiguous: bool = False


@dataclass(frozen=True)
class PartOfDay:
    """A part of the day. `habit` is om aftenen, which goes with a clock but is no evening by itself."""

    name: str
    is_generic: bool = False


@dataclass(frozen=True)
class DayAndPart:
    """A part of a day in one word: i aften, fredagaften."""

    day: Day
    part: PartOfDay


@dataclass(frozen=True)
class TimeFromNow:
    """A moment counted from now: om 2 timer."""

    duration: Duration


@dataclass(frozen=True)
class ForDuration:
    """How long it takes: i 2 timer."""

    duration: Duration


@dataclass(frozen=True)
class WithinDuration:
    """A deadline counted from now: inden for en uge."""

    duration: Duration


@dataclass(frozen=True)
class Recurrence:
    """What comes again.

    `weekdays` are those of a week or, with `counts`, of a month. `parity` is 0 for even ISO weeks, 1 for odd ones.
    """

    unit: Literal["day", "week", "month", "year"]
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    ordinals: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    week_parity: int | None = None
    count: int | None = None
    part: "PartOfDay | None" = None


@dataclass(frozen=True)
class RepeatCount:
    """How many times: 10 gange."""

    count: int


@dataclass(frozen=True)
class NextDuration:
    """For how long from the first time on: de næste 4 uger."""

    duration: Duration


@dataclass(frozen=True)
class RestOfPeriod:
    """Until the end of a period: resten af året."""

    period: Month | CurrentYear | Weeks


Component = (
    Invalid
    | Vague
    | Day
    | Period
    | Weekend
    | ClockTime
    | PartOfDay
    | DayAndPart
    | TimeFromNow
    | ForDuration
    | WithinDuration
    | Recurrence
    | RepeatCount
    | NextDuration
    | RestOfPeriod
)

#: A first and a last day of something in time, the last one excluded.
DayInterval = tuple[date, date]
