"""Stores the identity in the database, encrypted with the passphrase, so that a backup contains it unreadably."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from unpaddedbase64 import decode_base64, encode_base64

from bot.matrix.crypto.signing.keys import USAGES, Identity, JsonObject, Usage
from bot.matrix.crypto.signing.secret_storage import SecretStorageKey, WrongPassphrase
from bot.store.database.transaction import Store
from bot.store.facts import get_fact, set_fact

#: Key of the fact with the identity.
IDENTITY_FACT = "matrix identity"


@dataclass(frozen=True)
class StoredIdentity:
    """An identity with readable public keys and encrypted private keys.

    `key_id` and `description` belong to the secret storage key that encrypts the private keys.
    """

    account: str
    public_keys: Mapping[Usage, str]
    key_id: str
    description: JsonObject
    #: secret_name(usage) → the seed in unpadded base64, encrypted
    encrypted_keys: Mapping[str, JsonObject]

    @classmethod
    def encrypt(cls, identity: Identity, key: SecretStorageKey) -> Self:
        """Return an identity with its private keys encrypted."""
        encrypted_keys = {
            secret_name(usage): key.encrypt(secret_name(usage), encode_base64(seed))
            for usage, seed in identity.seeds.items()
        }
        public_keys = {usage: identity.public_key(usage) for usage in USAGES}
        return cls(identity.account, public_keys, key.key_id, key.description, encrypted_keys)

    async def open_key(self, passphrase: str) -> SecretStorageKey:
        """Return the secret storage key that encrypts the private keys. Raises `WrongPassphrase`."""
        return await asyncio.to_thread(SecretStorageKey.open, self.key_id, self.description, passphrase)

    async def decrypt(self, passphrase: str) -> Identity:
        """Return the identity with its private keys.

        Raises `WrongPassphrase`, also when the private keys do not belong to the public keys.
        """
        key = await self.open_key(passphrase)
        try:
            seeds = {usage: decode_base64(self._decrypt_seed(usage, key)) for usage in USAGES}
            identity = Identity(self.account, seeds)
            if any(identity.public_key(usage) != self.public_keys.get(usage) for usage in USAGES):
                raise WrongPassphrase
        except (KeyError, ValueError) as error:
            raise WrongPassphrase from error
        return identity

    def _decrypt_seed(self, usage: Usage, key: SecretStorageKey) -> str:
        return key.decrypt(secret_name(usage), self.encrypted_keys[secret_name(usage)])


def secret_name(usage: Usage) -> str:
    """Return the name of a private key in secret storage (client-server API, "Secrets")."""
    return f"m.cross_signing.{usage}"


async def load_identity(store: Store, account: str) -> StoredIdentity | None:
    """Return the identity of an account; None when the database has none, or has that of another account."""
    async with store.read() as connection:
        text = await get_fact(connection, IDENTITY_FACT)
    identity = _from_json(text) if text else None
    return identity if identity and identity.account == account else None


async def store_identity(store: Store, identity: StoredIdentity) -> None:
    """Write an identity to the database. It replaces the identity before."""
    async with store.write() as connection:
        await set_fact(connection, IDENTITY_FACT, _to_json(identity))


def _to_json(identity: StoredIdentity) -> str:
    """Return the identity as JSON. Its keys are fixed, because existing databases have them."""
    return json.dumps(
        {
            "account": identity.account,
            "public": identity.public_keys,
            "key_id": identity.key_id,
            "description": identity.description,
            "locked": identity.encrypted_keys,
        }
    )


def _from_json(text: str) -> StoredIdentity:
    stored = json.loads(text)
    return StoredIdentity(
        stored["account"], stored["public"], stored["key_id"], stored["description"], stored["locked"]
    )
