"""Messages from while the bot was off are read page by page, in order and once, also after a kill."""

import asyncio
import json
from contextlib import suppress

import pytest
from live_setup import LiveSetup, MatrixUser
from sqlalchemy import select

from bot.config.load import load_settings
from bot.matrix.client import Client
from bot.matrix.sync import gaps
from bot.store.database.transaction import Store
from bot.store.facts import get_fact
from bot.store.tables import inbox

#: Messages while the bot is off, commands among them, and events in a page.
MESSAGES, COMMANDS, PAGE = 400, 40, 60


@pytest.fixture
async def room_with_gap(live: LiveSetup, monkeypatch: pytest.MonkeyPatch) -> tuple[str, MatrixUser]:
    """A room with many messages since the bot was last running."""
    monkeypatch.setattr(gaps, "PAGE_LIMIT", PAGE)
    club = await live.add_user("klub")
    room = await live.create_room(club)
    async with live.run_app():
        await club.say(room, "!ping start")
        await club.wait_for_text(room, "pong start")
    for number in range(MESSAGES):
        is_command = number % (MESSAGES // COMMANDS) == 0
        await club.say(room, f"!ping {number:04}" if is_command else f"snak {number:04}")
    return room, club


PINGS = [f"{number:04}" for number in range(0, MESSAGES, MESSAGES // COMMANDS)]


async def read_handled_pings(live: LiveSetup) -> list[str]:
    """Return the words of the pings in the inbox, in their order."""
    store = Store(load_settings(live.folder / "config.yaml", {}).database)
    async with store.read() as connection:
        payloads = select(inbox.c.payload).where(inbox.c.kind == "message").order_by(inbox.c.id)
        rows = (await connection.execute(payloads)).scalars().all()
    await store.close()
    return [row["text"].removeprefix("!ping ") for row in rows]


async def check_answers(live: LiveSetup, room: str, club: MatrixUser) -> None:
    """Check that every ping was handled in order and answered once."""
    await club.say(room, "!ping slut")
    for word in (*PINGS, "slut"):  # answers to different messages may overtake each other in a backlog
        await club.wait_for_text(room, f"pong {word}")
    assert sorted(club.texts_from(room, live.bot_id)) == sorted(f"🏓 pong {word}" for word in ("start", *PINGS, "slut"))
    assert await read_handled_pings(live) == ["start", *PINGS, "slut"]


async def test_killed_while_a_gap_is_filled_it_goes_on_there_and_answers_every_command_once_and_in_order(
    live: LiveSetup, room_with_gap: tuple[str, MatrixUser], monkeypatch: pytest.MonkeyPatch
) -> None:
    page_starts: list[str] = []
    call = Client.call

    class Killed(BaseException):
        """No code catches this."""

    async def call_or_die(client: Client, method: str, *path: str, **more: object) -> dict[str, object]:
        if client.account == live.bot_id and path[-1] == "messages":
            page_starts.append(more["query"]["from"])  # type: ignore[index]
            if len(page_starts) == 4:
                raise Killed
        return await call(client, method, *path, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Client, "call", call_or_die)
    with suppress(BaseExceptionGroup, Killed):
        await live.make_app().run()
    assert len(page_starts) == 4
    room, _ = room_with_gap
    _, filled_to = json.loads(str(await read_fact(live, f"{gaps.GAP_FACT} {room}")))
    assert filled_to == page_starts[3]
    async with live.run_app():
        await check_answers(live, *room_with_gap)
    assert page_starts[4] == filled_to
    assert await read_fact(live, f"{gaps.GAP_FACT} {room}") is None


async def read_fact(live: LiveSetup, key: str) -> str | None:
    """Return a fact from the bot's database."""
    store = Store(load_settings(live.folder / "config.yaml", {}).database)
    async with store.read() as connection:
        found = await get_fact(connection, key)
    await store.close()
    return found


async def test_a_room_in_which_somebody_writes_all_the_time_is_answered_before_they_stop(
    live: LiveSetup, room_with_gap: tuple[str, MatrixUser], monkeypatch: pytest.MonkeyPatch
) -> None:
    room, club = room_with_gap
    talker = await live.add_user("snakker")
    await talker.join(room)
    call = Client.call
    synced, sync_started = "", asyncio.Event()

    async def call_and_talk(client: Client, method: str, *path: str, **more: object) -> dict[str, object]:
        """Send a message with every page, and let a sync bring that message before the page is written."""
        nonlocal synced
        if client.account == live.bot_id and path[-1] == "sync":
            sync_started.set()  # the sync before is written
        answer = await call(client, method, *path, **more)  # type: ignore[arg-type]
        if client.account == live.bot_id and path[-1] == "sync":
            synced += json.dumps(answer)
        if client.account == live.bot_id and path[-1] == "messages":
            event_id = await talker.say(room, "snak")
            with suppress(TimeoutError):  # in the final round no sync comes
                async with asyncio.timeout(2):
                    while event_id not in synced:
                        sync_started.clear()
                        await sync_started.wait()
        return answer

    monkeypatch.setattr(Client, "call", call_and_talk)
    async with live.run_app():
        for word in PINGS:
            await club.wait_for_text(room, f"pong {word}")
    assert sorted(club.texts_from(room, live.bot_id)) == sorted(f"🏓 pong {word}" for word in ("start", *PINGS))
