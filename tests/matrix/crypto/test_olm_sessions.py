"""Olm sessions and published keys: bounds, malformed devices, failed messages and failed uploads."""

from typing import Any

import pytest
from nio.crypto import OutboundGroupSession
from olm_devices import (
    ANNA,
    BOT,
    MALLORY,
    introduce,
    make_machine,
    published_keys,
    send_room_key,
    start_session,
    write_changes,
)

from bot.matrix.client import Client
from bot.matrix.crypto import key_upload, machine
from bot.matrix.crypto.key_upload import KeyUpload
from bot.matrix.crypto.machine import OlmMachine
from bot.store.database.transaction import Store


def curve_key(device: OlmMachine) -> str:
    return str(device.olm.account.identity_keys["curve25519"])


def test_sessions_of_strangers_are_bounded_and_those_of_members_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "MAX_UNKNOWN_DEVICES", 3)
    bot, anna = make_machine(BOT), make_machine(ANNA)
    bot.receive_to_device(send_room_key(anna, start_session(anna, bot), OutboundGroupSession()))
    strangers = [make_machine(f"@fremmed{number}:bylaug.example") for number in range(5)]
    for stranger in strangers:
        key = send_room_key(stranger, start_session(stranger, bot, is_known=False), OutboundGroupSession())
        assert bot.receive_to_device(key) is not None
    kept = {key for key, sessions in bot.olm.session_store.items() if sessions}
    assert kept == {curve_key(anna), *map(curve_key, strangers[2:])}
    stored = {name.partition(" ")[0] for kind, name in bot.store.unwritten_changes().values if kind == "olm"}
    deleted = {key for key in stored if key not in kept}
    assert deleted == set(map(curve_key, strangers[:2]))


@pytest.mark.parametrize(
    "malformed",
    [
        None,
        {},
        {"user_id": ANNA},
        {"user_id": ANNA, "device_id": "X", "keys": {"ed25519:X": 3, "curve25519:X": []}, "signatures": {ANNA: None}},
        {"user_id": ANNA, "device_id": "X", "keys": {"ed25519:X": "!", "curve25519:X": "!"}, "signatures": []},
    ],
)
def test_a_malformed_device_does_not_hide_the_others_of_its_owner(malformed: Any) -> None:
    bot, anna = make_machine(BOT), make_machine(ANNA)
    bot.update_devices({ANNA: {"X": malformed, anna.olm.device_id: published_keys(anna)}, MALLORY: malformed})
    assert [device for _, device in bot.devices_of([ANNA])] == [anna.olm.device_id]
    assert bot.devices_of([MALLORY]) == {}


def test_a_message_that_cannot_be_decrypted_does_not_change_the_session_to_encrypt_with() -> None:
    bot, anna = make_machine(BOT), make_machine(ANNA)
    sessions = []
    for _ in range(2):
        device = start_session(anna, bot)
        bot.receive_to_device(send_room_key(anna, device, OutboundGroupSession()))
        sessions.append(max(bot.olm.session_store[curve_key(anna)], key=lambda session: session.use_time))
    old, new = sessions
    assert old.id != new.id
    broken = send_room_key(anna, device, OutboundGroupSession())
    ciphertext = next(iter(broken["content"]["ciphertext"].values()))
    middle = len(ciphertext["body"]) // 2
    changed = "A" if ciphertext["body"][middle] != "A" else "B"
    ciphertext["body"] = ciphertext["body"][:middle] + changed + ciphertext["body"][middle + 1 :]
    assert bot.receive_to_device(broken) is None
    introduce(bot, anna)
    (anna_device,) = bot.devices_of([ANNA]).values()
    assert bot._newest_session(anna_device) is new


async def test_the_fallback_key_is_the_same_until_an_upload_succeeds(store: Store) -> None:
    bot = make_machine(BOT)
    first = bot.keys_to_upload(None, fallback_used=False)
    assert first is not None
    bot.mark_uploaded()
    used = bot.keys_to_upload(50, fallback_used=True)
    again = make_machine(BOT, await write_changes(store, bot.store)).keys_to_upload(50, fallback_used=True)
    assert used is not None
    assert again is not None
    assert used["fallback_keys"] == again["fallback_keys"] != first["fallback_keys"]
    bot.mark_uploaded()
    later = bot.keys_to_upload(50, fallback_used=True)
    assert later is not None
    assert later["fallback_keys"] != used["fallback_keys"]


@pytest.mark.parametrize("counts", [{}, {"device_one_time_keys_count": {}}, {"device_one_time_keys_count": None}])
async def test_without_a_count_there_are_no_one_time_keys_left(
    counts: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    bot, bodies = make_machine(BOT), []

    class Homeserver(Client):
        async def call(self, method: str, *path: str, **options: Any) -> dict[str, Any]:
            if path == ("keys", "query"):
                return {"device_keys": {BOT: {bot.olm.device_id: published_keys(bot)}}}
            bodies.append(options["body"])
            return {"one_time_key_counts": {"signed_curve25519": 50}}

    async def save() -> None:
        pass

    client = Homeserver("http://127.0.0.1:1", BOT)
    upload = KeyUpload(client, bot, save)
    await upload.upload()
    upload.receive_sync({"device_one_time_keys_count": {"signed_curve25519": 50}})
    await upload.upload()
    assert len(bodies) == 1
    upload.receive_sync(counts)
    await upload.upload()
    assert len(bodies) == 1  # not again within a minute, whatever the homeserver says
    monkeypatch.setattr(key_upload, "MIN_SECONDS_BETWEEN_UPLOADS", 0.0)
    await upload.upload()
    assert len(bodies[1]["one_time_keys"]) == 50
    await client.close()
