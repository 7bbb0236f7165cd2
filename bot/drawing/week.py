"""What a picture of a week shows, in words and numbers; how it looks is decided in `sheet`."""

from dataclasses import dataclass
from enum import StrEnum


class EntryKind(StrEnum):
    """What an entry is, and so how it is drawn: never by colour alone."""

    AGREED = "agreed"
    WAITING = "waiting"
    MATCH = "match"
    CLOSED = "closed"
    OTHER = "other"


@dataclass(frozen=True)
class WeekEntry:
    """One line of a day: when, what, and a short number to speak of it by.

    `begins` and `ends` are hours that clocks show on this day, from 0 to 24.
    """

    kind: EntryKind
    hours_text: str
    text: str
    start_hour: float
    end_hour: float
    number: str = ""


@dataclass(frozen=True)
class WeekRow:
    """The entries of one thing on one day. Without a name it is the only thing of the sheet."""

    name: str
    entries: tuple[WeekEntry, ...]


@dataclass(frozen=True)
class WeekDay:
    """A day; `note` is what else is known of it, such as a holiday's name."""

    name: str
    rows: tuple[WeekRow, ...]
    is_today: bool = False
    note: str = ""


@dataclass(frozen=True)
class WeekTexts:
    """What the sheet says besides its entries. `more` has a `{}` where the number goes."""

    free: str
    more: str
    updated: str
    legend: tuple[tuple[EntryKind, str], ...]


@dataclass(frozen=True)
class Week:
    """A week, Monday first. `title` is what it is about, `number` its own ("uge 34"), `over` stands above both.

    `notes` hold for the whole of it, and look like `all_week`; `hours` is the part of the day to show at least.
    """

    heading: str
    title: str
    number: str
    dates: str
    days: tuple[WeekDay, ...]
    texts: WeekTexts
    notes: tuple[str, ...] = ()
    hours: tuple[float, float] = (8.0, 20.0)
    all_week_kind: EntryKind | None = None

    @property
    def shows_several_things(self) -> bool:
        """Whether it shows several things, each by its name."""
        return any(lane.name for day in self.days for lane in day.rows)
