"""Finds the other addresses with which a person is still in a room, after one of their addresses has left."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from bot.matrix.address import user_id
from bot.matrix.client import MatrixError
from bot.pipeline.context import Context
from bot.store.messages.inbox import Incoming

#: Returns the content of a state event. Its arguments are the room id, "state", the type and the state key. Raises
#: `MatrixError`.
ReadState = Callable[..., Awaitable[dict[str, Any]]]


async def add_presence(context: Context, read_state: ReadState, room: str, departure: Incoming) -> Incoming:
    """Return the departure with the person's addresses that are still in the room. With none, the person has left."""
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
