"""Marks outbox rows as sent whose messages are in the rooms already, before the device that sent them is replaced.

The homeserver tells only the device that sent a message its transaction id, so the new device could not find them.
"""

import logging

from bot.matrix.client import Client
from bot.matrix.sync.own_messages import own_message_lookup
from bot.pipeline.outbound.sent_before import MAX_CLOCK_DIFFERENCE
from bot.store.database.transaction import Store
from bot.store.messages import outbox

log = logging.getLogger(__name__)

#: Rows of one place beyond this number are not looked for.
MAX_ROWS_PER_PLACE = 10_000


async def mark_sent_messages(client: Client, store: Store) -> None:
    """Mark the unsent outbox rows whose messages are in the rooms. Raises `TemporaryFailure` and `LoggedOut`."""
    look_up = own_message_lookup(client)
    async with store.read() as connection:
        places = await outbox.find_places_with_unsent(connection)
    for place in places:
        async with store.read() as connection:
            rows = await outbox.find_unsent(connection, place, 0, MAX_ROWS_PER_PLACE)
        messages = await look_up(place, min(row.created_at for row in rows) - MAX_CLOCK_DIFFERENCE)
        found = [(row.id, messages.find_by_transaction_id(row.transaction_id)) for row in rows]
        sent = [(row_id, message.event_id, message.sent_at) for row_id, message in found if message is not None]
        async with store.write() as connection:
            await outbox.mark_sent(connection, sent)
        log.info("%d of %d unsent messages of %s are in the room already", len(sent), len(rows), place)
