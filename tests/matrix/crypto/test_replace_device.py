"""The command that replaces a lost device: the same identity signs the new one, and the old one is logged out."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from bot.commands.replace_device import replace_device
from bot.commands.show_identity import read_identity
from bot.config.credentials import Credentials
from bot.config.load import load_settings
from bot.config.settings import Settings
from bot.demo.homeserver import Homeserver
from bot.errors import Fatal
from bot.matrix.address import room_address
from bot.matrix.client import Client, MatrixError
from bot.matrix.crypto.device import load_device
from bot.matrix.crypto.signing.keys import Identity, has_valid_signature
from bot.matrix.crypto.signing.published_identity import read_published, upload_identity
from bot.matrix.crypto.signing.secret_storage import SecretStorageKey, read_recovery_key
from bot.matrix.crypto.signing.sign_device import sign_own_device
from bot.matrix.login import open_client
from bot.store.crypto import read_crypto_state
from bot.store.database.transaction import Store
from bot.store.messages import outbox
from bot.store.tables import inbox
from bot.testing.new_database import create_tables

pytestmark = pytest.mark.usefixtures("fast_key_derivation")

CREDENTIALS = Credentials(password="adgangskode", passphrase="fire heste på en mark")
OTHER_PASSPHRASE = replace(CREDENTIALS, passphrase="fem heste på en mark")


@pytest.fixture
async def settings(homeserver: Homeserver, localpart: Callable[[str], str], tmp_path: Path) -> Settings:
    account = await homeserver.register(localpart("bylaug"), "adgangskode")
    (tmp_path / "config.yaml").write_text(f'homeserver: {homeserver.url}\naccount: "{account.user_id}"\n')
    return load_settings(tmp_path / "config.yaml", {})


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    store = Store(settings.database)
    await create_tables(store)
    yield store
    await store.close()


class Killed(BaseException):
    pass


async def sign_first_device(
    settings: Settings, store: Store, credentials: Credentials = CREDENTIALS
) -> tuple[str, str]:
    """Do what the bot does for its first encrypted room; return its device and why that is not signed ("" if it is)."""
    client = await open_client(settings, credentials, store)
    try:
        device = await load_device(client, store, credentials)
        await device.publish()
        reason = await sign_own_device(client, store, credentials, device.device_key())
        published = await read_published(client)
        self_signing = published.public_keys["self_signing"]
        device_keys = published.devices[client.device_id]
        assert reason or has_valid_signature(device_keys, client.account, self_signing, self_signing)
        return client.device_id, reason or ""
    finally:
        await client.close()


async def find_devices(settings: Settings, store: Store) -> set[str]:
    """Return the devices of the account, without the one that registering it made."""
    client = await open_client(settings, CREDENTIALS, store)
    try:
        known = (await client.call("GET", "devices"))["devices"]
        return {device["device_id"] for device in known if device["display_name"] == settings.device_name}
    finally:
        await client.close()


async def test_new_device_has_its_own_keys_and_the_same_identity(settings: Settings, store: Store) -> None:
    old, _ = await sign_first_device(settings, store)
    before = await read_identity(settings.account, CREDENTIALS, store)
    replacement = await replace_device(settings, CREDENTIALS, store)
    after = await read_identity(settings.account, CREDENTIALS, store)
    assert (replacement.former_devices, replacement.logout_failure, replacement.identity) == (
        [old],
        None,
        before.identity,
    )
    assert (after.device_id, after.identity) == (replacement.device_id, before.identity)
    assert after.fingerprint != before.fingerprint
    assert await find_devices(settings, store) == {replacement.device_id}
    assert await sign_first_device(settings, store) == (replacement.device_id, "")


async def test_replacement_that_is_killed_anywhere_is_completed_by_running_it_again(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_first_device(settings, store)
    identity = (await read_identity(settings.account, CREDENTIALS, store)).identity
    call, steps = Client.call, 0

    async def call_or_die(self: Client, *path: str, **more: Any) -> dict[str, Any]:
        if left.pop() is None:
            raise Killed
        return await call(self, *path, **more)

    while True:
        left: list[int | None] = [None, *range(steps)]
        monkeypatch.setattr(Client, "call", call_or_die)
        try:
            replacement = await replace_device(settings, CREDENTIALS, store)
            break
        except Killed:
            steps += 1
        finally:
            monkeypatch.setattr(Client, "call", call)
    assert steps > 4
    assert replacement.identity == identity
    assert await find_devices(settings, store) == {replacement.device_id}
    assert await sign_first_device(settings, store) == (replacement.device_id, "")


async def test_replacement_stands_though_the_old_device_cannot_be_logged_out(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, _ = await sign_first_device(settings, store)
    call = Client.call

    async def refuse_delete(self: Client, method: str, *path: str, **more: Any) -> dict[str, Any]:
        if path == ("delete_devices",):  # as a homeserver does whose sessions another service manages (MSC3861)
            raise MatrixError(404, "M_UNRECOGNIZED", "Not found")
        return await call(self, method, *path, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Client, "call", refuse_delete)
        replacement = await replace_device(settings, CREDENTIALS, store)
    assert (replacement.former_devices, replacement.logout_failure) == ([old], "M_UNRECOGNIZED: Not found")
    assert await sign_first_device(settings, store) == (replacement.device_id, "")
    again = await replace_device(settings, CREDENTIALS, store)
    assert (again.former_devices, again.logout_failure) == ([old, replacement.device_id], None)
    assert await find_devices(settings, store) == {again.device_id}


async def test_replace_with_a_wrong_passphrase_changes_nothing(settings: Settings, store: Store) -> None:
    old, _ = await sign_first_device(settings, store)
    with pytest.raises(Fatal, match="do not open with this passphrase"):
        await replace_device(settings, OTHER_PASSPHRASE, store)
    assert await sign_first_device(settings, store) == (old, "")


async def test_replace_with_an_access_token_says_what_to_do(settings: Settings, store: Store) -> None:
    old, _ = await sign_first_device(settings, store)
    with pytest.raises(Fatal, match="put the new token in place"):
        await replace_device(settings, replace(CREDENTIALS, access_token="token"), store)
    assert await sign_first_device(settings, store) == (old, "")


async def test_new_identity_is_created_where_the_passphrase_is_lost(settings: Settings, store: Store) -> None:
    await sign_first_device(settings, store)
    before = await read_identity(settings.account, CREDENTIALS, store)
    replacement = await replace_device(settings, OTHER_PASSPHRASE, store, new_identity=True)
    after = await read_identity(settings.account, OTHER_PASSPHRASE, store)
    assert (after.identity, after.device_id) == (replacement.identity, replacement.device_id)
    assert after.identity != before.identity
    assert await sign_first_device(settings, store, OTHER_PASSPHRASE) == (replacement.device_id, "")


async def test_new_device_begins_new_sessions(settings: Settings, store: Store) -> None:
    await sign_first_device(settings, store)
    async with store.write() as connection:
        await connection.exec_driver_sql("INSERT INTO crypto_state VALUES ('olm', 'curve session', '{}')")
    await replace_device(settings, CREDENTIALS, store)
    async with store.read() as connection:
        assert [name for kind, name in await read_crypto_state(connection) if kind == "olm"] == []


async def test_identity_is_shown_without_the_recovery_key(settings: Settings, store: Store) -> None:
    with pytest.raises(Fatal, match="has no identity yet"):
        await read_identity(settings.account, CREDENTIALS, store)
    device, _ = await sign_first_device(settings, store)
    identity = await read_identity(settings.account, CREDENTIALS, store)
    assert str(identity).splitlines()[0] == f"account   {settings.account}"
    assert identity.identity in str(identity).replace(" ", "")
    assert f"device    {device}  {identity.fingerprint[:4]} {identity.fingerprint[4:8]}" in str(identity)
    assert read_recovery_key(identity.recovery_key) is not None
    assert identity.recovery_key not in str(identity) + repr(identity)
    assert await sign_first_device(settings, store, replace(CREDENTIALS, passphrase=CREDENTIALS.passphrase)) == (
        device,
        "",
    )
    with pytest.raises(Fatal, match="do not open"):
        await read_identity(
            settings.account, replace(CREDENTIALS, passphrase=SecretStorageKey.create("another").recovery_key()), store
        )


async def test_identity_that_is_replaced_while_the_bot_runs_is_noticed(settings: Settings, store: Store) -> None:
    await sign_first_device(settings, store)
    client = await open_client(settings, CREDENTIALS, store)
    device = await load_device(client, store, CREDENTIALS)
    await device.publish()
    assert device.unsigned_reason is None
    since = (await client.call("GET", "sync"))["next_batch"]
    await upload_identity(client, Identity.create(client.account), CREDENTIALS.password)
    device.receive_sync(await client.call("GET", "sync", query={"since": since, "timeout": "30000"}))
    await device.do_pending_work()
    await client.close()
    assert device.unsigned_reason is not None
    assert "Somebody gave" in device.unsigned_reason


@pytest.mark.parametrize("is_logged_in", [True, False])
async def test_messages_of_the_replaced_device_are_marked_as_sent(
    settings: Settings, store: Store, is_logged_in: bool
) -> None:
    client = await open_client(settings, CREDENTIALS, store)
    room = (await client.call("POST", "createRoom", body={}))["room_id"]
    path = ("rooms", room, "send", "m.room.message", "said")
    event = (await client.call("PUT", *path, body={"msgtype": "m.text", "body": "1"}))["event_id"]
    now = datetime.now(UTC)
    async with store.write() as connection:
        row = {"source": "test", "external_id": "$1", "place": room_address(room), "sender": "x", "kind": "message"}
        cause = await connection.execute(
            insert(inbox).values(**row, received_at=now, sent_at=now, delivered_before=0, payload={})
        )
        for seq, name in enumerate(("said", "unsaid")):
            more = {"inbox_id": cause.inserted_primary_key[0], "seq": seq, "place": room_address(room), "kind": "say"}
            await outbox.insert_row(connection, **more, transaction_id=name, content={}, created_at=now)
    if not is_logged_in:
        await client.call("POST", "logout", body={})
    await client.close()
    await replace_device(settings, CREDENTIALS, store)
    async with store.read() as connection:
        left = await outbox.find_unsent(connection, room_address(room), 0, 10)
        known = await outbox.find_by_event(connection, room_address(room), event)
    assert [row.transaction_id for row in left] == ["unsaid"]
    assert known is not None
