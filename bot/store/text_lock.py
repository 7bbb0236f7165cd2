"""Opens the lock of the texts in the database with the passphrase of the encrypted rooms."""

import hashlib
import json
import secrets

from bot.store.crypto import read_crypto_state, write_crypto_state
from bot.store.database.transaction import Store
from bot.store.locked_types import LOCK_ATTRIBUTE, TextLock

#: scrypt (RFC 7914) with 32 MiB, as for the keys of the device (bot.matrix.crypto.pickle_key).
_SCRYPT_COST, _SCRYPT_BLOCK_SIZE = 2**15, 8


async def open_text_lock(store: Store, passphrase: str | None, *, is_locking: bool) -> None:
    """Let a store unlock its texts with the passphrase and, with `is_locking`, lock those that it writes."""
    if passphrase is None:
        return
    async with store.read() as connection:
        salt = (await read_crypto_state(connection)).get(("text salt", ""))
    if salt is None:
        salt = json.dumps(secrets.token_hex(16))
        async with store.write() as connection:
            await write_crypto_state(connection, {("text salt", ""): salt})
    key = hashlib.scrypt(
        passphrase.encode(),
        salt=bytes.fromhex(json.loads(salt)),
        n=_SCRYPT_COST,
        r=_SCRYPT_BLOCK_SIZE,
        p=1,
        maxmem=2**26,
        dklen=32,
    )
    setattr(store.engine.sync_engine.dialect, LOCK_ATTRIBUTE, TextLock(key, is_locking=is_locking))
