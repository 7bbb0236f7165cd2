"""Derives the key of nio's pickles in the database from the passphrase."""

import hashlib
import secrets

#: scrypt (RFC 7914) with 32 MiB: about a tenth of a second at the start, and expensive guesses for a thief of a backup.
_SCRYPT_COST, _SCRYPT_BLOCK_SIZE = 2**15, 8


def new_salt() -> str:
    """Return a random salt for a new database."""
    return secrets.token_hex(16)


def derive_pickle_key(passphrase: str, salt: str) -> str:
    """Return the key of nio's pickles. The same passphrase and salt always give the same key."""
    key = hashlib.scrypt(
        passphrase.encode(),
        salt=bytes.fromhex(salt),
        n=_SCRYPT_COST,
        r=_SCRYPT_BLOCK_SIZE,
        p=1,
        maxmem=2**26,
        dklen=32,
    )
    return key.hex()
