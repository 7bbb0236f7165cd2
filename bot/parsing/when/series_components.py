"""The components of a time phrase that say how often something recurs, or for how long: "hver fredag", "10 gange".

components.py has all others.
"""

from dataclasses import dataclass
from typing import Literal

from bot.parsing.when.components import Duration, Month, PartOfDay, Weeks, WholeYear


@dataclass(frozen=True)
class Recurrence:
    """How often a time recurs, with the terms of RFC 5545: "hver anden torsdag" (every other Thursday).

    `weekdays` are those of a week or, with `ordinals`, of a month: "første mandag i måneden". `week_parity` is 0 for
    even ISO weeks and 1 for odd ISO weeks: "i lige uger". `count` is the number of times: "5 torsdage i træk".
    """

    unit: Literal["day", "week", "month", "year"]
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    ordinals: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    week_parity: int | None = None
    count: int | None = None
    part_of_day: PartOfDay | None = None


@dataclass(frozen=True)
class RepeatCount:
    """The number of times of a series: "10 gange" (10 times)."""

    count: int


@dataclass(frozen=True)
class UnitsInARow:
    """Several days, weeks, months, hours or minutes, from the next one on: "de næste 3 uger" (the next 3 weeks).

    They are the last ones when `is_past`. `unit` is one of them. People mean whole calendar weeks and months, or count
    from now; with `is_from_now`, as in "de næste 3 uger", the second meaning comes first.
    """

    count: int
    unit: Duration
    is_past: bool = False
    is_from_now: bool = False


@dataclass(frozen=True)
class NextDuration:
    """How long a series goes on after its first time: "de næste 4 uger" (the next 4 weeks).

    Without a series they are days in a row: `units`.
    """

    duration: Duration
    units: UnitsInARow | None = None


@dataclass(frozen=True)
class RestOfPeriod:
    """A series goes on until the end of a period: "resten af året" (the rest of the year).

    Without a period it is today: "resten af dagen" (the rest of the day).
    """

    period: Month | WholeYear | Weeks | None


@dataclass(frozen=True)
class ForDuration:
    """How long the time lasts: "i 2 timer" (for 2 hours)."""

    duration: Duration


@dataclass(frozen=True)
class WithinDuration:
    """A deadline counted from now: "inden for en uge" (within a week)."""

    duration: Duration
