"""Two bots on one database: on SQLite the second is refused, on PostgreSQL it stands by and takes over."""

import asyncio
import os
import signal
import time
from contextlib import AsyncExitStack
from pathlib import Path

from bot_process import BotProcess
from live_setup import LiveSetup, MatrixUser
from postgres import cut_lock_connection, without_driver

from bot.commands.database import migrate_database

#: How often the active bot is killed; docs/reliability.md has the figures of longer runs.
TIMES = int(os.environ.get("BYLAUG_TIMES", "1"))
#: Seconds until the other bot has taken over: five, and more on a machine that is busy with other tests.
MAX_SECONDS = 8.0


async def set_up(live: LiveSetup, database: str = "") -> tuple[Path, MatrixUser, str]:
    """Return the configuration file, a user, and the user's room."""
    club = await live.add_user("klub")
    room = await live.create_room(club)
    config = live.folder / "config.yaml"
    if database:
        config.write_text(config.read_text("utf-8") + f"database: {without_driver(database)}\n", "utf-8")
    return config, club, room


class ConstantWriter:
    """Sends commands all the time during the block."""

    def __init__(self, club: MatrixUser, room: str) -> None:
        self._club, self._room = club, room
        self.words: list[str] = []
        self._is_ended = asyncio.Event()

    async def _write(self) -> None:
        while not self._is_ended.is_set():
            word = str(len(self.words))
            self.words.append(word)
            await self._club.say(self._room, f"!ping {word}")
            await asyncio.sleep(0.05)

    async def __aenter__(self) -> "ConstantWriter":
        self._writing = asyncio.create_task(self._write())
        return self

    async def __aexit__(self, *error: object) -> None:
        self._is_ended.set()
        await self._writing

    async def check(self, bot: str) -> None:
        """Assert that every command was answered once."""
        await self._club.say(self._room, "!ping slut")
        while "🏓 pong slut" not in (texts := await self._club.read_all_texts(self._room, bot)):
            await self._club.wait_for_text(self._room, "pong slut")
        assert sorted(texts) == sorted(f"🏓 pong {word}" for word in (*self.words, "slut"))


async def test_on_sqlite_the_second_bot_is_refused_until_the_first_is_gone(live: LiveSetup) -> None:
    config, club, room = await set_up(live)
    async with BotProcess(config) as first:
        await first.wait_until_serving()
        async with BotProcess(config) as second:
            assert await second.wait_until_ended() == 75
            assert (
                f"Another Bylaug works on the database {live.folder}/bylaug.db: process {first.pid} on" in second.output
            )
        # migrating needs no lock when there is nothing to do
        assert await migrate_database(config, {}) == await migrate_database(config, {})
        await club.say(room, "!ping 1")
        await club.wait_for_text(room, "pong 1")
        first.send_signal(signal.SIGKILL)
        assert await first.wait_until_ended() == -signal.SIGKILL
    async with live.run_app():
        await club.say(room, "!ping 2")
        await club.wait_for_text(room, "pong 2")
    assert club.texts_from(room, live.bot_id) == ["🏓 pong 1", "🏓 pong 2"]


async def test_on_postgresql_the_second_bot_takes_over_from_a_killed_one(live: LiveSetup, postgres_url: str) -> None:
    config, club, room = await set_up(live, postgres_url)
    took: list[float] = []
    async with AsyncExitStack() as stack:
        active = await stack.enter_async_context(BotProcess(config))
        await active.wait_until_serving()
        async with ConstantWriter(club, room) as writer:
            for number in range(TIMES):
                waiting = await stack.enter_async_context(BotProcess(config))
                await waiting.wait_for_output("STATUS=standing by")
                await asyncio.sleep(0.13 * number)
                began = time.monotonic()
                active.send_signal(signal.SIGKILL)
                await waiting.wait_until_serving()
                took.append(time.monotonic() - began)
                active = waiting
        await writer.check(live.bot_id)
        assert (await active.stop())[0] == 0
    print("took over after", took)
    assert max(took) < MAX_SECONDS, took


async def test_on_postgresql_a_bot_that_loses_the_lock_stands_by(live: LiveSetup, postgres_url: str) -> None:
    config, club, room = await set_up(live, postgres_url)
    async with BotProcess(config) as first, BotProcess(config) as second:
        await asyncio.wait(
            [asyncio.create_task(bot.wait_until_serving()) for bot in (first, second)],
            return_when=asyncio.FIRST_COMPLETED,
        )
        active, waiting = (first, second) if any("serving" in status for status in first.statuses) else (second, first)
        await waiting.wait_for_output("STATUS=standing by")
        async with ConstantWriter(club, room) as writer:
            await asyncio.sleep(0.5)
            active.send_signal(signal.SIGSTOP)  # the process hangs without noticing
            began = time.monotonic()
            await waiting.wait_until_serving()
            took = time.monotonic() - began
            active.send_signal(signal.SIGCONT)
            await active.wait_for_output("STATUS=standing by")
            await cut_lock_connection(postgres_url)  # that of the other bot, which has the lock now
            await waiting.wait_for_output("the database may be another's by now")
        await writer.check(live.bot_id)
        assert "Traceback" not in first.output + second.output
        assert took < MAX_SECONDS, took
