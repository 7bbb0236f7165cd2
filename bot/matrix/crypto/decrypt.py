"""Decrypts messages of encrypted rooms with the room keys that their senders gave to the bot."""

import json
import logging
from collections import OrderedDict
from typing import Any

from nio.crypto import InboundGroupSession

from bot.concurrency.retry import retry_forever
from bot.matrix.address import room_address
from bot.matrix.crypto.crypto_store import CryptoStore
from bot.matrix.kept_events import read_session_id
from bot.store.crypto import MessageIndex, RoomKey, find_message_indexes, find_room_keys
from bot.store.database.transaction import Store

log = logging.getLogger(__name__)

#: Room keys that are cached in memory. Other keys are read from the database.
MAX_CACHED_KEYS = 500
#: Sessions whose message indexes are cached in memory. Those of other sessions are read from the database.
MAX_CACHED_INDEXES = 500

#: Types of events that may be encrypted. The homeserver decides who may send state events and redactions, and cannot
#: recognise them when they are encrypted.
ALLOWED_TYPES = frozenset({"m.room.message", "m.reaction"})

Event = dict[str, Any]


class UnusableEvent(Exception):
    """A decrypted event must be ignored.

    It repeats another event, was encrypted for another room, or has a type that may not be encrypted.
    """


class Decryptor:
    """Decrypts events, and remembers their message indexes: a homeserver could repeat a ciphertext as a new event.

    The indexes are stored with what the event leads to. So a repetition is recognised after a restart, too.
    """

    def __init__(self, store: Store, crypto_store: CryptoStore) -> None:
        self._store, self._crypto_store = store, crypto_store
        self._sessions: OrderedDict[RoomKey, InboundGroupSession] = OrderedDict()
        #: (place, owner, session id) → message index → event id
        self._event_ids: OrderedDict[tuple[str, str, str], dict[int, str]] = OrderedDict()

    async def decrypt(self, room: str, event: Event) -> Event | None:
        """Return the event as its sender wrote it; None when its key is missing. Raises `UnusableEvent`."""
        content = event.get("content")
        if not isinstance(content, dict) or not isinstance(content.get("ciphertext"), str):
            return None
        for key in await self._find_keys(room, event):
            if (found := self._decrypt_with(key, room, event)) is not None:
                payload, index = found
                await self._check_usable(key, index, room, event, payload)
                return _merge_payload(event, payload)
        return None

    async def _find_keys(self, room: str, event: Event) -> list[RoomKey]:
        """Return the confirmed room keys that the event's sender gave the bot. Keys of other people are not used.

        Otherwise somebody could write in another person's name.
        """
        place, session = room_address(room), read_session_id(event)
        if session is None:
            return []
        keys = await retry_forever("finding room keys", lambda: self._read_keys(place, session))
        keys += self._crypto_store.unwritten_room_keys(place, session)
        return [key for key in keys if key.is_confirmed and key.owner == event.get("sender")]

    async def _read_keys(self, place: str, session: str) -> list[RoomKey]:
        async with self._store.read() as connection:
            return await find_room_keys(connection, place, session)

    def _decrypt_with(self, key: RoomKey, room: str, event: Event) -> tuple[Event, int] | None:
        """Return the decrypted payload and its message index; None when the key does not decrypt the event."""
        try:
            text, index = self._get_session(key).decrypt(event["content"]["ciphertext"])
            payload = json.loads(text)
        except Exception as error:  # a key of another session or of later messages, or malformed content
            log.debug("a message in %s could not be decrypted: %s", room, type(error).__name__)
            return None
        return (payload if isinstance(payload, dict) else {}), index

    async def _check_usable(self, key: RoomKey, index: int, room: str, event: Event, payload: Event) -> None:
        """Raise `UnusableEvent` for a decrypted event that must not be used."""
        if not isinstance(payload.get("content"), dict) or payload.get("room_id") != room:
            log.warning("a message in %s was encrypted for another room, and is ignored", room)
            raise UnusableEvent
        if payload.get("type") not in ALLOWED_TYPES:
            raise UnusableEvent
        if await self._is_repeated(key, index, str(event.get("event_id"))):
            log.warning("a message in %s repeats another one, and is ignored", room)
            raise UnusableEvent

    def _get_session(self, key: RoomKey) -> InboundGroupSession:
        session = self._sessions.pop(key, None) or self._crypto_store.unpickle_room_key(key)
        self._sessions[key] = session
        while len(self._sessions) > MAX_CACHED_KEYS:
            self._sessions.popitem(last=False)
        return session

    async def _is_repeated(self, key: RoomKey, index: int, event_id: str) -> bool:
        """Whether a different event had the same message index. The same event may be decrypted again."""
        event_ids = await self._find_event_ids(key)
        first_event_id = event_ids.setdefault(index, event_id)
        if first_event_id == event_id:
            self._crypto_store.add_message_index(MessageIndex(key.place, key.owner, key.session, index), event_id)
        return first_event_id != event_id

    async def _find_event_ids(self, key: RoomKey) -> dict[int, str]:
        name = (key.place, key.owner, key.session)
        if name not in self._event_ids:
            stored = await retry_forever("finding message indexes", lambda: self._read_event_ids(*name))
            stored |= self._crypto_store.unwritten_message_indexes(*name)
            self._event_ids.setdefault(name, stored)
        self._event_ids.move_to_end(name)
        event_ids = self._event_ids[name]
        while len(self._event_ids) > MAX_CACHED_INDEXES:
            self._event_ids.popitem(last=False)
        return event_ids

    async def _read_event_ids(self, place: str, owner: str, session: str) -> dict[int, str]:
        async with self._store.read() as connection:
            return await find_message_indexes(connection, place, owner, session)


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
