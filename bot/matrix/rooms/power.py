"""Who may do what in a room: pure, and exact for every version of a room (specification, "m.room.power_levels")."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: Rooms before version 10 also have levels written as strings; this much of a string is a number.
_WRITTEN = re.compile(r"\s*([+-]?[0-9]{1,18})\s*", re.ASCII)

#: Where nothing is said; `state_default` is 0 instead where there are no power levels at all.
_DEFAULTS = {"users_default": 0, "events_default": 0, "state_default": 50, "invite": 0, "redact": 50}
#: What the one who made a room may do while it has no power levels, before version 12.
_CREATOR = 100


@dataclass(frozen=True)
class Powers:
    """A room's rules. `create` is its `m.room.create` event (`sender` and `content`), `levels` the content of its
    `m.room.power_levels`, None where it has none. Whether somebody is in the room is another question."""

    create: Mapping[str, Any]
    levels: Mapping[str, Any] | None

    def of(self, user: str) -> float:
        """A user's power; infinite for those who made a room of version 12 or later, wherever else they stand."""
        if self._creators_are_above_all and user in self._creators:
            return math.inf
        if self.levels is None:
            return _CREATOR if user in self._creators else 0
        users = self.levels.get("users")
        named = self._number(users.get(user)) if isinstance(users, Mapping) else None
        return self._level("users_default") if named is None else named

    def needed_for(self, kind: str, *, state: bool = False) -> int:
        """The power it takes to send events of a type, as state or as a message."""
        if self.levels is None:
            return 0
        events = self.levels.get("events")
        named = self._number(events.get(kind)) if isinstance(events, Mapping) else None
        return self._level("state_default" if state else "events_default") if named is None else named

    def may_send(self, user: str, kind: str, *, state: bool = False) -> bool:
        """Whether a user may send events of a type."""
        return self.of(user) >= self.needed_for(kind, state=state)

    def may_invite(self, user: str) -> bool:
        """Whether a user may invite."""
        return self.of(user) >= self._level("invite")

    def may_redact(self, user: str) -> bool:
        """Whether a user may take away what others wrote."""
        return self.of(user) >= self._level("redact") and self.may_send(user, "m.room.redaction")

    def _level(self, name: str) -> int:
        said = None if self.levels is None else self._number(self.levels.get(name))
        return _DEFAULTS[name] if said is None else said

    def _number(self, value: Any) -> int | None:
        """None for what is no level; fractions were possible before version 6, and are cut off."""
        if isinstance(value, bool):
            return None
        if isinstance(value, int):
            return value
        if isinstance(value, float) and math.isfinite(value):
            return int(value)
        written = _WRITTEN.fullmatch(value) if isinstance(value, str) and self._version < 10 else None
        return int(written.group(1)) if written else None

    @property
    def _creators(self) -> frozenset[str]:
        """Until version 10 the content names who made the room; from 11 on it is the sender, and 12 knows several."""
        content = self._made
        if self._version < 11:
            return frozenset(user for user in [content.get("creator")] if isinstance(user, str))
        more = content.get("additional_creators")
        named = more if self._creators_are_above_all and isinstance(more, list) else []
        return frozenset(user for user in [self.create.get("sender"), *named] if isinstance(user, str))

    @property
    def _creators_are_above_all(self) -> bool:
        return self._version >= 12

    @property
    def _version(self) -> int:
        """A version that is no number is an experiment on top of a recent one; this one led to version 12."""
        said = self._made.get("room_version", "1")
        if isinstance(said, str) and re.fullmatch("[0-9]{1,4}", said, re.ASCII):
            return int(said)
        return 12 if said == "org.matrix.hydra.11" else 11

    @property
    def _made(self) -> Mapping[str, Any]:
        content = self.create.get("content")
        return content if isinstance(content, Mapping) else {}
