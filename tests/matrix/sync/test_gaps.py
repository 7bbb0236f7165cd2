"""What was said while the bot was off is brought page by page, in order, once, and gone on with after a kill."""

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

#: How much is said while the bot is off, how much of it to the bot, and how many events a page brings.
MESSAGES, COMMANDS, PAGE = 400, 40, 60


@pytest.fixture
async def away(live: LiveSetup, monkeypatch: pytest.MonkeyPatch) -> tuple[str, MatrixUser]:
    """A room in which a lot was said since the bot was last there."""
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


ASKED = [f"{number:04}" for number in range(0, MESSAGES, MESSAGES // COMMANDS)]


async def handled(live: LiveSetup) -> list[str]:
    """The commands that came in, in the order in which they were handled."""
    store = Store(load_settings(live.folder / "config.yaml", {}).database)
    async with store.read() as connection:
        rows = (await connection.execute(select(inbox.c.payload).order_by(inbox.c.id))).scalars().all()
    await store.close()
    return [row["text"].removeprefix("!ping ") for row in rows]


async def is_answered(live: LiveSetup, room: str, club: MatrixUser) -> None:
    """Everything once, and in order."""
    await club.say(room, "!ping slut")
    for word in (*ASKED, "slut"):  # answers to different messages may overtake each other in a backlog
        await club.wait_for_text(room, f"pong {word}")
    assert sorted(club.texts_from(room, live.bot_id)) == sorted(f"🏓 pong {word}" for word in ("start", *ASKED, "slut"))
    assert await handled(live) == ["start", *ASKED, "slut"]


async def test_killed_in_a_gap_of_hundreds_of_messages_it_goes_on_there_and_answers_every_command_once_and_in_order(
    live: LiveSetup, away: tuple[str, MatrixUser], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_from: list[str] = []
    call = Client.call

    class Killed(BaseException):
        """What nothing catches."""

    async def watched(client: Client, method: str, *path: str, **more: object) -> dict[str, object]:
        if client.account == live.bot_id and path[-1] == "messages":
            asked_from.append(more["query"]["from"])  # type: ignore[index]
            if len(asked_from) == 4:
                raise Killed
        return await call(client, method, *path, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Client, "call", watched)
    with suppress(BaseExceptionGroup, Killed):
        await live.make_app().run()
    assert len(asked_from) == 4
    room, _ = away
    _, reached = json.loads(str(await fact(live, f"{gaps.GAP_FACT} {room}")))
    assert reached == asked_from[3]
    async with live.run_app():
        await is_answered(live, *away)
    assert asked_from[4] == reached
    assert await fact(live, f"{gaps.GAP_FACT} {room}") is None


async def fact(live: LiveSetup, key: str) -> str | None:
    """What the bot's database has under a key."""
    store = Store(load_settings(live.folder / "config.yaml", {}).database)
    async with store.read() as connection:
        found = await get_fact(connection, key)
    await store.close()
    return found


async def test_room_in_which_somebody_talks_all_the_time_is_answered_before_they_stop(
    live: LiveSetup, away: tuple[str, MatrixUser], monkeypatch: pytest.MonkeyPatch
) -> None:
    room, club = away
    talker = await live.add_user("snakker")
    await talker.join(room)
    call = Client.call
    brought, asked_again = "", asyncio.Event()

    async def talked_over(client: Client, method: str, *path: str, **more: object) -> dict[str, object]:
        """With every page that is read, something is said that a sync brings before the page is taken."""
        nonlocal brought
        if client.account == live.bot_id and path[-1] == "sync":
            asked_again.set()  # what was brought is taken
        answer = await call(client, method, *path, **more)  # type: ignore[arg-type]
        if client.account == live.bot_id and path[-1] == "sync":
            brought += json.dumps(answer)
        if client.account == live.bot_id and path[-1] == "messages":
            said = await talker.say(room, "snak")
            with suppress(TimeoutError):  # at last the syncs wait
                async with asyncio.timeout(2):
                    while said not in brought:
                        asked_again.clear()
                        await asked_again.wait()
        return answer

    monkeypatch.setattr(Client, "call", talked_over)
    async with live.run_app():
        for word in ASKED:
            await club.wait_for_text(room, f"pong {word}")
    assert sorted(club.texts_from(room, live.bot_id)) == sorted(f"🏓 pong {word}" for word in ("start", *ASKED))
