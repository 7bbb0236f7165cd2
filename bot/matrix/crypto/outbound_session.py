"""The Megolm session with which the bot encrypts in a room, and which device may have which of its keys."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from nio.crypto import OutboundGroupSession

#: Seconds for which the keys of sent messages are kept for members whose join the bot learns of a moment later.
LATE_KEY_SECONDS = 10.0
#: After how many messages and how much time a session is replaced when the room does not set it (client-server API,
#: "m.room.encryption"), with the minimum and maximum that a room may set.
_DEFAULT_MESSAGES, _MIN_MESSAGES, _MAX_MESSAGES = 100, 1, 10_000
_WEEK_MS, _HOUR_MS = 7 * 24 * 3600 * 1000, 3600 * 1000

#: User id and device id.
DeviceName = tuple[str, str]


@dataclass
class OutboundSession:
    """The Megolm session with which messages of a room are encrypted now.

    `first_key` decrypts all of its messages. It is for the devices that were known at its start (`first_devices`), and
    for those of members whose homeserver was silent then (`unheard`). A device that comes later, also one of the same
    person, gets a later key: `recent_keys` has the time of each recent message and the key that decrypts from that
    message on. `keys` has the key that each device may have. `given_to` are the devices that were ever given one, or
    may have been, and `shared_with` those that still have it. `told` are devices that know why they get none.
    """

    megolm: OutboundGroupSession
    first_key: str
    first_devices: frozenset[DeviceName]
    unheard: frozenset[str]
    keys: dict[DeviceName, str] = field(default_factory=dict)
    given_to: set[DeviceName] = field(default_factory=set)
    shared_with: set[DeviceName] = field(default_factory=set)
    recent_keys: deque[tuple[float, str]] = field(default_factory=deque)
    told: set[DeviceName] = field(default_factory=set)

    def key_for(self, name: DeviceName) -> str:
        """Return the key that decrypts from the first message that this device may read."""
        return self.keys.setdefault(name, self._new_key_for(name))

    def _new_key_for(self, name: DeviceName) -> str:
        if name in self.first_devices or name[0] in self.unheard:
            return self.first_key
        return self.recent_keys[0][1] if self.recent_keys else str(self.megolm.session_key)

    def drop_old_keys(self, now: float) -> None:
        """Forget the keys of messages older than LATE_KEY_SECONDS: members who join from now on must not read these."""
        while self.recent_keys and self.recent_keys[0][0] < now - LATE_KEY_SECONDS:
            self.recent_keys.popleft()


def create_session(
    settings: Mapping[str, Any], first_devices: frozenset[DeviceName], unheard: frozenset[str]
) -> OutboundSession:
    """Return a new session with the settings of a room (the content of its m.room.encryption)."""
    megolm = OutboundGroupSession()
    messages = settings.get("rotation_period_msgs")
    megolm.max_messages = _clamp(messages, _DEFAULT_MESSAGES, _MIN_MESSAGES, _MAX_MESSAGES)
    period = _clamp(settings.get("rotation_period_ms"), _WEEK_MS, _HOUR_MS, 4 * _WEEK_MS)
    megolm.max_age = timedelta(milliseconds=period)
    return OutboundSession(megolm, str(megolm.session_key), first_devices, unheard)


def _clamp(value: Any, default: int, minimum: int, maximum: int) -> int:
    """Return a number that a room sets, within bounds; the default when it is not a number."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return max(minimum, min(maximum, value)) if is_number else default
