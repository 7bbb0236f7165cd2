"""The private key of a key backup: it decrypts entries, and gives the key of the MACs. No network."""

import hmac
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from unpaddedbase64 import decode_base64, encode_base64
from vodozemac import Curve25519SecretKey, Message, PkDecryption, PkEncryption

from bot.matrix.crypto.signing.keys import JsonObject

_KEY_BYTES = 32
#: HKDF's `info` for the key of the MACs (MSC4048, "Proposal").
_MAC_KEY_INFO = b"MATRIX_BACKUP_MAC_KEY"


@dataclass(frozen=True)
class BackupKey:
    """The private Curve25519 key of a backup. repr does not show it."""

    private_key: bytes = field(repr=False)

    @classmethod
    def create(cls) -> Self:
        """Return a new key."""
        return cls(Curve25519SecretKey().to_bytes())

    @classmethod
    def from_base64(cls, text: str) -> Self:
        """Return the key that is stored as a text. Raises `ValueError` for any other text."""
        private_key = decode_base64(text.strip().rstrip("="))
        if len(private_key) != _KEY_BYTES:
            raise ValueError("a private key has 32 bytes")
        return cls(private_key)

    def to_base64(self) -> str:
        """Return the key as a text, to be stored encrypted."""
        return str(encode_base64(self.private_key))

    @cached_property
    def public_key(self) -> str:
        """The public key, in unpadded base64."""
        return str(self._decryption.public_key.to_base64())

    @cached_property
    def _decryption(self) -> PkDecryption:
        return PkDecryption.from_key(Curve25519SecretKey.from_bytes(self.private_key))

    @cached_property
    def _mac_key(self) -> bytes:
        return HKDF(SHA256(), length=_KEY_BYTES, salt=None, info=_MAC_KEY_INFO).derive(self.private_key)

    def encrypt(self, text: str) -> JsonObject:
        """Return a text encrypted with the public key. Its "mac" is the specification's, and authenticates nothing."""
        # not Message.to_base64 and from_base64: the orders of their values differ
        message = PkEncryption.from_key(self._decryption.public_key).encrypt(text.encode())
        parts = {"ciphertext": message.ciphertext, "mac": message.mac, "ephemeral": message.ephemeral_key}
        return {name: encode_base64(part) for name, part in parts.items()}

    def decrypt(self, encrypted: JsonObject) -> str:
        """Return the text that was encrypted. Raises `ValueError` and `KeyError`."""
        parts = (decode_base64(encrypted[name].rstrip("=")) for name in ("ciphertext", "mac", "ephemeral"))
        return bytes(self._decryption.decrypt(Message(*parts))).decode()

    def authenticate(self, text: str) -> str:
        """Return a MAC that nobody can compute without the private key, in unpadded base64."""
        return str(encode_base64(hmac.digest(self._mac_key, text.encode(), sha256)))
