"""Seasons and loads as they were said by command: kept, and laid over what the community's file says."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import Column, Index, Integer, Table, Text, func, insert, select

from bot.api import Moment, Request, Season, Thing, UsageRules
from bot.features.closures.closings import metadata

Kind = Literal["season", "load"]

#: Every bound ever said; the newest of a thing and kind holds. A null `value` is what the file says, an empty one none.
bounds = Table(
    "grounds_bounds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("community", Text, nullable=False),
    Column("thing", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("value", Text),
    Column("set_by", Text, nullable=False),
    Column("set_at", Moment, nullable=False),
)
Index("grounds_bounds_newest", bounds.c.community, bounds.c.thing, bounds.c.kind, bounds.c.id)


@dataclass(frozen=True)
class Kept:
    """What was said of a thing, by whom (a handle) and when; `value` as it is written in the table."""

    value: str
    by: str
    at: datetime


async def bounds_of(request: Request, thing: Thing) -> dict[Kind, Kept]:
    """What holds by command; what was given back to the file is not in it."""
    mine = (bounds.c.community == request.community.key) & (bounds.c.thing == thing.key)
    newest = select(func.max(bounds.c.id)).where(mine).group_by(bounds.c.kind)
    rows = await request.db.execute(select(bounds).where(bounds.c.id.in_(newest), bounds.c.value.is_not(None)))
    return {row.kind: Kept(row.value, row.set_by, row.set_at) for row in rows}


async def over(request: Request, thing: Thing, ground: UsageRules) -> UsageRules:
    """What is known of a thing with what was said of it by command."""
    said = await bounds_of(request, thing)
    if season := said.get("season"):
        ground = replace(ground, season=_read_season(season.value))
    if load := said.get("load"):
        ground = replace(ground, hours_a_week=float(load.value) if load.value else None)
    return ground


def value_of(ground: UsageRules, kind: Kind) -> Season | float | None:
    """The one of a thing's bounds."""
    return ground.season if kind == "season" else ground.hours_a_week


async def keep_bound(request: Request, thing: Thing, kind: Kind, value: Season | float | None) -> None:
    """The person says what holds from now on."""
    await _keep(request, thing, kind, _write(value))


async def give_back(request: Request, thing: Thing, kind: Kind) -> None:
    """The person lets hold what the file says."""
    await _keep(request, thing, kind, None)


async def take_back(request: Request, thing: Thing, kind: Kind) -> None:
    """The person lets hold what held before the last change."""
    mine = (bounds.c.community == request.community.key) & (bounds.c.thing == thing.key) & (bounds.c.kind == kind)
    last = await request.db.execute(select(bounds.c.value).where(mine).order_by(bounds.c.id.desc()).limit(2))
    values = [*last.scalars(), None, None]  # before the first change there was the file
    await _keep(request, thing, kind, values[1])


async def _keep(request: Request, thing: Thing, kind: Kind, value: str | None) -> None:
    row = {"community": request.community.key, "thing": thing.key, "kind": kind, "value": value}
    by = {"set_by": request.person.handle, "set_at": request.now}
    await request.db.execute(insert(bounds).values(**row, **by))


def _write(value: Season | float | None) -> str:
    if isinstance(value, Season):
        return " ".join(str(part) for part in (*value.first, *value.last))
    return "" if value is None else repr(float(value))


def _read_season(written: str) -> Season | None:
    if not written:
        return None
    month, day, last_month, last_day = map(int, written.split())
    return Season((month, day), (last_month, last_day))
