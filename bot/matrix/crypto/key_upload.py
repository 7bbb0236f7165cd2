"""Uploads the keys of the bot's device: device keys, one-time keys and a fallback key (client-server API, "Uploading
keys")."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from bot.matrix.client import Client, MatrixError
from bot.matrix.crypto.machine import ONE_TIME_KEY_ALGORITHM, OlmMachine

log = logging.getLogger(__name__)

#: At least so many seconds are between two uploads of one-time keys, whatever the homeserver says it has left.
MIN_SECONDS_BETWEEN_UPLOADS = 60.0


class KeyUpload:
    """Uploads the keys of the bot's device that the homeserver lacks. `save` writes the machine's changes."""

    def __init__(self, client: Client, machine: OlmMachine, save: Callable[[], Awaitable[None]]) -> None:
        self._client, self._machine, self._save = client, machine, save
        self._remaining_one_time_keys: int | None = None
        self._fallback_key_used = False
        self._uploaded_at: float | None = None
        self._is_checked = False

    def receive_sync(self, answer: dict[str, Any]) -> None:
        """Note from a sync how many one-time keys the homeserver has, and whether it has given out the fallback key.

        A sync without a count for our algorithm means that the homeserver has no one-time keys (client-server API,
        "Extensions to /sync").
        """
        counts = answer.get("device_one_time_keys_count")
        remaining = counts.get(ONE_TIME_KEY_ALGORITHM, 0) if isinstance(counts, dict) else 0
        self._remaining_one_time_keys = remaining if isinstance(remaining, int) else 0
        unused = answer.get("device_unused_fallback_key_types")
        if isinstance(unused, list):
            self._fallback_key_used = ONE_TIME_KEY_ALGORITHM not in unused
            if not self._fallback_key_used:
                self._machine.forget_pending_fallback_key()

    def own_devices_changed(self) -> None:
        """Check at the next upload whether the homeserver still has the keys of the bot's device."""
        self._is_checked = False

    async def upload(self) -> None:
        """Upload the keys that the homeserver lacks. Raises `TemporaryFailure`."""
        if not self._is_checked:
            self._is_checked = True  # set before the request: a change during it leads to another check
            try:
                await self._check_device_keys()
            except BaseException:
                self._is_checked = False
                raise
        if not self._is_due():
            return
        body = self._machine.keys_to_upload(self._remaining_one_time_keys, fallback_used=self._fallback_key_used)
        if body is None:
            return
        self._remaining_one_time_keys, self._fallback_key_used = None, False
        await self._save()
        try:
            answer = await self._client.call("POST", "keys", "upload", body=body)
        except MatrixError as error:
            log.error("the homeserver refuses the keys of the bot's device: %s", error)
            return
        self._uploaded_at = asyncio.get_running_loop().time()
        self._remaining_one_time_keys = answer.get("one_time_key_counts", {}).get(ONE_TIME_KEY_ALGORITHM)
        self._machine.mark_uploaded()
        await self._save()

    def _is_due(self) -> bool:
        now, last = asyncio.get_running_loop().time(), self._uploaded_at
        return not self._machine.is_published or last is None or now - last >= MIN_SECONDS_BETWEEN_UPLOADS

    async def _check_device_keys(self) -> None:
        """Have all keys uploaded again if the homeserver has no keys of the bot's device.

        A homeserver deletes them when the device is logged out. A later login with the same device id has no keys.
        """
        if not self._machine.is_published:
            return
        account, device_id = self._client.account, self._machine.olm.device_id
        try:
            answer = await self._client.call("POST", "keys", "query", body={"device_keys": {account: [device_id]}})
        except MatrixError as error:
            log.warning("cannot find out whether the homeserver has the keys of the bot's device: %s", error)
            return
        devices = answer.get("device_keys", {}).get(account, {})
        if device_id not in devices:
            log.warning("the homeserver has no keys of the bot's device any more, and gets them again")
            self._machine.mark_unpublished()
