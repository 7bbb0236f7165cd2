"""Sends an outbox row to its room, under the row's own transaction id."""

from bot.flow.deliver import Send
from bot.flow.retry import Later, Never
from bot.matrix.address import room_id
from bot.matrix.client import Client, MatrixError
from bot.matrix.encryption import Encryption
from bot.matrix.render import render
from bot.store.outbox import Outgoing

#: Seconds before a room is tried again in which we may not write.
MUTED = 60.0


def sender(client: Client, encryption: Encryption) -> Send:
    """What the delivery sends with. A repeated id gives the same event again (client-server API, "Transaction
    identifiers"), so sending twice says it once."""

    async def send(row: Outgoing) -> str:
        try:
            kind, content = render(row)
        except Exception as error:  # one message that cannot be written must not hold up the room for ever
            raise Never(f"it cannot be written as an event: {type(error).__name__}: {error}") from error
        room = room_id(row.place)
        try:
            if kind != "m.reaction":  # taps are never encrypted (specification, "Encrypted relationships")
                kind, content = await encryption.seal(room, kind, content)
            answer = await client.call("PUT", "rooms", room, "send", kind, row.transaction_id, body=content)
        except MatrixError as no:
            if no.code != "M_FORBIDDEN" or row.kind == "react":  # where taps alone are not allowed, words will do
                raise
            # muted or thrown out: what there is to say is kept until we may say it
            raise Later(f"we may not write in {row.place}: {no}", MUTED) from no
        return str(answer["event_id"])

    return send
