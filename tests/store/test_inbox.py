"""Unhandled rows of several places are found in one statement, and no place crowds out another."""

from sample_community import CLUB, OTHER_PLACE, PLACE, make_context, message, receive_rows

from bot.store.database.transaction import Store
from bot.store.messages import inbox


async def test_unhandled_rows_of_several_places_are_those_of_each_place(store: Store) -> None:
    context = make_context(store)
    await receive_rows(context, *(message(CLUB, f"!ping {number}") for number in range(9)))
    await receive_rows(context, *(message(CLUB, f"!ping {number}", place=OTHER_PLACE) for number in range(3)))
    async with store.read() as connection:
        for limit in (1, 2, 3, 5, 50):
            for places in ([PLACE, OTHER_PLACE], [OTHER_PLACE, PLACE], [PLACE], [OTHER_PLACE, "matrix:roomid/nobody"]):
                each = [await inbox.find_unhandled(connection, place, limit) for place in places]
                assert await inbox.find_unhandled_in_places(connection, places, limit) == each, (limit, places)
        found = await inbox.find_unhandled_in_places(connection, [PLACE, OTHER_PLACE], 50)
        assert [len(rows) for rows in found] == [9, 3]
