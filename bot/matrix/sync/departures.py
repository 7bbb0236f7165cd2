"""Finds out whether a person who left a room with one of their addresses is still there with another."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from bot.matrix.address import user_id
from bot.matrix.client import MatrixError
from bot.pipeline.context import Context
from bot.store.messages.inbox import Incoming

#: Returns the content of a state event: room id, "state", type and state key. Raises `MatrixError`.
ReadState = Callable[..., Awaitable[dict[str, Any]]]


async def add_presence(context: Context, read_state: ReadState, room: str, departure: Incoming) -> Incoming:
    """Add which other addresses of a person are still in the room. The person has left when there are none."""
    community = context.rooms.communities.get(departure.place)
    person = community.person_at(departure.sender) if community else None
    others = [address for address in person.addresses if address != departure.sender] if person else []
    present = [address for address in others if await _is_joined(read_state, room, user_id(address))]
    return replace(departure, payload={"present": present})


async def _is_joined(read_state: ReadState, room: str, user: str | None) -> bool:
    if user is None:
        return False
    try:
        member = await read_state(room, "state", "m.room.member", user)
    except MatrixError:
        return False
    return member.get("membership") == "join"
