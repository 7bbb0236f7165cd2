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

#: A key is shown in groups of so many characters.
_GROUP_CHARACTERS = 4


@dataclass(frozen=True)
class ShownIdentity:
    """The keys to show: public keys in unpadded base64, and `recovery_key`, which is a secret.

    `device_id` and `fingerprint` are empty before the first login.
    """

    account: str
    identity: str
    device_id: str
    fingerprint: str
    recovery_key: str = field(repr=False)

    def __str__(self) -> str:
        return f"account   {self.account}\nidentity  {format_key(self.identity)}\n" + (
            f"device    {self.device_id}  {format_key(self.fingerprint)}" if self.device_id else "device    none yet"
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
    passphrase, master_key = credentials.passphrase or "", identity.public_keys["master"]
    try:
        recovery_key = (await identity.open_key(passphrase)).recovery_key()
        salt, device_id = json.loads(state["salt", ""]), str(json.loads(state["account", ""])["device"])
        pickle_key = await asyncio.to_thread(derive_pickle_key, passphrase, salt)
        olm_account = CryptoStore(pickle_key, device_id, state).load_account()
    except WrongPassphrase as error:
        raise Fatal("The bot's keys do not open with this passphrase.", EX_CONFIG) from error
    except KeyError:  # for example in a database restored from the backup of another device
        return ShownIdentity(account, master_key, "", "", recovery_key)
    fingerprint = olm_account.identity_keys["ed25519"] if olm_account else ""
    return ShownIdentity(account, master_key, device_id, fingerprint, recovery_key)


def format_key(key: str) -> str:
    """Return a key in groups of four characters, as Element shows it."""
    return " ".join(key[start : start + _GROUP_CHARACTERS] for start in range(0, len(key), _GROUP_CHARACTERS))
