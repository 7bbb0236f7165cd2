"""Stores the sync position at which the first start begins to read."""

from collections.abc import Callable

from bot.matrix.rooms.joined_rooms import ROOM_STATE_TYPES, RoomState, read_joined_rooms
from bot.matrix.rooms.rejoin import invitation_facts
from bot.matrix.sync.open_sync import SyncRequester
from bot.pipeline.context import Context
from bot.store.facts import get_fact, set_fact

#: Key of the fact with the sync position (`next_batch`).
POSITION_FACT = "matrix position"


async def store_first_position(
    requester: SyncRequester, context: Context, on_invitations: Callable[[list[str]], None]
) -> dict[str, RoomState]:
    """Store the present sync position if there is none. Messages before that position are not for the bot.

    Return the state of the joined rooms at that position, by room id. Every later change comes with a sync. When there
    is a position, return nothing: that state would have to be requested.
    """
    async with context.store.read() as connection:
        if await get_fact(connection, POSITION_FACT):
            return {}
    answer = await requester.sync_state_from_now(ROOM_STATE_TYPES)
    invitations = list(answer.get("rooms", {}).get("invite", {}))
    async with context.store.write() as connection:
        for fact in [(POSITION_FACT, answer["next_batch"]), *invitation_facts(invitations)]:
            await set_fact(connection, *fact)
    if invitations:
        on_invitations(invitations)
    return read_joined_rooms(answer)
