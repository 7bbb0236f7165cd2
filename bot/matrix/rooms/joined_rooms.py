"""Reads what one sync tells of all rooms that the bot is in, so that no request is made for each of them."""

from typing import Any

from bot.matrix.rooms.plan import PLANNED_TYPES

#: The state that the sync has to bring of each room (state key "").
ROOM_STATE_TYPES = ["m.room.create", "m.room.tombstone", *PLANNED_TYPES]

#: The contents of a room's state events by type. Types that the room has not are left out.
RoomState = dict[str, dict[str, Any]]


def read_joined_rooms(answer: dict[str, Any]) -> dict[str, RoomState]:
    """Return the state of each joined room, by room id, from the answer to a sync without a position.

    Every room has an m.room.create. A room without it is left out, because its state is not complete.
    """
    rooms = {room: _read_state(part) for room, part in answer.get("rooms", {}).get("join", {}).items()}
    return {room: state for room, state in rooms.items() if "m.room.create" in state}


def _read_state(part: dict[str, Any]) -> RoomState:
    """Return the present state. `state` is the state before `timeline` (client-server API, "Syncing")."""
    events = [*part.get("state", {}).get("events", []), *part.get("timeline", {}).get("events", [])]
    return {event["type"]: event["content"] for event in events if event.get("state_key") == ""}
