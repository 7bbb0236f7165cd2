"""Only what the bot may have to act on is written down; what was taken back or corrected is treated so."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select
from stages import sentence
from village import (
    CLUB,
    OTHER_PLACE,
    PLACE,
    RIVAL,
    arrive,
    edit,
    house_on,
    message,
    redaction,
    said,
    show_everything,
    tap,
)

from bot.flow.act.handle import handle
from bot.flow.hear.receive import receive
from bot.flow.house import House
from bot.store.database.schema import migrate
from bot.store.database.transaction import Store
from bot.store.meta import get_fact
from bot.store.tables import inbox


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/test.db")
    await migrate(store)
    yield house_on(store, names=frozenset({"bylaug"}))
    await store.close()


async def stored(house: House) -> list[str]:
    """Every word that is in the inbox, done or not."""
    async with house.store.read() as connection:
        payloads = (await connection.execute(select(inbox.c.payload).order_by(inbox.c.id))).scalars()
        return [payload.get("text", payload.get("key", "")) for payload in payloads]


async def work(house: House, place: str = PLACE) -> list[str]:
    """Handle all that waits; what became of each."""
    return [(await handle(house, row)).outcome for row in await arrive(house, place=place)]


async def test_talk_is_never_written_down(house: House) -> None:
    talk = ["hej alle", "hvem slår græsset?", "!!!", "bylauget mødes fredag"]
    await receive(house, [message(CLUB, text) for text in talk])
    await receive(house, [message(CLUB, "enig", thread="$of-others", reply_to="$also-theirs")])
    await receive(house, [tap(CLUB, "👍", "$of-others")])
    await receive(house, [message(CLUB, "!ping", place="matrix:roomid/unknown:example.org")])
    assert await stored(house) == []


async def test_talk_of_somebody_who_was_asked_is_forgotten_once_it_was_read(house: House) -> None:
    await receive(house, [message(CLUB, "!book fredag")])
    assert await work(house) == ["asked"]
    await receive(house, [message(CLUB, "hemmeligheder om formanden"), message(RIVAL, "andres hemmeligheder")])
    assert await stored(house) == ["!book fredag", "hemmeligheder om formanden"]
    assert await work(house) == ["ignored"]
    assert await stored(house) == ["!book fredag", ""]


async def test_a_correction_of_talk_that_was_read_is_talk(house: House) -> None:
    await receive(house, [message(CLUB, "!book fredag")])
    await work(house)
    talk = message(CLUB, "vi ses i aften")
    await receive(house, [talk])
    assert await work(house) == ["ignored"]
    await receive(house, [edit(CLUB, talk, "vi ses i morgen aften")])
    assert await work(house) == []


async def test_what_is_taken_back_before_it_is_handled_is_not_handled(house: House) -> None:
    first, second = message(CLUB, "!ping 1"), message(CLUB, "!ping 2")
    await receive(house, [first, second])
    await receive(house, [redaction(first)])
    assert await work(house) == ["handled"]
    assert await stored(house) == ["", "!ping 2"]


async def test_what_is_taken_back_while_it_waits_to_be_handled_is_not_handled(house: House) -> None:
    command = message(CLUB, "!ping")
    (row,) = await arrive(house, command)
    await receive(house, [redaction(command)])
    assert (await handle(house, row)).outcome == "gone"
    assert await said(house, [row]) == [[]]


async def test_what_is_taken_back_in_the_same_sync_is_not_handled(house: House) -> None:
    command = message(CLUB, "!ping")
    await receive(house, [command, redaction(command)])
    assert await work(house) == []


async def test_what_is_taken_back_after_it_was_handled_changes_nothing(house: House) -> None:
    command = message(CLUB, "!ping")
    await receive(house, [command])
    assert await work(house) == ["handled"]
    await receive(house, [redaction(command), redaction(message(CLUB, "never seen"))])
    assert await stored(house) == ["!ping"]


async def test_a_correction_of_a_command_comes_too_late_and_one_that_makes_it_a_command_is_heard(house: House) -> None:
    command, talk = message(CLUB, "!ping 1"), message(CLUB, "ping 2")
    await receive(house, [command, talk])
    await work(house)
    rows = await arrive(house, edit(CLUB, command, "!ping 11"), edit(CLUB, talk, "!ping 2"))
    await work(house)
    assert await said(house, rows) == [[sentence("edited-too-late")], ["🏓 pong 2"]]


async def test_arriving_twice_is_kept_once_and_the_position_with_it(house: House) -> None:
    command = message(CLUB, "!ping")
    assert await receive(house, [command], ("position", "s1")) == {PLACE}
    assert await receive(house, [command], ("position", "s2")) == set()
    async with house.store.read() as connection:
        assert await get_fact(connection, "position") == "s2"
    assert await work(house) == ["handled"]


async def test_a_position_that_cannot_be_written_takes_its_rows_along(house: House) -> None:
    with pytest.raises(Exception, match="NOT NULL"):
        await receive(house, [message(CLUB, "!ping")], ("position", None))  # type: ignore[arg-type]
    assert await stored(house) == []


async def test_a_tap_in_another_room_on_an_event_of_this_one_is_not_ours(house: House) -> None:
    await receive(house, [message(CLUB, "!book bane 1 slåning fredag kl. 14")])
    await work(house)
    await show_everything(house)
    await receive(house, [tap(CLUB, "❌", "$out-1", place=OTHER_PLACE)])
    assert await work(house, OTHER_PLACE) == []
    await receive(house, [tap(CLUB, "❌", "$out-1")])
    assert await work(house) == ["handled"]


async def test_taps_on_something_unknown_wait_while_something_is_under_way(house: House) -> None:
    await receive(house, [message(CLUB, "!ping")])
    await work(house)
    await receive(house, [tap(CLUB, "👍", "$unknown")])
    assert await stored(house) == ["!ping", "👍"]
    assert await work(house) == ["ignored"]
    await show_everything(house)
    await receive(house, [tap(CLUB, "👍", "$also-unknown")])
    assert await stored(house) == ["!ping", ""]
