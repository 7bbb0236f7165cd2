"""Reads the bot's identity and device from the database, for a person to compare.

It makes no request to the homeserver.
"""

import asyncio
import json
from dataclasses import dataclass, field

from bot.config.credentials import Credentials
from bot.errors import EX_CONFIG, Fatal
from bot.matrix.crypto.crypto_store import CryptoStore, derive_pickle_key
from bot.matrix.crypto.signing.identity_store import load_identity
from bot.matrix.crypto.signing.secret_storage import WrongPassphrase
from bot.store.crypto import read_crypto_state
from bot.store.database.transaction import Store
from bot.store.key_backup import KEY_BACKUP

#: A key is shown in groups of so many characters.
_GROUP_CHARACTERS = 4


@dataclass(frozen=True)
class ShownIdentity:
    """The keys to show: public keys in unpadded base64, and `recovery_key`, which is a secret.

    `device_id` and `fingerprint` are empty before the first login. `backup_version` is the version of the key backup on
    the homeserver; it is empty while no room key is in one.
    """

    account: str
    identity: str
    device_id: str
    fingerprint: str
    recovery_key: str = field(repr=False)
    backup_version: str = ""

    def __str__(self) -> str:
        device = f"{self.device_id}  {format_key(self.fingerprint)}" if self.device_id else "none yet"
        backup = f"version {self.backup_version} on the homeserver" if self.backup_version else "none yet"
        return (
            f"account   {self.account}\nidentity  {format_key(self.identity)}\ndevice    {device}\nbackup    {backup}"
        )


async def read_identity(account: str, credentials: Credentials, store: Store) -> ShownIdentity:
    """Return the identity and the device of an account; works while the bot runs, too.

    Raises `Fatal` when there is no identity, or the passphrase is wrong.
    """
    identity = await load_identity(store, account)
    if identity is None:
        raise Fatal(f"{account} has no identity yet: the bot makes it in its first encrypted room.", EX_CONFIG)
    async with store.read() as connection:
        state = await read_crypto_state(connection)
    backup_version = str(json.loads(state.get(KEY_BACKUP, "{}")).get("version", ""))
    passphrase, master_key = credentials.passphrase or "", identity.public_keys["master"]
    try:
        recovery_key = (await identity.open_key(passphrase)).recovery_key()
        salt, device_id = json.loads(state["salt", ""]), str(json.loads(state["account", ""])["device"])
        pickle_key = await asyncio.to_thread(derive_pickle_key, passphrase, salt)
        olm_account = CryptoStore(pickle_key, device_id, state).load_account()
    except WrongPassphrase as error:
        raise Fatal("The bot's keys do not open with this passphrase.", EX_CONFIG) from error
    except KeyError:  # for example in a database restored from the backup of another device
        return ShownIdentity(account, master_key, "", "", recovery_key, backup_version)
    fingerprint = olm_account.identity_keys["ed25519"] if olm_account else ""
    return ShownIdentity(account, master_key, device_id, fingerprint, recovery_key, backup_version)


def format_key(key: str) -> str:
    """Return a key in groups of four characters, as Element shows it."""
    return " ".join(key[start : start + _GROUP_CHARACTERS] for start in range(0, len(key), _GROUP_CHARACTERS))
