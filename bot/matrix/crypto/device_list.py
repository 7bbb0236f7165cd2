"""Who reads along in a room: its members and their devices, asked for when they may have changed."""

import asyncio
import logging
from collections import Counter

from nio.crypto import OlmDevice

from bot.concurrency.retry import TemporaryFailure
from bot.matrix.client import Client, MatrixError
from bot.matrix.crypto.machine import OlmMachine

log = logging.getLogger(__name__)

#: Milliseconds other homeservers have to tell us of their users' devices.
KEYS_QUERY_TIMEOUT_MS = 10_000
#: Seconds after which a homeserver is asked again that did not answer.
UNREACHABLE_RETRY_SECONDS = 60.0


class DeviceList:
    """Members by room and devices by member. Both are asked for anew after a start."""

    def __init__(self, client: Client, machine: OlmMachine) -> None:
        self._client, self._machine = client, machine
        self._members: dict[str, frozenset[str]] = {}
        self._turnover: Counter[str] = Counter()
        self._known: set[str] = set()  # people whose devices we know
        self._silent: dict[str, float] = {}  # people whose homeserver did not answer, and until when we leave it alone

    def members_changed(self, room: str) -> None:
        """Somebody came or went."""
        self._turnover[room] += 1
        self._members.pop(room, None)

    def devices_changed(self, changed: list[str], left: list[str]) -> None:
        """What a sync says (client-server API, "Tracking the device list for a user")."""
        self._known.difference_update(changed, left)
        for user in changed:
            self._silent.pop(user, None)

    def is_tracked(self, user: str) -> bool:
        """Whether this user's devices matter to us."""
        return user in self._known

    async def find_devices(self, room: str) -> dict[tuple[str, str], OlmDevice]:
        """Every device that reads along, by user and device id. Raises `Later` and `MatrixError`."""
        members = await self.find_members(room)
        await self._learn_devices(members)
        return self._machine.devices_of(members)

    async def find_members(self, room: str) -> frozenset[str]:
        """Everybody who has joined. Raises `Later` and `MatrixError`."""
        while room not in self._members:
            before = self._turnover[room]
            answer = await self._client.call("GET", "rooms", room, "joined_members")
            if self._turnover[room] == before:  # nobody came or went while we asked
                self._members[room] = frozenset(answer["joined"])
        return self._members[room]

    async def _learn_devices(self, members: frozenset[str]) -> None:
        now = asyncio.get_running_loop().time()
        unknown = {user for user in members - self._known if self._silent.get(user, 0.0) <= now}
        if not unknown:
            return
        self._known |= unknown  # before we ask: a change that comes while we wait makes them unknown again
        try:
            body = {"device_keys": {user: [] for user in sorted(unknown)}, "timeout": KEYS_QUERY_TIMEOUT_MS}
            answer = await self._client.call("POST", "keys", "query", body=body)
        except TemporaryFailure:
            self._known -= unknown
            raise
        except MatrixError as no:
            log.warning("the devices of %d people cannot be had: %s", len(unknown), no)
            answer = {}
        told = answer.get("device_keys", {})
        self._machine.update_devices({user: devices for user, devices in told.items() if user in unknown})
        for user in unknown - told.keys():
            self._known.discard(user)
            self._silent[user] = now + UNREACHABLE_RETRY_SECONDS
