"""Derives keys from the passphrase, for the parts of the database that are encrypted with it."""

import hashlib
import secrets

#: scrypt (RFC 7914) with 32 MiB: about a tenth of a second at the start, and expensive guesses for a thief of a backup.
_COST, _BLOCK_SIZE = 2**15, 8


def new_salt() -> str:
    """Return a random salt for a new key, in hexadecimal."""
    return secrets.token_hex(16)


def derive_key(passphrase: str, salt: str) -> bytes:
    """Return a key of 32 bytes. The same passphrase and salt always give the same key. Takes a tenth of a second."""
    return hashlib.scrypt(
        passphrase.encode(), salt=bytes.fromhex(salt), n=_COST, r=_BLOCK_SIZE, p=1, maxmem=2**26, dklen=32
    )
