"""What each person has chosen for themselves in a community, by the address they write from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.reminder_times import LeadTime, QuietHours
from bot.store.facts import dialect_insert
from bot.store.tables import people


@dataclass(frozen=True)
class Mute:
    """What somebody does not want to hear of: a `kind` of notice ("": all), of one agreement or of all, until when."""

    kind: str = ""
    agreement: int | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Preferences:
    """What somebody chose; None is nothing chosen. `quiet` () is never quiet, and `before` () no reminders."""

    language: str | None = None
    quiet: QuietHours | tuple[()] | None = None
    before: tuple[LeadTime, ...] | None = None
    mutes: tuple[Mute, ...] = ()


async def find_preferences(
    connection: AsyncConnection, community: str, addresses: Iterable[str]
) -> dict[str, Preferences]:
    """What the people at these addresses chose; whoever chose nothing is not in it."""
    rows = await connection.execute(_SELECT_PREFERENCES, {"of": community, "by": [*addresses]})
    return {row.address: _to_preferences(row) for row in rows}


_SELECT_PREFERENCES = select(people).where(
    people.c.community == bindparam("of"), people.c.address.in_(bindparam("by", expanding=True))
)


async def save_preferences(connection: AsyncConnection, community: str, address: str, preferences: Preferences) -> None:
    """Keep them in place of those before."""
    values: dict[str, Any] = {
        "language": preferences.language,
        "quiet": None if preferences.quiet is None else preferences.quiet.to_json() if preferences.quiet else [],
        "before": None if preferences.before is None else [ahead.to_json() for ahead in preferences.before],
        "mutes": [_mute_to_json(mute) for mute in preferences.mutes],
    }
    row = dialect_insert(connection.dialect.name, people).values(community=community, address=address, **values)
    await connection.execute(row.on_conflict_do_update(index_elements=["community", "address"], set_=values))


def _mute_to_json(mute: Mute) -> list[Any]:
    return [mute.kind, mute.agreement, mute.until.isoformat() if mute.until else None]


def _to_preferences(row: Any) -> Preferences:
    quiet: QuietHours | tuple[()] | None = None
    if row.quiet is not None:
        quiet = QuietHours.from_json(row.quiet) if row.quiet else ()
    before = None if row.before is None else tuple(map(LeadTime.from_json, row.before))
    mutes = [(kind, number, datetime.fromisoformat(until) if until else None) for kind, number, until in row.mutes]
    return Preferences(row.language, quiet, before, tuple(Mute(*mute) for mute in mutes))
