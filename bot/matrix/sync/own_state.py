"""Reads the memberships, tombstones, power levels and encryption events that other logins of the bot's account send.

The sync loop leaves out all events of the account, because most are the bot's own messages. The administrator may use
the same account in another client, for example to remove people, or to encrypt or upgrade a room.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any

from bot.concurrency.retry import TemporaryFailure, retry_forever
from bot.matrix.client import Client, MatrixError
from bot.matrix.event_types import ROOM_ENCRYPTION
from bot.matrix.rooms.room_changes import CHANGE_TYPES
from bot.matrix.sync.open_sync import make_filter
from bot.store.database.transaction import Store
from bot.store.facts import get_fact, set_fact

log = logging.getLogger(__name__)

#: Key of the fact with the sync position up to which these events were read.
OWN_STATE_FACT = "matrix own state"
#: Seconds between two requests.
OWN_STATE_SECONDS = 60.0
#: Seconds after which a position is stored although there were no events. To read events a second time does no harm.
STORE_SECONDS = 600.0
_TYPES = [*CHANGE_TYPES, ROOM_ENCRYPTION]
#: Events of one room that are read at once.
_LIMIT = 50

#: Handles the events of several rooms, by room id.
HandleEvents = Callable[[dict[str, list[Any]]], Awaitable[None]]


class OwnStateReader:
    """Asks every OWN_STATE_SECONDS for these events of all rooms at once.

    `position` is the position from which the sync loop syncs. A request from a later one would make the homeserver
    delete messages to the device that the loop has not read.
    """

    def __init__(self, client: Client, store: Store, handle: HandleEvents) -> None:
        self._client, self._store, self._handle = client, store, handle
        self.position = ""
        self._stored_at = float("-inf")

    async def run(self) -> None:
        """Read until cancelled, from the stored position or, if none is stored, from the present one."""
        since = await retry_forever("reading a sync position", self._load)
        while True:
            position = self.position
            if await self._read(since or position, position):
                since = position
            await asyncio.sleep(OWN_STATE_SECONDS)

    async def _read(self, since: str, position: str) -> bool:
        """Read and handle the events since a position. Return whether the next request begins at `position`.

        `position` is stored as the one up to which events were read: when there were events, or after STORE_SECONDS.
        """
        if not since or not position:
            return False
        try:
            events = await self.fetch(since)
        except TemporaryFailure as error:
            log.info("what other logins of the account did cannot be read now: %s", error)
            return False
        except MatrixError as error:  # such as a position that the homeserver does not know any more
            log.warning("what other logins of the account did cannot be read: %s", error)
            return True
        if any(events.values()):
            await self._handle(events)
        now = asyncio.get_running_loop().time()
        if any(events.values()) or now - self._stored_at > STORE_SECONDS:
            await retry_forever("storing a sync position", lambda: self._save(position))
            self._stored_at = now
        return True

    async def fetch(self, since: str) -> dict[str, list[Any]]:
        """Return the events since a position, by room id. Raises `TemporaryFailure` and `MatrixError`."""
        timeline = {"types": _TYPES, "senders": [self._client.account], "limit": _LIMIT}
        # An odd timeout in milliseconds, because Synapse answers the same sync from a cache for two minutes.
        timeout = str(random.randrange(1, 1000))
        query = {"filter": make_filter(timeline), "set_presence": "offline", "timeout": timeout, "since": since}
        answer = await self._client.call("GET", "sync", query=query)
        joined = answer.get("rooms", {}).get("join", {})
        return {room: self._of_others(part.get("timeline", {}).get("events", [])) for room, part in joined.items()}

    def _of_others(self, events: list[Any]) -> list[Any]:
        """Return the events that are not the account's own membership."""
        return [e for e in events if isinstance(e, dict) and e.get("state_key") != self._client.account]

    async def _load(self) -> str | None:
        async with self._store.read() as connection:
            return await get_fact(connection, OWN_STATE_FACT)

    async def _save(self, position: str) -> None:
        async with self._store.write() as connection:
            await set_fact(connection, OWN_STATE_FACT, position)
