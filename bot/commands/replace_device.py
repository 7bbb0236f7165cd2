"""Replaces a lost device: logs in as a new device, has the same identity sign it, and logs the old device out."""

import json
from dataclasses import dataclass
from typing import Any

from bot.commands.find_sent_messages import mark_sent_messages
from bot.concurrency.retry import TemporaryFailure
from bot.config.credentials import Credentials
from bot.config.settings import Settings
from bot.errors import EX_CONFIG, EX_NOPERM, Fatal
from bot.matrix.client import Client, LoggedOut, MatrixError
from bot.matrix.crypto.device import load_device
from bot.matrix.crypto.signing.identity_store import load_identity, store_identity
from bot.matrix.crypto.signing.published_identity import IdentityError, answer_password_request
from bot.matrix.crypto.signing.secret_storage import WrongPassphrase
from bot.matrix.crypto.signing.sign_device import create_identity, publish_identity, sign_own_device
from bot.matrix.login import choose_new_device, delete_access_token, open_client
from bot.store.database.transaction import Store
from bot.store.facts import get_fact, set_fact
from bot.store.messages import outbox

#: Key of the fact with the devices that are still to be logged out (a JSON list). When the command is killed, its next
#: run logs these devices out.
FORMER_DEVICES_FACT = "matrix devices left"

_TRY_LATER = "The homeserver does not answer as it should; do it again later: {}"


@dataclass(frozen=True)
class DeviceReplacement:
    """The new device, the devices it replaced, and the public master key of the identity that signed the new device.

    `logout_failure` is why the old devices could not be logged out; None when they were logged out.
    """

    device_id: str
    former_devices: list[str]
    logout_failure: str | None
    identity: str


async def replace_device(
    settings: Settings, credentials: Credentials, store: Store, *, new_identity: bool = False
) -> DeviceReplacement:
    """Log in as a new device and log the old one out. The bot must not run.

    With `new_identity` all keys are created anew, which also works when the passphrase of the old keys is lost. If the
    command is killed at any moment, it can be run again. Raises `Fatal` when the device cannot be replaced.
    """
    await _check_requirements(settings, credentials, store, new_identity)
    await _mark_sent_messages(settings, credentials, store)
    former_devices = await _choose_device(settings, store)
    client = await open_client(settings, credentials, store)
    try:
        if new_identity:
            await _replace_identity(client, credentials, store)
        await _sign_device(client, credentials, store)
        identity = await load_identity(store, client.account)
        assert identity is not None, "the identity that signed the device is in the database"
        logout_failure = await _log_out(client, former_devices, credentials)
        if logout_failure is None:
            async with store.write() as connection:
                await set_fact(connection, FORMER_DEVICES_FACT, "[]")
        master_key = identity.public_keys["master"]
        return DeviceReplacement(client.device_id, former_devices, logout_failure, master_key)
    except (MatrixError, IdentityError) as error:
        raise Fatal(f"The device is not replaced: {error}", EX_NOPERM) from error
    except TemporaryFailure as error:
        raise Fatal(_TRY_LATER.format(error)) from error
    finally:
        await client.close()


async def _check_requirements(settings: Settings, credentials: Credentials, store: Store, new_identity: bool) -> None:
    """Raise `Fatal` when the device cannot be replaced, before anything is changed."""
    if credentials.access_token is not None:
        raise Fatal(
            "The bot logs in with an access token, which belongs to one device. Log in anew, put the new token in place"
            " of the old one and start the bot: it signs its new device by itself.",
            EX_CONFIG,
        )
    if credentials.passphrase is None:
        raise Fatal("There is no passphrase that the keys are locked with: see 'passphrase_file'.", EX_CONFIG)
    identity = await load_identity(store, settings.account)
    if identity is None or new_identity:
        return
    try:
        await identity.decrypt(credentials.passphrase)
    except WrongPassphrase:
        raise Fatal(
            "The bot's keys do not open with this passphrase. Where the right one is lost, --new-identity makes new"
            " keys, and everybody has to verify the bot anew.",
            EX_CONFIG,
        ) from None


async def _mark_sent_messages(settings: Settings, credentials: Credentials, store: Store) -> None:
    """Mark the messages as sent that the old device has sent, as long as the bot can still log in as this device.

    Raises LoggedOut when it cannot.
    """
    try:
        await _mark_sent_as_old_device(settings, credentials, store)
    except LoggedOut:
        await delete_access_token(store)  # the next login uses the password, but the same device
        await _mark_sent_as_old_device(settings, credentials, store)


async def _mark_sent_as_old_device(settings: Settings, credentials: Credentials, store: Store) -> None:
    async with store.read() as connection:
        if not await outbox.count_unsent(connection):
            return
    client = await open_client(settings, credentials, store)
    try:
        await mark_sent_messages(client, store)
    except TemporaryFailure as error:
        raise Fatal(_TRY_LATER.format(error)) from error
    finally:
        await client.close()


async def _choose_device(settings: Settings, store: Store) -> list[str]:
    """Make the next login create a new device. Return the devices to log out once the new device exists."""
    async with store.write() as connection:
        former_devices: list[str] = json.loads(await get_fact(connection, FORMER_DEVICES_FACT) or "[]")
        if device_id := await choose_new_device(connection, settings):
            former_devices.append(device_id)
        await set_fact(connection, FORMER_DEVICES_FACT, json.dumps(former_devices))
    return former_devices


async def _replace_identity(client: Client, credentials: Credentials, store: Store) -> None:
    assert credentials.passphrase is not None, "it was checked"
    identity, stored = await create_identity(client.account, credentials.passphrase)
    await store_identity(store, stored)
    await publish_identity(client, identity, stored, credentials.password)


async def _sign_device(client: Client, credentials: Credentials, store: Store) -> None:
    device = await load_device(client, store, credentials)
    await device.publish()
    reason = await sign_own_device(client, store, credentials, device.device_key())
    if reason is not None:
        raise IdentityError(reason)


async def _log_out(client: Client, devices: list[str], credentials: Credentials) -> str | None:
    """Log devices out with the password; return why it failed, or None.

    Only the password works, because the access token of a lost session is lost too. A failure is not raised: the new
    device works all the same, and another run would only add one more device.
    """
    if not devices:
        return None
    try:
        await _delete_devices(client, {"devices": devices}, credentials)
    except (MatrixError, IdentityError) as error:
        return str(error)
    return None


async def _delete_devices(client: Client, body: dict[str, Any], credentials: Credentials) -> None:
    try:
        await client.call("POST", "delete_devices", body=body)
    except MatrixError as error:
        if error.status != 401 or "flows" not in error.body:
            raise
        auth = answer_password_request(client.account, credentials.password, error)
        await client.call("POST", "delete_devices", body={**body, "auth": auth})
