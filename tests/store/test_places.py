"""Places: one for each community, and one community at each."""

from bot.store.database.transaction import Store
from bot.store.places import assign_place, assign_places, find_places


async def test_places_assigned_together_take_the_place_of_earlier_ones(store: Store) -> None:
    async with store.write() as connection:
        for community, place in (("by", "a"), ("gård", "b"), ("havn", "c")):
            await assign_place(connection, community, place)
        await assign_places(connection, [("by", "b", "as in the file"), ("skov", "d", "")])
        assert await find_places(connection) == {"b": ("by", "as in the file"), "c": ("havn", ""), "d": ("skov", "")}
