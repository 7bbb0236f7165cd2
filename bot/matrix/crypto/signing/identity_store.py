"""Keeps the identity in the database, locked with the passphrase, so that a backup holds it and gives nothing away."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Self

from unpaddedbase64 import decode_base64, encode_base64

from bot.matrix.crypto.signing.keys import USAGES, Identity, Json, Usage
from bot.matrix.crypto.signing.secret_storage import SecretStorageKey, WrongPassphrase
from bot.store.database.transaction import Store
from bot.store.facts import get_fact, set_fact

_FACT = "matrix identity"


@dataclass(frozen=True)
class StoredIdentity:
    """An identity whose public keys can be read, and whose secret ones open with the passphrase."""

    account: str
    public: Mapping[Usage, str]
    key_id: str
    description: Json
    #: secret_name(usage) → the seed in unpadded base64, locked
    locked: Mapping[str, Json]

    @classmethod
    def encrypt(cls, identity: Identity, vault: SecretStorageKey) -> Self:
        """Lock an identity."""
        locked = {
            secret_name(usage): vault.encrypt(secret_name(usage), encode_base64(seed))
            for usage, seed in identity.seeds.items()
        }
        public = {usage: identity.public_key(usage) for usage in USAGES}
        return cls(identity.account, public, vault.key_id, vault.description, locked)

    async def open_key(self, passphrase: str) -> SecretStorageKey:
        """What locks it. Raises `WrongPassphrase`."""
        return await asyncio.to_thread(SecretStorageKey.open, self.key_id, self.description, passphrase)

    async def decrypt(self, passphrase: str) -> Identity:
        """The identity with its secret keys. Raises `WrongPassphrase`, also where they are not those of the public."""
        vault = await self.open_key(passphrase)
        try:
            texts = {usage: vault.decrypt(secret_name(usage), self.locked[secret_name(usage)]) for usage in USAGES}
            identity = Identity(self.account, {usage: decode_base64(text) for usage, text in texts.items()})
            if any(identity.public_key(usage) != self.public.get(usage) for usage in USAGES):
                raise WrongPassphrase
        except (KeyError, ValueError) as error:
            raise WrongPassphrase from error
        return identity


def secret_name(usage: Usage) -> str:
    """What a seed is called in secret storage (client-server API, "Secrets")."""
    return f"m.cross_signing.{usage}"


async def load_identity(store: Store, account: str) -> StoredIdentity | None:
    """The identity of an account; None when it has none, or another account had it."""
    async with store.read() as connection:
        text = await get_fact(connection, _FACT)
    kept = StoredIdentity(**json.loads(text)) if text else None
    return kept if kept and kept.account == account else None


async def store_identity(store: Store, kept: StoredIdentity) -> None:
    """Keep an identity in place of the one before."""
    async with store.write() as connection:
        await set_fact(connection, _FACT, json.dumps(asdict(kept)))
