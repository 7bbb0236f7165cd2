"""The segments that the stage `match` divides a text into, and the words that connect them."""

from dataclasses import dataclass
from typing import Any

from bot.parsing.when.components import (
    Date,
    DayAndPart,
    FollowingDay,
    Month,
    NamedDay,
    NthDay,
    NthWeek,
    NthWeekday,
    RelativeDay,
    SchoolHoliday,
    ShiftedDay,
    Weekday,
    Weekend,
    Weeks,
)
from bot.parsing.when.series_components import Recurrence

#: Roles of the words that connect the next component to those before it. A word with several of them gets the first.
#: A slash is one between two words: "lø/sø".
CONNECTIVES = (
    "from",
    "through",
    "until",
    "to",
    "before",
    "prior",
    "by",
    "after",
    "and",
    "or",
    "except",
    "between",
    "slash",
)

#: Components that name a day or several.
DAY_COMPONENTS = (
    Weekday,
    Date,
    RelativeDay,
    NthWeekday,
    NthDay,
    NamedDay,
    ShiftedDay,
    FollowingDay,
    DayAndPart,
    Recurrence,
    SchoolHoliday,
    Weeks,
    NthWeek,
    Month,
    Weekend,
)


@dataclass(frozen=True)
class Segment:
    """A part of the text, from one character to another. It is one of these:

    - a `component` of a time;
    - a `connective`: the role of a word that connects components;
    - a word that `is_skipped`: a mark, a courtesy, or a filler such as "ca." (about), which `is_filler`;
    - a word that `is_blocking`: beside it no time is read ("ikke", a number that was not understood);
    - any other word; `is_every` for a "hver" at which no component begins, `is_about_time` for a word that says
      something about the time beside it, such as the "første" (first) of "den første fredag".
    """

    start: int
    end: int
    component: Any = None
    connective: str = ""
    is_skipped: bool = False
    is_filler: bool = False
    is_comma: bool = False
    is_blocking: bool = False
    is_every: bool = False
    is_about_time: bool = False
