"""Sends an outbox row to its room, under the row's own transaction id."""

from typing import Any, Protocol

from bot.concurrency.retry import PermanentFailure, RoomUnavailable, TemporaryFailure
from bot.matrix.address import room_id
from bot.matrix.client import Client, MatrixError
from bot.matrix.pictures import PictureUploader
from bot.matrix.render import render
from bot.matrix.room_encryption import RoomEncryption
from bot.pipeline.outbound.sender import SendRow
from bot.store.messages.outbox import OutboxRow

#: Seconds before a message is sent again when it was refused in a room where the bot may send.
RETRY_SECONDS = 1.0


class SendAccess(Protocol):
    """Tells to which places the bot may send. `Rejoiner` implements it."""

    def is_unavailable(self, place: str) -> bool:
        """Whether nothing can be sent to this place, by what is known."""

    async def check_may_send(self, place: str) -> bool:
        """Ask the homeserver whether the bot may send in a room that refused a message."""


def make_sender(client: Client, encryption: RoomEncryption, access: SendAccess, pictures: PictureUploader) -> SendRow:
    """Return the function that sends one outbox row and returns the event id.

    Sending a row twice makes one event, because both requests have the same transaction id (client-server API,
    "Transaction identifiers").

    In a room where the bot may not send, rows wait until it may. A row whose request was made before is sent
    nevertheless, because its event may have arrived. A row that is refused twice in a room where the bot may send is
    given up, because otherwise all later rows of the room would wait for ever. A message about an event that the
    homeserver does not know is sent without that relation.
    """
    begun: set[int] = set()
    refused: set[int] = set()

    async def classify(row: OutboxRow, error: MatrixError) -> Exception:
        if error.status not in (403, 404):
            return error
        if not await access.check_may_send(row.place):
            return RoomUnavailable(str(error))
        if row.kind == "react" or row.id in refused:  # a room may forbid only reactions, and people can answer in words
            refused.discard(row.id)
            return error
        refused.add(row.id)
        return TemporaryFailure(f"{row.place} refused what may be said there: {error}", RETRY_SECONDS)

    async def put(row: OutboxRow, room: str, event_type: str, content: dict[str, Any]) -> dict[str, Any]:
        if event_type != "m.reaction":  # reactions are never encrypted (specification, "Encrypted relationships")
            event_type, content = await encryption.encrypt(room, event_type, content)
        path = ("rooms", room, "send", event_type, row.transaction_id)
        return await client.call("PUT", *path, body=content)

    async def send(row: OutboxRow) -> str:
        if row.id not in begun and access.is_unavailable(row.place):
            raise RoomUnavailable
        try:
            event_type, content = render(row)
        except Exception as error:  # a row that cannot be rendered must not block its room for ever
            raise PermanentFailure(f"it cannot be written as an event: {type(error).__name__}: {error}") from error
        room = room_id(row.place)
        begun.add(row.id)
        try:
            if row.kind == "picture":
                content = await pictures.add_file(row, room, content)
            try:
                answer = await put(row, room, event_type, content)
            except MatrixError as error:
                # The homeserver has lost the event that the message refers to: send the message without the relation.
                if error.status != 400 or row.kind not in ("say", "picture") or "m.relates_to" not in content:
                    raise
                answer = await put(row, room, event_type, {k: v for k, v in content.items() if k != "m.relates_to"})
        except MatrixError as error:
            begun.discard(row.id)
            raise await classify(row, error) from error
        begun.discard(row.id)
        return str(answer["event_id"])

    return send
