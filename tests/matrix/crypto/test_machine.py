"""The Olm machine of two devices without a homeserver: what it accepts, and what it never does twice."""

import json
from typing import Any

import pytest
from nio.crypto import OutboundGroupSession
from olm_devices import (
    ANNA,
    BOT,
    MALLORY,
    PICKLE_KEY,
    ROOM,
    encrypt_message,
    make_machine,
    send_room_key,
    start_session,
    write_changes,
)

from bot.config.credentials import Credentials
from bot.errors import EX_CONFIG, Fatal
from bot.matrix.client import Client
from bot.matrix.crypto.crypto_store import CryptoStore, derive_pickle_key
from bot.matrix.crypto.decrypt import Decryptor, UnusableEvent
from bot.matrix.crypto.device import load_device
from bot.matrix.crypto.machine import OlmMachine
from bot.store.crypto import mark_olm_sessions_spent, read_crypto_state
from bot.store.database.transaction import Store
from bot.store.passphrase_key import new_salt


async def test_a_key_decrypts_messages_of_its_owner_and_nothing_else(store: Store) -> None:
    bot, anna = make_machine(BOT), make_machine(ANNA)
    session = OutboundGroupSession()
    key = bot.receive_to_device(send_room_key(anna, start_session(anna, bot), session))
    assert (key.room_id, key.session_id) == (ROOM, session.id)
    decryptor = Decryptor(store, bot.store)
    event = encrypt_message(session, ANNA, "!ping")
    decrypted = await decryptor.decrypt(ROOM, event)  # before the key is in the database
    assert decrypted is not None
    assert decrypted["content"]["body"] == "!ping"
    await write_changes(store, bot.store)
    assert await Decryptor(store, bot.store).decrypt(ROOM, event) == decrypted  # and after
    with pytest.raises(UnusableEvent):
        await decryptor.decrypt(ROOM, {**event, "event_id": "$2"})  # repeated by the homeserver
    assert await decryptor.decrypt(ROOM, {**encrypt_message(session, ANNA, "!ping", "$3"), "sender": MALLORY}) is None
    assert await decryptor.decrypt("!andet:bylaug.example", encrypt_message(session, ANNA, "!ping", "$4")) is None
    with pytest.raises(UnusableEvent):
        await decryptor.decrypt(ROOM, encrypt_message(session, ANNA, "!ping", "$5", kind="m.room.redaction"))


async def test_the_same_sync_after_a_kill_finds_everything_as_it_was(store: Store) -> None:
    bot, anna = make_machine(BOT), make_machine(ANNA)
    device, session = start_session(anna, bot), OutboundGroupSession()
    state = await write_changes(store, bot.store)
    key = send_room_key(anna, device, session)
    assert bot.receive_to_device(key) is not None  # and killed before it is written
    again = make_machine(BOT, state)
    assert again.receive_to_device(key).session_id == session.id
    state = await write_changes(store, again.store)
    after = make_machine(BOT, state)  # killed after it was written, and the sync comes again
    assert after.receive_to_device(key) is None
    decrypted = await Decryptor(store, after.store).decrypt(ROOM, encrypt_message(session, ANNA, "!ping"))
    assert decrypted is not None


async def test_one_time_keys_are_uploaded_once_though_an_upload_failed(store: Store) -> None:
    bot = make_machine(BOT)
    first = bot.keys_to_upload(None, fallback_used=False)
    assert first is not None
    bot.mark_uploaded()
    later = make_machine(BOT, await write_changes(store, bot.store))
    second = later.keys_to_upload(3, fallback_used=True)
    assert second is not None
    assert first["one_time_keys"].keys() & second["one_time_keys"].keys() == set()
    assert "device_keys" not in second
    assert len(second["fallback_keys"]) == 1
    assert later.keys_to_upload(50, fallback_used=False) is None


async def test_nothing_is_encrypted_with_an_olm_session_of_a_restored_backup(store: Store) -> None:
    bot, anna = make_machine(BOT), make_machine(ANNA)
    device = start_session(bot, anna)
    bot.encrypt_for(device, "m.dummy", {})
    await write_changes(store, bot.store)
    async with store.write() as connection:
        await mark_olm_sessions_spent(connection)
        state = await read_crypto_state(connection)
    restored = make_machine(BOT, state)
    assert restored.olm.session_store[device.curve25519] != []
    assert restored.has_session_with(device) is False


async def test_a_new_device_of_the_bot_takes_no_session_of_the_old_one(store: Store) -> None:
    bot, anna = make_machine(BOT), make_machine(ANNA)
    device = start_session(bot, anna)
    bot.encrypt_for(device, "m.dummy", {})
    state = await write_changes(store, bot.store)
    new = OlmMachine(BOT, CryptoStore(PICKLE_KEY, "NYENHED", state))
    assert new.has_session_with(device) is False
    restarted = OlmMachine(BOT, CryptoStore(PICKLE_KEY, "NYENHED", await write_changes(store, new.store)))
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
def test_malformed_messages_to_the_device_are_ignored(content: dict[str, Any]) -> None:
    bot = make_machine(BOT)
    own_key = bot.olm.account.identity_keys["curve25519"]
    text = json.dumps({"type": "m.room.encrypted", "sender": MALLORY, "content": content}).replace("OURS", own_key)
    assert bot.receive_to_device(json.loads(text)) is None


def test_pickle_key_depends_on_the_passphrase_and_the_salt() -> None:
    salt = new_salt()
    assert derive_pickle_key("tolv køer går hjem", salt) == derive_pickle_key("tolv køer går hjem", salt)
    assert len({derive_pickle_key("tolv køer går hjem", salt), derive_pickle_key("elleve køer", salt), PICKLE_KEY}) == 3


async def test_another_passphrase_decrypts_nothing_and_is_reported(store: Store) -> None:
    client = Client("http://127.0.0.1:1", BOT, "ENHED", "nobody is asked")
    first = await load_device(client, store, Credentials(passphrase="tolv køer går hjem"))
    with pytest.raises(Fatal, match="the passphrase is not the one they were locked with") as error:
        await load_device(client, store, Credentials(passphrase="elleve køer går hjem"))
    assert error.value.exit_code == EX_CONFIG
    again = await load_device(client, store, Credentials(passphrase="tolv køer går hjem"))
    assert again.machine.olm.account.identity_keys == first.machine.olm.account.identity_keys
    async with store.read() as connection:
        assert first.machine.olm.account._account.curve25519_key.to_base64() not in str(
            await read_crypto_state(connection)
        )
    await client.close()
