"""Locks what we say in an encrypted room, and gives everybody there the key first."""

import asyncio
import json
import logging
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from nio.crypto import OlmDevice, OutboundGroupSession

from bot.matrix.client import Client, MatrixError
from bot.matrix.crypto.device_list import DeviceList
from bot.matrix.crypto.machine import ONE_TIME_KEY_ALGORITHM, OlmMachine
from bot.matrix.event_types import MEGOLM, ROOM_ENCRYPTED

log = logging.getLogger(__name__)

#: Devices whose keys go into one request.
MAX_DEVICES_PER_REQUEST = 40
#: Seconds after which a device is tried again that had no one-time key: soon, as a new device may be heard of a moment
#: before its keys are there, and then less and less often.
MIN_RETRY_SECONDS, MAX_RETRY_SECONDS = 1.0, 3600.0
#: Seconds for which the keys of what we said are kept for those whom we learn of a moment later.
LATE_KEY_SECONDS = 10.0
#: Milliseconds other homeservers have to give us one-time keys.
KEYS_CLAIM_TIMEOUT_MS = 10_000

Devices = Mapping[tuple[str, str], OlmDevice]


@dataclass
class _Session:
    """What is written in now. `first_key` is for those who were there when it began, later ones get a later key."""

    megolm: OutboundGroupSession
    entitled: frozenset[str]
    first_key: str
    shared: set[tuple[str, str]] = field(default_factory=set)
    recent: deque[tuple[float, str]] = field(default_factory=deque)

    def key_for(self, user: str) -> str:
        """The key of the first message this user may read."""
        if user in self.entitled:
            return self.first_key
        return self.recent[0][1] if self.recent else str(self.megolm.session_key)

    def forget_keys(self, now: float) -> None:
        """Whoever comes from now on was not there."""
        while self.recent and self.recent[0][0] < now - LATE_KEY_SECONDS:
            self.recent.popleft()


@dataclass(frozen=True)
class _Keyless:
    """A device that cannot be written to: until when it is left alone, and for how long the next time."""

    until: float
    pause: float


_NEVER_TRIED = _Keyless(0.0, MIN_RETRY_SECONDS)


class Encryptor:
    """Megolm sessions by room. `save` writes down what the machine changed."""

    def __init__(
        self, client: Client, machine: OlmMachine, roster: DeviceList, save: Callable[[], Awaitable[None]]
    ) -> None:
        self._client, self._machine, self._roster, self._save = client, machine, roster, save
        self._sessions: dict[str, _Session] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._keyless: dict[tuple[str, str], _Keyless] = {}
        self._unserved: dict[str, float] = {}

    async def encrypt(
        self, room: str, kind: str, content: dict[str, Any], settings: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The content of an m.room.encrypted event. What it relates to stays readable, as the specification has it.

        Raises `Later` when the key cannot be given to everybody now, `MatrixError` when we are not in the room.
        """
        async with self._turns[room]:
            session = await self._shared_session(room, settings)
            inner = {key: value for key, value in content.items() if key != "m.relates_to"}
            now = asyncio.get_running_loop().time()
            session.forget_keys(now)
            session.recent.append((now, str(session.megolm.session_key)))
            text = json.dumps({"type": kind, "content": inner, "room_id": room}, ensure_ascii=False)
            sealed: dict[str, Any] = {
                "algorithm": MEGOLM,
                "ciphertext": session.megolm.encrypt(text),
                "session_id": session.megolm.id,
                "sender_key": self._machine.olm.account.identity_keys["curve25519"],
                "device_id": self._machine.olm.device_id,
            }
        if "m.relates_to" in content:
            sealed["m.relates_to"] = content["m.relates_to"]
        return sealed

    def has_recent_messages(self, room: str) -> bool:
        """Whether something was said a moment ago, which whoever has just come may have been sent."""
        session = self._sessions.get(room)
        if session is None:
            return False
        session.forget_keys(asyncio.get_running_loop().time())
        return bool(session.recent)

    def rooms_with_recent_messages(self) -> list[str]:
        """The rooms where it was."""
        return [room for room in self._sessions if self.has_recent_messages(room)]

    @property
    def retry_times(self) -> dict[str, float]:
        """Rooms in which somebody was left without the key, and when to try again (by the loop's clock)."""
        return dict(self._unserved)

    def forget_shared(self, user: str, device: str) -> list[str]:
        """A device may have lost what we gave it; the rooms in which it gets the key again."""
        rooms = [room for room, session in self._sessions.items() if (user, device) in session.shared]
        for room in rooms:
            self._sessions[room].shared.discard((user, device))
        return rooms

    async def share_missing_keys(self, room: str) -> None:
        """Give the present key to whoever lacks it."""
        async with self._turns[room]:
            self._unserved.pop(room, None)
            if session := self._sessions.get(room):
                await self._share(room, session, await self._roster.find_devices(room))

    async def _shared_session(self, room: str, settings: Mapping[str, Any]) -> _Session:
        readers = await self._roster.find_devices(room)
        session = self._sessions.get(room)
        # Whoever has left, or logged a device out, must not read on.
        if session is None or session.megolm.expired or session.shared - readers.keys():
            session = self._sessions[room] = _begin(settings, await self._roster.find_members(room))
        await self._share(room, session, readers)
        session.megolm.mark_as_shared()
        return session

    async def _share(self, room: str, session: _Session, readers: Devices) -> None:
        lacking = {name: device for name, device in readers.items() if name not in session.shared}
        if not lacking:
            return
        await self._meet(lacking)
        waiting = [(name, device) for name, device in lacking.items() if self._machine.has_session_with(device)]
        if left_out := lacking.keys() - dict(waiting).keys():
            self._unserved[room] = min(self._keyless[name].until for name in left_out)
        for start in range(0, len(waiting), MAX_DEVICES_PER_REQUEST):
            await self._hand_over(room, session, waiting[start : start + MAX_DEVICES_PER_REQUEST])

    async def _hand_over(self, room: str, session: _Session, some: list[tuple[tuple[str, str], OlmDevice]]) -> None:
        messages: dict[str, dict[str, Any]] = {}
        content = {"algorithm": MEGOLM, "room_id": room, "session_id": session.megolm.id}
        for (user, name), device in some:
            key = {**content, "session_key": session.key_for(user)}
            messages.setdefault(user, {})[name] = self._machine.encrypt_for(device, "m.room_key", key)
        await self._save()  # the ratchets' steps are on the disk before anybody can see them
        try:
            await send_to_devices(self._client, ROOM_ENCRYPTED, messages)
        except MatrixError as no:
            log.warning("%d devices in %s are left without the key: %s", len(some), room, no)
        session.shared.update(name for name, _ in some)

    async def _meet(self, devices: Devices) -> None:
        """Begin sessions with those we have none with."""
        now = asyncio.get_running_loop().time()
        claim: dict[str, dict[str, str]] = {}
        for (user, name), device in devices.items():
            if (
                not self._machine.has_session_with(device)
                and self._keyless.get((user, name), _NEVER_TRIED).until <= now
            ):
                claim.setdefault(user, {})[name] = ONE_TIME_KEY_ALGORITHM
        if not claim:
            return
        try:
            await claim_keys(self._client, self._machine, claim)
        except MatrixError as no:
            log.warning("no one-time keys: %s", no)
        for user, names in claim.items():
            for name in names:
                self._note_keyless(user, name, now, can_write=self._machine.has_session_with(devices[user, name]))

    def _note_keyless(self, user: str, name: str, now: float, *, can_write: bool) -> None:
        before = self._keyless.pop((user, name), _NEVER_TRIED)
        if not can_write:
            log.info("%s of %s has no key to be written to with", name, user)
            self._keyless[user, name] = _Keyless(now + before.pause, min(before.pause * 3, MAX_RETRY_SECONDS))


async def claim_keys(client: Client, machine: OlmMachine, claim: dict[str, dict[str, str]]) -> None:
    """Get one-time keys and begin sessions with them. Raises `Later` and `MatrixError`."""
    answer = await client.call("POST", "keys", "claim", body={"one_time_keys": claim, "timeout": KEYS_CLAIM_TIMEOUT_MS})
    machine.start_sessions(answer)


async def send_to_devices(client: Client, kind: str, messages: Mapping[str, Mapping[str, Any]]) -> None:
    """Send to-device messages. Raises `Later` and `MatrixError`."""
    await client.call("PUT", "sendToDevice", kind, uuid4().hex, body={"messages": messages})


def _begin(settings: Mapping[str, Any], entitled: frozenset[str]) -> _Session:
    megolm = OutboundGroupSession()
    megolm.max_messages = _within(settings.get("rotation_period_msgs"), 100, least=1, most=10_000)
    week = 7 * 24 * 3600 * 1000
    megolm.max_age = timedelta(milliseconds=_within(settings.get("rotation_period_ms"), week, 3_600_000, 4 * week))
    return _Session(megolm, entitled, str(megolm.session_key))


def _within(value: Any, usual: int, least: int, most: int) -> int:
    """What a room asks for (m.room.encryption), within reason."""
    return max(least, min(most, value)) if isinstance(value, int) and not isinstance(value, bool) else usual
