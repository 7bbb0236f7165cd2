"""Computes who may do what in a room, for every room version (client-server API, "m.room.power_levels"). Pure."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: Rooms before version 10 may have levels written as strings; this part of a string is read as a number.
_STRING_LEVEL = re.compile(r"\s*([+-]?[0-9]{1,18})\s*", re.ASCII)

#: The levels for values that the event lacks. Without any `m.room.power_levels`, `state_default` is 0.
_DEFAULTS = {"users_default": 0, "events_default": 0, "state_default": 50, "invite": 0, "redact": 50}
#: The level of a room's creator before version 12, while the room has no power levels.
_CREATOR_LEVEL = 100


@dataclass(frozen=True)
class PowerLevels:
    """The permissions of a room.

    `create` is the `m.room.create` event (`sender` and `content`), `levels` the content of `m.room.power_levels`; None
    when the room has none. Whether a user is in the room is not checked.
    """

    create: Mapping[str, Any]
    levels: Mapping[str, Any] | None

    def level_of(self, user: str) -> float:
        """Return a user's level.

        Creators of a room of version 12 or later have an infinite level, whatever the event says.
        """
        if self._has_privileged_creators and user in self._creators:
            return math.inf
        if self.levels is None:
            return _CREATOR_LEVEL if user in self._creators else 0
        users = self.levels.get("users")
        level = self._read_level(users.get(user)) if isinstance(users, Mapping) else None
        return self._level("users_default") if level is None else level

    def level_required(self, event_type: str, *, state: bool = False) -> int:
        """Return the level needed to send events of a type, either as state events or as message events."""
        if self.levels is None:
            return 0
        events = self.levels.get("events")
        level = self._read_level(events.get(event_type)) if isinstance(events, Mapping) else None
        return self._level("state_default" if state else "events_default") if level is None else level

    def may_send(self, user: str, event_type: str, *, state: bool = False) -> bool:
        """Whether a user may send events of a type."""
        return self.level_of(user) >= self.level_required(event_type, state=state)

    def may_invite(self, user: str) -> bool:
        """Whether a user may invite others."""
        return self.level_of(user) >= self._level("invite")

    def may_redact(self, user: str) -> bool:
        """Whether a user may redact other people's messages."""
        return self.level_of(user) >= self._level("redact") and self.may_send(user, "m.room.redaction")

    def _level(self, name: str) -> int:
        level = None if self.levels is None else self._read_level(self.levels.get(name))
        return _DEFAULTS[name] if level is None else level

    def _read_level(self, value: Any) -> int | None:
        """Return a level as a number; None for a value that is no level.

        Fractions were possible before version 6 and are cut off.
        """
        if isinstance(value, bool):
            return None
        if isinstance(value, int):
            return value
        if isinstance(value, float) and math.isfinite(value):
            return int(value)
        match = _STRING_LEVEL.fullmatch(value) if isinstance(value, str) and self._version < 10 else None
        return int(match.group(1)) if match else None

    @property
    def _creators(self) -> frozenset[str]:
        """The user ids of the creators.

        Until version 10 they are in `content.creator`; from 11 on the sender is the creator; 12 adds
        `content.additional_creators`.
        """
        content = self._create_content
        if self._version < 11:
            return frozenset(user for user in [content.get("creator")] if isinstance(user, str))
        additional = content.get("additional_creators")
        others = additional if self._has_privileged_creators and isinstance(additional, list) else []
        return frozenset(user for user in [self.create.get("sender"), *others] if isinstance(user, str))

    @property
    def _has_privileged_creators(self) -> bool:
        """Whether creators have an infinite level (room version 12)."""
        return self._version >= 12

    @property
    def _version(self) -> int:
        """The room version as a number.

        A version that is no number is an experiment based on a recent version. It counts as 11, or as 12 if it became
        version 12.
        """
        version = self._create_content.get("room_version", "1")
        if isinstance(version, str) and re.fullmatch("[0-9]{1,4}", version, re.ASCII):
            return int(version)
        return 12 if version == "org.matrix.hydra.11" else 11

    @property
    def _create_content(self) -> Mapping[str, Any]:
        """The content of `m.room.create`; empty where it is malformed."""
        content = self.create.get("content")
        return content if isinstance(content, Mapping) else {}
