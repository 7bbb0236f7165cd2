"""The history: every step of every agreement, in the order in which the steps were taken."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.agreements.negotiation import Terms
from bot.store.agreements.terms import terms_from_json
from bot.store.tables import history


@dataclass(frozen=True)
class HistoryEntry:
    """A step that was taken in an agreement, and what it led to.

    `party` is the handle of who took it, empty for the clock. `terms` are those of
    the newest open offer after the step, else the agreed ones. `inbox_id` is the cause.
    """

    at: datetime
    party: str
    step: str
    state: str
    revision: int
    terms: Terms | None
    reason: str | None
    inbox_id: int


async def insert_history_entry(connection: AsyncConnection, **columns: Any) -> None:
    """Insert a step, given by the columns of the table `history`."""
    await connection.execute(_INSERT_ENTRY, columns)


_INSERT_ENTRY = insert(history)


async def find_steps_of_cause(connection: AsyncConnection, inbox_id: int) -> list[Any]:
    """Return the rows of the steps that follow from an inbox row, oldest first."""
    rows = select(history).where(history.c.inbox_id == inbox_id).order_by(history.c.id)
    return list(await connection.execute(rows))


async def find_history(connection: AsyncConnection, agreement_id: int) -> list[HistoryEntry]:
    """Return the steps of an agreement, oldest first."""
    rows = select(history).where(history.c.agreement_id == agreement_id).order_by(history.c.id)
    return [_to_history_entry(row) for row in await connection.execute(rows)]


def _to_history_entry(row: Any) -> HistoryEntry:
    terms = terms_from_json(row.terms) if row.terms else Terms(row.start, row.end) if row.start else None
    return HistoryEntry(row.at, row.who, row.step, row.state, row.revision, terms, row.reason, row.inbox_id)
