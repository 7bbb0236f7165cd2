"""Encrypts and decrypts the secrets in an account's secret storage with a passphrase, as Element and other clients do.

It only computes; `published_identity` stores the secrets on the homeserver. Client-server API, "Secrets":
m.secret_storage.v1.aes-hmac-sha2, m.pbkdf2, and "Recovery key" for the way a key is written down.
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

from bot.matrix.crypto.signing.keys import JsonObject

ALGORITHM = "m.secret_storage.v1.aes-hmac-sha2"

#: Iterations of PBKDF2, as many as Element uses: a third of a second for the bot once, and for a thief at each guess.
PBKDF2_ITERATIONS = 500_000

#: The most iterations that a homeserver can ask for, so that it cannot keep the bot busy for a year.
MAX_PBKDF2_ITERATIONS = 10_000_000

_KEY_BYTES, _IV_BYTES = 32, 16
_BASE58_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
#: A recovery key is this prefix, the key and a parity byte.
_RECOVERY_PREFIX = b"\x8b\x01"
_RECOVERY_BYTES = len(_RECOVERY_PREFIX) + _KEY_BYTES + 1


class WrongPassphrase(Exception):
    """A secret cannot be decrypted with this passphrase, or the secret was changed by somebody."""


@dataclass(frozen=True)
class SecretStorageKey:
    """A key that encrypts secrets. `description` is public and says how to derive the key from the passphrase."""

    key_id: str
    description: JsonObject
    _key: bytes = field(repr=False)

    @classmethod
    def create(cls, passphrase: str) -> Self:
        """Return a new key, from a passphrase or a recovery key. Takes a third of a second."""
        salt = secrets.token_urlsafe(24)
        derivation: JsonObject = {
            "algorithm": "m.pbkdf2",
            "salt": salt,
            "iterations": PBKDF2_ITERATIONS,
            "bits": 8 * _KEY_BYTES,
        }
        recovery_key = read_recovery_key(passphrase)
        key = recovery_key or _derive_key(passphrase, derivation)
        description = {"algorithm": ALGORITHM, "name": "Bylaug", **_key_check(key, _new_iv())}
        if not recovery_key:
            description["passphrase"] = derivation
        return cls(secrets.token_urlsafe(24), description, key)

    @classmethod
    def open(cls, key_id: str, description: JsonObject, passphrase: str) -> Self:
        """Return the key that belongs to a description. Raises `WrongPassphrase`. Takes a third of a second."""
        try:
            key = read_recovery_key(passphrase) or _derive_key(passphrase, description["passphrase"])
            is_right = _key_check(key, _decode(description["iv"]))["mac"] == description["mac"].rstrip("=")
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise WrongPassphrase from error
        if not is_right or description.get("algorithm") != ALGORITHM:
            raise WrongPassphrase
        return cls(key_id, description, key)

    def encrypt(self, name: str, text: str) -> JsonObject:
        """Return a secret encrypted under its name, such as "m.cross_signing.master"."""
        return _encrypt(self._key, name, text.encode(), _new_iv())

    def decrypt(self, name: str, encrypted: JsonObject) -> str:
        """Return the secret that was encrypted under this name. Raises `WrongPassphrase`."""
        try:
            iv, ciphertext, mac = (_decode(encrypted[part]) for part in ("iv", "ciphertext", "mac"))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WrongPassphrase from error
        aes_key, mac_key = _derive_aes_and_mac_keys(self._key, name)
        if len(iv) != _IV_BYTES or not hmac.compare_digest(hmac.digest(mac_key, ciphertext, sha256), mac):
            raise WrongPassphrase
        return _apply_aes(aes_key, iv, ciphertext).decode()

    def recovery_key(self) -> str:
        """Return the key in the form that Element asks for: base58 in groups of four."""
        data = _RECOVERY_PREFIX + self._key
        text = _encode_base58(data + bytes([_parity(data)]))
        return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def read_recovery_key(text: str) -> bytes | None:
    """Return the key that a recovery key contains; None for any other text, such as a passphrase."""
    number = 0
    for character in "".join(text.split()):
        if character not in _BASE58_ALPHABET:
            return None
        number = number * 58 + _BASE58_ALPHABET.index(character)
    if number.bit_length() > _RECOVERY_BYTES * 8:
        return None
    data = number.to_bytes(_RECOVERY_BYTES)
    return data[2:-1] if data.startswith(_RECOVERY_PREFIX) and _parity(data) == 0 else None


def _derive_key(passphrase: str, derivation: JsonObject) -> bytes:
    """Return the key that belongs to a passphrase. Raises `ValueError` for a derivation that is not supported."""
    iterations = int(derivation["iterations"])
    if derivation["algorithm"] != "m.pbkdf2" or not 0 < iterations <= MAX_PBKDF2_ITERATIONS:
        raise ValueError("this is no way to a key that we know")
    if derivation.get("bits", 256) != 256:
        raise ValueError("AES-256 wants 256 bits")
    return pbkdf2_hmac("sha512", passphrase.encode(), str(derivation["salt"]).encode(), iterations, _KEY_BYTES)


def _derive_aes_and_mac_keys(key: bytes, name: str) -> tuple[bytes, bytes]:
    both = HKDF(SHA256(), length=2 * _KEY_BYTES, salt=bytes(_KEY_BYTES), info=name.encode()).derive(key)
    return both[:_KEY_BYTES], both[_KEY_BYTES:]


def _encrypt(key: bytes, name: str, content: bytes, iv: bytes) -> JsonObject:
    aes_key, mac_key = _derive_aes_and_mac_keys(key, name)
    ciphertext = _apply_aes(aes_key, iv, content)
    mac = hmac.digest(mac_key, ciphertext, sha256)
    return {"iv": encode_base64(iv), "ciphertext": encode_base64(ciphertext), "mac": encode_base64(mac)}


def _new_iv() -> bytes:
    """Return a random IV. Bit 63 is 0 for clients whose counter has only 64 bits, as the specification asks."""
    iv = secrets.token_bytes(_IV_BYTES)
    return iv[:8] + bytes([iv[8] & 0x7F]) + iv[9:]


def _apply_aes(aes_key: bytes, iv: bytes, content: bytes) -> bytes:
    """Encrypt or decrypt. In counter mode both are the same operation."""
    stream = Cipher(AES(aes_key), CTR(iv)).encryptor()
    return stream.update(content) + stream.finalize()


def _key_check(key: bytes, iv: bytes) -> JsonObject:
    """Return 32 zero bytes encrypted under an empty name. They show later whether a key is the right one."""
    encrypted = _encrypt(key, "", bytes(_KEY_BYTES), iv)
    return {"iv": encrypted["iv"], "mac": encrypted["mac"]}


def _decode(text: str) -> bytes:
    return decode_base64(text.rstrip("="))


def _encode_base58(data: bytes) -> str:
    number, text = int.from_bytes(data), ""
    while number:
        number, rest = divmod(number, 58)
        text = _BASE58_ALPHABET[rest] + text
    return text


def _parity(data: bytes) -> int:
    parity = 0
    for byte in data:
        parity ^= byte
    return parity
