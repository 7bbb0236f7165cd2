"""Requests room keys from other devices, answers their requests, and notes why a device withholds a key.

Client-server API, "m.room_key_request" and "m.room_key.withheld".
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from bot.matrix.client import Client
from bot.matrix.crypto.confirm_keys import RoomKeyId
from bot.matrix.crypto.device_list import DeviceList
from bot.matrix.crypto.encrypt import Encryptor
from bot.matrix.crypto.machine import OlmMachine
from bot.matrix.crypto.outbound_session import DeviceName
from bot.matrix.crypto.to_device import send_to_devices
from bot.matrix.event_types import MEGOLM

#: Seconds before the same device can get the same keys again.
KEY_RESEND_SECONDS = 300.0
#: Seconds before a missing key is requested again.
REQUEST_AGAIN_SECONDS = 24 * 3600.0
#: Seconds before a new Olm session is begun again with a device that finds no one-time key of the bot.
NEW_SESSION_SECONDS = 3600.0
#: Devices whose times of the last resend and of the last new session are remembered.
MAX_REMEMBERED_DEVICES = 1_000
#: Sessions whose missing keys the bot requests, and sessions for which it remembers why a device withholds the key.
MAX_WANTED_KEYS = MAX_WITHHELD_KEYS = 1_000


class KeyRequests:
    """The key requests of the bot's device and of other devices.

    `share` is called with the rooms whose keys must be sent to the devices that lack them.
    """

    def __init__(
        self,
        client: Client,
        machine: OlmMachine,
        device_list: DeviceList,
        encryptor: Encryptor,
        share: Callable[[Iterable[str]], None],
    ) -> None:
        self._client, self._machine, self._device_list = client, machine, device_list
        self._encryptor, self._share = encryptor, share
        self._wanted: OrderedDict[RoomKeyId, str] = OrderedDict()  # → the user who has the key
        self._requested_at: OrderedDict[str, float] = OrderedDict()  # by session id
        self._resent_at: OrderedDict[DeviceName, float] = OrderedDict()
        self._no_olm_at: OrderedDict[DeviceName, float] = OrderedDict()  # when a new session was begun because of it
        self._withheld: OrderedDict[tuple[str, str, str], str] = OrderedDict()  # (user, room, session) → code

    def want(self, room: str, session: str, sender: str) -> None:
        """Have `send` request a missing room key from the sender of a message, once in REQUEST_AGAIN_SECONDS."""
        self._wanted.setdefault((room, session), sender)
        _drop_oldest(self._wanted, MAX_WANTED_KEYS)

    def forget_wanted(self, keys: Iterable[RoomKeyId]) -> None:
        """Stop requesting these keys: the bot has received them."""
        for key in keys:
            self._wanted.pop(key, None)
            self._requested_at.pop(key[1], None)

    async def send(self) -> None:
        """Ask the senders of undecrypted messages for the keys. Raises `TemporaryFailure` and `MatrixError`."""
        for (room, session), sender in list(self._wanted.items()):
            now, requested_at = asyncio.get_running_loop().time(), self._requested_at.get(session)
            if requested_at is not None and now - requested_at < REQUEST_AGAIN_SECONDS:
                continue
            self._machine.allow_forwarded_key(room, session)
            body = {"algorithm": MEGOLM, "room_id": room, "session_id": session, "sender_key": ""}
            request = {"action": "request", "body": body, "request_id": session}
            request["requesting_device_id"] = self._machine.olm.device_id
            await send_to_devices(self._client, "m.room_key_request", {sender: {"*": request}})
            self._requested_at[session] = now
            _drop_oldest(self._requested_at, MAX_WANTED_KEYS)

    def answer(self, message: dict[str, Any]) -> None:
        """Answer the key request of a device: have its keys sent to it again.

        A device that was never given the key of the present session, such as one that the bot does not know yet, gets
        it if it may have it. The devices of its owner are queried before.
        """
        content = message.get("content")
        if not isinstance(content, dict) or content.get("action") != "request":
            return
        name = user, device = str(message.get("sender")), str(content.get("requesting_device_id"))
        body = content.get("body")
        wanted = body if isinstance(body, dict) else {}
        room, session = str(wanted.get("room_id")), str(wanted.get("session_id"))
        if not self._encryptor.lacks_key(room, session, user, device):
            self._resend_keys(name)
        elif self._is_resend_due(name):
            self._note_resend(name)
            self._device_list.devices_changed([user])
            self._share([room])

    def answer_new_session(self, user: str, curve_key: str) -> None:
        """Have keys sent again to a device that began a new Olm session: it may not have been able to decrypt them."""
        if (device := self._machine.find_device(user, curve_key)) is not None:
            self._resend_keys((user, device.id))

    def note_withheld(self, message: dict[str, Any]) -> None:
        """Note why a device withholds a room key. A device that cannot begin an Olm session with the bot gets one."""
        content, sender = message.get("content"), str(message.get("sender"))
        if not isinstance(content, dict):
            return
        if content.get("code") == "m.no_olm":
            self._answer_no_olm(sender, str(content.get("sender_key")))
            return
        self._withheld[sender, str(content.get("room_id")), str(content.get("session_id"))] = str(content.get("code"))
        _drop_oldest(self._withheld, MAX_WITHHELD_KEYS)

    def _answer_no_olm(self, user: str, curve_key: str) -> None:
        """Have an Olm session begun with a device that found no one-time key of the bot, and the user's keys requested.

        Once in NEW_SESSION_SECONDS for each device, and only for devices that the bot knows.
        """
        device, now = self._machine.find_device(user, curve_key), asyncio.get_running_loop().time()
        if device is None or now - self._no_olm_at.get((user, device.id), -NEW_SESSION_SECONDS) < NEW_SESSION_SECONDS:
            return
        self._no_olm_at[user, device.id] = now
        _drop_oldest(self._no_olm_at, MAX_REMEMBERED_DEVICES)
        self._machine.begin_session_with(device)
        for (_, session), sender in self._wanted.items():
            if sender == user:
                self._requested_at.pop(session, None)

    def is_unverified_for(self, user: str, room: str, session: str) -> bool:
        """Whether a user's device withholds the key of a session because the user has not verified the bot.

        The code "m.blacklisted" counts, too: the user has blocked the bot's device.
        """
        return self._withheld.get((user, room, session)) in ("m.unverified", "m.blacklisted")

    def _resend_keys(self, name: DeviceName) -> None:
        """Have keys sent to a device again, at most once in KEY_RESEND_SECONDS."""
        if self._is_resend_due(name) and (rooms := self._encryptor.forget_shared(*name)):
            self._note_resend(name)
            self._share(rooms)

    def _is_resend_due(self, name: DeviceName) -> bool:
        now = asyncio.get_running_loop().time()
        return self._resent_at.get(name, -KEY_RESEND_SECONDS) + KEY_RESEND_SECONDS <= now

    def _note_resend(self, name: DeviceName) -> None:
        self._resent_at[name] = asyncio.get_running_loop().time()
        _drop_oldest(self._resent_at, MAX_REMEMBERED_DEVICES)


def _drop_oldest(entries: OrderedDict[Any, Any], limit: int) -> None:
    while len(entries) > limit:
        entries.popitem(last=False)
