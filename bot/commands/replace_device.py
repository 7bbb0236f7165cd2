"""Replaces a lost device: a new session with its own keys, signed by the same identity; the old one is logged out."""

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
from bot.matrix.crypto.signing.published_identity import DeviceNotSigned, answer_password_request
from bot.matrix.crypto.signing.secret_storage import WrongPassphrase
from bot.matrix.crypto.signing.sign_device import create_identity, publish_identity, sign_own_device
from bot.matrix.login import choose_new_device, delete_access_token, open_client
from bot.store.database.transaction import Store
from bot.store.facts import get_fact, set_fact
from bot.store.messages import outbox

#: Devices of ours that are still to be logged out; killed on the way, the next time goes on with them.
_LEFT = "matrix devices left"

_LATER = "The homeserver does not answer as it should; do it again later: {}"


@dataclass(frozen=True)
class DeviceReplacement:
    """What came of it: the new device, the ones before it, why they could not be logged out (None when they were), and
    the identity that signed the new one.
    """

    device_id: str
    former_devices: list[str]
    logout_failure: str | None
    identity: str


async def replace_device(
    settings: Settings, secret: Credentials, store: Store, *, new_identity: bool = False
) -> DeviceReplacement:
    """Log in as a new device and log the old one out. The bot must not run.

    With `new_identity` everything begins anew, also where the passphrase of the old keys is lost. Killed at any moment,
    it is done by doing it again. Raises `Fatal` when it cannot be done.
    """
    await _check(settings, secret, store, new_identity)
    await _say_farewell(settings, secret, store)
    left = await _leave(settings, store)
    client = await open_client(settings, secret, store)
    try:
        if new_identity:
            await _begin_anew(client, secret, store)
        await _sign(client, secret, store)
        kept = await load_identity(store, client.account)
        assert kept is not None, "what has signed is kept"
        why_not = await _log_out(client, left, secret)
        if why_not is None:
            async with store.write() as connection:
                await set_fact(connection, _LEFT, "[]")
        return DeviceReplacement(client.nio.device_id, left, why_not, kept.public["master"])
    except (MatrixError, DeviceNotSigned) as why:
        raise Fatal(f"The device is not replaced: {why}", EX_NOPERM) from why
    except TemporaryFailure as why:
        raise Fatal(_LATER.format(why)) from why
    finally:
        await client.close()


async def _check(settings: Settings, secret: Credentials, store: Store, new_identity: bool) -> None:
    """Before anything is given up."""
    if secret.access_token is not None:
        raise Fatal(
            "The bot logs in with an access token, which belongs to one device. Log in anew, put the new token in place"
            " of the old one and start the bot: it signs its new device by itself.",
            EX_CONFIG,
        )
    if secret.passphrase is None:
        raise Fatal("There is no passphrase that the keys are locked with: see 'passphrase_file'.", EX_CONFIG)
    kept = await load_identity(store, settings.account)
    if kept is None or new_identity:
        return
    try:
        await kept.decrypt(secret.passphrase)
    except WrongPassphrase:
        raise Fatal(
            "The bot's keys do not open with this passphrase. Where the right one is lost, --new-identity makes new"
            " keys, and everybody has to verify the bot anew.",
            EX_CONFIG,
        ) from None


async def _say_farewell(settings: Settings, secret: Credentials, store: Store) -> None:
    try:
        await _look_back(settings, secret, store)
    except LoggedOut:
        await delete_access_token(store)  # it can come back under its name
        await _look_back(settings, secret, store)


async def _look_back(settings: Settings, secret: Credentials, store: Store) -> None:
    async with store.read() as connection:
        if not await outbox.count_unsent(connection):
            return
    client = await open_client(settings, secret, store)
    try:
        await mark_sent_messages(client, store)
    except TemporaryFailure as why:
        raise Fatal(_LATER.format(why)) from why
    finally:
        await client.close()


async def _leave(settings: Settings, store: Store) -> list[str]:
    """The next login is a new device; those to be logged out, once it is there."""
    async with store.write() as connection:
        left: list[str] = json.loads(await get_fact(connection, _LEFT) or "[]")
        if device := await choose_new_device(connection, settings):
            left.append(device)
        await set_fact(connection, _LEFT, json.dumps(left))
    return left


async def _begin_anew(client: Client, secret: Credentials, store: Store) -> None:
    assert secret.passphrase is not None, "it was checked"
    identity, kept = await create_identity(client.account, secret.passphrase)
    await store_identity(store, kept)
    await publish_identity(client, identity, kept, secret.password)


async def _sign(client: Client, secret: Credentials, store: Store) -> None:
    device = await load_device(client, store, secret)
    await device.publish()
    why_not = await sign_own_device(client, store, secret, device.signing_device())
    if why_not is not None:
        raise DeviceNotSigned(why_not)


async def _log_out(client: Client, devices: list[str], secret: Credentials) -> str | None:
    """With the password, because the session that is lost cannot end itself. Why not, where it cannot be.

    The new device works whether or not, and doing it all again would only make one more.
    """
    if not devices:
        return None
    try:
        await _delete(client, {"devices": devices}, secret)
    except (MatrixError, DeviceNotSigned) as why:
        return str(why)
    return None


async def _delete(client: Client, body: dict[str, Any], secret: Credentials) -> None:
    try:
        await client.call("POST", "delete_devices", body=body)
    except MatrixError as asked:
        if asked.status != 401 or "flows" not in asked.answer:
            raise
        auth = answer_password_request(client.account, secret.password, asked)
        await client.call("POST", "delete_devices", body={**body, "auth": auth})
