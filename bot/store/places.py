"""Stores which place belongs to which community, and what of the community's file was last applied there."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.facts import dialect_insert
from bot.store.tables import places


async def assign_place(connection: AsyncConnection, community: str, place: str) -> None:
    """Assign a place to a community, instead of any that the community had, and of any community that had the place."""
    is_assigned = (places.c.community == community) & (places.c.place == place)
    is_either = (places.c.community == community) | (places.c.place == place)
    await connection.execute(delete(places).where(is_either, ~is_assigned))
    row = dialect_insert(connection.dialect.name, places).values(place=place, community=community, applied="")
    await connection.execute(row.on_conflict_do_nothing(index_elements=["place"]))


async def assign_places(connection: AsyncConnection, assigned: Iterable[tuple[str, str, str]]) -> None:
    """Assign many places as `assign_place` does: (community, place, what of the community's file the place shows)."""
    rows = [{"a_community": community, "a_place": place, "shown": shown} for community, place, shown in assigned]
    values: dict[str, Any] = {
        "community": bindparam("a_community"),
        "place": bindparam("a_place"),
        "applied": bindparam("shown"),
    }
    is_either = (places.c.community == values["community"]) | (places.c.place == values["place"])
    await connection.execute(delete(places).where(is_either), rows)
    await connection.execute(insert(places).values(values), rows)


async def find_places(connection: AsyncConnection) -> dict[str, tuple[str, str]]:
    """Return (community, what was applied) by place."""
    return {row.place: (row.community, row.applied) for row in await connection.execute(select(places))}


async def mark_applied(connection: AsyncConnection, place: str, applied: str) -> None:
    """Store what of the community's file was applied to a place."""
    await connection.execute(update(places).where(places.c.place == place).values(applied=applied))
