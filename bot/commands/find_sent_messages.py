"""Before a device goes: notes what it said without noting it, because no other device is told the transaction ids."""

import logging

from bot.matrix.client import Client
from bot.matrix.sync.own_messages import own_message_lookup
from bot.pipeline.outbound.sent_before import MAX_CLOCK_DIFFERENCE
from bot.store.database.transaction import Store
from bot.store.messages import outbox

log = logging.getLogger(__name__)

#: Messages of one place that are looked for.
MAX_ROWS_PER_PLACE = 10_000


async def mark_sent_messages(client: Client, store: Store) -> None:
    """Look in the rooms for messages that still wait to be sent. Raises `Later`, and `LoggedOut`."""
    look = own_message_lookup(client)
    async with store.read() as connection:
        places = await outbox.find_places_with_unsent(connection)
    for place in places:
        async with store.read() as connection:
            rows = await outbox.find_unsent(connection, place, 0, MAX_ROWS_PER_PLACE)
        memory = await look(place, min(row.created_at for row in rows) - MAX_CLOCK_DIFFERENCE)
        said = [
            (row.id, one.event_id, one.sent_at)
            for row in rows
            if (one := memory.find_by_transaction_id(row.transaction_id))
        ]
        async with store.write() as connection:
            await outbox.mark_sent(connection, said)
        log.info("%d of %d messages that wait in %s stand there already", len(said), len(rows), place)
