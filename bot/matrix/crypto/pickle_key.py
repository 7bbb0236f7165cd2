"""Derives the key of nio's pickles in the database from the passphrase."""

from bot.store.passphrase_key import derive_key


def derive_pickle_key(passphrase: str, salt: str) -> str:
    """Return the key of nio's pickles. The same passphrase and salt always give the same key."""
    return derive_key(passphrase, salt).hex()
