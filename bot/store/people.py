"""Stores what people choose for themselves in a community: language, quiet hours, reminders, mutes."""

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
    """What a person is not told: notices of a `kind` ("" for all) about one agreement or all, `until` when or for good.

    `agreement` is a number.
    """

    kind: str = ""
    agreement: int | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Preferences:
    """What a person has chosen; None is no choice. `quiet` () means no quiet hours, `before` () no reminder."""

    language: str | None = None
    quiet: QuietHours | tuple[()] | None = None
    before: tuple[LeadTime, ...] | None = None
    mutes: tuple[Mute, ...] = ()


async def find_preferences(
    connection: AsyncConnection, community: str, addresses: Iterable[str]
) -> dict[str, Preferences]:
    """Return the preferences by address; addresses without any are left out."""
    rows = await connection.execute(
        _SELECT_PREFERENCES, {"wanted_community": community, "wanted_addresses": [*addresses]}
    )
    return {row.address: _to_preferences(row) for row in rows}


_SELECT_PREFERENCES = select(people).where(
    people.c.community == bindparam("wanted_community"),
    people.c.address.in_(bindparam("wanted_addresses", expanding=True)),
)


async def save_preferences(connection: AsyncConnection, community: str, address: str, preferences: Preferences) -> None:
    """Store the preferences of an address, in place of those before."""
    values: dict[str, Any] = {
        "language": preferences.language,
        "quiet": _quiet_to_json(preferences.quiet),
        "before": None if preferences.before is None else [lead_time.to_json() for lead_time in preferences.before],
        "mutes": [_mute_to_json(mute) for mute in preferences.mutes],
    }
    row = dialect_insert(connection.dialect.name, people).values(community=community, address=address, **values)
    await connection.execute(row.on_conflict_do_update(index_elements=["community", "address"], set_=values))


def _quiet_to_json(quiet: QuietHours | tuple[()] | None) -> list[str] | None:
    if quiet is None:
        return None
    return quiet.to_json() if quiet else []


def _mute_to_json(mute: Mute) -> list[Any]:
    return [mute.kind, mute.agreement, mute.until.isoformat() if mute.until else None]


def _to_preferences(row: Any) -> Preferences:
    quiet: QuietHours | tuple[()] | None = None
    if row.quiet is not None:
        quiet = QuietHours.from_json(row.quiet) if row.quiet else ()
    before = None if row.before is None else tuple(map(LeadTime.from_json, row.before))
    mutes = [(kind, number, datetime.fromisoformat(until) if until else None) for kind, number, until in row.mutes]
    return Preferences(row.language, quiet, before, tuple(Mute(*mute) for mute in mutes))
