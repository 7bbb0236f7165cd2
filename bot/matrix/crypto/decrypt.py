"""Decrypts messages of encrypted rooms with the room keys that their senders gave to the bot."""

import json
import logging
from collections import OrderedDict
from typing import Any

from nio.crypto import InboundGroupSession

from bot.concurrency.retry import retry_forever
from bot.matrix.address import room_address
from bot.matrix.crypto.crypto_store import CryptoStore
from bot.matrix.event_types import MEGOLM
from bot.store.crypto import RoomKey, find_room_keys
from bot.store.database.transaction import Store

log = logging.getLogger(__name__)

#: Room keys that are cached in memory. Other keys are read from the database.
MAX_CACHED_KEYS = 500
#: Message indexes that are remembered to detect a ciphertext that is sent a second time.
MAX_REMEMBERED_MESSAGES = 20_000

#: Types of events that may be encrypted. The homeserver decides who may send state events and redactions, and cannot
#: recognise them when they are encrypted.
ALLOWED_TYPES = frozenset({"m.room.message", "m.reaction"})

Event = dict[str, Any]


class Decryptor:
    """Decrypts events, and remembers their message indexes: a homeserver could repeat a ciphertext as a new event."""

    def __init__(self, store: Store, crypto_store: CryptoStore) -> None:
        self._store, self._crypto_store = store, crypto_store
        self._sessions: OrderedDict[RoomKey, InboundGroupSession] = OrderedDict()
        self._event_ids: OrderedDict[tuple[str, str, int], str] = OrderedDict()

    async def decrypt(self, room: str, event: Event) -> Event | None:
        """Return the event as its sender wrote it; None when its key is missing or it cannot be used."""
        content = event.get("content")
        if not isinstance(content, dict) or not isinstance(content.get("ciphertext"), str):
            return None
        for key in await self._find_keys(room, event):
            if (decrypted := self._decrypt_with(key, room, event)) is not None:
                return decrypted
        return None

    def read_session_id(self, event: Event) -> str | None:
        """Return the session id of an encrypted event; None for an event that no key can decrypt."""
        content = event.get("content")
        if not isinstance(content, dict) or content.get("algorithm") != MEGOLM:
            return None
        session = content.get("session_id")
        return session if isinstance(session, str) and isinstance(content.get("ciphertext"), str) else None

    async def _find_keys(self, room: str, event: Event) -> list[RoomKey]:
        """Return the room keys that the event's sender gave the bot. Keys of other people are not used.

        Otherwise somebody could write in another person's name.
        """
        place, session = room_address(room), self.read_session_id(event)
        if session is None:
            return []
        keys = await retry_forever("finding room keys", lambda: self._read_keys(place, session))
        keys += self._crypto_store.unwritten_room_keys(place, session)
        return [key for key in keys if key.owner == event.get("sender")]

    async def _read_keys(self, place: str, session: str) -> list[RoomKey]:
        async with self._store.read() as connection:
            return await find_room_keys(connection, place, session)

    def _decrypt_with(self, key: RoomKey, room: str, event: Event) -> Event | None:
        try:
            session = self._get_session(key)
            text, index = session.decrypt(event["content"]["ciphertext"])
            payload = json.loads(text)
        except Exception as error:  # a key of another session or of later messages, or malformed content
            log.debug("a message in %s could not be decrypted: %s", room, type(error).__name__)
            return None
        is_payload = isinstance(payload, dict) and isinstance(payload.get("content"), dict)
        if not is_payload or payload.get("room_id") != room:
            log.warning("a message in %s was encrypted for another room, and is ignored", room)
            return None
        if payload.get("type") not in ALLOWED_TYPES:
            return None
        if self._is_repeated(key, index, str(event.get("event_id"))):
            log.warning("a message in %s repeats another one, and is ignored", room)
            return None
        return _merge_payload(event, payload)

    def _get_session(self, key: RoomKey) -> InboundGroupSession:
        session = self._sessions.pop(key, None) or self._crypto_store.unpickle_room_key(key)
        self._sessions[key] = session
        while len(self._sessions) > MAX_CACHED_KEYS:
            self._sessions.popitem(last=False)
        return session

    def _is_repeated(self, key: RoomKey, index: int, event_id: str) -> bool:
        """Whether a different event had the same message index. The same event may be decrypted again."""
        first_event_id = self._event_ids.setdefault((key.sender_key, key.session, index), event_id)
        while len(self._event_ids) > MAX_REMEMBERED_MESSAGES:
            self._event_ids.popitem(last=False)
        return first_event_id != event_id


def _merge_payload(event: Event, payload: Event) -> Event:
    """Return the event with its decrypted content.

    `m.relates_to` is taken from outside the ciphertext, where the homeserver sees it (specification,
    "m.room.encrypted").
    """
    content = dict(payload["content"])
    content.pop("m.relates_to", None)
    if "m.relates_to" in event["content"]:
        content["m.relates_to"] = event["content"]["m.relates_to"]
    return {**event, "type": payload.get("type"), "content": content}
