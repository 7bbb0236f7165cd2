"""Opens what people say in an encrypted room, with the key of the very person who says it."""

import json
import logging
from collections import OrderedDict
from datetime import datetime
from typing import Any

from nio.crypto import InboundGroupSession

from bot.concurrency.retry import retry_forever
from bot.matrix.address import room_address, user_address
from bot.matrix.crypto.crypto_store import CryptoStore
from bot.matrix.event_types import MEGOLM
from bot.store.crypto import RoomKey, find_room_keys
from bot.store.database.transaction import Store
from bot.store.messages.undecrypted import UndecryptedEvent

log = logging.getLogger(__name__)

#: Keys held ready in memory; the others are read from the database.
MAX_CACHED_KEYS = 500
#: Messages remembered, so that none is said a second time by sending its ciphertext again.
MAX_REMEMBERED_MESSAGES = 20_000

#: What may be said in secret. State and redactions are the homeserver's to allow, which cannot look in here.
ALLOWED_TYPES = frozenset({"m.room.message", "m.reaction"})

Event = dict[str, Any]


class Decryptor:
    """Opens events. It keeps what it has opened in mind: the homeserver could repeat a ciphertext as a new event."""

    def __init__(self, store: Store, shelf: CryptoStore) -> None:
        self._store, self._shelf = store, shelf
        self._ready: OrderedDict[RoomKey, InboundGroupSession] = OrderedDict()
        self._opened: OrderedDict[tuple[str, str, int], str] = OrderedDict()

    async def decrypt(self, room: str, event: Event) -> Event | None:
        """The event as it was before it was encrypted, None when its key is not here or it is no use to anybody."""
        content = event.get("content")
        if not isinstance(content, dict) or not isinstance(content.get("ciphertext"), str):
            return None
        for key in await self._keys(room, event):
            if (found := self._open_with(key, room, event)) is not None:
                return found
        return None

    def read_session_id(self, event: Event) -> str | None:
        """The session of an encrypted event that could be opened one day, None where there is no hope."""
        content = event.get("content")
        if not isinstance(content, dict) or content.get("algorithm") != MEGOLM:
            return None
        session = content.get("session_id")
        return session if isinstance(session, str) and isinstance(content.get("ciphertext"), str) else None

    async def _keys(self, room: str, event: Event) -> list[RoomKey]:
        """Those of the sender; nobody can speak in another one's name with a key of his own."""
        place, session = room_address(room), self.read_session_id(event)
        if session is None:
            return []
        keys = await retry_forever("looking for a room's keys", lambda: self._find(place, session))
        keys += self._shelf.unwritten_room_keys(place, session)
        return [key for key in keys if key.owner == event.get("sender")]

    async def _find(self, place: str, session: str) -> list[RoomKey]:
        async with self._store.read() as connection:
            return await find_room_keys(connection, place, session)

    def _open_with(self, key: RoomKey, room: str, event: Event) -> Event | None:
        try:
            session = self._session(key)
            text, index = session.decrypt(event["content"]["ciphertext"])
            said = json.loads(text)
        except Exception as error:  # of another session, from before our key begins, or nonsense
            log.debug("a message in %s could not be opened: %s", room, type(error).__name__)
            return None
        if not isinstance(said, dict) or said.get("room_id") != room or not isinstance(said.get("content"), dict):
            log.warning("a message in %s was encrypted for another room, and is left alone", room)
            return None
        if said.get("type") not in ALLOWED_TYPES:
            return None
        if self._was_said_before(key, index, str(event.get("event_id"))):
            log.warning("a message in %s was sent a second time by somebody else, and is left alone", room)
            return None
        return _opened(event, said)

    def _session(self, key: RoomKey) -> InboundGroupSession:
        session = self._ready.pop(key, None) or self._shelf.unpickle_room_key(key)
        self._ready[key] = session
        while len(self._ready) > MAX_CACHED_KEYS:
            self._ready.popitem(last=False)
        return session

    def _was_said_before(self, key: RoomKey, index: int, event_id: str) -> bool:
        said = self._opened.setdefault((key.sender_key, key.session, index), event_id)
        while len(self._opened) > MAX_REMEMBERED_MESSAGES:
            self._opened.popitem(last=False)
        return said != event_id


def make_undecrypted_row(room: str, event: Event, session: str, now: datetime) -> UndecryptedEvent:
    """An event to be kept until its key comes."""
    return UndecryptedEvent(
        event=str(event["event_id"]),
        place=room_address(room),
        sender=user_address(str(event["sender"])),
        session=session,
        content=event,
        received_at=now,
    )


def _opened(event: Event, said: Event) -> Event:
    """What it relates to stands outside, where the homeserver sees it (specification, "m.room.encrypted")."""
    content = dict(said["content"])
    content.pop("m.relates_to", None)
    if "m.relates_to" in event["content"]:
        content["m.relates_to"] = event["content"]["m.relates_to"]
    return {**event, "type": said.get("type"), "content": content}
