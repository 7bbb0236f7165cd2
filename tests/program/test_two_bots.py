"""Two bots on one database: on SQLite the second is refused, on PostgreSQL it stands by and takes over."""

import asyncio
import os
import signal
import time
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
from live_setup import LiveSetup, MatrixUser
from process import Process

from bot.commands.database import migrate_database

#: How often the one that works is killed; docs/reliability.md has the figures of more.
TIMES = int(os.environ.get("BYLAUG_TIMES", "1"))
#: Seconds until another has taken over: five, and what a machine takes that is busy with other tests.
LIMIT = 8.0


async def settle(live: LiveSetup, database: str = "") -> tuple[Path, MatrixUser, str]:
    """A configuration, somebody who writes, and their room."""
    club = await live.add_user("klub")
    room = await live.create_room(club)
    config = live.folder / "config.yaml"
    if database:
        config.write_text(config.read_text("utf-8") + f"database: {plain(database)}\n", "utf-8")
    return config, club, room


def plain(database: str) -> str:
    return database.replace("postgresql+asyncpg:", "postgresql:")


class Crowd:
    """Somebody who asks all the time, and what was asked."""

    def __init__(self, club: MatrixUser, room: str) -> None:
        self._club, self._room = club, room
        self.asked: list[str] = []
        self._is_enough = asyncio.Event()

    async def ask(self) -> None:
        while not self._is_enough.is_set():
            word = str(len(self.asked))
            self.asked.append(word)
            await self._club.say(self._room, f"!ping {word}")
            await asyncio.sleep(0.05)

    async def __aenter__(self) -> "Crowd":
        self._asking = asyncio.create_task(self.ask())
        return self

    async def __aexit__(self, *error: object) -> None:
        self._is_enough.set()
        await self._asking

    async def check(self, bot: str) -> None:
        """Every question was answered, and once."""
        await self._club.say(self._room, "!ping slut")
        while "🏓 pong slut" not in (said := await self._club.read_all_texts(self._room, bot)):
            await self._club.wait_for_text(self._room, "pong slut")
        assert sorted(said) == sorted(f"🏓 pong {word}" for word in (*self.asked, "slut"))


async def test_on_sqlite_the_second_is_refused_until_the_first_is_gone(live: LiveSetup) -> None:
    config, club, room = await settle(live)
    async with Process(config) as first:
        await first.serving()
        async with Process(config) as second:
            assert await second.ended() == 75
            assert f"Another Bylaug works on the database {live.folder}/bylaug.db: process {first.pid} on" in second.log
        assert await migrate_database(config, {}) == await migrate_database(config, {})  # there is nothing to do
        await club.say(room, "!ping 1")
        await club.wait_for_text(room, "pong 1")
        first.send(signal.SIGKILL)
        assert await first.ended() == -signal.SIGKILL
    async with live.run_app():
        await club.say(room, "!ping 2")
        await club.wait_for_text(room, "pong 2")
    assert club.texts_from(room, live.bot_id) == ["🏓 pong 1", "🏓 pong 2"]


async def test_on_postgresql_the_second_takes_over_from_one_that_is_killed(live: LiveSetup, postgres_url: str) -> None:
    config, club, room = await settle(live, postgres_url)
    took: list[float] = []
    async with AsyncExitStack() as stack:
        active = await stack.enter_async_context(Process(config))
        await active.serving()
        async with Crowd(club, room) as crowd:
            for number in range(TIMES):
                waiting = await stack.enter_async_context(Process(config))
                await waiting.until("STATUS=standing by")
                await asyncio.sleep(0.13 * number)
                began = time.monotonic()
                active.send(signal.SIGKILL)
                await waiting.serving()
                took.append(time.monotonic() - began)
                active = waiting
        await crowd.check(live.bot_id)
        assert (await active.end())[0] == 0
    print("took over after", took)
    assert max(took) < LIMIT, took


async def test_on_postgresql_one_that_loses_its_place_stops_and_stands_by(live: LiveSetup, postgres_url: str) -> None:
    config, club, room = await settle(live, postgres_url)
    async with Process(config) as first, Process(config) as second:
        await asyncio.wait(
            [asyncio.create_task(bot.serving()) for bot in (first, second)], return_when=asyncio.FIRST_COMPLETED
        )
        active, waiting = (first, second) if any("serving" in said for said in first.statuses) else (second, first)
        await waiting.until("STATUS=standing by")
        async with Crowd(club, room) as crowd:
            await asyncio.sleep(0.5)
            active.send(signal.SIGSTOP)  # it hangs, and does not know how long
            began = time.monotonic()
            await waiting.serving()
            took = time.monotonic() - began
            active.send(signal.SIGCONT)
            await active.until("STATUS=standing by")
            await cut_lock_connection(postgres_url)  # the other's, which has it now
            await waiting.until("the database may be another's by now")
        await crowd.check(live.bot_id)
        assert "Traceback" not in first.log + second.log
        assert took < LIMIT, took


async def cut_lock_connection(database: str) -> None:
    """Cut the connection that holds the instance lock of the active bot."""
    connection = await asyncpg.connect(plain(database))
    ended = await connection.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid IN "
        "(SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name = 'bylaug instance lock')"
    )
    await connection.close()
    assert len(ended) == 1
