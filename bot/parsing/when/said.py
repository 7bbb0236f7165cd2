"""The pieces a time is said with, before anybody asks which date they mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal


class NotUnderstood(Exception):
    """The words do not say one time together."""


class Impossible(Exception):
    """A time that cannot be; `key` and `values` are those of a `WhenError`, `said` is where the text says it."""

    def __init__(self, key: str, *, said: tuple[int, int] | None = None, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.said = said
        self.values: Mapping[str, object] = values


@dataclass(frozen=True)
class Wrong:
    """Something that can be seen to be wrong as soon as it is said: kl. 25, or the slip of a word that is `meant`."""

    key: str
    meant: str = ""


@dataclass(frozen=True)
class Vague:
    """Something about time that is too vague to be a time: in the holidays."""


@dataclass(frozen=True)
class Length:
    """How long: 2 timer, 14 dage, en måned."""

    months: int = 0
    days: int = 0
    minutes: int = 0

    def __add__(self, other: "Length") -> "Length":
        return Length(self.months + other.months, self.days + other.days, self.minutes + other.minutes)

    @property
    def weeks(self) -> int | None:
        """The length in whole weeks, if it is."""
        whole = self.days and not self.months and not self.minutes and self.days % 7 == 0
        return self.days // 7 if whole else None


@dataclass(frozen=True)
class Year:
    """A year by its number, or counted from this one: næste år."""

    number: int | None = None
    shift: int = 0


@dataclass(frozen=True)
class Weekday:
    """A weekday, Monday is 0. `weeks` more are added to it: fredag om 14 dage.

    One that is `away` belongs to the week that is so many weeks away: om 3 uger på fredag.
    """

    number: int
    which: Literal["coming", "next", "last", "away"] = "coming"
    weeks: int = 0


@dataclass(frozen=True)
class Date:
    """A day of a month, of a year."""

    day: int
    month: int | None = None
    year: Year | None = None


@dataclass(frozen=True)
class Offset:
    """A day counted from today: i morgen, om 14 dage."""

    length: Length
    backwards: bool = False


@dataclass(frozen=True)
class Nth:
    """A weekday counted in a month, from its end when negative: sidste fredag i juli."""

    count: int
    weekday: int
    month: int | None = None
    month_shift: int = 0
    year: Year | None = None


@dataclass(frozen=True)
class Feast:
    """A feast day by its name in `feasts`."""

    name: str
    year: Year | None = None


@dataclass(frozen=True)
class Beside:
    """Some days from another day: dagen efter 2. påskedag."""

    day: "Day"
    days: int


Day = Weekday | Date | Offset | Nth | Feast | Beside


@dataclass(frozen=True)
class Weeks:
    """ISO weeks by number, all from the first to the last with `through`, or one week counted from this one."""

    numbers: tuple[int, ...] = ()
    through: bool = False
    year: Year | None = None
    shift: int = 0


@dataclass(frozen=True)
class Weekend:
    """The weekend of this week, or as many weeks after it."""

    shift: int = 0


@dataclass(frozen=True)
class Month:
    """A whole month by number, or counted from this one."""

    number: int | None = None
    shift: int = 0
    year: Year | None = None


@dataclass(frozen=True)
class DaysOfMonth:
    """Some days of one month or over its beginning: 12.-14. juni, 28. juni - 3. juli."""

    first: int
    last: Date


@dataclass(frozen=True)
class WholeYear:
    """This year, as in its end."""


@dataclass(frozen=True)
class EndOf:
    """The end of a period: udgangen af ugen."""

    period: "Weeks | Month | DaysOfMonth | WholeYear"


Period = Weeks | Month | DaysOfMonth | EndOf


@dataclass(frozen=True)
class Clock:
    """A clock time or a span of two, in minutes since midnight. A `sure` one is not moved by a part of the day: 2pm."""

    start: int
    end: int | None = None
    sure: bool = False


@dataclass(frozen=True)
class Part:
    """A part of the day. `habit` is om aftenen, which goes with a clock but is no evening by itself."""

    name: str
    habit: bool = False


@dataclass(frozen=True)
class DayPart:
    """A part of a day in one word: i aften, fredagaften."""

    day: Day
    part: Part


@dataclass(frozen=True)
class Instant:
    """A moment counted from now: om 2 timer."""

    length: Length


@dataclass(frozen=True)
class For:
    """How long it takes: i 2 timer."""

    length: Length


@dataclass(frozen=True)
class Within:
    """A deadline counted from now: inden for en uge."""

    length: Length


@dataclass(frozen=True)
class Every:
    """What comes again.

    `weekdays` are those of a week or, with `counts`, of a month. `parity` is 0 for even ISO weeks, 1 for odd ones.
    """

    unit: Literal["day", "week", "month", "year"]
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()
    monthdays: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    parity: int | None = None
    times: int | None = None
    part: "Part | None" = None


@dataclass(frozen=True)
class Times:
    """How many times: 10 gange."""

    count: int


@dataclass(frozen=True)
class Next:
    """For how long from the first time on: de næste 4 uger."""

    length: Length


@dataclass(frozen=True)
class RestOf:
    """Until the end of a period: resten af året."""

    period: Month | WholeYear | Weeks


Piece = (
    Wrong
    | Vague
    | Day
    | Period
    | Weekend
    | Clock
    | Part
    | DayPart
    | Instant
    | For
    | Within
    | Every
    | Times
    | Next
    | RestOf
)

#: A first and a last day of something in time, the last one excluded.
Days = tuple[date, date]
