"""Finds the open agreements, and the rows in KeyColumns, that name a key of a community's file."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.agreements.states import State
from bot.config.community import EntryKind
from bot.store.keys.columns import KeyColumn
from bot.store.tables import agreements

#: For how long after its end an agreement counts that is done, and on which the parties may still have to say a word.
_AFTERWARDS = timedelta(days=14)
_OPEN = (State.PROPOSED, State.AGREED)
_REPORTED = (State.DONE, State.DISPUTED, State.MISSED)

#: (community, kind, key)
Name = tuple[str, EntryKind, str]


@dataclass
class Uses:
    """What names a key: agreements by their numbers, and how many rows of other kinds (KeyColumn.noun).

    `is_kept`: something among them keeps what the key names.
    """

    agreements: list[int] = field(default_factory=list)
    others: dict[str, int] = field(default_factory=dict)
    is_kept: bool = False

    @property
    def is_single(self) -> bool:
        """Whether it is one agreement, or one other row."""
        return len(self.agreements) + sum(self.others.values()) == 1

    def __str__(self) -> str:
        """Return what it is and how much, in English: "2 open agreements (4, 7) and 1 closure"."""
        numbers = ", ".join(map(str, sorted(self.agreements)[:_MAX_NUMBERS]))
        more = "…" if len(self.agreements) > _MAX_NUMBERS else ""
        counted = [f"{_count('open agreement', len(self.agreements))} ({numbers}{more})"] if self.agreements else []
        return " and ".join([*counted, *(_count(noun, count) for noun, count in self.others.items())])


#: How many numbers of agreements are listed.
_MAX_NUMBERS = 10


def _count(noun: str, count: int) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


async def find_uses(
    connection: AsyncConnection, columns: Mapping[str, Iterable[KeyColumn]], now: datetime
) -> dict[Name, Uses]:
    """Return what is in force, by the key that it names. Parties without a handle, who have an address, are left out.

    `columns` are the KeyColumns of each feature, by its name; those of the core are under "". A feature is used by what
    it keeps.
    """
    uses: dict[Name, Uses] = {}
    await _add_agreements(connection, uses, now)
    for feature, of_feature in columns.items():
        for column in of_feature:
            if column.in_force is not None:
                await _add_rows(connection, uses, column, now, feature)
    return uses


async def _add_agreements(connection: AsyncConnection, uses: dict[Name, Uses], now: datetime) -> None:
    columns = agreements.c
    is_recent = columns.state.in_(_REPORTED) & (columns.ends_at > now - _AFTERWARDS)
    rows = select(
        columns.community,
        columns.number,
        columns.feature,
        columns.thing,
        columns.task,
        columns.organizer,
        columns.attendee,
    ).where(columns.state.in_(_OPEN) | is_recent)
    numbers: defaultdict[Name, list[int]] = defaultdict(list)
    for community, number, feature, thing, task, organizer, attendee in await connection.execute(rows):
        numbers[community, "feature", feature].append(number)
        if thing is not None:
            numbers[community, "thing", thing].append(number)
        if task is not None:
            numbers[community, "task", task].append(number)
        for party in (organizer,) if organizer == attendee else (organizer, attendee):
            if ":" not in party:
                numbers[community, "person", party].append(number)
    uses |= {name: Uses(found, is_kept=True) for name, found in numbers.items()}


async def _add_rows(
    connection: AsyncConnection, uses: dict[Name, Uses], column: KeyColumn, now: datetime, feature: str
) -> None:
    assert column.in_force is not None
    community = column.owner.c.community
    rows = select(community, column.column.label("named"), func.count().label("number")).where(column.in_force(now))
    if column.where is not None:
        rows = rows.where(column.where)
    for row in await connection.execute(rows.group_by(community, column.column)):
        names: list[Name] = [(row.community, column.kind, row.named)]
        if feature and column.keeps:
            names.append((row.community, "feature", feature))
        for name in names:
            use = uses.setdefault(name, Uses())
            use.others[column.noun] = use.others.get(column.noun, 0) + row.number
            use.is_kept |= column.keeps
