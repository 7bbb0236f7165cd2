"""Only what the bot may have to act on is stored, and edits and redactions are applied to it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from open_stage import expected_line
from sample_community import (
    CLUB,
    OTHER_PLACE,
    PLACE,
    RIVAL,
    edit,
    make_context,
    mark_all_sent,
    message,
    open_contexts,
    read_answers,
    receive_rows,
    redaction,
    tap,
)
from sqlalchemy import select

from bot.pipeline.context import Context
from bot.pipeline.handling.handle import handle_row
from bot.pipeline.inbound.receive import receive
from bot.store.database.transaction import Store
from bot.store.facts import get_fact
from bot.store.messages import outbox
from bot.store.tables import inbox
from bot.testing.new_database import create_tables


@pytest.fixture
async def context(tmp_path: Path) -> AsyncIterator[Context]:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/test.db")
    await create_tables(store)
    yield make_context(store, names=frozenset({"bylaug"}))
    await store.close()


async def read_texts(context: Context) -> list[str]:
    """Return the texts of all inbox rows, handled or not."""
    async with context.store.read() as connection:
        payloads = (await connection.execute(select(inbox.c.payload).order_by(inbox.c.id))).scalars()
        return [payload.get("text", payload.get("key", "")) for payload in payloads]


async def handle_all(context: Context, place: str = PLACE) -> list[str]:
    """Handle all rows of a place, and return their outcomes."""
    return [(await handle_row(context, row)).outcome for row in await receive_rows(context, place=place)]


async def test_talk_is_never_written_down(context: Context) -> None:
    talk = ["hej alle", "hvem slår græsset?", "!!!", "bylauget mødes fredag"]
    await receive(context, [message(CLUB, text) for text in talk])
    await receive(context, [message(CLUB, "enig", thread="$of-others", reply_to="$also-theirs")])
    await receive(context, [tap(CLUB, "👍", "$of-others")])
    await receive(context, [message(CLUB, "!ping", place="matrix:roomid/unknown:example.org")])
    assert await read_texts(context) == []


async def test_talk_of_somebody_who_was_asked_is_forgotten_once_it_was_read(context: Context) -> None:
    await receive(context, [message(CLUB, "!book fredag")])
    assert await handle_all(context) == ["asked"]
    await receive(context, [message(CLUB, "hemmeligheder om formanden"), message(RIVAL, "andres hemmeligheder")])
    assert await read_texts(context) == ["!book fredag", "hemmeligheder om formanden"]
    assert await handle_all(context) == ["ignored"]
    assert await read_texts(context) == ["!book fredag", ""]


async def test_a_correction_of_talk_that_was_read_is_talk(context: Context) -> None:
    await receive(context, [message(CLUB, "!book fredag")])
    await handle_all(context)
    talk = message(CLUB, "vi ses i aften")
    await receive(context, [talk])
    assert await handle_all(context) == ["ignored"]
    await receive(context, [edit(CLUB, talk, "vi ses i morgen aften")])
    assert await handle_all(context) == []


async def test_what_is_taken_back_before_it_is_handled_is_not_handled(context: Context) -> None:
    first, second = message(CLUB, "!ping 1"), message(CLUB, "!ping 2")
    await receive(context, [first, second])
    await receive(context, [redaction(first)])
    assert await handle_all(context) == ["handled"]
    assert await read_texts(context) == ["", "!ping 2"]


async def test_what_is_taken_back_while_it_waits_to_be_handled_is_not_handled(context: Context) -> None:
    command = message(CLUB, "!ping")
    (row,) = await receive_rows(context, command)
    await receive(context, [redaction(command)])
    assert (await handle_row(context, row)).outcome == "gone"
    assert await read_answers(context, [row]) == [[]]


async def test_what_is_taken_back_in_the_same_sync_is_not_handled(context: Context) -> None:
    command = message(CLUB, "!ping")
    await receive(context, [command, redaction(command)])
    assert await handle_all(context) == []


async def test_what_is_taken_back_after_it_was_handled_changes_nothing(context: Context) -> None:
    command = message(CLUB, "!ping")
    await receive(context, [command])
    assert await handle_all(context) == ["handled"]
    await receive(context, [redaction(command), redaction(message(CLUB, "never seen"))])
    assert await read_texts(context) == ["!ping"]


async def test_a_correction_of_a_command_comes_too_late_and_one_that_makes_it_a_command_is_heard(
    context: Context,
) -> None:
    command, talk = message(CLUB, "!ping 1"), message(CLUB, "ping 2")
    await receive(context, [command, talk])
    await handle_all(context)
    rows = await receive_rows(context, edit(CLUB, command, "!ping 11"), edit(CLUB, talk, "!ping 2"))
    await handle_all(context)
    assert await read_answers(context, rows) == [[expected_line("edited-too-late")], ["🏓 pong 2"]]


async def test_arriving_twice_is_kept_once_and_the_position_with_it(context: Context) -> None:
    command = message(CLUB, "!ping")
    assert await receive(context, [command], ("position", "s1")) == {PLACE}
    assert await receive(context, [command], ("position", "s2")) == set()
    async with context.store.read() as connection:
        assert await get_fact(connection, "position") == "s2"
    assert await handle_all(context) == ["handled"]


async def test_a_position_that_cannot_be_written_takes_its_rows_along(context: Context) -> None:
    with pytest.raises(Exception, match="NOT NULL"):
        await receive(context, [message(CLUB, "!ping")], ("position", None))  # type: ignore[arg-type]
    assert await read_texts(context) == []


async def test_a_tap_in_another_room_on_an_event_of_this_one_is_not_ours(context: Context) -> None:
    await receive(context, [message(CLUB, "!book bane 1 slåning fredag kl. 14")])
    await handle_all(context)
    await mark_all_sent(context)
    await receive(context, [tap(CLUB, "❌", "$out-1", place=OTHER_PLACE)])
    assert await handle_all(context, OTHER_PLACE) == []
    await receive(context, [tap(CLUB, "❌", "$out-1")])
    assert await handle_all(context) == ["handled"]


async def test_taps_on_something_unknown_wait_while_something_is_under_way(context: Context) -> None:
    await receive(context, [message(CLUB, "!ping")])
    await handle_all(context)
    await receive(context, [tap(CLUB, "👍", "$unknown")])
    assert await read_texts(context) == ["!ping", "👍"]
    assert await handle_all(context) == ["ignored"]
    await mark_all_sent(context)
    await receive(context, [tap(CLUB, "👍", "$also-unknown")])
    assert await read_texts(context) == ["!ping", ""]


async def test_tap_is_kept_whose_target_is_recorded_as_sent_at_the_same_moment(postgres_url: str) -> None:
    """On PostgreSQL the record is another transaction, which may commit between any two statements of this one."""
    async with open_contexts(postgres_url, 2) as (context, other):
        for number in range(80):
            for row in await receive_rows(context, message(CLUB, f"!ping {number}")):
                await handle_row(context, row)
            async with context.store.read() as connection:
                (unsent,) = await outbox.find_unsent(connection, PLACE, 0, 9)
            tapped = tap(CLUB, "✅", f"$out-{unsent.id}")
            received, _ = await asyncio.gather(receive(context, [tapped]), record_later(other, number % 16 / 4000))
            assert received == {PLACE}, number


async def record_later(context: Context, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await mark_all_sent(context)
