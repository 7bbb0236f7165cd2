"""Makes database rows of encrypted messages that cannot be decrypted yet. No cryptography is loaded for that."""

from datetime import datetime
from typing import Any

from bot.matrix.address import room_address, user_address
from bot.matrix.event_types import MEGOLM
from bot.store.messages.undecrypted import UndecryptedEvent


def read_session_id(event: dict[str, Any]) -> str | None:
    """Return the session id of an encrypted event; None for an event that no key can decrypt."""
    content = event.get("content")
    if not isinstance(content, dict) or content.get("algorithm") != MEGOLM:
        return None
    session = content.get("session_id")
    return session if isinstance(session, str) and isinstance(content.get("ciphertext"), str) else None


def make_undecrypted(room: str, event: dict[str, Any], now: datetime) -> UndecryptedEvent | None:
    """Return the row that stores an encrypted event until its key arrives; None for one that no key can decrypt.

    Messages from before the bot joined are left out: their keys never come, and they are not for the bot.
    """
    session, unsigned = read_session_id(event), event.get("unsigned", {})
    if session is None or unsigned.get("membership", "join") != "join":
        return None
    # `age` is only right at this moment
    kept_event = {**event, "unsigned": {name: value for name, value in unsigned.items() if name != "age"}}
    return UndecryptedEvent(
        event=str(event["event_id"]),
        place=room_address(room),
        sender=user_address(str(event["sender"])),
        session=session,
        content=kept_event,
        received_at=now,
    )
