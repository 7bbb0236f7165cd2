"""How fast everybody speaks in each place, kept so that a restart forgives nothing and forgets nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.facts import dialect_insert
from bot.store.tables import paces


@dataclass(frozen=True)
class RateState:
    """Until when what was said so far counts, and whether the one who said it was told to slow down."""

    until: datetime
    told: bool = False


async def find_rate_states(connection: AsyncConnection, place: str, who: Iterable[str]) -> dict[str, RateState]:
    """How fast each of these people speaks in a place; whoever said nothing yet is not in it."""
    rows = await connection.execute(select(paces).where(paces.c.place == place, paces.c.who.in_([*who])))
    return {row.who: RateState(row.until, row.told) for row in rows}


async def save_rate_states(connection: AsyncConnection, changed: dict[tuple[str, str], RateState]) -> None:
    """Keep how fast people speak, by place and person."""
    row = dialect_insert(connection.dialect.name, paces)
    row = row.on_conflict_do_update(
        index_elements=["place", "who"], set_={"until": row.excluded.until, "told": row.excluded.told}
    )
    values = [{"place": place, "who": who, **pace.__dict__} for (place, who), pace in sorted(changed.items())]
    await connection.execute(row, values)


async def delete_rate_states(connection: AsyncConnection, before: datetime) -> None:
    """Let bygones be bygones."""
    await connection.execute(delete(paces).where(paces.c.until < before))
