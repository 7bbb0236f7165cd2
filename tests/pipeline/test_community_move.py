"""A community moves to another room: timers, questions and unsent rows move too, and old messages still count."""

from contextlib import suppress
from typing import Any

import pytest
from sample_community import (
    CLUB,
    FIRM,
    MORNING,
    PLACE,
    make_context,
    mark_all_sent,
    message,
    read_answers,
    receive_rows,
    tap,
)
from sqlalchemy import select

from bot.agreements.states import State
from bot.pipeline.context import Context
from bot.pipeline.handling.handle import handle_row
from bot.pipeline.inbound.receive import receive
from bot.store import move_community
from bot.store.agreements import agreements
from bot.store.agreements.agreement_filter import AgreementFilter
from bot.store.database.transaction import Store
from bot.store.messages import outbox, timers
from bot.store.places import assign_place, find_places
from bot.store.tables import outbox as outbox_table

NEW = "matrix:roomid/new"
CARD = "$out-1"


@pytest.fixture
async def context(store: Store) -> Context:
    """A context with one proposal, whose card and two reactions are sent."""
    made = make_context(store)
    async with store.write() as connection:
        await assign_place(connection, "landsby", PLACE)
    await receive(made, [message(CLUB, "!book bane 1 slåning fredag kl. 14")])
    await handle_all(made)
    await mark_all_sent(made)
    return made


async def handle_all(context: Context, place: str = PLACE) -> list[list[str]]:
    """Handle all rows of a place, and return the answers to each."""
    rows = await receive_rows(context, place=place)
    for row in rows:
        await handle_row(context, row)
    return await read_answers(context, rows)


async def move(context: Context) -> None:
    async with context.store.write("landsby") as connection:
        await move_community.move(connection, "landsby", PLACE, NEW, MORNING)
    context.rooms.assign(context.rooms.communities[PLACE], NEW)


async def rows_after(context: Context, newest: int) -> list[tuple[Any, ...]]:
    columns = [getattr(outbox_table.c, name) for name in ("place", "kind", "refers_to", "failure")]
    async with context.store.read() as connection:
        found = await connection.execute(select(*columns).where(outbox_table.c.id > newest).order_by(outbox_table.c.id))
        return [tuple(row) for row in found]


async def test_the_new_place_is_told_where_the_agreements_stand(context: Context) -> None:
    await move(context)
    ((told,),) = await handle_all(context, NEW)
    assert told.startswith("📋 Vi er flyttet hertil")
    assert "1: slåning af bane 1" in told
    async with context.store.read() as connection:
        assert {place: key for place, (key, _) in (await find_places(connection)).items()} == {NEW: "landsby"}
        assert await move_community.find_former_places(connection) == {PLACE: NEW}
    assert context.rooms.current().keys() == {NEW, *context.rooms.communities} - {PLACE}


async def test_a_tap_in_the_old_place_counts_and_the_new_one_gets_a_fresh_card(context: Context) -> None:
    await move(context)
    await receive(context, [tap(FIRM, "✅", CARD)])
    ((card, told),) = await handle_all(context)
    assert (card.split("\n")[0], told[:9]) == ("✅ Aftale 1: slåning af bane 1", "✅ Aftalt:")
    assert await rows_after(context, 3) == [(NEW, "say", None, None), (NEW, "say", 4, None)]
    await mark_all_sent(context)
    await receive(context, [message(CLUB, "!aflys 1", place=NEW)])
    await handle_all(context, NEW)
    (edit, *_) = (await rows_after(context, 5))[-2:]
    assert edit[:3] == (NEW, "edit", 4)


async def test_what_waits_to_be_said_is_said_in_the_new_place_without_what_it_referred_to(context: Context) -> None:
    await receive(context, [message(CLUB, "!ping"), message(CLUB, "!foreslå 1 fredag kl. 9")])
    await receive(context, [message(CLUB, "!book bane 2 slåning lørdag kl. 14")])
    await handle_all(context)
    before = await rows_after(context, 3)
    assert [row[:3] for row in before] == [
        (PLACE, "say", None),
        (PLACE, "edit", 1),
        (PLACE, "say", 1),
        (PLACE, "react", 6),
        (PLACE, "react", 6),
        (PLACE, "say", None),
        (PLACE, "react", 9),
        (PLACE, "react", 9),
    ]
    await move(context)
    gone = "the community moved to another place before it was sent"
    assert await rows_after(context, 3) == [
        (NEW, "say", None, None),
        (PLACE, "edit", 1, gone),
        (NEW, "say", None, None),
        (NEW, "react", 6, None),
        (NEW, "react", 6, None),
        (NEW, "say", None, None),
        (NEW, "react", 9, None),
        (NEW, "react", 9, None),
    ]
    async with context.store.read() as connection:
        proposed = await agreements.find_agreements(connection, AgreementFilter("landsby", frozenset({State.PROPOSED})))
        cards = [(agreement.number, agreement.card) for agreement in proposed]
        answer = (await outbox.find_unsent(connection, NEW, 0, 1))[0]
    assert cards == [(1, None), (2, 9)]
    assert "reply_to" not in answer.content


async def test_a_question_and_a_timer_go_along(context: Context) -> None:
    await receive(context, [message(CLUB, "!book slåning lørdag kl. 14")])
    await handle_all(context)
    await mark_all_sent(context)
    await move(context)
    await receive(context, [message(CLUB, "bane 2", place=NEW)])
    assert (await handle_all(context, NEW))[-1][0].startswith("📋 Aftale 2: slåning af bane 2")
    async with context.store.write() as connection:
        when = await timers.find_next_due(connection)
        assert when is not None
        assert await timers.fire_due(connection, when) == [NEW]
    assert (await handle_all(context, NEW))[-1][0].startswith("⌛ Aftale 1")


async def test_a_command_that_waited_in_the_old_place_is_answered_in_the_new_one(context: Context) -> None:
    command = message(CLUB, "!ping")
    await receive(context, [command])
    await move(context)
    await handle_all(context)
    async with context.store.read() as connection:
        (answer,) = await outbox.find_unsent(connection, NEW, 0, 10)
    assert (answer.content["plain"], answer.content.get("reply_to")) == ("🏓 pong", None)
    assert answer.content["notify"] == [CLUB]


async def test_moving_twice_and_back_leads_home(context: Context) -> None:
    third = "matrix:roomid/third"
    async with context.store.write() as connection:
        await move_community.move(connection, "landsby", PLACE, NEW, MORNING)
        await move_community.move(connection, "landsby", NEW, third, MORNING)
        assert await move_community.find_former_places(connection) == {PLACE: third, NEW: third}
        await move_community.move(connection, "landsby", third, PLACE, MORNING)
        assert await move_community.find_former_places(connection) == {NEW: PLACE, third: PLACE}


async def test_moving_rolled_back_leaves_everything_where_it_was(context: Context) -> None:
    async def everything() -> list[tuple[Any, ...]]:
        async with context.store.read() as connection:
            places = list(await find_places(connection))
            card = (await agreements.find_by_number(connection, "landsby", 1)).card  # type: ignore[union-attr]
        return [*await rows_after(context, 0), tuple(places), (card,)]

    await receive(context, [message(CLUB, "!ping")])
    await handle_all(context)
    before = await everything()
    with suppress(KeyboardInterrupt):
        async with context.store.write() as connection:
            await move_community.move(connection, "landsby", PLACE, NEW, MORNING)
            raise KeyboardInterrupt  # killed just before the end
    assert await everything() == before
