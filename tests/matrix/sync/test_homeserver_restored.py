"""A homeserver that was restored to an older copy, or refuses our position: nothing said after that is lost."""

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from live_setup import LiveSetup, MatrixUser

from bot.config.load import load_settings
from bot.demo.homeserver import Homeserver
from bot.matrix.sync.position_recovery import has_gone_back
from bot.matrix.sync.sync_loop import POSITION_FACT
from bot.store.database.transaction import Store
from bot.store.facts import set_fact
from bot.testing.faults import refused
from bot.testing.proxy import FaultProxy, Rule

pytestmark = pytest.mark.usefixtures("bot_behind_proxy")


@pytest.fixture
async def homeserver(tmp_path: Path) -> AsyncIterator[Homeserver]:
    """A homeserver of its own, whose database is put back."""
    async with Homeserver(tmp_path / "synapse") as server:
        yield server


async def copy_database(homeserver: Homeserver) -> None:
    await homeserver.stop()
    shutil.copyfile(homeserver.folder / "homeserver.db", homeserver.folder / "older.db")
    await homeserver.start()


async def restore_database(homeserver: Homeserver, *users: MatrixUser) -> None:
    await homeserver.stop()
    for suffix in ("-wal", "-shm"):
        (homeserver.folder / f"homeserver.db{suffix}").unlink(missing_ok=True)
    shutil.copyfile(homeserver.folder / "older.db", homeserver.folder / "homeserver.db")
    await homeserver.start()
    for user in users:
        user._since = None
        user.events.clear()


async def create_room(live: LiveSetup) -> tuple[str, MatrixUser, MatrixUser]:
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    return await live.create_room(club, firm), club, firm


async def say_after(club: MatrixUser, room: str, *words: str) -> None:
    for word in words:
        await club.say(room, f"!ping {word}")


async def check_answered_once(club: MatrixUser, room: str, bot: str, *words: str) -> None:
    for word in words:
        await club.wait_for_text(room, f"pong {word}")
    await asyncio.sleep(1)
    answers = Counter(await club.read_all_texts(room, bot))
    assert [answers[f"🏓 pong {word}"] for word in words] == [1] * len(words)


async def check_card_and_agree(room: str, club: MatrixUser, firm: MatrixUser, bot: str) -> None:
    """Check that the room has the card once, and that the agreement is made by a tap on the card."""
    card = await firm.wait_for_text(room, "📋 Aftale 1")
    await firm.tap(room, "✅", card["event_id"])
    await club.wait_for_text(room, "✅ Aftalt")
    texts = await club.read_all_texts(room, bot)
    assert sum(text.startswith("📋 Aftale 1") for text in texts) == 1


@pytest.mark.parametrize("more_than_lost", [False, True])
async def test_bot_that_was_off_reads_what_was_said_after_the_restore(live: LiveSetup, more_than_lost: bool) -> None:
    """With `more_than_lost`, people say so much that the homeserver's position is ahead of the bot's again."""
    room, club, firm = await create_room(live)
    async with live.run_app():
        await club.say(room, "!ping før")
        await club.wait_for_text(room, "pong før")
        await copy_database(live.homeserver)
        await club.say(room, "!book bane 1 slåning i overmorgen kl. 14")
        await firm.wait_for_text(room, "📋 Aftale 1")
    await restore_database(live.homeserver, club, firm)
    words = [f"efter{number}" for number in range(20 if more_than_lost else 3)]
    await say_after(club, room, *words)
    async with live.run_app() as app:
        await check_answered_once(club, room, live.bot_id, "før", *words)
        assert "restored to an older copy" in app.health.warnings["homeserver restored"]
        await check_card_and_agree(room, club, firm, live.bot_id)
    async with live.run_app() as app:
        await check_answered_once(club, room, live.bot_id, "før", *words)
        assert "homeserver restored" not in app.health.warnings


async def test_bot_that_runs_reads_what_was_said_after_the_restore_and_floods_nobody(
    live: LiveSetup, proxy: FaultProxy
) -> None:
    room, club, firm = await create_room(live)
    async with live.run_app() as app:
        await club.say(room, "!ping før")
        await club.wait_for_text(room, "pong før")
        await copy_database(live.homeserver)
        for number in range(4):
            await club.say(room, f"!ping tabt{number}")
            await club.wait_for_text(room, f"pong tabt{number}")
        await club.say(room, "!book bane 1 slåning i overmorgen kl. 14")
        await firm.wait_for_text(room, "📋 Aftale 1")
        await restore_database(live.homeserver, club, firm)
        requests = len(proxy.find_requests("/sync"))
        await say_after(club, room, "efter0", "efter1", "efter2")
        await check_answered_once(club, room, live.bot_id, "efter0", "efter1", "efter2")
        await check_card_and_agree(room, club, firm, live.bot_id)
        assert len(proxy.find_requests("/sync")) - requests < 60
        assert "restored to an older copy" in app.health.warnings["homeserver restored"]


@pytest.mark.parametrize("is_sending_first", [False, True])
async def test_refused_position_is_begun_anew_without_losing_anything(
    live: LiveSetup, proxy: FaultProxy, is_sending_first: bool
) -> None:
    """Other server software writes positions in another form, and refuses the stored one.

    With `is_sending_first`, the bot sends waiting rows before its first sync. They are newer than what people wrote
    while the bot was off.
    """
    room, club, firm = await create_room(live)
    failing_reactions = Rule(refused(503), path="/send/m.reaction")
    if is_sending_first:
        proxy.add_rule(failing_reactions)
    async with live.run_app():
        await club.say(room, "!book bane 1 slåning i overmorgen kl. 14")
        await firm.wait_for_text(room, "📋 Aftale 1")
    store = Store(load_settings(live.folder / "config.yaml", {}).database)
    async with store.write() as connection:
        await set_fact(connection, POSITION_FACT, "another-software:12")
    await store.close()
    await say_after(club, room, "efter0", "efter1")
    failing_syncs = Rule(refused(503), path="/sync")
    if is_sending_first:
        proxy.remove_rule(failing_reactions)
        proxy.add_rule(failing_syncs)
    async with live.run_app() as app:
        if is_sending_first:
            await firm.wait_for_event(room, lambda event: event["type"] == "m.reaction")
            proxy.remove_rule(failing_syncs)
        await check_answered_once(club, room, live.bot_id, "efter0", "efter1")
        assert "refuses the position" in app.health.warnings["homeserver restored"]
        await check_card_and_agree(room, club, firm, live.bot_id)


@pytest.mark.parametrize(
    ("before", "after", "is_older"),
    [
        ("s28_1_0_1", "s13_1_0_1", True),
        ("s13_1_0_1", "s13_1_0_2", False),
        ("s9_1", "s10_1", False),
        ("m56~2.58~3.59", "m40~2.41", True),
        ("1234", "999", True),
        ("opaque", "s1", False),
        ("", "s1", False),
    ],
)
def test_position_that_goes_backwards_is_noticed(before: str, after: str, is_older: bool) -> None:
    assert has_gone_back(before, after) is is_older
