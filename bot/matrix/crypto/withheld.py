"""Tells other people's devices why they are given no room key (client-server API, "m.room_key.withheld")."""

import logging
from collections.abc import Collection
from typing import Any

from bot.concurrency.retry import TemporaryFailure
from bot.matrix.client import Client, MatrixError
from bot.matrix.crypto.machine import OlmMachine
from bot.matrix.crypto.outbound_session import DeviceName, OutboundSession
from bot.matrix.crypto.to_device import send_to_devices
from bot.matrix.event_types import MEGOLM, ROOM_KEY_WITHHELD

log = logging.getLogger(__name__)

#: The kind of the stored values that name the devices which were told that no Olm session can be started with them.
_TOLD = "told no olm"


class WithheldKeys:
    """The messages about withheld keys. A failure is only logged: no message of the bot must wait for it."""

    def __init__(self, client: Client, machine: OlmMachine) -> None:
        self._client, self._machine = client, machine
        self._told_no_olm = {tuple(name.split(" ", 1)) for kind, name in machine.store.state if kind == _TOLD}

    async def tell_unsigned(self, room: str, session: OutboundSession, devices: Collection[DeviceName]) -> None:
        """Tell devices that they get no key because their owner has not signed them; each once for a session."""
        content = {
            "code": "m.unverified",
            "reason": "This device is not signed by its owner. Verify it.",
            "room_id": room,
            "session_id": session.megolm.id,
        }
        untold = set(devices) - session.told
        session.told |= untold
        await self._tell(untold, content)

    async def tell_unreachable(self, devices: Collection[DeviceName]) -> None:
        """Tell devices that they have no one-time key left, so that no Olm session can be started with them.

        Each is told once, until there is a session with it.
        """
        content = {"code": "m.no_olm", "reason": "This device has no one-time key left on its homeserver."}
        untold = set(devices) - self._told_no_olm
        if await self._tell(untold, content):
            self._told_no_olm |= untold
            for user, device in untold:
                self._machine.store.set_value(_TOLD, f"{user} {device}", True)

    def note_session(self, name: DeviceName) -> None:
        """Note that there is an Olm session with a device: should it be lost, the device is told again."""
        if name in self._told_no_olm:
            self._told_no_olm.discard(name)
            self._machine.store.set_value(_TOLD, " ".join(name), None)

    async def _tell(self, devices: Collection[DeviceName], content: dict[str, Any]) -> bool:
        messages: dict[str, dict[str, Any]] = {}
        sender_key = self._machine.olm.account.identity_keys["curve25519"]
        for user, device_id in devices:
            messages.setdefault(user, {})[device_id] = {"algorithm": MEGOLM, "sender_key": sender_key, **content}
        try:
            if messages:
                await send_to_devices(self._client, ROOM_KEY_WITHHELD, messages)
        except (MatrixError, TemporaryFailure) as error:
            log.info("%d devices do not hear why they get no key (%s): %s", len(devices), content["code"], error)
            return False
        return True
