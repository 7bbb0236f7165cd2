"""The components of a time phrase, as they are said: "fredag" is a weekday, whatever its date will turn out to be.

The stage `match` finds them, `assemble` puts them together, and `resolve` turns them into dates and clock times. Times
of the day are minutes since midnight. Weekdays are numbered from Monday, which is 0. A number of days, weeks, months
or years `ahead` is counted from today, this week, this month or this year.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

WORKING_DAYS = (0, 1, 2, 3, 4)
WEEKEND_DAYS = (5, 6)


@dataclass(frozen=True)
class Invalid:
    """A component that is wrong by itself: "kl. 25", or "freedag", a misspelling of the `intended_word`."""

    error_key: str
    intended_word: str = ""


@dataclass(frozen=True)
class Vague:
    """Words about time that are too vague to be a time: "i ferien", "in the holidays"."""


@dataclass(frozen=True)
class Duration:
    """A length of time: "2 timer", "14 dage", "en måned"."""

    months: int = 0
    days: int = 0
    minutes: int = 0
    seconds: int = 0

    def __add__(self, other: "Duration") -> "Duration":
        return Duration(
            self.months + other.months,
            self.days + other.days,
            self.minutes + other.minutes,
            self.seconds + other.seconds,
        )

    @property
    def has_clock(self) -> bool:
        """Whether it is counted in minutes or seconds: from a moment on, and not from a day on."""
        return bool(self.minutes or self.seconds)

    @property
    def whole_weeks(self) -> int | None:
        """The number of weeks; None when the duration is not a whole number of weeks."""
        is_whole = self.days and not self.months and not self.has_clock and self.days % 7 == 0
        return self.days // 7 if is_whole else None


@dataclass(frozen=True)
class Year:
    """A year, by its number ("2027"), or counted from the current year ("næste år", next year)."""

    number: int | None = None
    years_ahead: int = 0


@dataclass(frozen=True)
class Weekday:
    """A weekday: "på fredag", "næste tirsdag" (next Tuesday), "i fredags" (last Friday).

    `weeks_ahead` are added to the coming weekday: "fredag om 14 dage". With "in_weeks" it is the weekday of the week
    that is `weeks_ahead` weeks ahead: "om 3 uger på fredag" (in 3 weeks on Friday).
    """

    number: int
    which: Literal["coming", "next", "last", "in_weeks"] = "coming"
    weeks_ahead: int = 0

    @property
    def is_coming(self) -> bool:
        """Whether it is the next weekday of this name, which "fredag" alone means."""
        return self.which == "coming" and not self.weeks_ahead


@dataclass(frozen=True)
class Date:
    """A day of a month: "den 12.", "12. juni", "12. juni 2027"."""

    day: int
    month: int | None = None
    year: Year | None = None


@dataclass(frozen=True)
class RelativeDay:
    """A day counted from today: "i morgen" (tomorrow), "om 14 dage", "i går" (yesterday, `is_past`)."""

    duration: Duration
    is_past: bool = False


@dataclass(frozen=True)
class NthWeekday:
    """A weekday counted within a month, from its end when `ordinal` is negative: "sidste fredag i juli"."""

    ordinal: int
    weekday: int
    month: int | None = None
    months_ahead: int = 0
    year: Year | None = None


@dataclass(frozen=True)
class NamedDay:
    """A day with a name whose date is different every year: "2. påskedag" (Easter Monday).

    The keys are in `named_days`. A named day that has the same date every year is a `Date`.
    """

    name: str
    year: Year | None = None


@dataclass(frozen=True)
class NthDay:
    """A day counted within a month, from its end when `ordinal` is negative: "den sidste dag i august"."""

    ordinal: int
    month: "Month"


@dataclass(frozen=True)
class FollowingDay:
    """The day after the one on which the time begins: "fredag kl. 16 til kl. 10 dagen efter"."""


@dataclass(frozen=True)
class ShiftedDay:
    """A day that is a number of days after another day, or before it when negative: "dagen efter 2. påskedag"."""

    base: "Day"
    days: int


Day = Weekday | Date | RelativeDay | NthWeekday | NthDay | NamedDay | ShiftedDay | FollowingDay


@dataclass(frozen=True)
class Weeks:
    """ISO weeks by their numbers, or a week counted from the current week: "uge 28 og 29", "i næste uge" (next week).

    With `is_range` all weeks from the first to the last are meant: "uge 28-30".
    """

    numbers: tuple[int, ...] = ()
    is_range: bool = False
    year: Year | None = None
    weeks_ahead: int = 0


@dataclass(frozen=True)
class NthWeek:
    """A week counted within a month, from its end when `ordinal` is negative: "første uge i oktober".

    People mean the first whole week, or the week that has the first day of the month.
    """

    ordinal: int
    month: "Month"


@dataclass(frozen=True)
class Weekend:
    """A weekend counted from that of the current week: "i weekenden", "næste weekend"."""

    weeks_ahead: int = 0


@dataclass(frozen=True)
class Month:
    """A whole month by its number, or counted from the current month: "i juli", "i næste måned" (next month).

    `is_next`: "næste marts" (next March) is the coming one, or the one a year later.
    """

    number: int | None = None
    months_ahead: int = 0
    year: Year | None = None
    is_next: bool = False


@dataclass(frozen=True)
class MonthRange:
    """Whole months in a row by their numbers: "juli-august"."""

    first: int
    last: int
    year: Year | None = None


@dataclass(frozen=True)
class PartOfMonth:
    """A third of a month: "primo august" is the first ten days, "medio" the next ten, "ultimo" the rest."""

    part: Literal["first", "middle", "last"]
    month: Month


@dataclass(frozen=True)
class DaysOfMonth:
    """Days in a row from the first of a month on: "de første 3 dage i juli". With a negative `count`, its last days."""

    count: int
    month: Month


@dataclass(frozen=True)
class Quarter:
    """Three months of a year by their number from 1 to 4, or counted from the current quarter: "næste kvartal"."""

    number: int | None = None
    quarters_ahead: int = 0
    year: Year | None = None


@dataclass(frozen=True)
class WholeYear:
    """A year from its first day to its last: "næste år" (next year)."""

    year: Year


@dataclass(frozen=True)
class DateRange:
    """Several days in a row, with one month, or begun in the month before: "12.-14. juni", "28.-3. juli".

    `first_day` is the number of a day, or a date with a month of its own: "01-04 til 30-09".
    """

    first_day: int | Date
    last: Date


@dataclass(frozen=True)
class SchoolHoliday:
    """A school holiday of the community, each time that it takes place: first day, and the day after the last.

    "Skoleferierne" (the school holidays) are all of them.
    """

    intervals: tuple[tuple[date, date], ...]


@dataclass(frozen=True)
class EndOf:
    """The end of a period: "udgangen af ugen" (the end of the week)."""

    period: "Weeks | NthWeek | Month | MonthRange | PartOfMonth | DaysOfMonth | Quarter | DateRange | WholeYear"


Period = (
    Weeks
    | NthWeek
    | Month
    | MonthRange
    | PartOfMonth
    | DaysOfMonth
    | Quarter
    | WholeYear
    | DateRange
    | SchoolHoliday
    | EndOf
)


@dataclass(frozen=True)
class PartOfDay:
    """A part of the day by its name in `parts_of_day`: "fredag aften" (Friday evening).

    When it `is_generic`, such as "om aftenen" (in the evening), it only says in which half of the day a clock time is,
    and names no single evening.
    """

    name: str
    is_generic: bool = False


@dataclass(frozen=True)
class DayAndPart:
    """A day and a part of it in one word or set phrase: "i aften" (tonight), "fredagaften"."""

    day: Day
    part: PartOfDay


@dataclass(frozen=True)
class TimeFromNow:
    """A moment counted from now: "om 2 timer" (in 2 hours)."""

    duration: Duration
