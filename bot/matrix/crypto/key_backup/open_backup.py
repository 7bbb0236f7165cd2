"""Opens the key backup of the bot's account, makes one where there is none, and remembers it in the database."""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot.config.credentials import Credentials
from bot.matrix.client import Client
from bot.matrix.crypto.crypto_store import CryptoStore
from bot.matrix.crypto.key_backup.backup_key import BackupKey
from bot.matrix.crypto.key_backup.version import (
    SECRET_NAME,
    PublishedBackup,
    has_secret,
    publish_backup,
    read_published_backup,
    read_secret,
    store_secret,
)
from bot.matrix.crypto.signing.identity_store import StoredIdentity, load_identity
from bot.matrix.crypto.signing.keys import DeviceKey
from bot.matrix.crypto.signing.secret_storage import SecretStorageKey, WrongPassphrase
from bot.store.crypto import write_crypto_state
from bot.store.database.transaction import Store
from bot.store.key_backup import KEY_BACKUP, count_backed_up_sessions, mark_none_backed_up

log = logging.getLogger(__name__)

_WRONG_PASSPHRASE = "the bot's keys do not open with this passphrase"


class BackupUnavailable(Exception):
    """The bot has no identity that could have signed a backup, or its passphrase does not open its keys."""


@dataclass(frozen=True)
class OpenBackup:
    """A backup version that the bot can read and write."""

    version: str
    key: BackupKey


class BackupOpener:
    """Opens the account's key backup once. `device_key` returns the key of the bot's device.

    In the database, the private key is locked with the passphrase as the room keys are.
    """

    def __init__(
        self,
        client: Client,
        database: Store,
        credentials: Credentials,
        crypto_store: CryptoStore,
        device_key: Callable[[], DeviceKey],
    ) -> None:
        self._client, self._database, self._device_key = client, database, device_key
        self._passphrase = credentials.passphrase or ""
        self._lock_key = SecretStorageKey("", {}, bytes.fromhex(crypto_store.pickle_key))
        self._stored = self._read_stored(crypto_store.state.get(KEY_BACKUP))
        self._opened: OpenBackup | None = None
        self._lock = asyncio.Lock()

    async def open(self, *, create: bool) -> OpenBackup | None:
        """Return the backup; with `create` a new one is made where there is none that the bot's identity signed.

        Raises `BackupUnavailable`, `MatrixError` and `TemporaryFailure`.
        """
        async with self._lock:
            if self._opened is None:
                self._opened = await self._find_or_create(create)
            return self._opened

    def forget(self) -> None:
        """Have the backup looked up again: the homeserver says that it is not the newest version any more."""
        self._opened = None

    async def _find_or_create(self, create: bool) -> OpenBackup | None:
        identity = await load_identity(self._database, self._client.account)
        if identity is None:
            raise BackupUnavailable("the bot has no identity yet")
        published = await read_published_backup(self._client)
        key = await self._find_key(identity, published) if published is not None else None
        if published is not None and key is not None:
            backup = OpenBackup(published.version, key)
            await self._note(backup, published.count)
            return backup
        return await self._create(identity) if create else None

    async def _find_key(self, identity: StoredIdentity, published: PublishedBackup) -> BackupKey | None:
        """Return the private key of a backup; None for one that the bot's identity has not signed."""
        name = f"the key backup {published.version} of {identity.account}"
        if not published.is_signed_by(identity):
            log.warning("%s is not signed by the bot's identity, and is not used", name)
            return None
        if self._stored is not None and self._stored.key.public_key == published.public_key:
            await self._restore_secret(identity, self._stored.key)
            return self._stored.key
        key = await read_secret(self._client, identity, self._passphrase)
        if key is None or key.public_key != published.public_key:
            log.warning("%s is not used, since its key is not in secret storage", name)
            return None
        return key

    async def _restore_secret(self, identity: StoredIdentity, key: BackupKey) -> None:
        """Put the private key into secret storage again if it is gone from there."""
        if await has_secret(self._client, identity):
            return
        log.warning("the key of the key backup was gone from secret storage, and is put back")
        try:
            await store_secret(self._client, key, await identity.open_key(self._passphrase))
        except WrongPassphrase as error:
            raise BackupUnavailable(_WRONG_PASSPHRASE) from error

    async def _create(self, identity: StoredIdentity) -> OpenBackup:
        """Make a new backup. Its key is stored before it is published: nobody could read a backup whose key is lost."""
        is_unpublished = self._stored is not None and not self._stored.version
        key = self._stored.key if self._stored is not None and is_unpublished else BackupKey.create()
        await self._note(OpenBackup("", key), 0)
        try:
            version = await publish_backup(self._client, key, identity, self._passphrase, self._device_key())
        except WrongPassphrase as error:
            raise BackupUnavailable(_WRONG_PASSPHRASE) from error
        log.info("the room keys are backed up on the homeserver from now on, in version %s", version)
        backup = OpenBackup(version, key)
        await self._note(backup, 0)
        return backup

    async def _note(self, backup: OpenBackup, count: int) -> None:
        """Store which backup is used. In another one, or one that has lost keys, no key counts as backed up."""
        is_same = self._stored is not None and self._stored == backup
        async with self._database.write() as connection:
            if is_same and count >= await count_backed_up_sessions(connection):
                return
            await mark_none_backed_up(connection)
            await write_crypto_state(connection, {KEY_BACKUP: self._to_json(backup)})
        self._stored = backup

    def _to_json(self, backup: OpenBackup) -> str:
        locked = self._lock_key.encrypt(SECRET_NAME, backup.key.to_base64())
        return json.dumps({"version": backup.version, "public_key": backup.key.public_key, "locked": locked})

    def _read_stored(self, text: str | None) -> OpenBackup | None:
        """Return the backup that the database knows; None when its key was locked with another passphrase."""
        if text is None:
            return None
        stored = json.loads(text)
        try:
            key = BackupKey.from_base64(self._lock_key.decrypt(SECRET_NAME, stored["locked"]))
        except (WrongPassphrase, ValueError):
            return None
        return OpenBackup(stored["version"], key)
