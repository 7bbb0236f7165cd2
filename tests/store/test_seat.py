"""One program at a time works on a database, and one that was there is not quietly begun anew."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.errors import Fatal, Unavailable
from bot.store.database import postgres_lock
from bot.store.database.instance_lock import InstanceLock, SqliteLock, create_instance_lock
from bot.store.database.postgres_lock import PostgresLock
from bot.store.database.schema import check_and_migrate
from bot.store.database.transaction import Store
from bot.store.database.transient import LockLost
from bot.store.facts import set_fact


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[tuple[Store, InstanceLock]]:
    store = Store(url)
    seat = create_instance_lock(store)
    yield store, seat
    await seat.release()
    await store.close()


def refuse() -> None:
    raise Fatal("taken")


async def put(store: Store) -> None:
    async with store.write() as connection:
        await set_fact(connection, "a", "1")


async def test_one_at_a_time_and_then_the_other(database_url: str) -> None:
    async with opened(database_url) as (_, first), opened(database_url) as (store, second):
        await first.acquire(refuse)
        await first.acquire(refuse)  # whoever has it has it
        with pytest.raises(Fatal):
            await second.acquire(refuse)
        await first.release()
        await second.acquire(refuse)
        await check_and_migrate(store)
        await put(store)


async def test_the_second_is_told_who_has_it(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/test.db"
    async with opened(url) as (_, first), opened(url) as (_, second):
        await first.acquire(refuse)
        first.mark_database_created()
        with pytest.raises(Fatal, match=r"test\.db: process \d+ on .*stop that one first") as no:
            await second.acquire(refuse)
        assert no.value.exit_code == 75


async def test_a_lock_that_was_removed_keeps_us_from_writing(tmp_path: Path) -> None:
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/test.db") as (store, seat):
        await seat.acquire(refuse)
        await check_and_migrate(store)
        assert isinstance(seat, SqliteLock)
        seat.path.unlink()
        with pytest.raises(Fatal, match=r"test\.db\.lock was removed while the bot works") as end:
            await put(store)
        assert end.value.exit_code == 75


@pytest.mark.parametrize("how", ["deleted", "emptied"])
async def test_a_database_that_was_there_is_not_begun_anew(tmp_path: Path, how: str) -> None:
    url, file = f"sqlite+aiosqlite:///{tmp_path}/test.db", tmp_path / "test.db"
    async with opened(url) as (store, seat):
        await seat.acquire(refuse)
        seat.check_database_exists()  # the very first time there is none
        await check_and_migrate(store)
        seat.mark_database_created()
    if how == "deleted":
        file.unlink()
    else:
        file.write_bytes(b"")
    async with opened(url) as (_, seat):
        await seat.acquire(refuse)
        with pytest.raises(Fatal, match=r"test\.db is gone: it was there before.*bylaug restore.*delete ") as end:
            seat.check_database_exists()
        assert end.value.exit_code == 74
        assert isinstance(seat, SqliteLock)
    seat.path.unlink()
    async with opened(url) as (_, seat):
        await seat.acquire(refuse)
        seat.check_database_exists()


async def test_a_lock_that_cannot_be_made_is_trouble(tmp_path: Path) -> None:
    (tmp_path / "test.db.lock").mkdir()
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/test.db") as (_, seat):
        with pytest.raises(Unavailable, match=r"its lock .*test\.db\.lock cannot be written \(Is a directory\)"):
            await seat.acquire(refuse)


async def test_what_the_one_before_was_writing_is_waited_for(postgres_url: str) -> None:
    async with opened(postgres_url) as (before, first), opened(postgres_url) as (_, second):
        await first.acquire(refuse)
        await check_and_migrate(before)
        async with before.write() as connection:
            await set_fact(connection, "a", "1")
            await first.release()
            taking = asyncio.create_task(second.acquire(refuse))
            done, _ = await asyncio.wait([taking], timeout=1)
            assert done == set()
        async with asyncio.timeout(20):
            await taking


class Clock:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def test_one_that_slept_does_not_write_as_if_it_still_had_the_place(postgres_url: str) -> None:
    noticed: list[str | None] = []
    store, clock = Store(postgres_url, noticed.append), Clock()
    await check_and_migrate(store)
    seat = PostgresLock(store, monotonic=clock)
    await seat.acquire(refuse)
    await put(store)
    clock.seconds += postgres_lock.LEASE_SECONDS + 0.1
    with pytest.raises(LockLost):
        await put(store)
    assert noticed == []  # the database works: it is only not ours
    await seat.release()
    await store.close()
