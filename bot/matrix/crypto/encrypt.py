"""Encrypts messages for encrypted rooms (Megolm), after sharing the room key with every device in the room.

Client-server API, "m.megolm.v1.aes-sha2" and "m.room_key".
"""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nio.crypto import OlmDevice

from bot.matrix.client import Client, MatrixError
from bot.matrix.crypto.device_list import DeviceList
from bot.matrix.crypto.machine import ONE_TIME_KEY_ALGORITHM, OlmMachine
from bot.matrix.crypto.outbound_session import DeviceName, OutboundSession, create_session
from bot.matrix.crypto.to_device import claim_keys, send_to_devices
from bot.matrix.crypto.withheld import WithheldKeys
from bot.matrix.event_types import MEGOLM, ROOM_ENCRYPTED

log = logging.getLogger(__name__)

#: Devices that get the key in one request.
MAX_DEVICES_PER_REQUEST = 40
#: Seconds after which a device without a one-time key is tried again. Short at first, because the bot may hear of a new
#: device a moment before that device uploads its keys; three times as long after each try.
MIN_RETRY_SECONDS, MAX_RETRY_SECONDS = 1.0, 3600.0
_RETRY_FACTOR = 3

#: The devices by their names.
Devices = Mapping[DeviceName, OlmDevice]


@dataclass(frozen=True)
class _Retry:
    """When to try a device without one-time keys again (loop time), and the pause after that try in seconds.

    `tries` counts the claims so far.
    """

    at: float
    pause: float
    tries: int = 0


_NEVER_TRIED = _Retry(0.0, MIN_RETRY_SECONDS)


class Encryptor:
    """The Megolm sessions by room. `save` writes the changes of the machine to the database."""

    def __init__(
        self, client: Client, machine: OlmMachine, device_list: DeviceList, save: Callable[[], Awaitable[None]]
    ) -> None:
        self._client, self._machine, self._device_list, self._save = client, machine, device_list, save
        self._sessions: dict[str, OutboundSession] = {}
        self._room_locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._withheld = WithheldKeys(client, machine)
        self._device_retries: dict[DeviceName, _Retry] = {}
        self._retry_times: dict[str, float] = {}

    async def encrypt(
        self, room: str, event_type: str, content: dict[str, Any], settings: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the content of the m.room.encrypted event for an event.

        `m.relates_to` stays outside the ciphertext, as the specification says. `settings` is the content of the room's
        m.room.encryption. Raises `TemporaryFailure` when the key cannot be shared with every device now, and
        `MatrixError` when the bot is not in the room.
        """
        async with self._room_locks[room]:
            session = await self._prepare_session(room, settings)
            inner = {key: value for key, value in content.items() if key != "m.relates_to"}
            now = asyncio.get_running_loop().time()
            session.drop_old_keys(now)
            session.recent_keys.append((now, str(session.megolm.session_key)))
            text = json.dumps({"type": event_type, "content": inner, "room_id": room}, ensure_ascii=False)
            encrypted: dict[str, Any] = {
                "algorithm": MEGOLM,
                "ciphertext": session.megolm.encrypt(text),
                "session_id": session.megolm.id,
                "sender_key": self._machine.olm.account.identity_keys["curve25519"],
                "device_id": self._machine.olm.device_id,
            }
        if "m.relates_to" in content:
            encrypted["m.relates_to"] = content["m.relates_to"]
        return encrypted

    def has_recent_messages(self, room: str) -> bool:
        """Whether a message was sent so recently that somebody who joins now may have received it."""
        session = self._sessions.get(room)
        if session is None:
            return False
        session.drop_old_keys(asyncio.get_running_loop().time())
        return bool(session.recent_keys)

    def rooms_with_recent_messages(self) -> list[str]:
        """Return the rooms for which `has_recent_messages` is true."""
        return [room for room in self._sessions if self.has_recent_messages(room)]

    @property
    def retry_times(self) -> dict[str, float]:
        """The rooms in which a device has no key, and when to try again (loop time)."""
        return dict(self._retry_times)

    def forget_shared(self, user: str, device: str) -> list[str]:
        """Note that a device has lost its keys. Return the rooms in which it had one and needs it again.

        The device still counts as one that was given a key: if it leaves the room, the session ends.
        """
        rooms = [room for room, session in self._sessions.items() if (user, device) in session.shared_with]
        for room in rooms:
            self._sessions[room].shared_with.discard((user, device))
        return rooms

    def lacks_key(self, room: str, session_id: str, user: str, device: str) -> bool:
        """Whether this is the present session of the room, and the device was never given its key."""
        session = self._sessions.get(room)
        return session is not None and session.megolm.id == session_id and (user, device) not in session.given_to

    async def share_missing_keys(self, room: str) -> None:
        """Share the key of the present session with every device in the room that does not have it.

        Raises `TemporaryFailure` and `MatrixError`.
        """
        async with self._room_locks[room]:
            if session := self._sessions.get(room):
                await self._share(room, session, await self._device_list.find_devices(room))

    async def _prepare_session(self, room: str, settings: Mapping[str, Any]) -> OutboundSession:
        """Return a session whose key every device in the room has."""
        devices = await self._device_list.find_devices(room)
        session = self._sessions.get(room)
        # a member who has left, and a device that was logged out, must not be able to read later messages
        if session is None or session.megolm.expired or session.given_to - devices.keys():
            unheard = self._device_list.silent_until(await self._device_list.find_members(room))
            session = create_session(settings, frozenset(devices), frozenset(unheard))
            self._sessions[room] = session
        await self._share(room, session, devices)
        session.megolm.mark_as_shared()
        return session

    async def _share(self, room: str, session: OutboundSession, devices: Devices) -> None:
        """Give the key to the devices that lack it. Note when to try again for devices that cannot be given it now."""
        self._retry_times.pop(room, None)
        lacking = {name: device for name, device in devices.items() if name not in session.shared_with}
        for name in lacking:
            session.key_for(name)  # decides it now: a device that gets its key later gets this one
        await self._start_sessions(lacking)
        reachable = [(name, device) for name, device in lacking.items() if self._machine.has_session_with(device)]
        silences = self._device_list.silent_until(await self._device_list.find_members(room))
        retries = [self._device_retries[name].at for name in lacking.keys() - dict(reachable).keys()]
        if later := [*retries, *silences.values()]:
            self._retry_times[room] = min(later)
        for start in range(0, len(reachable), MAX_DEVICES_PER_REQUEST):
            await self._send_key(room, session, reachable[start : start + MAX_DEVICES_PER_REQUEST])
        await self._withheld.tell_unsigned(room, session, await self._device_list.find_excluded_devices(room))
        retries_of = self._device_retries
        tried_twice = [name for name in lacking if name in retries_of and retries_of[name].tries > 1]
        await self._withheld.tell_unreachable(tried_twice)

    async def _send_key(self, room: str, session: OutboundSession, devices: list[tuple[DeviceName, OlmDevice]]) -> None:
        messages: dict[str, dict[str, Any]] = {}
        content = {"algorithm": MEGOLM, "room_id": room, "session_id": session.megolm.id}
        for name, device in devices:
            key = {**content, "session_key": session.key_for(name)}
            messages.setdefault(name[0], {})[name[1]] = self._machine.encrypt_for(device, "m.room_key", key)
        await self._save()  # the steps of the ratchets are written before anybody can see them
        session.given_to.update(name for name, _ in devices)  # before the request, which may arrive without an answer
        try:
            await send_to_devices(self._client, ROOM_ENCRYPTED, messages)
        except MatrixError as error:
            log.warning("%d devices in %s did not get the room key: %s", len(devices), room, error)
        session.shared_with.update(name for name, _ in devices)

    async def _start_sessions(self, devices: Devices) -> None:
        """Start Olm sessions with the devices that have none, except devices that are to be tried later."""
        now = asyncio.get_running_loop().time()
        claims: dict[str, dict[str, str]] = {}
        for (user, device_id), device in devices.items():
            is_due = self._device_retries.get((user, device_id), _NEVER_TRIED).at <= now
            if is_due and not self._machine.has_session_with(device):
                claims.setdefault(user, {})[device_id] = ONE_TIME_KEY_ALGORITHM
        if not claims:
            return
        try:
            await claim_keys(self._client, self._machine, claims)
        except MatrixError as error:
            log.warning("one-time keys cannot be claimed: %s", error)
        for user, device_ids in claims.items():
            for device_id in device_ids:
                self._note_claim((user, device_id), devices[user, device_id], now)

    def _note_claim(self, name: DeviceName, device: OlmDevice, now: float) -> None:
        """Note when to try a device again that has no session after a key claim."""
        last = self._device_retries.pop(name, _NEVER_TRIED)
        if not self._machine.has_session_with(device):
            user, device_id = name
            log.info("device %s of %s has no one-time key", device_id, user)
            pause = min(last.pause * _RETRY_FACTOR, MAX_RETRY_SECONDS)
            self._device_retries[name] = _Retry(now + last.pause, pause, last.tries + 1)
        else:
            self._withheld.note_session(name)
