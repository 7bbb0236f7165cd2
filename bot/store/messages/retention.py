"""Locks the texts of a place that were written before its texts were locked, and empties old texts.

Rows to which something may refer stay, with their ids and times; bot.store.messages.drop_rows drops the others.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.facts import get_fact, set_fact
from bot.store.tables import agreements, history, inbox, outbox

#: Rows that are changed in one transaction.
ROWS_PER_TRANSACTION = 500
#: Beginnings of keys of facts; the table and the place or community follow. The value is the id of the last row whose
#: texts are locked, or emptied.
LOCKED_FACT, EMPTIED_FACT = "texts locked", "texts emptied"


async def lock_texts(connection: AsyncConnection, place: str, community: str) -> bool:
    """Lock the next texts of a place and its community that were handled or sent. Return whether there may be more.

    Other rows are left out, because they may be changed at the same moment.
    """
    is_of_community = history.c.agreement_id.in_(select(agreements.c.id).where(agreements.c.community == community))
    parts: list[tuple[Table, Column[Any], str, ColumnElement[bool]]] = [
        (inbox, inbox.c.payload, place, (inbox.c.place == place) & inbox.c.done_at.is_not(None)),
        (outbox, outbox.c.content, place, (outbox.c.place == place) & outbox.c.sent_at.is_not(None)),
        (history, history.c.reason, community, is_of_community),
    ]
    has_more = False
    for table, column, owner, condition in parts:
        fact = f"{LOCKED_FACT} {table.name} {owner}"
        has_more |= await _rewrite(connection, table, column, fact, condition, lambda value: value)
    return has_more


async def empty_texts(connection: AsyncConnection, place: str, before: datetime) -> bool:
    """Empty the next texts of a place that were handled or sent, and came before a moment.

    Return whether there may be more.
    """
    is_old_message = (inbox.c.place == place) & inbox.c.done_at.is_not(None) & (inbox.c.received_at < before)
    is_old_answer = (outbox.c.place == place) & outbox.c.sent_at.is_not(None) & (outbox.c.created_at < before)
    inbox_fact, outbox_fact = (f"{EMPTIED_FACT} {table} {place}" for table in ("inbox", "outbox"))
    has_more = await _rewrite(connection, inbox, inbox.c.payload, inbox_fact, is_old_message, _without_texts)
    return await _rewrite(connection, outbox, outbox.c.content, outbox_fact, is_old_answer, _without_texts) or has_more


async def _rewrite(
    connection: AsyncConnection,
    table: Table,
    column: Column[Any],
    fact: str,
    condition: ColumnElement[bool],
    change: Callable[[Any], Any],
) -> bool:
    """Change the next values of a column, and store the id of the last row. Return whether there were any.

    When a value is written, the type of the column locks its texts.
    """
    last = int(await get_fact(connection, fact) or 0)
    next_rows = select(table.c.id, column).where(condition, table.c.id > last).order_by(table.c.id)
    rows = (await connection.execute(next_rows.limit(ROWS_PER_TRANSACTION))).all()
    if not rows:
        return False
    statement = update(table).where(table.c.id == bindparam("row")).values({column: bindparam("value")})
    await connection.execute(statement, [{"row": row_id, "value": change(value)} for row_id, value in rows])
    await set_fact(connection, fact, str(rows[-1][0]))
    return True


def _without_texts(value: dict[str, Any]) -> dict[str, Any]:
    return {name: "" if name in ("text", "html", "plain") else part for name, part in value.items()}
