"""The members of rooms and their devices. The homeserver is asked again when they may have changed."""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from nio.crypto import OlmDevice

from bot.matrix.client import Client, MatrixError
from bot.matrix.crypto.machine import OlmMachine
from bot.matrix.crypto.signed_devices import SignedDevices

log = logging.getLogger(__name__)

#: Seconds after which the members of a room are asked for again before the bot speaks. Syncs tell who comes and goes,
#: but they may have been interrupted, and leave out what other logins of the bot's account do.
MEMBERS_MAX_AGE_SECONDS = 60.0
#: Milliseconds for which the bot's homeserver waits for other homeservers in a key query.
KEYS_QUERY_TIMEOUT_MS = 10_000
#: Seconds after which a homeserver that did not answer is asked again: twice as long after each try, up to an hour.
UNREACHABLE_RETRY_SECONDS, MAX_UNREACHABLE_RETRY_SECONDS = 60.0, 3600.0
#: Queries for the same person in a row, while a sync brings changes during each of them.
MAX_QUERY_ROUNDS = 3


@dataclass(frozen=True)
class _Silence:
    """When to query a person again whose homeserver did not answer (loop time), and the pause before it in seconds."""

    until: float
    pause: float


_NO_SILENCE = _Silence(0.0, UNREACHABLE_RETRY_SECONDS / 2)


class DeviceList:
    """Members by room and devices by member. Both are requested again after a start.

    `signed_devices` knows which devices their owners have signed. `allows_unsigned` tells whether the unsigned devices
    of a room's members may be given keys there, too.

    At most one query is under way for each person, and all callers that need the devices of this person wait for it.
    Otherwise a message would be encrypted for the old devices, or an answer would overwrite that of a later query.
    """

    def __init__(self, client: Client, machine: OlmMachine) -> None:
        self._client, self._machine = client, machine
        self.signed_devices = SignedDevices(client.account, machine.store)
        self.allows_unsigned: Callable[[str], bool] = lambda room: False
        self._members: dict[str, frozenset[str]] = {}
        self._members_asked_at: dict[str, float] = {}  # by room (loop time)
        self._membership_changes: Counter[str] = Counter()  # by room
        self._tracked: set[str] = set()  # users whose devices are known
        self._device_changes: Counter[str] = Counter()  # by user
        self._query_locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # by user
        self._silences: dict[str, _Silence] = {}  # by user

    def members_changed(self, room: str) -> None:
        """Forget the members of a room that somebody joined or left."""
        self._membership_changes[room] += 1
        self._members.pop(room, None)

    def devices_changed(self, changed: Iterable[str], left: Iterable[str] = ()) -> None:
        """Forget the devices that a sync names (client-server API, "Tracking the device list for a user")."""
        for user in (*changed, *left):
            self._device_changes[user] += 1
            self._tracked.discard(user)
        for user in changed:
            self._silences.pop(user, None)

    async def find_devices(self, room: str) -> dict[tuple[str, str], OlmDevice]:
        """Return the devices of a room's members that may be given keys, by user id and device id.

        Raises `TemporaryFailure` and `MatrixError`.
        """
        await self.query_devices(await self.find_members(room))
        return (await self._split_devices(room))[True]

    async def find_excluded_devices(self, room: str) -> dict[tuple[str, str], OlmDevice]:
        """Return the known devices of a room's members that may not be given keys. Raises like `find_devices`."""
        return (await self._split_devices(room))[False]

    async def _split_devices(self, room: str) -> dict[bool, dict[tuple[str, str], OlmDevice]]:
        """Return the known devices of a room's members by whether they may be given keys."""
        unsigned_too = self.allows_unsigned(room)
        split: dict[bool, dict[tuple[str, str], OlmDevice]] = {True: {}, False: {}}
        for name, device in self._machine.devices_of(await self.find_members(room)).items():
            split[self.signed_devices.may_have_keys(device, unsigned_too=unsigned_too)][name] = device
        return split

    def unsigned_logins(self) -> list[str]:
        """Return the ids of the known devices of the bot's own account that the bot has not signed."""
        own_devices = self._machine.devices_of([self._client.account]).values()
        known = own_devices if self._client.account in self._tracked else ()
        return sorted(d.id for d in known if not self.signed_devices.may_have_keys(d, unsigned_too=False))

    async def find_members(self, room: str) -> frozenset[str]:
        """Return the users who are joined to a room, from a list that is not older than MEMBERS_MAX_AGE_SECONDS.

        Raises `TemporaryFailure` and `MatrixError`.
        """
        now = asyncio.get_running_loop().time()
        if now - self._members_asked_at.get(room, now) > MEMBERS_MAX_AGE_SECONDS:
            self._members.pop(room, None)
        while room not in self._members:
            self._members_asked_at[room] = now
            changes_before = self._membership_changes[room]
            answer = await self._client.call("GET", "rooms", room, "joined_members")
            if self._membership_changes[room] == changes_before:  # nobody joined or left meanwhile
                self._members[room] = frozenset(answer["joined"])
        return self._members[room]

    def silent_until(self, users: Iterable[str]) -> dict[str, float]:
        """Return when to query each user again whose homeserver did not answer (loop time)."""
        return {user: self._silences[user].until for user in users if user in self._silences}

    async def query_devices(self, users: frozenset[str]) -> None:
        """Query the devices of those users whose devices are not known. Raises `TemporaryFailure`."""
        for _ in range(MAX_QUERY_ROUNDS):
            unknown = self._unknown(users)
            if not unknown:
                return
            async with AsyncExitStack() as stack:
                for user in sorted(unknown):  # in one order, so that no two callers wait for each other
                    await stack.enter_async_context(self._query_locks[user])
                if still_unknown := self._unknown(unknown):
                    await self._query(still_unknown)

    def _unknown(self, users: frozenset[str]) -> frozenset[str]:
        """Return the users whose devices are not known and can be queried now."""
        now = asyncio.get_running_loop().time()
        return frozenset(u for u in users - self._tracked if self._silences.get(u, _NO_SILENCE).until <= now)

    async def _query(self, users: frozenset[str]) -> None:
        changes_before = {user: self._device_changes[user] for user in users}
        body = {"device_keys": {user: [] for user in sorted(users)}, "timeout": KEYS_QUERY_TIMEOUT_MS}
        try:
            answer = await self._client.call("POST", "keys", "query", body=body)
        except MatrixError as error:
            log.warning("the devices of %d people cannot be queried: %s", len(users), error)
            answer = {}
        device_keys = answer.get("device_keys", {})
        self._machine.update_devices({user: devices for user, devices in device_keys.items() if user in users})
        self.signed_devices.read_answer(answer, users & device_keys.keys())
        now = asyncio.get_running_loop().time()
        for user in users:
            if user not in device_keys:
                pause = min(self._silences.get(user, _NO_SILENCE).pause * 2, MAX_UNREACHABLE_RETRY_SECONDS)
                self._silences[user] = _Silence(now + pause, pause)
            elif self._device_changes[user] == changes_before[user]:
                self._tracked.add(user)
                self._silences.pop(user, None)
