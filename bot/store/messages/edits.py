"""Messages and the edits and redactions of them: finds the versions of a message, and stores an edit."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.messages.inbox import (
    InboxRow,
    Incoming,
    find_stored_ids,
    insert_once,
    to_inbox_row,
    update_unhandled_payload,
)
from bot.store.tables import inbox

#: The outcome of an edit that changed a row which was still unhandled.
MERGED = "merged"
#: The outcome of a message that was edited before it was stored: it was not for the bot, or has not arrived yet.
UNSEEN = "unseen"


@dataclass(frozen=True)
class MessageVersion:
    """A stored message, or an edit of it, and its outcome; None while it is unhandled."""

    row: InboxRow
    outcome: str | None


async def find_target(connection: AsyncConnection, incoming: Incoming) -> MessageVersion | None:
    """Return the stored row that an edit or a redaction applies to, if it is in the same place."""
    is_target = (inbox.c.source == incoming.source) & (inbox.c.external_id == incoming.payload["target"])
    row = (await connection.execute(select(inbox).where(is_target, inbox.c.place == incoming.place))).first()
    return MessageVersion(to_inbox_row(row), row.outcome) if row else None


async def find_versions(connection: AsyncConnection, incoming: Incoming) -> list[MessageVersion]:
    """Return the message that an edit applies to, and the other edits of it by the same sender, newest first."""
    original = await find_target(connection, incoming)
    edits = await _find_edits(connection, incoming)
    others = [edit for edit in edits if edit.row.external_id != incoming.external_id]
    return [*others, *([original] if original else [])]


async def _find_edits(connection: AsyncConnection, incoming: Incoming) -> list[MessageVersion]:
    edits = select(inbox).where(
        inbox.c.kind == "edit",
        inbox.c.place == incoming.place,
        inbox.c.sender == incoming.sender,
        inbox.c.payload["target"].as_string() == incoming.payload["target"],
    )
    rows = await connection.execute(edits.order_by(inbox.c.id.desc()))
    return [MessageVersion(to_inbox_row(row), row.outcome) for row in rows]


async def merge_into_unhandled(connection: AsyncConnection, incoming: Incoming, now: datetime) -> bool:
    """Give an edit's text to the newest unhandled version of its message; return False if there is no unhandled one.

    Wait for another transaction that is handling that version, and return False if it has handled it.
    """
    versions = await find_versions(connection, incoming)
    unhandled = next((version.row for version in versions if version.outcome is None), None)
    if unhandled is None:
        return False
    if await find_stored_ids(connection, incoming.source, [incoming.external_id]):
        return True
    changed = {key: value for key, value in incoming.payload.items() if key in ("text", "mentions", "to_us")}
    if not await update_unhandled_payload(connection, unhandled.id, {**unhandled.payload, **changed}):
        return False
    without_text = replace(incoming, payload={"target": incoming.payload["target"]})
    if row_id := await insert_once(connection, without_text, now):
        await _update_row(connection, row_id, done_at=now, outcome=MERGED)
    return True


async def insert_edit(connection: AsyncConnection, incoming: Incoming, now: datetime) -> bool:
    """Insert an edit that has to be handled; return False if it is stored already.

    If the edited message is not stored, a row without text is inserted for it, marked as done: should the message
    arrive later, it is not handled.
    """
    is_new = await insert_once(connection, incoming, now) is not None
    original = replace(incoming, external_id=incoming.payload["target"], kind="message", payload={})
    if is_new and (row_id := await insert_once(connection, original, now)):
        await _update_row(connection, row_id, done_at=now, outcome=UNSEEN)
    return is_new


async def _update_row(connection: AsyncConnection, row_id: int, **values: Any) -> None:
    await connection.execute(update(inbox).where(inbox.c.id == row_id).values(values))
