"""A homeserver that was restored to an older copy: nothing said after that is lost."""

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from live_setup import LiveSetup, MatrixUser
from ping_room import check_answered_once, check_card_and_agree, create_room, say_after

from bot.demo.homeserver import Homeserver
from bot.testing.proxy import FaultProxy

pytestmark = pytest.mark.usefixtures("bot_behind_proxy")


@pytest.fixture
async def homeserver(tmp_path: Path) -> AsyncIterator[Homeserver]:
    """A homeserver of its own, whose database is put back."""
    async with Homeserver(tmp_path / "synapse") as server:
        yield server


def copy_database(homeserver: Homeserver) -> None:
    """Copy the database as it is now, while the homeserver runs."""
    with (
        closing(sqlite3.connect(homeserver.folder / "homeserver.db")) as current,
        closing(sqlite3.connect(homeserver.folder / "older.db")) as older,
    ):
        current.backup(older)


async def restore_database(homeserver: Homeserver, *users: MatrixUser) -> None:
    await homeserver.stop()
    for suffix in ("-wal", "-shm"):
        (homeserver.folder / f"homeserver.db{suffix}").unlink(missing_ok=True)
    shutil.copyfile(homeserver.folder / "older.db", homeserver.folder / "homeserver.db")
    await homeserver.start()
    for user in users:
        user._since = None
        user.events.clear()


@pytest.mark.parametrize("more_than_lost", [False, True])
async def test_bot_that_was_off_reads_what_was_said_after_the_restore(live: LiveSetup, more_than_lost: bool) -> None:
    """With `more_than_lost`, people say so much that the homeserver's position is ahead of the bot's again."""
    room, club, firm = await create_room(live)
    async with live.run_app():
        await club.say(room, "!ping før")
        await club.wait_for_text(room, "pong før")
        copy_database(live.homeserver)
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
        copy_database(live.homeserver)
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
