"""What people changed about what they wrote: a message, its corrections, and what each of them came to."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.messages.inbox import InboxRow, Incoming, insert_once, to_inbox_row
from bot.store.tables import inbox

#: The outcome of a correction that came before what it corrects was handled.
MERGED = "merged"
#: The outcome of what was corrected before it was ever written down: talk, or something that is still on its way.
UNSEEN = "unseen"


@dataclass(frozen=True)
class MessageVersion:
    """Something that was written down before, and what it came to; None while it waits."""

    row: InboxRow
    outcome: str | None


async def find_target(connection: AsyncConnection, incoming: Incoming) -> MessageVersion | None:
    """What a correction or a redaction is about, when it was written down in the same place."""
    about = (inbox.c.source == incoming.source) & (inbox.c.external_id == incoming.payload["target"])
    row = (await connection.execute(select(inbox).where(about, inbox.c.place == incoming.place))).first()
    return MessageVersion(to_inbox_row(row), row.outcome) if row else None


async def find_versions(connection: AsyncConnection, incoming: Incoming) -> list[MessageVersion]:
    """A message and the corrections of it by the one who wrote it, newest first."""
    original = await find_target(connection, incoming)
    edits = [one for one in await _find_edits(connection, incoming) if one.row.external_id != incoming.external_id]
    return [*edits, *([original] if original else [])]


async def _find_edits(connection: AsyncConnection, incoming: Incoming) -> list[MessageVersion]:
    rows = select(inbox).where(
        inbox.c.kind == "edit",
        inbox.c.place == incoming.place,
        inbox.c.sender == incoming.sender,
        inbox.c.payload["target"].as_string() == incoming.payload["target"],
    )
    return [
        MessageVersion(to_inbox_row(row), row.outcome)
        for row in await connection.execute(rows.order_by(inbox.c.id.desc()))
    ]


async def merge_into_unhandled(connection: AsyncConnection, incoming: Incoming, now: datetime) -> bool:
    """Let what still waits say what the correction says; False where nothing waits."""
    waiting = next((one.row for one in await find_versions(connection, incoming) if one.outcome is None), None)
    if waiting is None:
        return False
    if kept := await insert_once(connection, replace(incoming, payload={"target": incoming.payload["target"]}), now):
        said = {name: value for name, value in incoming.payload.items() if name in ("text", "mentions", "to_us")}
        await _update_row(connection, waiting.id, payload={**waiting.payload, **said})
        await _update_row(connection, kept, done_at=now, outcome=MERGED)
    return True


async def insert_edit(connection: AsyncConnection, incoming: Incoming, now: datetime) -> bool:
    """Write down a correction that has to be handled, and that what it corrects is not to be handled any more."""
    kept = await insert_once(connection, incoming, now) is not None
    unseen = replace(incoming, external_id=incoming.payload["target"], kind="message", payload={})
    if kept and (original := await insert_once(connection, unseen, now)):
        await _update_row(connection, original, done_at=now, outcome=UNSEEN)
    return kept


async def _update_row(connection: AsyncConnection, row_id: int, **values: Any) -> None:
    await connection.execute(update(inbox).where(inbox.c.id == row_id).values(values))
