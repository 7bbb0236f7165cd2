"""Which room belongs to which community, and what was last carried out there."""

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.facts import dialect_insert
from bot.store.tables import places


async def assign_place(connection: AsyncConnection, community: str, place: str) -> None:
    """Remember a community's room, in place of any it had before."""
    moved = (places.c.community == community) | (places.c.place == place)
    await connection.execute(
        delete(places).where(moved, ~((places.c.community == community) & (places.c.place == place)))
    )
    row = dialect_insert(connection.dialect.name, places).values(place=place, community=community, applied="")
    await connection.execute(row.on_conflict_do_nothing(index_elements=["place"]))


async def find_places(connection: AsyncConnection) -> dict[str, tuple[str, str]]:
    """Every room: place → (community, what was applied)."""
    return {row.place: (row.community, row.applied) for row in await connection.execute(select(places))}


async def mark_applied(connection: AsyncConnection, place: str, applied: str) -> None:
    """Note what of the YAML the room now shows."""
    await connection.execute(update(places).where(places.c.place == place).values(applied=applied))
