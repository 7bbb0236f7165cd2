"""Which devices people have signed with their identity, and which identity each person had first.

Client-server API, "Cross-signing"; MSC4153, "Exclude non-cross-signed devices".
"""

import logging
from collections.abc import Iterable

from nio.crypto import OlmDevice

from bot.matrix.crypto.crypto_store import CryptoStore
from bot.matrix.crypto.signing.keys import JsonObject, Usage, has_valid_signature, part_of_user

log = logging.getLogger(__name__)


class SignedDevices:
    """The identities of people and the devices that they signed.

    The administrator of a homeserver can add a device to an account, but cannot sign the device. So people who have an
    identity are given keys only on signed devices. The bot stores an identity when it first sees it, and notices when
    the homeserver replaces or hides that identity.

    `own_self_signing_key` is the key that signs the devices of the bot's own account; None until the bot has signed its
    own device with it. `changes` has a sentence for each person whose identity has changed since the start.
    """

    def __init__(self, account: str, store: CryptoStore) -> None:
        self._account, self._store = account, store
        self._masters = store.load_master_keys()
        self._self_signing_keys: dict[str, str] = {}
        self._signed: dict[str, frozenset[str]] = {}
        self.own_self_signing_key: str | None = None
        self.changes: dict[str, str] = {}

    def read_answer(self, answer: JsonObject, users: Iterable[str]) -> None:
        """Read the identities and signatures of users from the answer to a key query."""
        for user in users:
            devices = part_of_user(answer, "device_keys", user)
            master, self_signing = (_read_key(answer, usage, user) for usage in ("master", "self_signing"))
            self._pin(user, master)
            self._self_signing_keys.pop(user, None)
            self._signed[user] = frozenset()
            if master is None or self_signing is None:
                continue
            if has_valid_signature(part_of_user(answer, "self_signing_keys", user), user, master, master):
                self._self_signing_keys[user] = self_signing
                signed = (
                    name
                    for name, keys in devices.items()
                    if isinstance(keys, dict) and has_valid_signature(keys, user, self_signing, self_signing)
                )
                self._signed[user] = frozenset(signed)

    def may_have_keys(self, device: OlmDevice, *, unsigned_too: bool) -> bool:
        """Whether a device may be given room keys: its owner has signed it or has no identity.

        `unsigned_too` allows all devices of other people. Devices of the bot's account must always be signed.
        """
        user, is_signed = device.user_id, device.id in self._signed.get(device.user_id, ())
        if user == self._account:
            return is_signed and self._self_signing_keys.get(user) == self.own_self_signing_key
        return is_signed or unsigned_too or user not in self._masters

    def _pin(self, user: str, master: str | None) -> None:
        pinned = self._masters.get(user)
        if user == self._account or pinned == master:
            return
        if pinned is not None:
            now = f"is {master} now" if master else "is gone"
            self.changes[user] = (
                f"The identity of {user}, by which their devices are known, has changed: it was {pinned} and {now}."
                " If they have not set up their encryption anew, somebody else may read along: ask them."
            )
            log.warning("%s", self.changes[user])
        if master is not None:
            self._masters[user] = master
            self._store.save_master_key(user, master)


def _read_key(answer: JsonObject, usage: Usage, user: str) -> str | None:
    """Return a user's public key from the answer to a key query; None when it is missing or malformed."""
    key = part_of_user(answer, f"{usage}_keys", user)
    keys, usages = key.get("keys"), key.get("usage")
    if key.get("user_id") != user or not isinstance(keys, dict) or not isinstance(usages, list) or usage not in usages:
        return None
    return next((text for text in keys.values() if isinstance(text, str)), None)
