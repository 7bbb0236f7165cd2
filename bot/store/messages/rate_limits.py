"""Stores the rate-limiter state of each person and room, so that a restart does not reset it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.facts import dialect_insert
from bot.store.tables import paces


@dataclass(frozen=True)
class RateState:
    """The state of one rate limiter (bot.pipeline.inbound.rate_limit).

    `until` is the time at which everything received so far no longer counts (the "theoretical arrival time" of GCRA);
    `told` is whether the sender was told to slow down.
    """

    until: datetime
    told: bool = False


async def find_rate_states(connection: AsyncConnection, place: str, senders: Iterable[str]) -> dict[str, RateState]:
    """Return the states of these senders in a place, by address; senders without one are left out."""
    rows = await connection.execute(_SELECT_STATES, {"wanted_place": place, "wanted_senders": [*senders]})
    return {row.who: RateState(row.until, row.told) for row in rows}


_SELECT_STATES = select(paces).where(
    paces.c.place == bindparam("wanted_place"), paces.c.who.in_(bindparam("wanted_senders", expanding=True))
)


async def save_rate_states(connection: AsyncConnection, states: dict[tuple[str, str], RateState]) -> None:
    """Store states by (place, sender), in place of those stored before."""
    values = [{"place": place, "who": sender, **state.__dict__} for (place, sender), state in sorted(states.items())]
    await connection.execute(_save_statement(connection.dialect.name), values)


@cache
def _save_statement(dialect: str) -> Any:
    row = dialect_insert(dialect, paces)
    return row.on_conflict_do_update(
        index_elements=["place", "who"], set_={"until": row.excluded.until, "told": row.excluded.told}
    )


async def delete_rate_states(connection: AsyncConnection, before: datetime) -> None:
    """Delete the states whose `until` lies before a time: they no longer limit anybody."""
    await connection.execute(delete(paces).where(paces.c.until < before))
