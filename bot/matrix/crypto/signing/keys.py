"""Creates the three cross-signing keys and signs with them; no network (client-server API, "Cross-signing")."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from nio.api import Api
from unpaddedbase64 import decode_base64, encode_base64

JsonObject = dict[str, Any]

#: The master key is the identity. It signs the other two: the self-signing key signs the bot's devices, the
#: user-signing key other people's master keys.
Usage = Literal["master", "self_signing", "user_signing"]
USAGES: tuple[Usage, ...] = ("master", "self_signing", "user_signing")

#: Takes a text and returns its signature in unpadded base64.
Signer = Callable[[str], str]


@dataclass(frozen=True)
class DeviceKey:
    """The Ed25519 key of a device of the bot. It signs the master key and is signed by the self-signing key.

    `ed25519` is the public key in unpadded base64, `sign` signs with the private key.
    """

    account: str
    device_id: str
    ed25519: str
    sign: Signer = field(repr=False)


@dataclass(frozen=True)
class Identity:
    """The bot's three private keys, which stay the same when its device is replaced. repr does not show the seeds."""

    account: str
    seeds: Mapping[Usage, bytes] = field(repr=False)

    @classmethod
    def create(cls, account: str) -> Self:
        """Return a new identity, which nobody has verified yet."""
        return cls(account, {usage: Ed25519PrivateKey.generate().private_bytes_raw() for usage in USAGES})

    def public_key(self, usage: Usage) -> str:
        """Return the public part of a key, in unpadded base64."""
        return encode_base64(self._private_key(usage).public_key().public_bytes_raw())

    def upload_body(self) -> JsonObject:
        """Return the body of POST /keys/device_signing/upload."""
        return {f"{usage}_key": self._signed_key(usage) for usage in USAGES}

    def sign_device(self, device: JsonObject) -> JsonObject:
        """Return the keys of a device with the signature of the self-signing key.

        It shows that the device is the bot's.
        """
        return sign_json(device, self.account, self.public_key("self_signing"), self._signer("self_signing"))

    def sign(self, content: JsonObject) -> JsonObject:
        """Return an object with the signature of the master key. It shows that the bot made the object."""
        return sign_json(content, self.account, self.public_key("master"), self._signer("master"))

    def _signed_key(self, usage: Usage) -> JsonObject:
        key = unsigned_key(self.account, usage, self.public_key(usage))
        if usage == "master":
            return key
        return self.sign(key)

    def _private_key(self, usage: Usage) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seeds[usage])

    def _signer(self, usage: Usage) -> Signer:
        return lambda text: encode_base64(self._private_key(usage).sign(text.encode()))


def unsigned_key(account: str, usage: Usage, public_key: str) -> JsonObject:
    """Return a cross-signing key as it is published, without signatures."""
    return {"user_id": account, "usage": [usage], "keys": {f"ed25519:{public_key}": public_key}}


def sign_master_key(device: DeviceKey, public_key: str) -> JsonObject:
    """Return the master key with the device's signature.

    The signature is for clients of people who verified the device before there were cross-signing keys.
    """
    master_key = unsigned_key(device.account, "master", public_key)
    return sign_json(master_key, device.account, device.device_id, device.sign)


def sign_json(content: JsonObject, account: str, key_name: str, sign: Signer) -> JsonObject:
    """Return an object with one signature; other signatures are dropped (specification, appendices, "Signing JSON")."""
    signatures = {account: {f"ed25519:{key_name}": sign(canonical_json(content))}}
    return _without_signatures(content) | {"signatures": signatures}


def has_valid_signature(content: JsonObject, account: str, key_name: str, public_key: str) -> bool:
    """Whether an object has a valid signature of this key. It raises nothing for a malformed object."""
    try:
        signature = decode_base64(content["signatures"][account][f"ed25519:{key_name}"])
        Ed25519PublicKey.from_public_bytes(decode_base64(public_key)).verify(
            signature, canonical_json(content).encode()
        )
    except (KeyError, TypeError, ValueError, AttributeError, InvalidSignature):
        return False
    return True


def part_of_user(answer: JsonObject, part: str, user: str) -> JsonObject:
    """Return answer[part][user] of a key query; {} when it is missing or malformed."""
    users: Any = answer.get(part)
    value = users.get(user) if isinstance(users, dict) else None
    return value if isinstance(value, dict) else {}


def _without_signatures(content: JsonObject) -> JsonObject:
    return {name: value for name, value in content.items() if name not in ("signatures", "unsigned")}


def canonical_json(content: JsonObject) -> str:
    """Return the text of an object that is signed; its signatures are left out."""
    return str(Api.to_canonical_json(_without_signatures(content)))
