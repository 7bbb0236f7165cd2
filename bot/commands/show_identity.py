"""What is kept of the bot's identity and device, for a person to compare by eye; asks no homeserver."""

import asyncio
import json
from dataclasses import dataclass, field

from bot.config.credentials import Credentials
from bot.errors import EX_CONFIG, Fatal
from bot.matrix.crypto.crypto_store import CryptoStore
from bot.matrix.crypto.pickle_key import derive_pickle_key
from bot.matrix.crypto.signing.identity_store import load_identity
from bot.matrix.crypto.signing.secret_storage import WrongPassphrase
from bot.store.crypto import read_crypto_state
from bot.store.database.transaction import Store


@dataclass(frozen=True)
class ShownIdentity:
    """Public keys in unpadded base64; `device_id` is empty before the first login. `recovery` is a secret."""

    account: str
    identity: str
    device_id: str
    fingerprint: str
    recovery_key: str = field(repr=False)

    def __str__(self) -> str:
        return f"account   {self.account}\nidentity  {format_key(self.identity)}\n" + (
            f"device    {self.device_id}  {format_key(self.fingerprint)}" if self.device_id else "device    none yet"
        )


async def read_identity(account: str, secret: Credentials, store: Store) -> ShownIdentity:
    """Look, also while the bot runs. Raises `Fatal` when there is no identity, or it does not open."""
    kept = await load_identity(store, account)
    if kept is None:
        raise Fatal(f"{account} has no identity yet: the bot makes it in its first encrypted room.", EX_CONFIG)
    async with store.read() as connection:
        state = await read_crypto_state(connection)
    passphrase = secret.passphrase or ""
    try:
        vault = await kept.open_key(passphrase)
        salt, device_id = json.loads(state["salt", ""]), str(json.loads(state["account", ""])["device"])
        lock = await asyncio.to_thread(derive_pickle_key, passphrase, salt)
        olm = CryptoStore(lock, device_id, state).load_account()
    except WrongPassphrase as error:
        raise Fatal("The bot's keys do not open with this passphrase.", EX_CONFIG) from error
    except KeyError:  # restored from a backup of another device, say
        return ShownIdentity(account, kept.public["master"], "", "", vault.recovery_key())
    fingerprint = olm.identity_keys["ed25519"] if olm else ""
    return ShownIdentity(account, kept.public["master"], device_id, fingerprint, vault.recovery_key())


def format_key(key: str) -> str:
    """A key in groups of four, as Element shows it."""
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))
