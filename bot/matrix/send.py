"""Sends an outbox row to its room, under the row's own transaction id."""

from typing import Protocol

from bot.concurrency.retry import PermanentFailure, RoomUnavailable, TemporaryFailure
from bot.matrix.address import room_id
from bot.matrix.client import Client, MatrixError
from bot.matrix.encryption import Encryption
from bot.matrix.pictures import Pictures
from bot.matrix.render import render
from bot.pipeline.outbound.sender import Send
from bot.store.messages.outbox import Outgoing

#: Seconds before something is sent again that was refused in a room where we may write.
ONCE_MORE = 1.0


class Doors(Protocol):
    """Knows which places are closed to us."""

    def is_shut(self, place: str) -> bool:
        """Whether nothing can be said there, as far as is known."""

    async def may_speak(self, place: str) -> bool:
        """Look whether something can be said where it was just refused."""


def sender(client: Client, encryption: Encryption, doors: Doors, pictures: Pictures) -> Send:
    """What the delivery sends with. A repeated id gives the same event again (client-server API, "Transaction
    identifiers"), so sending twice says it once.

    Muted or thrown out, what there is to say is kept until we may say it. What was begun is brought to an end all the
    same: it may have arrived. What is refused twice where we may write is given up, or it held up the room for ever.
    """
    begun: set[int] = set()
    refused: set[int] = set()

    async def judge(row: Outgoing, no: MatrixError) -> Exception:
        if no.status not in (403, 404):
            return no
        if not await doors.may_speak(row.place):
            return RoomUnavailable(str(no))
        if row.kind == "react" or row.id in refused:  # where taps alone are not allowed, words will do
            refused.discard(row.id)
            return no
        refused.add(row.id)
        return TemporaryFailure(f"{row.place} refused what may be said there: {no}", ONCE_MORE)

    async def send(row: Outgoing) -> str:
        if row.id not in begun and doors.is_shut(row.place):
            raise RoomUnavailable
        try:
            kind, content = render(row)
        except Exception as error:  # one message that cannot be written must not hold up the room for ever
            raise PermanentFailure(f"it cannot be written as an event: {type(error).__name__}: {error}") from error
        room = room_id(row.place)
        begun.add(row.id)
        try:
            if row.kind == "picture":
                content = await pictures.attach(row, room, content)
            if kind != "m.reaction":  # taps are never encrypted (specification, "Encrypted relationships")
                kind, content = await encryption.seal(room, kind, content)
            answer = await client.call("PUT", "rooms", room, "send", kind, row.transaction_id, body=content)
        except MatrixError as no:
            begun.discard(row.id)
            raise await judge(row, no) from no
        begun.discard(row.id)
        return str(answer["event_id"])

    return send
