"""The key backup of the bot's device: what uploads its room keys, and what fetches them."""

from collections.abc import Callable

from bot.config.credentials import Credentials
from bot.matrix.client import Client
from bot.matrix.crypto.key_backup.fetch import BackupFetcher
from bot.matrix.crypto.key_backup.open_backup import BackupOpener
from bot.matrix.crypto.key_backup.upload import BackupUploader
from bot.matrix.crypto.machine import OlmMachine
from bot.matrix.crypto.signing.keys import DeviceKey
from bot.store.database.transaction import Store


class KeyBackup:
    """The key backup of one device. `device_key` returns the key of the device, which signs a new backup."""

    def __init__(
        self,
        client: Client,
        database: Store,
        credentials: Credentials,
        machine: OlmMachine,
        device_key: Callable[[], DeviceKey],
    ) -> None:
        opener = BackupOpener(client, database, credentials, machine.store, device_key)
        self.uploader = BackupUploader(client, database, machine.store, opener, machine.find_signing_key)
        self.fetcher = BackupFetcher(client, database, machine.store, opener)
        machine.store.on_room_keys_written = self.uploader.wake
