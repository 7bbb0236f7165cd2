"""Finds the events that a homeserver may have lost, and lets cards be sent again whose events it has lost."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import false, func, literal, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import agreements, inbox, outbox


async def find_newest_events(
    connection: AsyncConnection, place: str, source: str, limit: int, *, sent_before: datetime | None
) -> list[str]:
    """Return the ids of the newest events of a place that the bot has handled or sent, newest first.

    `source` is that of the inbox rows that are events. Of the events that the bot has sent, only those before
    `sent_before` count; None: none count.
    """
    is_received = (inbox.c.place == place) & (inbox.c.source == source) & inbox.c.external_id.startswith("$")
    is_sent = (outbox.c.place == place) & outbox.c.external_id.is_not(None)
    is_sent &= outbox.c.sent_at < sent_before if sent_before is not None else false()
    received = select(inbox.c.external_id.label("event"), inbox.c.received_at.label("at")).where(is_received)
    sent = select(outbox.c.external_id.label("event"), outbox.c.sent_at.label("at")).where(is_sent)
    both = union_all(received, sent).subquery()
    rows = await connection.execute(select(both.c.event).order_by(both.c.at.desc()).limit(limit))
    return list(rows.scalars())


async def find_last_events(connection: AsyncConnection, source: str) -> list[tuple[str, str]]:
    """Return the place and id of the last event that was received from `source`, and of the last that was sent."""
    is_event = (inbox.c.source == source) & inbox.c.external_id.startswith("$")
    received = select(inbox.c.place, inbox.c.external_id).where(is_event).order_by(inbox.c.id.desc()).limit(1)
    is_sent = outbox.c.external_id.is_not(None)
    sent = select(outbox.c.place, outbox.c.external_id).where(is_sent).order_by(outbox.c.id.desc()).limit(1)
    found = [(await connection.execute(query)).first() for query in (received, sent)]
    return [(row.place, row.external_id) for row in found if row is not None]


async def find_cards(connection: AsyncConnection, place: str) -> list[tuple[int, str, int | None, str | None]]:
    """Return the cards of a place, newest first, each with its newest edit: row id and event id of both.

    A card is an outbox row that an agreement names as its `card`.
    """
    edit = outbox.alias("edit")
    is_edit = (edit.c.refers_to == outbox.c.id) & (edit.c.kind == literal("edit")) & edit.c.external_id.is_not(None)
    newest = select(func.max(edit.c.id)).where(is_edit).correlate(outbox).scalar_subquery()
    shown = outbox.alias("shown")
    rows = (
        select(outbox.c.id, outbox.c.external_id, shown.c.id, shown.c.external_id)
        .select_from(outbox.outerjoin(shown, shown.c.id == newest))
        .where(outbox.c.place == place, outbox.c.external_id.is_not(None))
        .where(outbox.c.id.in_(select(agreements.c.card)))
        .order_by(func.coalesce(newest, outbox.c.id).desc())
    )
    return [(card, event, edit_id, edit_event) for card, event, edit_id, edit_event in await connection.execute(rows)]


async def send_again(connection: AsyncConnection, row_ids: Collection[int]) -> None:
    """Let rows be sent again, and with a card the reactions under it, also those that were given up without it."""
    again = {"sent_at": None, "external_id": None, "failure": None}
    is_reaction = (outbox.c.kind == "react") & outbox.c.refers_to.in_(row_ids)
    await connection.execute(update(outbox).where(outbox.c.id.in_(row_ids) | is_reaction).values(again))
