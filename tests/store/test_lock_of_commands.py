"""`restore` and `migrate` keep the instance lock of PostgreSQL however long they take, and stop when it is lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from postgres import cut_lock_connection

from bot.commands.database import back_up_database, migrate_database, restore_database
from bot.errors import Fatal
from bot.store.database import postgres_lock
from bot.store.database.instance_lock import create_instance_lock
from bot.store.database.transaction import Store

#: The server ends the lock's connection when it is not used for so many milliseconds (4500 otherwise).
IDLE_MILLISECONDS = "1500"

Command = Callable[[Path], Awaitable[object]]


@pytest.fixture
async def config(tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration of a database without tables, and a backup of another one beside it."""
    monkeypatch.setitem(postgres_lock._SERVER_SETTINGS, "idle_session_timeout", IDLE_MILLISECONDS)
    monkeypatch.setattr(postgres_lock, "HEARTBEAT_SECONDS", 0.1)
    lines = 'homeserver: http://127.0.0.1:9\naccount: "@bylaug:example.org"\ncommunities: rooms\n'
    (tmp_path / "other.yaml").write_text(f"{lines}database: sqlite:///{tmp_path}/other.db\n", "utf-8")
    await migrate_database(tmp_path / "other.yaml", {})
    await back_up_database(tmp_path / "other.yaml", tmp_path / "b.db", {}, False, None)
    config = tmp_path / "config.yaml"
    config.write_text(f"{lines}database: {postgres_url.replace('+asyncpg', '')}\n", "utf-8")
    return config


async def restore(config: Path) -> object:
    return await restore_database(config, config.with_name("b.db"), {}, True)


async def migrate(config: Path) -> object:
    return await migrate_database(config, {})


@asynccontextmanager
async def slow(command: Command, config: Path, url: str) -> AsyncIterator[None]:
    """Run a command that cannot go on during the block, because its schema lock is taken."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute("SELECT pg_advisory_lock(hashtextextended('schema', 0))")
    running = asyncio.ensure_future(command(config))
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    async with asyncio.timeout(20):
        while not await connection.fetchval(waiting):
            assert not running.done()
            await asyncio.sleep(0.02)
    try:
        yield
    finally:
        await connection.close()
        await running


@pytest.mark.parametrize("command", [restore, migrate])
async def test_bot_that_starts_during_a_long_command_waits_for_its_end(
    config: Path, postgres_url: str, command: Command
) -> None:
    bot = Store(postgres_url)
    lock = create_instance_lock(bot)
    async with slow(command, config, postgres_url):
        acquiring = asyncio.create_task(lock.acquire(lambda: None))
        await asyncio.wait([acquiring], timeout=2.5)
        assert not acquiring.done()
    async with asyncio.timeout(20):
        await acquiring
    await lock.release()
    await bot.close()


async def lose_lock(command: Command, config: Path, url: str) -> None:
    """Run a command whose connection that holds the lock is ended meanwhile."""
    async with slow(command, config, url):
        await cut_lock_connection(url)
        await asyncio.sleep(0.5)


@pytest.mark.parametrize("command", [restore, migrate])
async def test_long_command_that_loses_the_lock_changes_nothing(
    config: Path, postgres_url: str, command: Command
) -> None:
    with pytest.raises(Fatal, match="holds the instance lock of the database is lost"):
        await lose_lock(command, config, postgres_url)
    connection = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
    assert await connection.fetchval("SELECT to_regclass('meta')") is None
    await connection.close()
