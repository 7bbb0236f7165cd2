"""The encryption settings of rooms: the content of their m.room.encryption, stored in the database."""

import json
from collections.abc import Iterable
from typing import Any

from bot.concurrency.retry import retry_forever
from bot.matrix.address import room_address, room_id
from bot.store.crypto import find_encryption_settings, set_encryption_settings, set_unencrypted
from bot.store.database.transaction import Store


class RoomSettings:
    """The encryption settings of the rooms that the bot has looked at. An encrypted room stays encrypted."""

    def __init__(self, store: Store) -> None:
        self._store = store
        #: Room id → content of m.room.encryption, None for a room that is not encrypted.
        self._settings: dict[str, dict[str, Any] | None] = {}

    async def load(self) -> None:
        """Load the stored settings from the database."""
        async with self._store.read() as connection:
            stored = await find_encryption_settings(connection)
        self._settings = {room_id(place): json.loads(text) if text else None for place, text in stored.items()}

    @property
    def has_encrypted_rooms(self) -> bool:
        """Whether any room is encrypted."""
        return any(map(self.is_encrypted, self._settings))

    def is_known(self, room: str) -> bool:
        """Whether the bot knows if a room is encrypted."""
        return room in self._settings

    def find(self, room: str) -> dict[str, Any] | None:
        """Return the settings of a room. None means: the room is not encrypted, or the bot does not know that it is."""
        return self._settings.get(room)

    def is_encrypted(self, room: str) -> bool:
        """Whether a room is encrypted; False if the bot does not know."""
        return self.find(room) is not None

    async def note(self, room: str, content: Any) -> bool:
        """Store the content of a room's m.room.encryption. Return whether that switches encryption on.

        An event that would switch encryption off is ignored, because its sender may want to read the messages
        (client-server API, "m.room.encryption").
        """
        if self.is_encrypted(room):
            return False
        is_on = isinstance(content, dict) and bool(content.get("algorithm"))
        self._settings[room] = content if is_on else None
        await self._write(room, json.dumps(content) if is_on else "")
        return is_on

    async def note_unencrypted(self, rooms: Iterable[str]) -> None:
        """Store in one transaction that rooms have no m.room.encryption. A room stays encrypted that was encrypted."""
        plain = [room for room in rooms if not self.is_encrypted(room)]
        if not plain:
            return
        self._settings.update(dict.fromkeys(plain))

        async def write() -> None:
            async with self._store.write() as connection:
                await set_unencrypted(connection, map(room_address, plain))

        await retry_forever("storing the encryption of rooms", write)

    async def forget(self, room: str) -> None:
        """Delete the record that a room is not encrypted. The record that a room is encrypted stays.

        It is called when the bot has left the room: somebody may switch encryption on before the bot comes back.
        """
        if room in self._settings and not self.is_encrypted(room):
            del self._settings[room]
            await self._write(room, None)

    async def _write(self, room: str, settings: str | None) -> None:
        async def write() -> None:
            async with self._store.write() as connection:
                await set_encryption_settings(connection, room_address(room), settings)

        await retry_forever("storing the encryption of a room", write)
