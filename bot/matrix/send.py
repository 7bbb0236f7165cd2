"""Sends an outbox row to its room, under the row's own transaction id."""

from bot.flow.deliver import Send
from bot.matrix.address import room_id
from bot.matrix.client import Client
from bot.matrix.render import render
from bot.store.outbox import Outgoing


def sender(client: Client) -> Send:
    """What the delivery sends with. A repeated id gives the same event again (client-server API, "Transaction
    identifiers"), so sending twice says it once."""

    async def send(row: Outgoing) -> str:
        kind, content = render(row)
        answer = await client.call("PUT", "rooms", room_id(row.place), "send", kind, row.transaction_id, body=content)
        return str(answer["event_id"])

    return send
