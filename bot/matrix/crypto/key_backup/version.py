"""Finds the account's key backup on the homeserver, or makes a new one (client-server API, "Backup versions")."""

import logging
from dataclasses import dataclass

from bot.matrix.client import Client, MatrixError
from bot.matrix.crypto.key_backup.backup_key import BackupKey
from bot.matrix.crypto.signing.identity_store import StoredIdentity
from bot.matrix.crypto.signing.keys import DeviceKey, JsonObject, has_valid_signature, sign_json
from bot.matrix.crypto.signing.published_identity import read_account_data, write_account_data
from bot.matrix.crypto.signing.secret_storage import SecretStorageKey, WrongPassphrase

log = logging.getLogger(__name__)

ALGORITHM = "m.megolm_backup.v1.curve25519-aes-sha2"
#: The name of the private key in secret storage (client-server API, "Decryption key").
SECRET_NAME = "m.megolm_backup.v1"


@dataclass(frozen=True)
class PublishedBackup:
    """The newest backup version of an account, as the homeserver shows it.

    `count` is the number of sessions of which it has keys.
    """

    version: str
    algorithm: str
    auth_data: JsonObject
    count: int

    @property
    def public_key(self) -> str:
        """The key with which entries are encrypted."""
        return str(self.auth_data.get("public_key"))

    def is_signed_by(self, identity: StoredIdentity) -> bool:
        """Whether the master key of an identity has signed the backup; the homeserver cannot make such a signature."""
        master = identity.public_keys["master"]
        return self.algorithm == ALGORITHM and has_valid_signature(self.auth_data, identity.account, master, master)


async def read_published_backup(client: Client) -> PublishedBackup | None:
    """Return the newest backup version of the account; None when there is none. Raises `MatrixError`."""
    try:
        answer = await client.call("GET", "room_keys", "version")
    except MatrixError as error:
        if error.code == "M_NOT_FOUND":
            return None
        raise
    auth_data, count = answer.get("auth_data"), answer.get("count")
    return PublishedBackup(
        str(answer.get("version")),
        str(answer.get("algorithm")),
        auth_data if isinstance(auth_data, dict) else {},
        count if isinstance(count, int) else 0,
    )


async def has_secret(client: Client, identity: StoredIdentity) -> bool:
    """Whether secret storage has a private key under the key of the identity. Raises `MatrixError`."""
    return await _read_encrypted(client, identity) is not None


async def read_secret(client: Client, identity: StoredIdentity, passphrase: str) -> BackupKey | None:
    """Return the private key in secret storage; None when it has none that the passphrase opens."""
    secret = await _read_encrypted(client, identity)
    if secret is None:
        return None
    try:
        storage_key = await identity.open_key(passphrase)
        return BackupKey.from_base64(storage_key.decrypt(SECRET_NAME, secret))
    except (WrongPassphrase, ValueError) as error:
        log.warning("the key of the key backup in secret storage does not open: %s", type(error).__name__)
        return None


async def store_secret(client: Client, key: BackupKey, storage_key: SecretStorageKey) -> None:
    """Store a private key in secret storage, in place of the one before. Raises `MatrixError`."""
    secret = storage_key.encrypt(SECRET_NAME, key.to_base64())
    await write_account_data(client, SECRET_NAME, {"encrypted": {storage_key.key_id: secret}})


async def _read_encrypted(client: Client, identity: StoredIdentity) -> JsonObject | None:
    encrypted = (await read_account_data(client, SECRET_NAME)).get("encrypted")
    secret = encrypted.get(identity.key_id) if isinstance(encrypted, dict) else None
    return secret if isinstance(secret, dict) else None


async def publish_backup(
    client: Client, key: BackupKey, identity: StoredIdentity, passphrase: str, device: DeviceKey
) -> str:
    """Store the private key in secret storage, then make a backup version with it, and return the version.

    Raises `MatrixError` and `WrongPassphrase`.
    """
    signing_keys, storage_key = await identity.decrypt(passphrase), await identity.open_key(passphrase)
    await store_secret(client, key, storage_key)
    auth_data = {"public_key": key.public_key}
    signed = signing_keys.sign(auth_data)
    by_device = sign_json(auth_data, device.account, device.device_id, device.sign)["signatures"][device.account]
    signed["signatures"][device.account] |= by_device
    body = {"algorithm": ALGORITHM, "auth_data": signed}
    return str((await client.call("POST", "room_keys", "version", body=body))["version"])
