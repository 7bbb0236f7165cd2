"""The keys, what they sign and how they are locked, against the examples of the specification."""

from typing import Any

import pytest
import vodozemac

from bot.matrix.crypto.signing.identity_store import StoredIdentity
from bot.matrix.crypto.signing.keys import Identity, SigningDevice, has_valid_signature, sign_json, sign_master_key
from bot.matrix.crypto.signing.secret_storage import SecretStorageKey, WrongPassphrase, read_recovery_key

pytestmark = pytest.mark.usefixtures("fast_key_derivation")

BOT = "@bylaug:example.org"
PASSPHRASE = "fire heste på en mark"


@pytest.fixture(scope="module")
def vault(fast_key_derivation: None) -> SecretStorageKey:
    return SecretStorageKey.create(PASSPHRASE)


def test_identity_signs_as_others_check_it() -> None:
    identity = Identity.create(BOT)
    device = identity.sign_device({"device_id": "D", "user_id": BOT, "algorithms": ["æ"], "unsigned": {"x": 1}})
    assert device.keys() == {"device_id", "user_id", "algorithms", "signatures"}
    public = identity.public_key("self_signing")
    text = f'{{"algorithms":["æ"],"device_id":"D","user_id":"{BOT}"}}'
    signature = vodozemac.Ed25519Signature.from_base64(device["signatures"][BOT][f"ed25519:{public}"])
    vodozemac.Ed25519PublicKey.from_base64(public).verify_signature(text.encode(), signature)


def test_identity_is_uploaded_with_the_masters_signature_under_the_others() -> None:
    identity = Identity.create(BOT)
    upload, master = identity.upload_body(), identity.public_key("master")
    assert upload["master_key"] == {"user_id": BOT, "usage": ["master"], "keys": {f"ed25519:{master}": master}}
    for usage in ("self_signing", "user_signing"):
        assert upload[f"{usage}_key"]["usage"] == [usage]
        assert has_valid_signature(upload[f"{usage}_key"], BOT, master, master)


def test_master_key_is_signed_by_the_device() -> None:
    account = vodozemac.Account()
    device = SigningDevice(
        BOT, "D", account.ed25519_key.to_base64(), lambda text: account.sign(text.encode()).to_base64()
    )
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
def test_signature_that_is_not_right_does_not_count(change: dict[str, Any]) -> None:
    account = vodozemac.Account()
    thing = sign_json({"keys": {"a": "b"}}, BOT, "k", lambda text: account.sign(text.encode()).to_base64())
    assert has_valid_signature(thing, BOT, "k", account.ed25519_key.to_base64())
    assert not has_valid_signature(thing | change, BOT, "k", account.ed25519_key.to_base64())
    assert not has_valid_signature(thing, BOT, "k", "AAAA")


def test_secret_keys_are_not_shown(vault: SecretStorageKey) -> None:
    identity = Identity.create(BOT)
    shown = repr(identity) + repr(vault) + repr(StoredIdentity.encrypt(identity, vault))
    assert "seeds" not in shown
    assert "_key=" not in shown.replace("key_id=", "")


async def test_kept_identity_opens_with_its_passphrase_only(vault: SecretStorageKey) -> None:
    identity = Identity.create(BOT)
    kept = StoredIdentity.encrypt(identity, vault)
    assert await kept.decrypt(PASSPHRASE) == identity
    assert await kept.decrypt(vault.recovery_key()) == identity
    for wrong in ("fire heste på en vej", SecretStorageKey.create("another one").recovery_key(), ""):
        with pytest.raises(WrongPassphrase):
            await kept.decrypt(wrong)


async def test_kept_identity_that_somebody_changed_does_not_open(vault: SecretStorageKey) -> None:
    mine, other = (StoredIdentity.encrypt(Identity.create(BOT), vault) for _ in range(2))
    swapped = dict.fromkeys(mine.encrypted_keys, mine.encrypted_keys["m.cross_signing.master"])
    for changed in (
        StoredIdentity(BOT, mine.public_keys, mine.key_id, mine.description, swapped),
        StoredIdentity(BOT, mine.public_keys, mine.key_id, mine.description, other.encrypted_keys),
        StoredIdentity(BOT, mine.public_keys, mine.key_id, mine.description, {}),
        StoredIdentity(
            BOT, mine.public_keys, mine.key_id, mine.description, {name: {"iv": 7} for name in mine.encrypted_keys}
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
def test_vault_with_a_description_that_is_not_right_does_not_open(
    vault: SecretStorageKey, change: dict[str, Any]
) -> None:
    with pytest.raises(WrongPassphrase):
        SecretStorageKey.open("id", vault.description | change, PASSPHRASE)


def test_vault_locks_each_secret_for_its_own_name(vault: SecretStorageKey) -> None:
    locked = vault.encrypt("a", "hemmelighed")
    assert vault.decrypt("a", locked) == "hemmelighed"
    assert vault.encrypt("a", "hemmelighed") != locked
    with pytest.raises(WrongPassphrase):
        vault.decrypt("b", locked)


def test_recovery_key_of_a_vault_makes_the_same_vault(vault: SecretStorageKey) -> None:
    written = vault.recovery_key()
    again = SecretStorageKey.create(written)
    assert (again.recovery_key(), "passphrase" in again.description) == (written, False)
    assert SecretStorageKey.open("id", vault.description, written).recovery_key() == written


def test_recovery_key_is_what_matrix_js_sdk_makes_of_it() -> None:
    written = "EsTcLW2KPGiFwKEA3As5g5c4BXwkqeeJZJV8Q9fugUMNUE4d"
    key = bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
    assert read_recovery_key(written) == key
    assert read_recovery_key(f" {written[:4]} {written[4:]} ") == key


@pytest.mark.parametrize(
    "text", ["", "0", "EsTc", "z" * 60, PASSPHRASE, "EsTcLW2KPGiFwKEA3As5g5c4BXwkqeeJZJV8Q9fugUMNUE4e"]
)
def test_recovery_key_with_a_slip_is_none(text: str) -> None:
    assert read_recovery_key(text) is None
