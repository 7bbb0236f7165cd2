"""The members of rooms and their devices. The homeserver is asked again when they may have changed."""

import asyncio
import logging
from collections import Counter

from nio.crypto import OlmDevice

from bot.concurrency.retry import TemporaryFailure
from bot.matrix.client import Client, MatrixError
from bot.matrix.crypto.machine import OlmMachine

log = logging.getLogger(__name__)

#: Milliseconds for which the bot's homeserver waits for other homeservers in a key query.
KEYS_QUERY_TIMEOUT_MS = 10_000
#: Seconds after which a homeserver that did not answer is asked again.
UNREACHABLE_RETRY_SECONDS = 60.0


class DeviceList:
    """Members by room and devices by member. Both are requested again after a start."""

    def __init__(self, client: Client, machine: OlmMachine) -> None:
        self._client, self._machine = client, machine
        self._members: dict[str, frozenset[str]] = {}
        self._membership_changes: Counter[str] = Counter()  # by room
        self._tracked: set[str] = set()  # users whose devices are known
        self._unreachable: dict[str, float] = {}  # users whose homeserver did not answer → loop time of the next try

    def members_changed(self, room: str) -> None:
        """Forget the members of a room that somebody joined or left."""
        self._membership_changes[room] += 1
        self._members.pop(room, None)

    def devices_changed(self, changed: list[str], left: list[str]) -> None:
        """Forget the devices that a sync names (client-server API, "Tracking the device list for a user")."""
        self._tracked.difference_update(changed, left)
        for user in changed:
            self._unreachable.pop(user, None)

    def is_tracked(self, user: str) -> bool:
        """Whether this user's devices are known."""
        return user in self._tracked

    async def find_devices(self, room: str) -> dict[tuple[str, str], OlmDevice]:
        """Return the devices of a room's members by user id and device id.

        Raises `TemporaryFailure` and `MatrixError`.
        """
        members = await self.find_members(room)
        await self._query_devices(members)
        return self._machine.devices_of(members)

    async def find_members(self, room: str) -> frozenset[str]:
        """Return the users who are joined to a room. Raises `TemporaryFailure` and `MatrixError`."""
        while room not in self._members:
            changes_before = self._membership_changes[room]
            answer = await self._client.call("GET", "rooms", room, "joined_members")
            if self._membership_changes[room] == changes_before:  # nobody joined or left meanwhile
                self._members[room] = frozenset(answer["joined"])
        return self._members[room]

    async def _query_devices(self, members: frozenset[str]) -> None:
        now = asyncio.get_running_loop().time()
        unknown = {user for user in members - self._tracked if self._unreachable.get(user, 0.0) <= now}
        if not unknown:
            return
        self._tracked |= unknown  # set before the query, so that a change during the query makes them unknown again
        try:
            body = {"device_keys": {user: [] for user in sorted(unknown)}, "timeout": KEYS_QUERY_TIMEOUT_MS}
            answer = await self._client.call("POST", "keys", "query", body=body)
        except TemporaryFailure:
            self._tracked -= unknown
            raise
        except MatrixError as error:
            log.warning("the devices of %d people cannot be queried: %s", len(unknown), error)
            answer = {}
        device_keys = answer.get("device_keys", {})
        self._machine.update_devices({user: devices for user, devices in device_keys.items() if user in unknown})
        for user in unknown - device_keys.keys():
            self._tracked.discard(user)
            self._unreachable[user] = now + UNREACHABLE_RETRY_SECONDS
