"""Outbox rows have a transaction id that never changes, and are found by their event."""

import pytest
from sample_community import CLUB, MORNING, OTHER_PLACE, PLACE, make_context, message, receive_rows

from bot.pipeline.context import Context
from bot.store.database.transaction import Store
from bot.store.messages import outbox


@pytest.fixture
def context(store: Store) -> Context:
    return make_context(store)


async def insert(context: Context, inbox_id: int, seq: int, **more: object) -> int:
    async with context.store.write() as connection:
        return await outbox.insert_row(
            connection,
            **{"inbox_id": inbox_id, "seq": seq, "transaction_id": f"{inbox_id}-{seq}"},
            **{"place": PLACE, "kind": "say", "content": {"plain": "hej"}, "created_at": MORNING, **more},
        )


def test_transaction_id_depends_on_the_cause_alone_and_never_changes() -> None:
    assert outbox.make_transaction_id("matrix", "$event", 0) == "bylaug-4gy6hoo52pg4hzdk62a5nkcrok7v6shw"
    ids = {outbox.make_transaction_id(s, e, n) for s in ("matrix", "timer") for e in ("$a", "$b") for n in range(3)}
    assert len(ids) == 12


async def test_mark_failed_marks_rows_that_refer_to_the_row(context: Context) -> None:
    row = (await receive_rows(context, message(CLUB, "!ping")))[0]
    card = await insert(context, row.id, 0)
    await insert(context, row.id, 1, kind="react", refers_to=card)
    other = await insert(context, row.id, 2)
    async with context.store.write() as connection:
        await outbox.mark_failed(connection, card, "too large")
        assert [unsent.id for unsent in await outbox.find_unsent(connection, PLACE, 0, 10)] == [other]


async def test_find_by_event_finds_events_of_the_place_only(context: Context) -> None:
    row = (await receive_rows(context, message(CLUB, "!ping")))[0]
    card = await insert(context, row.id, 0, subject="bookings/1", revision=0)
    edited = await insert(context, row.id, 1, kind="edit", refers_to=card, subject="bookings/1", revision=1)
    async with context.store.write() as connection:
        await outbox.mark_sent(connection, [(card, "$card", MORNING), (edited, "$edit", MORNING)])
        assert [
            (await outbox.find_by_event(connection, PLACE, event)).id  # type: ignore[union-attr]
            for event in ("$card", "$edit")
        ] == [card, card]
        assert await outbox.find_by_event(connection, OTHER_PLACE, "$card") is None
        assert await outbox.find_revision_shown(connection, PLACE, "bookings/1", 0) == 0
        assert await outbox.find_revision_shown(connection, PLACE, "bookings/1", card) == 0
        assert await outbox.find_revision_shown(connection, PLACE, "bookings/1", edited) == 1
        assert await outbox.find_revision_shown(connection, OTHER_PLACE, "bookings/1", edited) is None


async def test_unsent_row_has_its_target_once_that_is_sent(context: Context) -> None:
    row = (await receive_rows(context, message(CLUB, "!ping")))[0]
    card = await insert(context, row.id, 0)
    await insert(context, row.id, 1, kind="react", refers_to=card)
    async with context.store.write() as connection:
        assert [unsent.target for unsent in await outbox.find_unsent(connection, PLACE, 0, 10)] == [None, None]
        await outbox.mark_sent(connection, [(card, "$card", MORNING)])
        assert [unsent.target for unsent in await outbox.find_unsent(connection, PLACE, 0, 10)] == ["$card"]
        assert await outbox.find_places_with_unsent(connection) == [PLACE]
        assert await outbox.has_unsent(connection, OTHER_PLACE) is False


async def test_unsent_rows_of_several_places_are_those_of_each_place(context: Context) -> None:
    cause = (await receive_rows(context, message(CLUB, "!ping")))[0].id
    busy = [await insert(context, cause, seq) for seq in range(9)]
    quiet = [await insert(context, cause, seq, place=OTHER_PLACE) for seq in range(20, 23)]
    async with context.store.write() as connection:
        await outbox.mark_sent(connection, [(busy[0], "$a", MORNING), (quiet[1], "$b", MORNING)])
        for limit in (1, 2, 3, 5, 50):
            for wanted in ([(PLACE, 0), (OTHER_PLACE, 0)], [(OTHER_PLACE, quiet[0]), (PLACE, busy[4])], [(PLACE, 0)]):
                found = await outbox.find_unsent_in_places(connection, wanted, limit)
                each = [await outbox.find_unsent(connection, place, after, limit) for place, after in wanted]
                assert found == each, (limit, wanted)
                assert all(each)
