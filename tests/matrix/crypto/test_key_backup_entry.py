"""The entries of a key backup: the bot reads its own again, and believes none that somebody else makes or changes."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matrix.crypto.key_backup.backup_key import BackupKey
from bot.matrix.crypto.key_backup.entry import ADDITIONS, MAC_NAME, ExportedKey, UntrustedEntry, make_entry, read_entry
from bot.matrix.crypto.signing.keys import canonical_json

BOT, ROOM, SESSION = "@bot:bylaug.example", "!rum:bylaug.example", "session"
BACKUP_KEY = BackupKey.create()
KEY = ExportedKey("@anna:bylaug.example", "curve", "exported", 3, datetime(2026, 6, 9, 14, tzinfo=UTC), "ed")


def make(*keys: ExportedKey, backup_key: BackupKey = BACKUP_KEY) -> Any:
    return make_entry(backup_key, BOT, ROOM, SESSION, keys or [KEY])


def test_an_entry_is_read_as_it_was_made() -> None:
    second = replace(KEY, owner="@bo:bylaug.example", first_index=1, ed25519="")
    entry = make(KEY, second)
    assert read_entry(BACKUP_KEY, BOT, ROOM, SESSION, entry) == [KEY, second]
    assert (entry["first_message_index"], entry["forwarded_count"]) == (1, 0)


def test_a_key_is_the_same_after_it_was_stored() -> None:
    again = BackupKey.from_base64(BACKUP_KEY.to_base64() + "=")
    assert (again, again.public_key) == (BACKUP_KEY, BACKUP_KEY.public_key)
    assert read_entry(again, BOT, ROOM, SESSION, make()) == [KEY]
    assert BACKUP_KEY.to_base64() not in repr(BACKUP_KEY)
    with pytest.raises(ValueError, match="32 bytes"):
        BackupKey.from_base64("AAAA")


def test_another_client_finds_the_fields_of_the_specification() -> None:
    content = json.loads(BACKUP_KEY.decrypt(make()["session_data"]))
    del content[ADDITIONS]
    assert content == {
        "algorithm": "m.megolm.v1.aes-sha2",
        "sender_key": "curve",
        "session_key": "exported",
        "sender_claimed_keys": {"ed25519": "ed"},
        "forwarding_curve25519_key_chain": [],
    }


def forge_with_the_public_key(entry: Any) -> None:
    """Put another text into the entry, as everybody can who knows the public key, and leave the MAC."""
    content = json.loads(BACKUP_KEY.decrypt(entry["session_data"]))
    content[ADDITIONS]["keys"][0]["owner"] = "@mallory:bylaug.example"
    entry["session_data"] |= BACKUP_KEY.encrypt(json.dumps(content))


def authenticate_with_another_key(entry: Any) -> None:
    """Put in a MAC of somebody who does not have the private key."""
    mac = BackupKey.create().authenticate(canonical_json(entry["session_data"]))
    entry["session_data"]["signatures"][BOT][MAC_NAME] = mac


def drop_additions(entry: Any) -> None:
    """Leave only what the specification says, under a valid MAC, as another client of the account may make it."""
    content = json.loads(BACKUP_KEY.decrypt(entry["session_data"]))
    del content[ADDITIONS]
    data = BACKUP_KEY.encrypt(json.dumps(content))
    entry["session_data"] = data | {"signatures": {BOT: {MAC_NAME: BACKUP_KEY.authenticate(canonical_json(data))}}}


@pytest.mark.parametrize(
    "change",
    [
        forge_with_the_public_key,
        authenticate_with_another_key,
        drop_additions,
        lambda entry: entry["session_data"].pop("signatures"),
        lambda entry: entry["session_data"]["signatures"][BOT].update({MAC_NAME: None}),
        lambda entry: entry["session_data"].update(ciphertext=entry["session_data"]["ciphertext"][:-4] + "AAAA"),
        lambda entry: entry["session_data"].update(ephemeral=BackupKey.create().public_key),
        lambda entry: entry["session_data"].update(more=1),
    ],
)
def test_a_changed_entry_is_not_believed(change: Callable[[Any], None]) -> None:
    entry = make()
    change(entry)
    with pytest.raises(UntrustedEntry):
        read_entry(BACKUP_KEY, BOT, ROOM, SESSION, entry)


def test_an_entry_elsewhere_or_of_another_backup_is_not_believed() -> None:
    elsewhere = [
        (BOT, "!andet:bylaug.example", SESSION, make()),
        (BOT, ROOM, "anden", make()),
        ("@anden:bylaug.example", ROOM, SESSION, make()),
        (BOT, ROOM, SESSION, make(backup_key=BackupKey.create())),
    ]
    for place in elsewhere:
        with pytest.raises(UntrustedEntry):
            read_entry(BACKUP_KEY, *place)


_JSON = st.recursive(st.none() | st.integers() | st.text(), lambda j: st.lists(j) | st.dictionaries(st.text(), j))


@given(_JSON, _JSON)
def test_a_malformed_entry_is_not_believed(anything: Any, mac: Any) -> None:
    for entry in (anything, {"session_data": anything}, {"session_data": {"signatures": {BOT: {MAC_NAME: mac}}}}):
        with pytest.raises(UntrustedEntry):
            read_entry(BACKUP_KEY, BOT, ROOM, SESSION, entry)
