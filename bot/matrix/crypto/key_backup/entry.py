"""Makes and reads the entries of a key backup: one for each session, in the format of the specification.

Another client with the private key reads the entry as its own. The bot's additions are under names of their own, inside
what is encrypted.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.matrix.crypto.key_backup.backup_key import BackupKey
from bot.matrix.crypto.signing.keys import JsonObject, canonical_json
from bot.matrix.event_types import MEGOLM

#: The name of the MAC among the signatures of an entry (MSC4048, "Unstable prefix").
MAC_NAME = "org.matrix.msc4048.hmac-sha-256:backup_mac_key"
#: The name of the bot's additions: the room, the session, and its keys with their owners.
ADDITIONS = "bylaug.room_keys"


class UntrustedEntry(Exception):
    """An entry has no valid MAC of the bot's, or is another session's: somebody else made or changed it."""


@dataclass(frozen=True)
class ExportedKey:
    """A key of a session that the bot has. `owner` is the user who gave it, and whose messages it may decrypt.

    `session_key` is the session in the export format, which decrypts messages from `first_index` on. `ed25519` is the
    signing key of the device that created the session, "" when it is not known.
    """

    owner: str
    sender_key: str
    session_key: str
    first_index: int
    received_at: datetime
    ed25519: str = ""


def make_entry(backup_key: BackupKey, account: str, room: str, session: str, keys: Sequence[ExportedKey]) -> JsonObject:
    """Return the entry of a session (client-server API, "KeyBackupData"). Several people may have given its key."""
    first = min(keys, key=lambda key: key.first_index)
    content = {
        "algorithm": MEGOLM,
        "sender_key": first.sender_key,
        "session_key": first.session_key,
        "sender_claimed_keys": {"ed25519": first.ed25519} if first.ed25519 else {},
        "forwarding_curve25519_key_chain": [],
        ADDITIONS: {"room_id": room, "session_id": session, "keys": [_to_json(key) for key in keys]},
    }
    session_data = backup_key.encrypt(json.dumps(content))
    session_data["signatures"] = {account: {MAC_NAME: backup_key.authenticate(canonical_json(session_data))}}
    # `is_verified`: the homeserver lets this entry replace one that another client of the account made unverified
    return {
        "first_message_index": first.first_index,
        "forwarded_count": 0,
        "is_verified": True,
        "session_data": session_data,
    }


def read_entry(backup_key: BackupKey, account: str, room: str, session: str, entry: Any) -> list[ExportedKey]:
    """Return the keys in the entry of a session. Raises `UntrustedEntry`. Nothing is decrypted without a valid MAC."""
    try:
        session_data = entry["session_data"]
        mac, expected = (
            session_data["signatures"][account][MAC_NAME],
            backup_key.authenticate(canonical_json(session_data)),
        )
        if not hmac.compare_digest(str(mac).rstrip("=").encode(), expected.encode()):
            raise UntrustedEntry
        additions = json.loads(backup_key.decrypt(session_data))[ADDITIONS]
        if (additions["room_id"], additions["session_id"]) != (room, session):
            raise UntrustedEntry
        return [_from_json(key) for key in additions["keys"]]
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise UntrustedEntry from error


def _to_json(key: ExportedKey) -> JsonObject:
    return {
        "owner": key.owner,
        "sender_key": key.sender_key,
        "session_key": key.session_key,
        "first_index": key.first_index,
        "received_at": key.received_at.isoformat(),
        "ed25519": key.ed25519,
    }


def _from_json(key: Mapping[str, Any]) -> ExportedKey:
    return ExportedKey(**{**key, "received_at": datetime.fromisoformat(key["received_at"])})
