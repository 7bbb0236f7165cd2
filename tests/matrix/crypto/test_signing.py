"""Cross-signing keys and secret storage, against the examples of the specification."""

from typing import Any

import pytest
import vodozemac

from bot.matrix.crypto.signing.identity_store import IDENTITY_FACT, StoredIdentity, load_identity, store_identity
from bot.matrix.crypto.signing.keys import DeviceKey, Identity, has_valid_signature, sign_json, sign_master_key
from bot.matrix.crypto.signing.secret_storage import SecretStorageKey, WrongPassphrase, read_recovery_key
from bot.store.database.transaction import Store
from bot.store.facts import get_fact, set_fact

pytestmark = pytest.mark.usefixtures("fast_key_derivation")

BOT = "@bylaug:example.org"
PASSPHRASE = "fire heste på en mark"


@pytest.fixture(scope="module")
def key(fast_key_derivation: None) -> SecretStorageKey:
    return SecretStorageKey.create(PASSPHRASE)


def test_identity_signs_as_other_libraries_verify_it() -> None:
    identity = Identity.create(BOT)
    device = identity.sign_device({"device_id": "D", "user_id": BOT, "algorithms": ["æ"], "unsigned": {"x": 1}})
    assert device.keys() == {"device_id", "user_id", "algorithms", "signatures"}
    public_key = identity.public_key("self_signing")
    text = f'{{"algorithms":["æ"],"device_id":"D","user_id":"{BOT}"}}'
    signature = vodozemac.Ed25519Signature.from_base64(device["signatures"][BOT][f"ed25519:{public_key}"])
    vodozemac.Ed25519PublicKey.from_base64(public_key).verify_signature(text.encode(), signature)


def test_identity_is_uploaded_with_the_other_keys_signed_by_the_master_key() -> None:
    identity = Identity.create(BOT)
    body, master = identity.upload_body(), identity.public_key("master")
    assert body["master_key"] == {"user_id": BOT, "usage": ["master"], "keys": {f"ed25519:{master}": master}}
    for usage in ("self_signing", "user_signing"):
        assert body[f"{usage}_key"]["usage"] == [usage]
        assert has_valid_signature(body[f"{usage}_key"], BOT, master, master)


def test_master_key_is_signed_by_the_device() -> None:
    account = vodozemac.Account()
    device = DeviceKey(BOT, "D", account.ed25519_key.to_base64(), lambda text: account.sign(text.encode()).to_base64())
    assert has_valid_signature(sign_master_key(device, "key"), BOT, "D", device.ed25519)


@pytest.mark.parametrize(
    "change",
    [
        {"keys": {}},
        {"signatures": None},
        {"signatures": {}},
        {"signatures": {BOT: {"ed25519:k": 7}}},
        {"signatures": {BOT: {"ed25519:k": "no base64, æ"}}},
        {"signatures": {BOT: {"ed25519:k": "AAAA"}}},
    ],
)
def test_invalid_signature_does_not_count(change: dict[str, Any]) -> None:
    account = vodozemac.Account()
    content = sign_json({"keys": {"a": "b"}}, BOT, "k", lambda text: account.sign(text.encode()).to_base64())
    assert has_valid_signature(content, BOT, "k", account.ed25519_key.to_base64())
    assert not has_valid_signature(content | change, BOT, "k", account.ed25519_key.to_base64())
    assert not has_valid_signature(content, BOT, "k", "AAAA")


def test_secret_keys_are_not_shown(key: SecretStorageKey) -> None:
    identity = Identity.create(BOT)
    shown = repr(identity) + repr(key) + repr(StoredIdentity.encrypt(identity, key))
    assert "seeds" not in shown
    assert "_key=" not in shown.replace("key_id=", "")


async def test_stored_identity_is_decrypted_with_its_passphrase_only(key: SecretStorageKey) -> None:
    identity = Identity.create(BOT)
    stored = StoredIdentity.encrypt(identity, key)
    assert await stored.decrypt(PASSPHRASE) == identity
    assert await stored.decrypt(key.recovery_key()) == identity
    for wrong in ("fire heste på en vej", SecretStorageKey.create("another one").recovery_key(), ""):
        with pytest.raises(WrongPassphrase):
            await stored.decrypt(wrong)


async def test_stored_identity_that_somebody_changed_is_not_decrypted(key: SecretStorageKey) -> None:
    own, other = (StoredIdentity.encrypt(Identity.create(BOT), key) for _ in range(2))
    swapped = dict.fromkeys(own.encrypted_keys, own.encrypted_keys["m.cross_signing.master"])
    for changed in (
        StoredIdentity(BOT, own.public_keys, own.key_id, own.description, swapped),
        StoredIdentity(BOT, own.public_keys, own.key_id, own.description, other.encrypted_keys),
        StoredIdentity(BOT, own.public_keys, own.key_id, own.description, {}),
        StoredIdentity(
            BOT, own.public_keys, own.key_id, own.description, {name: {"iv": 7} for name in own.encrypted_keys}
        ),
    ):
        with pytest.raises(WrongPassphrase):
            await changed.decrypt(PASSPHRASE)


@pytest.mark.parametrize(
    "change",
    [
        {"algorithm": "m.other"},
        {"mac": "AAAA"},
        {"iv": "AAAA"},
        {"iv": None},
        {"passphrase": {}},
        {"passphrase": {"algorithm": "m.pbkdf2", "salt": "s", "iterations": 10**12}},
        {"passphrase": {"algorithm": "m.pbkdf2", "salt": "s", "iterations": "many"}},
        {"passphrase": {"algorithm": "m.pbkdf2", "salt": "s", "iterations": 1, "bits": 8}},
        {"passphrase": {"algorithm": "m.argon", "salt": "s", "iterations": 1}},
    ],
)
def test_key_with_a_wrong_description_does_not_open(key: SecretStorageKey, change: dict[str, Any]) -> None:
    with pytest.raises(WrongPassphrase):
        SecretStorageKey.open("id", key.description | change, PASSPHRASE)


def test_each_secret_is_encrypted_under_its_own_name(key: SecretStorageKey) -> None:
    encrypted = key.encrypt("a", "hemmelighed")
    assert key.decrypt("a", encrypted) == "hemmelighed"
    assert key.encrypt("a", "hemmelighed") != encrypted
    with pytest.raises(WrongPassphrase):
        key.decrypt("b", encrypted)


def test_recovery_key_gives_the_same_key(key: SecretStorageKey) -> None:
    recovery_key = key.recovery_key()
    again = SecretStorageKey.create(recovery_key)
    assert (again.recovery_key(), "passphrase" in again.description) == (recovery_key, False)
    assert SecretStorageKey.open("id", key.description, recovery_key).recovery_key() == recovery_key


def test_recovery_key_is_the_one_of_matrix_js_sdk() -> None:
    recovery_key = "EsTcLW2KPGiFwKEA3As5g5c4BXwkqeeJZJV8Q9fugUMNUE4d"
    key = bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
    assert read_recovery_key(recovery_key) == key
    assert read_recovery_key(f" {recovery_key[:4]} {recovery_key[4:]} ") == key


@pytest.mark.parametrize(
    "text", ["", "0", "EsTc", "z" * 60, PASSPHRASE, "EsTcLW2KPGiFwKEA3As5g5c4BXwkqeeJZJV8Q9fugUMNUE4e"]
)
def test_recovery_key_with_a_typing_error_is_none(text: str) -> None:
    assert read_recovery_key(text) is None


async def test_identity_in_the_stored_form_of_existing_databases_is_read(store: Store) -> None:
    text = (
        f'{{"account": "{BOT}", "public": {{"master": "M"}}, "key_id": "id", "description": {{"iv": "x"}},'
        ' "locked": {"m.cross_signing.master": {"iv": "y"}}}'
    )
    async with store.write() as connection:
        await set_fact(connection, IDENTITY_FACT, text)
    identity = await load_identity(store, BOT)
    assert identity is not None
    assert (identity.public_keys, identity.encrypted_keys) == ({"master": "M"}, {"m.cross_signing.master": {"iv": "y"}})
    await store_identity(store, identity)
    async with store.read() as connection:
        assert await get_fact(connection, IDENTITY_FACT) == text
