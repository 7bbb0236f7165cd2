"""Turns the passphrase into what the keys in the database are locked with."""

import hashlib
import secrets

#: scrypt (RFC 7914) with 32 MiB: about a tenth of a second at the start, and a wall for whoever steals a backup.
_COST, _BLOCK = 2**15, 8


def new_salt() -> str:
    """A salt for a new database."""
    return secrets.token_hex(16)


def derive_pickle_key(passphrase: str, salt: str) -> str:
    """The lock that nio's pickles are closed with; the same passphrase and salt always give the same."""
    key = hashlib.scrypt(passphrase.encode(), salt=bytes.fromhex(salt), n=_COST, r=_BLOCK, p=1, maxmem=2**26, dklen=32)
    return key.hex()
