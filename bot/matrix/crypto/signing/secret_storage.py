"""Locks secrets with a passphrase the way Matrix clients do, so that the caretaker's Element can open them too.

Client-server API, "Secrets": m.secret_storage.v1.aes-hmac-sha2, m.pbkdf2, and "Recovery key" for the way a key is
written down.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from hashlib import pbkdf2_hmac, sha256
from typing import Self

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from unpaddedbase64 import decode_base64, encode_base64

from bot.matrix.crypto.signing.keys import Json

ALGORITHM = "m.secret_storage.v1.aes-hmac-sha2"

#: Rounds of PBKDF2 that Element uses; about a third of a second, for us once and for a burglar every guess.
PBKDF2_ITERATIONS = 500_000

#: What somebody else's description may ask of us, so that a homeserver cannot keep us busy for a year.
MAX_PBKDF2_ITERATIONS = 10_000_000

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RECOVERY_PREFIX = b"\x8b\x01"


class WrongPassphrase(Exception):
    """What was locked does not open with this passphrase (or was changed by somebody)."""


@dataclass(frozen=True)
class SecretStorageKey:
    """One key that locks secrets. `description` says in public how to get from the passphrase to it."""

    key_id: str
    description: Json
    _key: bytes = field(repr=False)

    @classmethod
    def create(cls, passphrase: str) -> Self:
        """A new key, from a passphrase or a recovery key. Takes a third of a second."""
        salt = secrets.token_urlsafe(24)
        words: Json = {"algorithm": "m.pbkdf2", "salt": salt, "iterations": PBKDF2_ITERATIONS, "bits": 256}
        written_down = read_recovery_key(passphrase)
        key = written_down or _stretch(passphrase, words)
        description = {"algorithm": ALGORITHM, "name": "Bylaug", **_check(key, _fresh_iv())}
        return cls(secrets.token_urlsafe(24), description if written_down else description | {"passphrase": words}, key)

    @classmethod
    def open(cls, key_id: str, description: Json, passphrase: str) -> Self:
        """The key that a description tells of. Raises `WrongPassphrase`. Takes a third of a second."""
        try:
            key = read_recovery_key(passphrase) or _stretch(passphrase, description["passphrase"])
            right = _check(key, _decode(description["iv"]))["mac"] == description["mac"].rstrip("=")
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise WrongPassphrase from error
        if not right or description.get("algorithm") != ALGORITHM:
            raise WrongPassphrase
        return cls(key_id, description, key)

    def encrypt(self, name: str, text: str) -> Json:
        """A secret, locked under its name ("m.cross_signing.master")."""
        return _lock(self._key, name, text.encode(), _fresh_iv())

    def decrypt(self, name: str, locked: Json) -> str:
        """What was locked under this name. Raises `WrongPassphrase`."""
        try:
            iv, ciphertext, mac = (_decode(locked[part]) for part in ("iv", "ciphertext", "mac"))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WrongPassphrase from error
        aes_key, mac_key = _derive(self._key, name)
        if len(iv) != 16 or not hmac.compare_digest(hmac.digest(mac_key, ciphertext, sha256), mac):
            raise WrongPassphrase
        return _crypt(aes_key, iv, ciphertext).decode()

    def recovery_key(self) -> str:
        """The key itself, as Element asks for it: words of four, base58."""
        data = _RECOVERY_PREFIX + self._key
        text = _base58(data + bytes([_parity(data)]))
        return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def read_recovery_key(text: str) -> bytes | None:
    """The key that was written down; None for anything else, such as a passphrase."""
    number = 0
    for sign in "".join(text.split()):
        if sign not in _ALPHABET:
            return None
        number = number * 58 + _ALPHABET.index(sign)
    if number.bit_length() > 35 * 8:
        return None
    data = number.to_bytes(35)
    return data[2:-1] if data.startswith(_RECOVERY_PREFIX) and _parity(data) == 0 else None


def _stretch(passphrase: str, words: Json) -> bytes:
    if words["algorithm"] != "m.pbkdf2" or not 0 < int(words["iterations"]) <= MAX_PBKDF2_ITERATIONS:
        raise ValueError("this is no way to a key that we know")
    if words.get("bits", 256) != 256:
        raise ValueError("AES-256 wants 256 bits")
    return pbkdf2_hmac("sha512", passphrase.encode(), str(words["salt"]).encode(), int(words["iterations"]), 32)


def _derive(key: bytes, name: str) -> tuple[bytes, bytes]:
    both = HKDF(SHA256(), length=64, salt=bytes(32), info=name.encode()).derive(key)
    return both[:32], both[32:]


def _lock(key: bytes, name: str, content: bytes, iv: bytes) -> Json:
    aes_key, mac_key = _derive(key, name)
    ciphertext = _crypt(aes_key, iv, content)
    mac = hmac.digest(mac_key, ciphertext, sha256)
    return {"iv": encode_base64(iv), "ciphertext": encode_base64(ciphertext), "mac": encode_base64(mac)}


def _fresh_iv() -> bytes:
    """Bit 63 is cleared for the sake of clients whose counter has only 64 bits, as the specification asks."""
    iv = secrets.token_bytes(16)
    return iv[:8] + bytes([iv[8] & 0x7F]) + iv[9:]


def _crypt(aes_key: bytes, iv: bytes, content: bytes) -> bytes:
    stream = Cipher(AES(aes_key), CTR(iv)).encryptor()
    return stream.update(content) + stream.finalize()


def _check(key: bytes, iv: bytes) -> Json:
    """32 zero bytes, locked under no name: shows later whether a key is the right one, and nothing else."""
    locked = _lock(key, "", bytes(32), iv)
    return {"iv": locked["iv"], "mac": locked["mac"]}


def _decode(text: str) -> bytes:
    return decode_base64(text.rstrip("="))


def _base58(data: bytes) -> str:
    number, signs = int.from_bytes(data), ""
    while number:
        number, rest = divmod(number, 58)
        signs = _ALPHABET[rest] + signs
    return signs


def _parity(data: bytes) -> int:
    parity = 0
    for byte in data:
        parity ^= byte
    return parity
