"""Every step of every agreement, in the order it was taken."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import history


async def record(connection: AsyncConnection, **step: Any) -> None:
    """Write one step; the columns are those of the table `history`."""
    await connection.execute(insert(history).values(**step))


async def steps_from(connection: AsyncConnection, inbox_id: int) -> Sequence[Any]:
    """The steps that were taken with one inbox row, oldest first."""
    rows = select(history).where(history.c.inbox_id == inbox_id).order_by(history.c.id)
    return (await connection.execute(rows)).all()


async def steps_of(connection: AsyncConnection, agreement_id: int) -> Sequence[Any]:
    """The steps of an agreement, oldest first."""
    rows = select(history).where(history.c.agreement_id == agreement_id).order_by(history.c.id)
    return (await connection.execute(rows)).all()
