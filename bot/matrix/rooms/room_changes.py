"""Reads changes of a room from its events: replaced by another room, other power levels, the bot removed. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

#: Types of the events that this module reads. Membership events also tell other modules who joined or left.
CHANGE_TYPES = ["m.room.tombstone", "m.room.power_levels", "m.room.member"]

_MAX_REASON_CHARACTERS = 200
_ROOM_ID = re.compile(r"![^\s]{1,254}")


class ChangeKind(StrEnum):
    """The kind of a change. The values are stored in the database."""

    #: A tombstone names another room, and nobody has checked yet whether the bot may follow.
    REPLACED = "replaced"
    #: The replacement was checked. People may write in the new room before the bot has joined it.
    REPLACEMENT_ACCEPTED = "expected"
    #: The bot does not follow to the replacement.
    REPLACEMENT_REJECTED = "astray"
    #: Somebody removed the bot.
    REMOVED = "removed"
    BANNED = "banned"
    UNBANNED = "unbanned"
    #: The bot is not in the room, and no event shows that somebody else removed it.
    LEFT = "left"
    #: The bot's power level is too low to send messages.
    MUTED = "muted"
    #: The power levels changed.
    RULES_CHANGED = "rules"


@dataclass(frozen=True)
class RoomChange:
    """One change of a room, and the user id of who made it (`sender`).

    `replacement_room` is the room id that a tombstone names, and `event_id` is the id of the tombstone.
    """

    room_id: str
    kind: ChangeKind
    sender: str = ""
    reason: str = ""
    replacement_room: str = ""
    event_id: str = ""

    @property
    def makes_unavailable(self) -> bool:
        """Whether the bot can send nothing to the room after this change."""
        return self.kind in _UNAVAILABLE

    @property
    def is_replacement(self) -> bool:
        """Whether the change is about another room that replaces this one."""
        return self.kind in _REPLACEMENT


_UNAVAILABLE = {ChangeKind.REMOVED, ChangeKind.BANNED, ChangeKind.UNBANNED, ChangeKind.LEFT, ChangeKind.MUTED}
_REPLACEMENT = {ChangeKind.REPLACED, ChangeKind.REPLACEMENT_ACCEPTED, ChangeKind.REPLACEMENT_REJECTED}


def find_changes(room_id: str, events: list[Any]) -> list[RoomChange]:
    """Return the changes among the events of a room that the bot is in.

    Events from before the bot joined (`unsigned.membership`) are left out.
    """
    state = (event for event in events if isinstance(event, Mapping) and event.get("state_key") == "")
    return [change for event in state if (change := _read_change(room_id, event)) is not None]


def _read_change(room_id: str, event: Mapping[str, Any]) -> RoomChange | None:
    if _mapping(event.get("unsigned")).get("membership", "join") != "join":
        return None
    if event.get("type") == "m.room.tombstone":
        return read_tombstone(room_id, event)
    return RoomChange(room_id, ChangeKind.RULES_CHANGED) if event.get("type") == "m.room.power_levels" else None


def read_tombstone(room_id: str, event: Mapping[str, Any]) -> RoomChange:
    """Return the replacement that a tombstone names (client-server API, "m.room.tombstone").

    A tombstone that names no usable room gives REPLACEMENT_REJECTED.
    """
    match event:
        case {"sender": str(sender), "event_id": str(event_id), "content": {"replacement_room": str(new_room)}} if (
            _ROOM_ID.fullmatch(new_room)
        ):
            return RoomChange(room_id, ChangeKind.REPLACED, sender, replacement_room=new_room, event_id=event_id)
    reason = "it was closed, and no other room takes its place"
    return RoomChange(room_id, ChangeKind.REPLACEMENT_REJECTED, str(event.get("sender")), reason)


def find_removal(room_id: str, events: list[Any], user_id: str) -> RoomChange:
    """Return why this user (the bot) is not in a room, from the last membership event about the user."""
    wanted = ("m.room.member", user_id)
    own = [e for e in events if isinstance(e, Mapping) and (e.get("type"), e.get("state_key")) == wanted]
    return read_removal(room_id, own[-1] if own else {}, user_id)


def read_removal(room_id: str, event: Mapping[str, Any], user_id: str) -> RoomChange:
    """Return why this user (the bot) is not in a room, from the user's own membership event ({} when there is none).

    An event that the user sent gives LEFT: somebody has logged in with the bot's account, or an administrator has
    deleted the room, which makes the bot leave in its own name.
    """
    content, sender = _mapping(event.get("content")), event.get("sender")
    if not isinstance(sender, str) or sender == user_id:
        return RoomChange(room_id, ChangeKind.LEFT)
    kind = ChangeKind.BANNED if content.get("membership") == "ban" else ChangeKind.REMOVED
    reason = content.get("reason")
    text = " ".join(reason[:_MAX_REASON_CHARACTERS].split()) if isinstance(reason, str) else ""
    return RoomChange(room_id, kind, sender=sender, reason=text)


def confirms_replacement(create: Mapping[str, Any], change: RoomChange) -> bool:
    """Whether the new room's `m.room.create` names the old room as its predecessor, and its sender sent the tombstone.

    Source: client-server API, "Room Upgrades".
    """
    predecessor = _mapping(_mapping(create.get("content")).get("predecessor"))
    return predecessor.get("room_id") == change.room_id and create.get("sender") == change.sender


def explain_change(change: RoomChange) -> str:
    """Return one or two sentences for the administrator: what happened, and what to do about it."""
    room, who, new_room = change.room_id, change.sender, change.replacement_room
    because = f" (“{change.reason}”)" if change.reason else ""
    match change.kind:
        case ChangeKind.REMOVED:
            return f"{who} removed the bot from {room}{because}. Invite it again, and it comes by itself."
        case ChangeKind.BANNED:
            return (
                f"{who} banned the bot from {room}{because}. Lift the ban; the bot tries to come back every "
                "hour, and at once when it is invited."
            )
        case ChangeKind.UNBANNED:
            return f"{who} lifted the ban on the bot in {room}. It tries to come back every hour; or invite it."
        case ChangeKind.LEFT:
            return (
                f"The bot is no longer in {room}: the room was deleted, or left with the bot's own account. "
                "Invite it again, or write another room in the community's file and start the bot again; "
                "it tries to come back every hour."
            )
        case ChangeKind.MUTED:
            return (
                f"The bot may not write in {room}{because}. Raise its power level there; what there is to say is "
                "kept and said then."
            )
        case ChangeKind.REPLACED | ChangeKind.REPLACEMENT_ACCEPTED if not change.reason:
            return f"{who} replaced {room} by {new_room}. The bot is about to follow."
        case ChangeKind.REPLACED | ChangeKind.REPLACEMENT_ACCEPTED:
            return (
                f"{who} replaced {room} by {new_room}, where the bot is not let in yet{because}. Invite it "
                "there; agreements and timers move along."
            )
        case ChangeKind.REPLACEMENT_REJECTED:
            return (
                f"{who} replaced {room}{f' by {new_room}' if new_room else ''}, which the bot does not follow: "
                f"{change.reason}. If the community has moved, write its room in the community's file and start the bot"
                " again; agreements and timers move along."
            )
        case ChangeKind.RULES_CHANGED:
            return f"The rules of {room} changed."


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
