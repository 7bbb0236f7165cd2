"""The machine between two devices, without a homeserver: what it takes in, and what it never does twice."""

import json
from typing import Any

import pytest
from nio.crypto import OlmDevice, OutboundGroupSession

from bot.config.credentials import Credentials
from bot.errors import EX_CONFIG, Fatal
from bot.matrix.client import Client
from bot.matrix.crypto.crypto_store import CryptoStore
from bot.matrix.crypto.decrypt import Decryptor
from bot.matrix.crypto.device import load_device
from bot.matrix.crypto.machine import OlmMachine
from bot.matrix.crypto.pickle_key import derive_pickle_key, new_salt
from bot.matrix.event_types import MEGOLM
from bot.store.crypto import mark_olm_sessions_spent, read_crypto_state
from bot.store.database.transaction import Store

LOCK = derive_pickle_key("tolv køer går hjem", "00" * 16)
ROOM = "!rum:bylaug.example"
BOT, ANNA, MALLORY = "@bot:bylaug.example", "@anna:bylaug.example", "@mallory:bylaug.example"


def machine(account: str, state: dict[tuple[str, str], str] | None = None) -> OlmMachine:
    return OlmMachine(account, CryptoStore(LOCK, f"ENHED{account[1:4].upper()}", state or {}))


def device_of(one: OlmMachine) -> OlmDevice:
    return OlmDevice(one.account, one.olm.device_id, dict(one.olm.account.identity_keys))


def acquaint(sender: OlmMachine, receiver: OlmMachine) -> OlmDevice:
    """The sender knows the receiver's device and has a session with it."""
    body = receiver.keys_to_upload(0, fallback_used=False)
    assert body is not None
    sender.update_devices({receiver.account: {receiver.olm.device_id: body["device_keys"]}})
    name, key = next(iter(body["one_time_keys"].items()))
    sender.start_sessions({"one_time_keys": {receiver.account: {receiver.olm.device_id: {name: key}}}})
    (device,) = sender.devices_of([receiver.account]).values()
    assert sender.has_session_with(device)
    return device


def give(sender: OlmMachine, device: OlmDevice, session: OutboundGroupSession) -> dict[str, Any]:
    """The to-device message with a room key."""
    content = {"algorithm": MEGOLM, "room_id": ROOM, "session_id": session.id, "session_key": session.session_key}
    locked = sender.encrypt_for(device, "m.room_key", content)
    return {"type": "m.room.encrypted", "sender": sender.account, "content": locked}


def say(session: OutboundGroupSession, sender: str, body: str, event: str = "$1", kind: str = "m.room.message") -> Any:
    session.mark_as_shared()
    said = json.dumps({"type": kind, "room_id": ROOM, "content": {"msgtype": "m.text", "body": body}})
    content = {"algorithm": MEGOLM, "ciphertext": session.encrypt(said), "session_id": session.id}
    return {"type": "m.room.encrypted", "sender": sender, "event_id": event, "content": content}


async def write(store: Store, shelf: CryptoStore) -> dict[tuple[str, str], str]:
    batch = shelf.unwritten_changes()
    async with store.write() as connection:
        await batch.write(connection)
    shelf.mark_written(batch)
    assert not shelf.has_unwritten
    async with store.read() as connection:
        return await read_crypto_state(connection)


async def test_a_key_opens_what_its_owner_says_and_nothing_else(store: Store) -> None:
    bot, anna = machine(BOT), machine(ANNA)
    session = OutboundGroupSession()
    key = bot.receive_to_device(give(anna, acquaint(anna, bot), session))
    assert (key.room_id, key.session_id) == (ROOM, session.id)
    opener = Decryptor(store, bot.store)
    event = say(session, ANNA, "!ping")
    opened = await opener.decrypt(ROOM, event)  # before the key is on the disk
    assert opened is not None
    assert opened["content"]["body"] == "!ping"
    await write(store, bot.store)
    assert await Decryptor(store, bot.store).decrypt(ROOM, event) == opened  # and after
    assert await opener.decrypt(ROOM, {**event, "event_id": "$2"}) is None  # repeated by the homeserver
    assert await opener.decrypt(ROOM, {**say(session, ANNA, "!ping", "$3"), "sender": MALLORY}) is None
    assert await opener.decrypt("!andet:bylaug.example", say(session, ANNA, "!ping", "$4")) is None
    assert await opener.decrypt(ROOM, say(session, ANNA, "!ping", "$5", kind="m.room.redaction")) is None


async def test_the_same_sync_after_a_kill_finds_everything_as_it_was(store: Store) -> None:
    bot, anna = machine(BOT), machine(ANNA)
    device, session = acquaint(anna, bot), OutboundGroupSession()
    state = await write(store, bot.store)
    key = give(anna, device, session)
    assert bot.receive_to_device(key) is not None  # and killed before it is written
    again = machine(BOT, state)
    assert again.receive_to_device(key).session_id == session.id
    after = machine(BOT, await write(store, again.store))  # killed after it was written, and the sync comes again
    assert after.receive_to_device(key) is None
    opened = await Decryptor(store, after.store).decrypt(ROOM, say(session, ANNA, "!ping"))
    assert opened is not None


async def test_one_time_keys_are_offered_once_though_an_upload_failed(store: Store) -> None:
    bot = machine(BOT)
    first = bot.keys_to_upload(None, fallback_used=False)
    assert first is not None
    bot.mark_uploaded()
    later = machine(BOT, await write(store, bot.store))
    second = later.keys_to_upload(3, fallback_used=True)
    assert second is not None
    assert first["one_time_keys"].keys() & second["one_time_keys"].keys() == set()
    assert "device_keys" not in second
    assert len(second["fallback_keys"]) == 1
    assert later.keys_to_upload(50, fallback_used=False) is None


async def test_no_olm_session_of_a_restored_backup_is_written_in_again(store: Store) -> None:
    bot, anna = machine(BOT), machine(ANNA)
    device = acquaint(bot, anna)
    bot.encrypt_for(device, "m.dummy", {})
    await write(store, bot.store)
    async with store.write() as connection:
        await mark_olm_sessions_spent(connection)
        state = await read_crypto_state(connection)
    restored = machine(BOT, state)
    assert restored.olm.session_store[device.curve25519] != []
    assert restored.has_session_with(device) is False


async def test_a_new_device_of_ours_takes_no_session_of_the_old_one(store: Store) -> None:
    bot, anna = machine(BOT), machine(ANNA)
    device = acquaint(bot, anna)
    bot.encrypt_for(device, "m.dummy", {})
    state = await write(store, bot.store)
    new = OlmMachine(BOT, CryptoStore(LOCK, "NYENHED", state))
    assert new.has_session_with(device) is False
    restarted = OlmMachine(BOT, CryptoStore(LOCK, "NYENHED", await write(store, new.store)))
    assert restarted.olm.account.identity_keys == new.olm.account.identity_keys
    assert restarted.has_session_with(device) is False


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"algorithm": "m.olm.v1.curve25519-aes-sha2"},
        {"algorithm": "m.olm.v1.curve25519-aes-sha2", "sender_key": "x", "ciphertext": {}},
        {
            "algorithm": "m.olm.v1.curve25519-aes-sha2",
            "sender_key": "x",
            "ciphertext": {"OURS": {"type": 0, "body": "!"}},
        },
        {
            "algorithm": "m.olm.v1.curve25519-aes-sha2",
            "sender_key": "x",
            "ciphertext": {"OURS": {"type": 1, "body": ""}},
        },
        {"algorithm": ["m.olm"], "ciphertext": 3},
    ],
)
def test_nonsense_sent_to_our_device_is_left_alone(content: dict[str, Any]) -> None:
    bot = machine(BOT)
    ours = bot.olm.account.identity_keys["curve25519"]
    text = json.dumps({"type": "m.room.encrypted", "sender": MALLORY, "content": content}).replace("OURS", ours)
    assert bot.receive_to_device(json.loads(text)) is None


def test_a_lock_depends_on_the_passphrase_and_the_salt() -> None:
    salt = new_salt()
    assert derive_pickle_key("tolv køer går hjem", salt) == derive_pickle_key("tolv køer går hjem", salt)
    assert len({derive_pickle_key("tolv køer går hjem", salt), derive_pickle_key("elleve køer", salt), LOCK}) == 3


async def test_another_passphrase_opens_nothing_and_says_so(store: Store) -> None:
    client = Client("http://127.0.0.1:1", BOT, "ENHED", "nobody is asked")
    first = await load_device(client, store, Credentials(passphrase="tolv køer går hjem"))
    with pytest.raises(Fatal, match="the passphrase is not the one they were locked with") as refused:
        await load_device(client, store, Credentials(passphrase="elleve køer går hjem"))
    assert refused.value.exit_code == EX_CONFIG
    again = await load_device(client, store, Credentials(passphrase="tolv køer går hjem"))
    assert again.machine.olm.account.identity_keys == first.machine.olm.account.identity_keys
    async with store.read() as connection:
        assert first.machine.olm.account._account.curve25519_key.to_base64() not in str(
            await read_crypto_state(connection)
        )
    await client.close()
