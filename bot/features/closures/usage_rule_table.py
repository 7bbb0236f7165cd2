"""The table of seasons and loads that were set by command. They override those in the community's file."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import Column, ColumnElement, Index, Integer, Table, Text, func, insert, select

from bot.api import Moment, Request, Thing
from bot.api.agreements import KeyColumn
from bot.api.availability import Season, UsageRules
from bot.features.closures.closure_table import metadata

RuleKind = Literal["season", "load"]

#: Every change by command is a row. The newest row of a thing and kind is in force. A `value` of NULL means that the
#: community's file is in force, an empty value that there is no limit.
usage_rules = Table(
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
Index("grounds_bounds_newest", usage_rules.c.community, usage_rules.c.thing, usage_rules.c.kind, usage_rules.c.id)


def _is_set(now: datetime) -> ColumnElement[bool]:
    newest = select(func.max(usage_rules.c.id)).group_by(
        usage_rules.c.community, usage_rules.c.thing, usage_rules.c.kind
    )
    return usage_rules.c.value.is_not(None) & usage_rules.c.id.in_(newest)


#: The keys in the table. What was set by command does not keep a thing, but is reported when the file loses it.
KEY_COLUMNS = (
    KeyColumn(usage_rules.c.thing, "thing", "season or load set by command", _is_set),
    KeyColumn(usage_rules.c.set_by, "person"),
)


@dataclass(frozen=True)
class StoredRule:
    """A season or load that was set by command: its `value` as in the table, the handle of who set it, and when."""

    value: str
    set_by: str
    set_at: datetime


async def find_rules(request: Request, thing: Thing) -> dict[RuleKind, StoredRule]:
    """Return the rules that override the community's file for a thing."""
    newest = select(func.max(usage_rules.c.id)).where(_is_about(request, thing)).group_by(usage_rules.c.kind)
    query = select(usage_rules).where(usage_rules.c.id.in_(newest), usage_rules.c.value.is_not(None))
    return {row.kind: StoredRule(row.value, row.set_by, row.set_at) for row in await request.db.execute(query)}


async def apply_rules(request: Request, thing: Thing, rules: UsageRules) -> UsageRules:
    """Return the usage rules of a thing, with the season and load replaced that were set by command."""
    stored = await find_rules(request, thing)
    if season := stored.get("season"):
        rules = replace(rules, season=_parse_season(season.value))
    if load := stored.get("load"):
        rules = replace(rules, hours_a_week=float(load.value) if load.value else None)
    return rules


def get_rule(rules: UsageRules, kind: RuleKind) -> Season | float | None:
    """Return the season, or the load in hours a week; None when there is no limit."""
    return rules.season if kind == "season" else rules.hours_a_week


async def set_rule(request: Request, thing: Thing, kind: RuleKind, value: Season | float | None) -> None:
    """Put a season or load into force from now on; None means no limit."""
    await _insert(request, thing, kind, _serialize(value))


async def reset_rule(request: Request, thing: Thing, kind: RuleKind) -> None:
    """Put the season or load of the community's file into force again."""
    await _insert(request, thing, kind, None)


async def undo_last_change(request: Request, thing: Thing, kind: RuleKind) -> None:
    """Put the season or load from before the last change into force again."""
    changes = select(usage_rules.c.value).where(_is_about(request, thing), usage_rules.c.kind == kind)
    newest = await request.db.execute(changes.order_by(usage_rules.c.id.desc()).limit(2))
    values = [*newest.scalars(), None, None]  # before the first change the file was in force
    await _insert(request, thing, kind, values[1])


def _is_about(request: Request, thing: Thing) -> ColumnElement[bool]:
    return (usage_rules.c.community == request.community.key) & (usage_rules.c.thing == thing.key)


async def _insert(request: Request, thing: Thing, kind: RuleKind, value: str | None) -> None:
    row = {"community": request.community.key, "thing": thing.key, "kind": kind, "value": value}
    by = {"set_by": request.person.handle, "set_at": request.now}
    await request.db.execute(insert(usage_rules).values(**row, **by))


def _serialize(value: Season | float | None) -> str:
    if isinstance(value, Season):
        return " ".join(str(part) for part in (*value.first, *value.last))
    return "" if value is None else repr(float(value))


def _parse_season(value: str) -> Season | None:
    if not value:
        return None
    month, day, last_month, last_day = map(int, value.split())
    return Season((month, day), (last_month, last_day))
