"""The conditions by which agreements are selected in the database."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from bot.agreements.states import Side, State
from bot.span import Span
from bot.store.tables import agreements


@dataclass(frozen=True)
class AgreementFilter:
    """Selects a community's agreements in these states. A condition that is None is not applied.

    `party` is the handle of either party, `organizer` of that side; `thing` and `task` are keys. `window` overlaps
    the time from the start of the first to the end of the last of all agreed and offered times, so it may lie between
    two times of a series. `is_awaited` selects agreements that do, or do not, wait for an answer; `awaited_party`
    those that wait for the answer of this party.
    """

    community: str
    states: Collection[State]
    feature: str | None = None
    party: str | None = None
    organizer: str | None = None
    thing: str | None = None
    task: str | None = None
    window: Span | None = None
    is_awaited: bool | None = None
    awaited_party: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the conditions for a WHERE clause on the table `agreements`."""
        columns = agreements.c
        conditions: list[Any] = [columns.community == self.community, columns.state.in_([*self.states])]
        for name in ("feature", "organizer", "thing", "task"):
            if (value := getattr(self, name)) is not None:
                conditions.append(columns[name] == value)
        if self.party is not None:
            conditions.append(has_party(self.party))
        if self.window is not None:
            conditions += [columns.starts_at < self.window.end, columns.ends_at > self.window.start]
        if self.is_awaited or self.awaited_party is not None:
            conditions.append(columns.awaited != "")
        elif self.is_awaited is False:
            conditions.append(columns.awaited == "")
        if self.awaited_party is not None:
            conditions.append(_awaits(self.awaited_party))
        return conditions


def has_party(party: str) -> ColumnElement[bool]:
    """Return the condition that somebody is the organizer or the attendee."""
    return (agreements.c.organizer == party) | (agreements.c.attendee == party)


def _awaits(party: str) -> ColumnElement[bool]:
    is_organizer = (agreements.c.organizer == party) & agreements.c.awaited.contains(Side.ORGANIZER)
    return is_organizer | ((agreements.c.attendee == party) & agreements.c.awaited.contains(Side.ATTENDEE))
