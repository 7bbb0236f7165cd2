"""What waits in several places is found in one statement, and nobody's is crowded out."""

from sample_community import CLUB, OTHER_PLACE, PLACE, make_context, message, receive_rows

from bot.store.database.transaction import Store
from bot.store.messages import inbox


async def test_waiting_in_is_what_waiting_is_of_each_place(store: Store) -> None:
    context = make_context(store)
    await receive_rows(context, *(message(CLUB, f"!ping {number}") for number in range(9)))
    await receive_rows(context, *(message(CLUB, f"!ping {number}", place=OTHER_PLACE) for number in range(3)))
    async with store.read() as connection:
        for limit in (1, 2, 3, 5, 50):
            for places in ([PLACE, OTHER_PLACE], [OTHER_PLACE, PLACE], [PLACE], [OTHER_PLACE, "matrix:roomid/nobody"]):
                alone = [await inbox.find_unhandled(connection, place, limit) for place in places]
                assert await inbox.find_unhandled_in_places(connection, places, limit) == alone, (limit, places)
        assert [len(rows) for rows in await inbox.find_unhandled_in_places(connection, [PLACE, OTHER_PLACE], 50)] == [
            9,
            3,
        ]
