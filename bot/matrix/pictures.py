"""Uploads the picture of an outbox row to the media repository, encrypted if the room is encrypted."""

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

#: After so many failed uploads, while the homeserver answers other requests, the row is sent as text.
MAX_UPLOADS = 3


class PictureUploader:
    """Uploads the pictures of rows.

    When a picture cannot be uploaded, its text is sent, so that the room does not wait.
    """

    def __init__(self, client: Client, encryption: RoomEncryption, store: Store) -> None:
        self._client, self._encryption, self._store = client, encryption, store
        self._failed_uploads: dict[int, int] = {}  # row id → how many failed

    async def add_file(self, row: OutboxRow, room: str, content: dict[str, Any]) -> dict[str, Any]:
        """Return the content of a picture's event with its file; the row as a text message when there is no file.

        The `mxc://` URI of the file is in the database before the event is sent. Raises `TemporaryFailure`, and
        whatever `RoomEncryption.must_encrypt` raises.
        """
        is_encrypted = await self._encryption.must_encrypt(room)
        async with self._store.read() as connection:
            picture = await pictures.find_picture(connection, row.id)
        if picture is None:
            return _as_text(row)
        data, uploaded = picture
        if uploaded is None or ("file" in uploaded) != is_encrypted:  # the room may have been encrypted meanwhile
            try:
                uploaded = await self._upload(row, data, encrypted=is_encrypted)
            except MatrixError as error:
                log.warning(
                    "the picture of message %d cannot be uploaded, so the message is sent as text: %s", row.id, error
                )
                return _as_text(row)
        return content | uploaded

    async def _upload(self, row: OutboxRow, data: bytes, *, encrypted: bool) -> dict[str, Any]:
        """Upload the picture and store its URI. Raises `MatrixError` when the upload is to be given up."""
        try:
            uploaded = await (self._upload_encrypted(data) if encrypted else self._upload_plain(row, data))
        except TemporaryFailure:
            self._failed_uploads[row.id] = self._failed_uploads.get(row.id, 0) + 1
            if self._failed_uploads[row.id] < MAX_UPLOADS:
                raise
            await self._client.call("GET", "account", "whoami")  # raises `TemporaryFailure` while there is no answer
            raise MatrixError(503, "M_UNKNOWN", "the homeserver is well, but takes no files") from None
        self._failed_uploads.pop(row.id, None)
        await retry_forever("storing an upload", partial(self._store_uploaded, row.id, uploaded))
        return uploaded

    async def _upload_plain(self, row: OutboxRow, data: bytes) -> dict[str, Any]:
        picture = row.content["picture"]
        return {"url": await self._client.upload(data, picture["mimetype"], picture["name"])}

    async def _upload_encrypted(self, data: bytes) -> dict[str, Any]:
        """Upload without the name, as an `EncryptedFile` (client-server API, "Sending encrypted attachments")."""
        from nio.crypto.attachments import encrypt_attachment  # loaded where the first encrypted room needs it

        encrypted, keys = encrypt_attachment(data)
        return {"file": {**keys, "url": await self._client.upload(encrypted, "application/octet-stream")}}

    async def _store_uploaded(self, row_id: int, uploaded: dict[str, Any]) -> None:
        async with self._store.write() as connection:
            await pictures.set_uploaded(connection, row_id, uploaded)


def _as_text(row: OutboxRow) -> dict[str, Any]:
    return render(replace(row, kind="say"))[1]
