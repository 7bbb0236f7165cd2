"""The columns that have keys of a community's file. Features add those of their own tables (`Feature.key_columns`)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, select

from bot.config.community import EntryKind
from bot.store.tables import agreements, history, taught_names


@dataclass(frozen=True)
class KeyColumn:
    """A column of a table, whose rows name something of a kind by its key.

    `where` selects these rows; None is all of them. `in_force` returns the condition, at a moment, for rows that still
    have an effect, and `noun` says in English what such a row is, so that an "s" makes it several. A
    column without it only tells the past. `keeps`: what such a row names is kept when the file no longer has it.
    """

    column: Column[Any]
    kind: EntryKind
    noun: str = ""
    in_force: Callable[[datetime], ColumnElement[bool]] | None = None
    keeps: bool = False
    where: ColumnElement[bool] | None = None

    def of_community(self, community: str) -> ColumnElement[bool]:
        """Return the condition for the rows of a community."""
        table = self.column.table
        if "community" in table.c:
            is_of: ColumnElement[bool] = table.c.community == community
        else:
            is_of = history.c.agreement_id.in_(select(agreements.c.id).where(agreements.c.community == community))
        return is_of if self.where is None else is_of & self.where

    @property
    def owner(self) -> Table:
        """The table of the column."""
        assert isinstance(self.column.table, Table), "keys are in tables"
        return self.column.table


def _is_known(now: datetime) -> ColumnElement[bool]:
    return taught_names.c.forgotten_at.is_(None)


def _taught(kind: EntryKind) -> KeyColumn:
    of_kind = taught_names.c.kind == kind
    return KeyColumn(taught_names.c.key, kind, "taught name", _is_known, where=of_kind)


#: The columns of the core. What agreements in force name is found by bot.store.keys.uses.
CORE_COLUMNS = (
    KeyColumn(agreements.c.thing, "thing"),
    KeyColumn(agreements.c.task, "task"),
    KeyColumn(agreements.c.organizer, "person"),
    KeyColumn(agreements.c.attendee, "person"),
    KeyColumn(history.c.who, "person"),
    _taught("thing"),
    _taught("task"),
    _taught("person"),
    KeyColumn(taught_names.c.taught_by, "person"),
    KeyColumn(taught_names.c.forgotten_by, "person"),
)
