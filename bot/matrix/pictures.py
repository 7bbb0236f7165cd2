"""Brings the picture of an outbox row to the media repository, in secret where the room is."""

import logging
from dataclasses import replace
from functools import partial
from typing import Any

from bot.concurrency.retry import TemporaryFailure, retry_forever
from bot.matrix.client import Client, MatrixError
from bot.matrix.render import render
from bot.matrix.room_encryption import RoomEncryption
from bot.store.database.transaction import Store
from bot.store.messages import pictures
from bot.store.messages.outbox import OutboxRow

log = logging.getLogger(__name__)

#: An upload that fails so often while the homeserver is well is given up: words will do.
MAX_UPLOADS = 3


class PictureUploader:
    """Uploads what rows show. A picture that nobody takes does not keep its room from hearing what it says."""

    def __init__(self, client: Client, encryption: RoomEncryption, store: Store) -> None:
        self._client, self._encryption, self._store = client, encryption, store
        self._failed: dict[int, int] = {}

    async def add_file(self, row: OutboxRow, room: str, content: dict[str, Any]) -> dict[str, Any]:
        """The content of a picture's event with its file, or what it says as a message where it cannot be uploaded.

        Where it was uploaded to is on the disk before anybody is told of it. Raises `Later`, and what
        `Encryption.needs_seal` raises.
        """
        in_secret = await self._encryption.must_encrypt(room)
        async with self._store.read() as connection:
            kept = await pictures.find_picture(connection, row.id)
        if kept is None:
            return _in_words(row)
        data, uploaded = kept
        if uploaded is None or ("file" in uploaded) != in_secret:  # the room may have been encrypted meanwhile
            try:
                uploaded = await self._upload(row, data, in_secret=in_secret)
            except MatrixError as no:
                log.warning("picture of message %d is said in words: %s", row.id, no)
                return _in_words(row)
        return content | uploaded

    async def _upload(self, row: OutboxRow, data: bytes, *, in_secret: bool) -> dict[str, Any]:
        try:
            uploaded = await (self._put_locked(data) if in_secret else self._put(row, data))
        except TemporaryFailure:
            self._failed[row.id] = self._failed.get(row.id, 0) + 1
            if self._failed[row.id] < MAX_UPLOADS:
                raise
            await self._client.call("GET", "account", "whoami")  # raises `Later` while the homeserver is away
            raise MatrixError(503, "M_UNKNOWN", "the homeserver is well, but takes no files") from None
        self._failed.pop(row.id, None)
        await retry_forever("noting an upload", partial(self._note, row.id, uploaded))
        return uploaded

    async def _put(self, row: OutboxRow, data: bytes) -> dict[str, Any]:
        shown = row.content["picture"]
        return {"url": await self._client.upload(data, shown["mimetype"], shown["name"])}

    async def _put_locked(self, data: bytes) -> dict[str, Any]:
        """As an `EncryptedFile` (client-server API, "Sending encrypted attachments"); its name stays with us too."""
        from nio.crypto.attachments import encrypt_attachment  # what encryption needs is loaded where it is used

        locked, keys = encrypt_attachment(data)
        return {"file": {**keys, "url": await self._client.upload(locked, "application/octet-stream")}}

    async def _note(self, row_id: int, uploaded: dict[str, Any]) -> None:
        async with self._store.write() as connection:
            await pictures.set_uploaded(connection, row_id, uploaded)


def _in_words(row: OutboxRow) -> dict[str, Any]:
    return render(replace(row, kind="say"))[1]
