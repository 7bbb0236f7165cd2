"""Signs the bot's device with its identity at every start, or returns why that is not possible."""

import asyncio
import logging

from bot.concurrency.retry import TemporaryFailure, retry_temporary
from bot.config.credentials import Credentials
from bot.matrix.client import Client, MatrixError
from bot.matrix.crypto.signing.identity_store import StoredIdentity, load_identity, store_identity
from bot.matrix.crypto.signing.keys import (
    USAGES,
    DeviceKey,
    Identity,
    JsonObject,
    has_valid_signature,
    sign_master_key,
)
from bot.matrix.crypto.signing.published_identity import (
    IdentityError,
    PublishedIdentity,
    fetch_secrets,
    read_published,
    store_secrets,
    upload_identity,
    upload_signatures,
)
from bot.matrix.crypto.signing.secret_storage import SecretStorageKey, WrongPassphrase
from bot.store.database.transaction import Store

log = logging.getLogger(__name__)


async def sign_own_device(client: Client, store: Store, credentials: Credentials, device: DeviceKey) -> str | None:
    """Sign the device, whose keys must be uploaded before. Give the account an identity first if it has none.

    Returns None on success, otherwise a sentence for the administrator. It can be repeated at any time; when there is
    nothing to do, it makes one request.
    """
    try:
        await retry_temporary(lambda: _sign(client, store, credentials, device), _log_pause)
    except WrongPassphrase:
        return (
            "The bot's keys do not open with this passphrase. Put back the one that they were locked with, or, when it"
            " is lost, run 'bylaug keys replace --new-identity', and everybody has to verify the bot anew."
        )
    except IdentityError as error:
        return str(error)
    except MatrixError as error:
        return f"The homeserver does not take the bot's signatures: {error}"
    return None


async def _sign(client: Client, store: Store, credentials: Credentials, device: DeviceKey) -> None:
    passphrase = credentials.passphrase
    if passphrase is None:
        raise IdentityError("There is no passphrase to lock the bot's keys with: name a file with 'passphrase_file'.")
    stored, published = await load_identity(store, client.account), await read_published(client)
    if stored is None:
        if published.public_keys:
            stored = await _adopt_identity(client, published, passphrase)
        else:
            _, stored = await create_identity(client.account, passphrase)
        # stored before it is published: a published identity whose keys are lost cannot be taken back
        await store_identity(store, stored)
    if not published.public_keys:
        await publish_identity(client, await stored.decrypt(passphrase), stored, credentials.password)
        published = await read_published(client)
    if any(published.public_keys.get(usage) != stored.public_keys[usage] for usage in USAGES):
        raise IdentityError(
            f"Somebody gave {client.account} another identity: the homeserver shows"
            f" {published.public_keys.get('master')} and ours is {stored.public_keys['master']}. People are warned of"
            " it. If it was not you, change the account's password; then 'bylaug keys replace --new-identity' makes a"
            " new one, which everybody has to verify anew."
        )
    await upload_signatures(client, await _missing_signatures(published, stored, passphrase, device))


async def publish_identity(client: Client, identity: Identity, stored: StoredIdentity, password: str | None) -> None:
    """Store the encrypted private keys of an identity on the homeserver, then upload it as the account's identity."""
    await store_secrets(client, stored)
    await upload_identity(client, identity, password)
    log.info("published the identity of %s: %s", client.account, stored.public_keys["master"])


async def create_identity(account: str, passphrase: str) -> tuple[Identity, StoredIdentity]:
    """Return a new identity, and the same identity with its private keys encrypted."""
    identity, key = Identity.create(account), await asyncio.to_thread(SecretStorageKey.create, passphrase)
    return identity, StoredIdentity.encrypt(identity, key)


async def _adopt_identity(client: Client, published: PublishedIdentity, passphrase: str) -> StoredIdentity:
    """Return the identity that the account has on the homeserver and the database lacks.

    Another client created it, or the database was lost. Raises `IdentityError` when its private keys cannot be read.
    """
    stored = await fetch_secrets(client, published.public_keys)
    if stored is None:
        raise IdentityError(
            f"{client.account} has an identity already, and its keys are not on the homeserver. Set up recovery in the"
            " client that made it and give its recovery key as the passphrase, or run"
            " 'bylaug keys replace --new-identity'."
        )
    try:
        await stored.decrypt(passphrase)
    except WrongPassphrase:
        raise IdentityError(
            f"{client.account} has an identity already, which does not open with the passphrase. Give the one it was"
            " locked with (the recovery key of the client that made it), or run 'bylaug keys replace --new-identity'."
        ) from None
    return stored


async def _missing_signatures(
    published: PublishedIdentity, stored: StoredIdentity, passphrase: str, device: DeviceKey
) -> dict[str, JsonObject]:
    """Return the signatures that the homeserver lacks. The private keys are decrypted only if one is missing."""
    account, master, self_signing = device.account, stored.public_keys["master"], stored.public_keys["self_signing"]
    device_keys, missing = published.devices.get(device.device_id), {}
    if device_keys is None or not has_valid_signature(device_keys, account, device.device_id, device.ed25519):
        # keys that the device did not sign itself may be anybody's, such as the homeserver's own
        raise IdentityError(
            f"The homeserver shows other keys for the bot's device {device.device_id} than it has."
            " Run 'bylaug keys replace'."
        )
    if not has_valid_signature(device_keys, account, self_signing, self_signing):
        missing[device.device_id] = (await stored.decrypt(passphrase)).sign_device(device_keys)
    if not has_valid_signature(published.master_key, account, device.device_id, device.ed25519):
        missing[master] = sign_master_key(device, master)
    return missing


def _log_pause(error: TemporaryFailure, pause: float) -> None:
    log.warning("signing the device has to wait %.1f s: %s", pause, error)
