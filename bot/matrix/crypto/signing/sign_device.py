"""Shows at every start that our device is ours, and says what stands in the way of it."""

import asyncio
import logging

from bot.concurrency.retry import TemporaryFailure, retry_temporary
from bot.config.credentials import Credentials
from bot.matrix.client import Client, MatrixError
from bot.matrix.crypto.signing.identity_store import StoredIdentity, load_identity, store_identity
from bot.matrix.crypto.signing.keys import USAGES, Identity, Json, SigningDevice, has_valid_signature, sign_master_key
from bot.matrix.crypto.signing.published_identity import (
    DeviceNotSigned,
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


async def sign_own_device(client: Client, store: Store, secret: Credentials, device: SigningDevice) -> str | None:
    """Give the account its identity if it has none, and have it sign the device, whose keys must be uploaded before.

    The sentence for the caretaker when that cannot be; None when all is well. May be done as often as wanted: with
    nothing to do it is one request.
    """
    try:
        await retry_temporary(lambda: _prove(client, store, secret, device), _notice)
    except WrongPassphrase:
        return (
            "The bot's keys do not open with this passphrase. Put back the one that they were locked with, or, when it"
            " is lost, run 'bylaug keys replace --new-identity', and everybody has to verify the bot anew."
        )
    except DeviceNotSigned as why:
        return str(why)
    except MatrixError as no:
        return f"The homeserver does not take the bot's signatures: {no}"
    return None


async def _prove(client: Client, store: Store, secret: Credentials, device: SigningDevice) -> None:
    if secret.passphrase is None:
        raise DeviceNotSigned("There is no passphrase to lock the bot's keys with: name a file with 'passphrase_file'.")
    kept, there = await load_identity(store, client.account), await read_published(client)
    if kept is None:
        kept = await _adopt(client, there, secret) if there.public else await _make(client.account, secret.passphrase)
        await store_identity(
            store, kept
        )  # before anybody hears of it: what is published and forgotten cannot be taken back
    if not there.public:
        await publish_identity(client, await kept.decrypt(secret.passphrase), kept, secret.password)
        there = await read_published(client)
    if any(there.public.get(usage) != kept.public[usage] for usage in USAGES):
        raise DeviceNotSigned(
            f"Somebody gave {client.account} another identity: the homeserver shows {there.public.get('master')} and"
            f" ours is {kept.public['master']}. People are warned of it. If it was not you, change the account's"
            " password; then 'bylaug keys replace --new-identity' makes a new one, which everybody has to verify anew."
        )
    await upload_signatures(client, await _missing(there, kept, secret.passphrase, device))


async def publish_identity(client: Client, identity: Identity, kept: StoredIdentity, password: str | None) -> None:
    """Make it the account's identity: first where its keys are found again, then itself."""
    await store_secrets(client, kept)
    await upload_identity(client, identity, password)
    log.info("%s has its identity now: %s", client.account, kept.public["master"])


async def create_identity(account: str, passphrase: str) -> tuple[Identity, StoredIdentity]:
    """A new identity and the same locked."""
    identity, vault = Identity.create(account), await asyncio.to_thread(SecretStorageKey.create, passphrase)
    return identity, StoredIdentity.encrypt(identity, vault)


async def _make(account: str, passphrase: str) -> StoredIdentity:
    return (await create_identity(account, passphrase))[1]


async def _adopt(client: Client, there: PublishedIdentity, secret: Credentials) -> StoredIdentity:
    """The identity that the account has and the database does not: another client made it, or the database is lost."""
    assert secret.passphrase is not None, "the caller looked"
    kept = await fetch_secrets(client, there.public)
    if kept is None:
        raise DeviceNotSigned(
            f"{client.account} has an identity already, and its keys are not on the homeserver. Set up recovery in the"
            " client that made it and give its recovery key as the passphrase, or run"
            " 'bylaug keys replace --new-identity'."
        )
    try:
        await kept.decrypt(secret.passphrase)
    except WrongPassphrase:
        raise DeviceNotSigned(
            f"{client.account} has an identity already, which does not open with the passphrase. Give the one it was"
            " locked with (the recovery key of the client that made it), or run 'bylaug keys replace --new-identity'."
        ) from None
    return kept


async def _missing(
    there: PublishedIdentity, kept: StoredIdentity, passphrase: str, device: SigningDevice
) -> dict[str, Json]:
    """The signatures that the homeserver does not have yet; the keys are unlocked only for those."""
    ours, missing = there.devices.get(device.device_id), {}
    if ours is None or not has_valid_signature(ours, device.account, device.device_id, device.ed25519):
        # what the device did not sign itself may be anybody's, such as the homeserver's own
        raise DeviceNotSigned(
            f"The homeserver shows other keys for the bot's device {device.device_id} than it has."
            " Run 'bylaug keys replace'."
        )
    if not has_valid_signature(ours, device.account, kept.public["self_signing"], kept.public["self_signing"]):
        missing[device.device_id] = (await kept.decrypt(passphrase)).sign_device(ours)
    if not has_valid_signature(there.master, device.account, device.device_id, device.ed25519):
        missing[kept.public["master"]] = sign_master_key(device, kept.public["master"])
    return missing


def _notice(why: TemporaryFailure, pause: float) -> None:
    log.warning("proving who the bot is has to wait %.1f s: %s", pause, why)
