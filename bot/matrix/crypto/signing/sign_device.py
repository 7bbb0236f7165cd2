"""Shows at every start that our device is ours, and says what stands in the way of it."""

import asyncio
import logging

from bot.concurrency.retry import TemporaryFailure, retry_temporary
from bot.config.secret import Secret
from bot.matrix.client import Client, MatrixError
from bot.matrix.crypto.signing.identity_store import Kept, keep, load_kept
from bot.matrix.crypto.signing.keys import USAGES, Device, Identity, Json, is_signed, sign_master
from bot.matrix.crypto.signing.published_identity import (
    Published,
    Unproven,
    fetch_secrets,
    publish,
    publish_signatures,
    read_published,
    store_secrets,
)
from bot.matrix.crypto.signing.secret_storage import Vault, WrongPassphrase
from bot.store.database.transaction import Store

log = logging.getLogger(__name__)


async def prove(client: Client, store: Store, secret: Secret, device: Device) -> str | None:
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
    except Unproven as why:
        return str(why)
    except MatrixError as no:
        return f"The homeserver does not take the bot's signatures: {no}"
    return None


async def _prove(client: Client, store: Store, secret: Secret, device: Device) -> None:
    if secret.passphrase is None:
        raise Unproven("There is no passphrase to lock the bot's keys with: name a file with 'passphrase_file'.")
    kept, there = await load_kept(store, client.account), await read_published(client)
    if kept is None:
        kept = await _adopt(client, there, secret) if there.public else await _make(client.account, secret.passphrase)
        await keep(store, kept)  # before anybody hears of it: what is published and forgotten cannot be taken back
    if not there.public:
        await introduce(client, await kept.unlock(secret.passphrase), kept, secret.password)
        there = await read_published(client)
    if any(there.public.get(usage) != kept.public[usage] for usage in USAGES):
        raise Unproven(
            f"Somebody gave {client.account} another identity: the homeserver shows {there.public.get('master')} and"
            f" ours is {kept.public['master']}. People are warned of it. If it was not you, change the account's"
            " password; then 'bylaug keys replace --new-identity' makes a new one, which everybody has to verify anew."
        )
    await publish_signatures(client, await _missing(there, kept, secret.passphrase, device))


async def introduce(client: Client, identity: Identity, kept: Kept, password: str | None) -> None:
    """Make it the account's identity: first where its keys are found again, then itself."""
    await store_secrets(client, kept)
    await publish(client, identity, password)
    log.info("%s has its identity now: %s", client.account, kept.public["master"])


async def make_identity(account: str, passphrase: str) -> tuple[Identity, Kept]:
    """A new identity and the same locked."""
    identity, vault = Identity.make(account), await asyncio.to_thread(Vault.make, passphrase)
    return identity, Kept.lock(identity, vault)


async def _make(account: str, passphrase: str) -> Kept:
    return (await make_identity(account, passphrase))[1]


async def _adopt(client: Client, there: Published, secret: Secret) -> Kept:
    """The identity that the account has and the database does not: another client made it, or the database is lost."""
    assert secret.passphrase is not None, "the caller looked"
    kept = await fetch_secrets(client, there.public)
    if kept is None:
        raise Unproven(
            f"{client.account} has an identity already, and its keys are not on the homeserver. Set up recovery in the"
            " client that made it and give its recovery key as the passphrase, or run"
            " 'bylaug keys replace --new-identity'."
        )
    try:
        await kept.unlock(secret.passphrase)
    except WrongPassphrase:
        raise Unproven(
            f"{client.account} has an identity already, which does not open with the passphrase. Give the one it was"
            " locked with (the recovery key of the client that made it), or run 'bylaug keys replace --new-identity'."
        ) from None
    return kept


async def _missing(there: Published, kept: Kept, passphrase: str, device: Device) -> dict[str, Json]:
    """The signatures that the homeserver does not have yet; the keys are unlocked only for those."""
    ours, missing = there.devices.get(device.device_id), {}
    if ours is None or not is_signed(ours, device.account, device.device_id, device.ed25519):
        # what the device did not sign itself may be anybody's, such as the homeserver's own
        raise Unproven(
            f"The homeserver shows other keys for the bot's device {device.device_id} than it has."
            " Run 'bylaug keys replace'."
        )
    if not is_signed(ours, device.account, kept.public["self_signing"], kept.public["self_signing"]):
        missing[device.device_id] = (await kept.unlock(passphrase)).sign_device(ours)
    if not is_signed(there.master, device.account, device.device_id, device.ed25519):
        missing[kept.public["master"]] = sign_master(device, kept.public["master"])
    return missing


def _notice(why: TemporaryFailure, pause: float) -> None:
    log.warning("proving who the bot is has to wait %.1f s: %s", pause, why)
