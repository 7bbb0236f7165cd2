"""Olm devices without a homeserver: they publish keys, begin sessions, share room keys and encrypt messages."""

import json
from typing import Any

from nio.crypto import OlmDevice, OutboundGroupSession

from bot.matrix.crypto.crypto_store import CryptoStore, derive_pickle_key
from bot.matrix.crypto.machine import OlmMachine
from bot.matrix.event_types import MEGOLM
from bot.store.crypto import read_crypto_state
from bot.store.database.transaction import Store

PICKLE_KEY = derive_pickle_key("tolv køer går hjem", "00" * 16)
ROOM = "!rum:bylaug.example"
BOT, ANNA, MALLORY = "@bot:bylaug.example", "@anna:bylaug.example", "@mallory:bylaug.example"


def make_machine(account: str, state: dict[tuple[str, str], str] | None = None) -> OlmMachine:
    """Return a device of an account, new or with the state of a database."""
    return OlmMachine(account, CryptoStore(PICKLE_KEY, f"ENHED{account[1:4].upper()}", state or {}))


def published_keys(machine: OlmMachine) -> dict[str, Any]:
    """Return the device keys as the homeserver shows them."""
    device_id, keys = machine.olm.device_id, machine.olm.account.identity_keys
    names = {f"{algorithm}:{device_id}": key for algorithm, key in keys.items()}
    algorithms = ["m.olm.v1.curve25519-aes-sha2", MEGOLM]
    content = {"user_id": machine.account, "device_id": device_id, "algorithms": algorithms, "keys": names}
    return machine.sign(content)


def introduce(machine: OlmMachine, *others: OlmMachine) -> None:
    """Give a machine the published device keys of others."""
    machine.update_devices({other.account: {other.olm.device_id: published_keys(other)} for other in others})


def start_session(sender: OlmMachine, receiver: OlmMachine, *, is_known: bool = True) -> OlmDevice:
    """Start an Olm session of the sender with the receiver's device, and return the device.

    The receiver knows the sender's device unless `is_known` is false.
    """
    if is_known:
        introduce(receiver, sender)
    body = receiver.keys_to_upload(0, fallback_used=False)
    assert body is not None
    sender.update_devices({receiver.account: {receiver.olm.device_id: body["device_keys"]}})
    name, key = next(iter(body["one_time_keys"].items()))
    sender.start_sessions({"one_time_keys": {receiver.account: {receiver.olm.device_id: {name: key}}}})
    (device,) = sender.devices_of([receiver.account]).values()
    assert sender.has_session_with(device)
    return device


def send_room_key(sender: OlmMachine, device: OlmDevice, session: OutboundGroupSession) -> dict[str, Any]:
    """Return the to-device message with a room key."""
    content = {"algorithm": MEGOLM, "room_id": ROOM, "session_id": session.id, "session_key": session.session_key}
    encrypted = sender.encrypt_for(device, "m.room_key", content)
    return {"type": "m.room.encrypted", "sender": sender.account, "content": encrypted}


def encrypt_message(
    session: OutboundGroupSession, sender: str, body: str, event: str = "$1", kind: str = "m.room.message"
) -> Any:
    """Return the event of a message that is encrypted with a session."""
    session.mark_as_shared()
    payload = json.dumps({"type": kind, "room_id": ROOM, "content": {"msgtype": "m.text", "body": body}})
    content = {"algorithm": MEGOLM, "ciphertext": session.encrypt(payload), "session_id": session.id}
    return {"type": "m.room.encrypted", "sender": sender, "event_id": event, "content": content}


async def write_changes(store: Store, crypto_store: CryptoStore) -> dict[tuple[str, str], str]:
    """Write the changes of a device to the database, and return the state that is stored."""
    changes = crypto_store.unwritten_changes()
    async with store.write() as connection:
        await changes.write(connection)
    crypto_store.mark_written(changes)
    assert not crypto_store.has_unwritten
    async with store.read() as connection:
        return await read_crypto_state(connection)
