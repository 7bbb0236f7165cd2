"""Sends to-device messages, and claims the one-time keys that the first of them to a device needs."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from bot.matrix.client import Client
from bot.matrix.crypto.machine import OlmMachine

#: Milliseconds for which the bot's homeserver waits for other homeservers in a key claim.
KEYS_CLAIM_TIMEOUT_MS = 10_000


async def claim_keys(client: Client, machine: OlmMachine, claims: dict[str, dict[str, str]]) -> None:
    """Claim one-time keys and start Olm sessions with them. Raises `TemporaryFailure` and `MatrixError`."""
    body = {"one_time_keys": claims, "timeout": KEYS_CLAIM_TIMEOUT_MS}
    machine.start_sessions(await client.call("POST", "keys", "claim", body=body))


async def send_to_devices(client: Client, event_type: str, messages: Mapping[str, Mapping[str, Any]]) -> None:
    """Send to-device messages: user id → device id → content. Raises `TemporaryFailure` and `MatrixError`."""
    await client.call("PUT", "sendToDevice", event_type, uuid4().hex, body={"messages": messages})
