"""What each person has chosen for themselves in a community, by the address they write from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.reminder_times import Ahead, Quiet
from bot.store.facts import insert
from bot.store.tables import people


@dataclass(frozen=True)
class Mute:
    """What somebody does not want to hear of: a `kind` of notice ("": all), of one agreement or of all, until when."""

    kind: str = ""
    agreement: int | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Wishes:
    """What somebody chose; None is nothing chosen. `quiet` () is never quiet, and `before` () no reminders."""

    language: str | None = None
    quiet: Quiet | tuple[()] | None = None
    before: tuple[Ahead, ...] | None = None
    mutes: tuple[Mute, ...] = ()


async def find_wishes(connection: AsyncConnection, community: str, addresses: Iterable[str]) -> dict[str, Wishes]:
    """What the people at these addresses chose; whoever chose nothing is not in it."""
    rows = await connection.execute(_CHOSEN, {"of": community, "by": [*addresses]})
    return {row.address: _restored(row) for row in rows}


_CHOSEN = select(people).where(
    people.c.community == bindparam("of"), people.c.address.in_(bindparam("by", expanding=True))
)


async def keep_wishes(connection: AsyncConnection, community: str, address: str, wishes: Wishes) -> None:
    """Keep them in place of those before."""
    values: dict[str, Any] = {
        "language": wishes.language,
        "quiet": None if wishes.quiet is None else wishes.quiet.kept() if wishes.quiet else [],
        "before": None if wishes.before is None else [ahead.kept() for ahead in wishes.before],
        "mutes": [_kept(mute) for mute in wishes.mutes],
    }
    row = insert(connection.dialect.name, people).values(community=community, address=address, **values)
    await connection.execute(row.on_conflict_do_update(index_elements=["community", "address"], set_=values))


def _kept(mute: Mute) -> list[Any]:
    return [mute.kind, mute.agreement, mute.until.isoformat() if mute.until else None]


def _restored(row: Any) -> Wishes:
    quiet: Quiet | tuple[()] | None = None
    if row.quiet is not None:
        quiet = Quiet.brought_back(row.quiet) if row.quiet else ()
    before = None if row.before is None else tuple(map(Ahead.brought_back, row.before))
    mutes = [(kind, number, datetime.fromisoformat(until) if until else None) for kind, number, until in row.mutes]
    return Wishes(row.language, quiet, before, tuple(Mute(*mute) for mute in mutes))
