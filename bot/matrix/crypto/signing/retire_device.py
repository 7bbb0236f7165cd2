"""Before a device goes: notes what it said without noting it, because no other device is told the transaction ids."""

import logging

from bot.matrix.client import Client
from bot.matrix.sync.recall import history_of
from bot.pipeline.outbound.sent_before import CLOCKS_DIFFER
from bot.store.database.transaction import Store
from bot.store.messages import outbox

log = logging.getLogger(__name__)

#: Messages of one place that are looked for.
MOST = 10_000


async def note_what_was_said(client: Client, store: Store) -> None:
    """Look in the rooms for messages that still wait to be sent. Raises `Later`, and `LoggedOut`."""
    look = history_of(client)
    async with store.read() as connection:
        places = await outbox.places_waiting(connection)
    for place in places:
        async with store.read() as connection:
            rows = await outbox.waiting(connection, place, 0, MOST)
        memory = await look(place, min(row.created_at for row in rows) - CLOCKS_DIFFER)
        said = [(row.id, one.event, one.at) for row in rows if (one := memory.known(row.transaction_id))]
        async with store.write() as connection:
            await outbox.mark_sent(connection, said)
        log.info("%d of %d messages that wait in %s stand there already", len(said), len(rows), place)
