"""Opens the lock of the texts in the database with the passphrase of the encrypted rooms."""

import asyncio
import json

from bot.store.crypto import read_crypto_state, write_crypto_state
from bot.store.database.transaction import Store
from bot.store.locked_types import LOCK_ATTRIBUTE, TextLock
from bot.store.passphrase_key import derive_key, new_salt


async def open_text_lock(store: Store, passphrase: str | None, *, is_locking: bool) -> None:
    """Let a store unlock its texts with the passphrase and, with `is_locking`, lock those that it writes."""
    if passphrase is None:
        return
    async with store.read() as connection:
        salt = (await read_crypto_state(connection)).get(("text salt", ""))
    if salt is None:
        salt = json.dumps(new_salt())
        async with store.write() as connection:
            await write_crypto_state(connection, {("text salt", ""): salt})
    key = await asyncio.to_thread(derive_key, passphrase, json.loads(salt))
    setattr(store.engine.sync_engine.dialect, LOCK_ATTRIBUTE, TextLock(key, is_locking=is_locking))
