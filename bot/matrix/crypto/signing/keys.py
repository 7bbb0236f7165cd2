"""Three keys and what they sign: nothing here asks anybody (client-server API, "Cross-signing")."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from nio.api import Api
from unpaddedbase64 import decode_base64, encode_base64

Json = dict[str, Any]

#: The master key is the identity. It signs the other two, which sign our devices and other people's master keys.
Usage = Literal["master", "self_signing", "user_signing"]
USAGES: tuple[Usage, ...] = ("master", "self_signing", "user_signing")

#: Takes the text that is to be signed, gives the signature in unpadded base64.
Signer = Callable[[str], str]


@dataclass(frozen=True)
class SigningDevice:
    """Our session, as far as it signs and is signed; `ed25519` is its public key in unpadded base64."""

    account: str
    device_id: str
    ed25519: str
    sign: Signer = field(repr=False)


@dataclass(frozen=True)
class Identity:
    """Who the bot is to other people's clients, whatever device it runs as. The seeds are not shown by repr."""

    account: str
    seeds: Mapping[Usage, bytes] = field(repr=False)

    @classmethod
    def create(cls, account: str) -> Self:
        """A new one, which nobody has verified yet."""
        return cls(account, {usage: Ed25519PrivateKey.generate().private_bytes_raw() for usage in USAGES})

    def public_key(self, usage: Usage) -> str:
        """The public half of a key, in unpadded base64."""
        return encode_base64(self._private(usage).public_key().public_bytes_raw())

    def upload_body(self) -> Json:
        """What POST /keys/device_signing/upload wants."""
        return {f"{usage}_key": self._described(usage) for usage in USAGES}

    def sign_device(self, device: Json) -> Json:
        """A device's keys with the self-signing key's signature: this device is ours."""
        return sign_json(device, self.account, self.public_key("self_signing"), self._signer("self_signing"))

    def _described(self, usage: Usage) -> Json:
        bare = unsigned_key(self.account, usage, self.public_key(usage))
        return (
            bare
            if usage == "master"
            else sign_json(bare, self.account, self.public_key("master"), self._signer("master"))
        )

    def _private(self, usage: Usage) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seeds[usage])

    def _signer(self, usage: Usage) -> Signer:
        return lambda text: encode_base64(self._private(usage).sign(text.encode()))


def unsigned_key(account: str, usage: Usage, public: str) -> Json:
    """A cross-signing key as it is published, before anybody signed it."""
    return {"user_id": account, "usage": [usage], "keys": {f"ed25519:{public}": public}}


def sign_master_key(device: SigningDevice, public: str) -> Json:
    """The master key with the device's signature, for clients that verified the device in times without identities."""
    return sign_json(unsigned_key(device.account, "master", public), device.account, device.device_id, device.sign)


def sign_json(thing: Json, account: str, key: str, sign: Signer) -> Json:
    """The object with one signature of a key and no others (appendices, "Signing JSON")."""
    return _bare(thing) | {"signatures": {account: {f"ed25519:{key}": sign(_canonical(thing))}}}


def has_valid_signature(thing: Json, account: str, key: str, public: str) -> bool:
    """Whether the object carries a signature of this key that is right; whatever it looks like, this does not raise."""
    try:
        signature = decode_base64(thing["signatures"][account][f"ed25519:{key}"])
        Ed25519PublicKey.from_public_bytes(decode_base64(public)).verify(signature, _canonical(thing).encode())
    except (KeyError, TypeError, ValueError, AttributeError, InvalidSignature):
        return False
    return True


def _bare(thing: Json) -> Json:
    return {name: value for name, value in thing.items() if name not in ("signatures", "unsigned")}


def _canonical(thing: Json) -> str:
    return str(Api.to_canonical_json(_bare(thing)))
