"""What the picture of a week shows, in texts and numbers. `week_picture` draws it."""

from dataclasses import dataclass
from enum import StrEnum


class EntryKind(StrEnum):
    """The kind of an entry. It decides colour, pattern and sign, so that no kind is shown by its colour alone."""

    AGREED = "agreed"
    WAITING = "waiting"
    MATCH = "match"
    CLOSED = "closed"
    OTHER = "other"


@dataclass(frozen=True)
class WeekEntry:
    """One line of a day, such as an agreement or a match, with the hours it takes.

    `hours_text` is the time in words; `start_hour` and `end_hour` are local clock hours of the day, from 0 to 24.
    `number` is a short text by which people refer to the entry.
    """

    kind: EntryKind
    hours_text: str
    text: str
    start_hour: float
    end_hour: float
    number: str = ""


@dataclass(frozen=True)
class WeekRow:
    """The entries of one thing on one day. The name is "" when the picture shows a single thing."""

    name: str
    entries: tuple[WeekEntry, ...]


@dataclass(frozen=True)
class WeekDay:
    """A day with a row for each thing. `note` is shown below the day's name, such as the name of a holiday."""

    name: str
    rows: tuple[WeekRow, ...]
    is_today: bool = False
    note: str = ""


@dataclass(frozen=True)
class WeekTexts:
    """The texts of the picture besides those of days and entries. `more` has `{}` in place of a number."""

    free: str
    more: str
    updated: str
    legend: tuple[tuple[EntryKind, str], ...]


@dataclass(frozen=True)
class Week:
    """A week, Monday first.

    `title` names what it shows, `number` is the week ("uge 34"), and `heading` stands above both. `notes` are sentences
    about the whole week. With `all_week_kind` every strip is filled in the style of that kind. `hours` is the part of
    the day that the strips show at least.
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
        """Whether rows have names, because the picture shows more than one thing."""
        return any(row.name for day in self.days for row in day.rows)
