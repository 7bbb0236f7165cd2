"""One program at a time works on a database, and a missing database is not silently replaced by an empty one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from postgres import cut_lock_connection

from bot.errors import Fatal, Unavailable
from bot.store.database import postgres_lock
from bot.store.database.instance_lock import InstanceLock, SqliteLock, create_instance_lock, hold_in_background
from bot.store.database.postgres_lock import PostgresLock
from bot.store.database.schema import check_and_migrate
from bot.store.database.transaction import Store
from bot.store.database.transient import LockLost
from bot.store.facts import get_fact, set_fact


@asynccontextmanager
async def open_lock(url: str) -> AsyncIterator[tuple[Store, InstanceLock]]:
    store = Store(url)
    lock = create_instance_lock(store)
    yield store, lock
    await lock.release()
    await store.close()


def refuse_to_wait() -> None:
    raise Fatal("taken")


async def write_fact(store: Store) -> None:
    async with store.write() as connection:
        await set_fact(connection, "a", "1")


async def test_lock_is_acquired_by_one_at_a_time(database_url: str) -> None:
    async with open_lock(database_url) as (_, first), open_lock(database_url) as (store, second):
        await first.acquire(refuse_to_wait)
        await first.acquire(refuse_to_wait)  # acquiring it again does nothing
        with pytest.raises(Fatal):
            await second.acquire(refuse_to_wait)
        await first.release()
        await second.acquire(refuse_to_wait)
        await check_and_migrate(store)
        await write_fact(store)


async def test_second_program_is_told_who_has_the_lock(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/test.db"
    async with open_lock(url) as (_, first), open_lock(url) as (_, second):
        await first.acquire(refuse_to_wait)
        first.mark_database_created()
        with pytest.raises(Fatal, match=r"test\.db: process \d+ on .*stop that one first") as raised:
            await second.acquire(refuse_to_wait)
        assert raised.value.exit_code == 75


async def test_removed_lock_file_prevents_writing(tmp_path: Path) -> None:
    async with open_lock(f"sqlite+aiosqlite:///{tmp_path}/test.db") as (store, lock):
        await lock.acquire(refuse_to_wait)
        await check_and_migrate(store)
        assert isinstance(lock, SqliteLock)
        lock.path.unlink()
        with pytest.raises(Fatal, match=r"test\.db\.lock was removed while the bot works") as raised:
            await write_fact(store)
        assert raised.value.exit_code == 75


@pytest.mark.parametrize("how", ["deleted", "emptied"])
async def test_missing_database_is_not_replaced_by_an_empty_one(tmp_path: Path, how: str) -> None:
    url, file = f"sqlite+aiosqlite:///{tmp_path}/test.db", tmp_path / "test.db"
    async with open_lock(url) as (store, lock):
        await lock.acquire(refuse_to_wait)
        lock.check_database_exists()  # at the first start there is none
        await check_and_migrate(store)
        lock.mark_database_created()
    if how == "deleted":
        file.unlink()
    else:
        file.write_bytes(b"")
    async with open_lock(url) as (_, lock):
        await lock.acquire(refuse_to_wait)
        with pytest.raises(Fatal, match=r"test\.db is gone: it was there before.*bylaug restore.*delete ") as raised:
            lock.check_database_exists()
        assert raised.value.exit_code == 74
        assert isinstance(lock, SqliteLock)
    lock.path.unlink()
    async with open_lock(url) as (_, lock):
        await lock.acquire(refuse_to_wait)
        lock.check_database_exists()


async def test_lock_file_that_cannot_be_created_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "test.db.lock").mkdir()
    async with open_lock(f"sqlite+aiosqlite:///{tmp_path}/test.db") as (_, lock):
        with pytest.raises(Unavailable, match=r"its lock .*test\.db\.lock cannot be written \(Is a directory\)"):
            await lock.acquire(refuse_to_wait)


async def test_unfinished_transaction_of_the_former_holder_is_waited_for(postgres_url: str) -> None:
    async with open_lock(postgres_url) as (before, first), open_lock(postgres_url) as (_, second):
        await first.acquire(refuse_to_wait)
        await check_and_migrate(before)
        async with before.write() as connection:
            await set_fact(connection, "a", "1")
            await first.release()
            acquiring = asyncio.create_task(second.acquire(refuse_to_wait))
            done, _ = await asyncio.wait([acquiring], timeout=1)
            assert done == set()
        async with asyncio.timeout(20):
            await acquiring


@pytest.mark.parametrize("lock_name", [None, "landsby"])
async def test_program_that_lost_the_lock_without_noticing_writes_nothing(
    postgres_url: str, lock_name: str | None
) -> None:
    """Its machine may be suspended for as long as it likes: it need not notice."""
    async with open_lock(postgres_url) as (before, _), open_lock(postgres_url) as (after, second):
        first = PostgresLock(before, monotonic=lambda: 0.0)  # a clock that stands still: the lease never ends
        await first.acquire(refuse_to_wait)
        await check_and_migrate(before)
        await write_fact(before)
        await cut_lock_connection(postgres_url)
        await write_fact(before)  # nobody else has the lock yet
        async with asyncio.timeout(20):
            await second.acquire(lambda: None)
        with pytest.raises(LockLost):
            async with before.write(lock_name) as connection:
                await set_fact(connection, "a", "2")
        async with after.write(lock_name) as connection:
            assert await get_fact(connection, "a") == "1"
        await first.release()


async def test_transaction_that_has_begun_when_the_lock_is_lost_ends_before_another_program_writes(
    postgres_url: str,
) -> None:
    async with open_lock(postgres_url) as (before, first), open_lock(postgres_url) as (after, second):
        await first.acquire(refuse_to_wait)
        await check_and_migrate(before)
        await write_fact(before)
        async with before.write() as connection:
            await cut_lock_connection(postgres_url)
            acquiring = asyncio.create_task(second.acquire(lambda: None))
            for _ in range(10):  # not idle: an idle transaction would be ended by the server
                await asyncio.sleep(0.1)
                await set_fact(connection, "a", "2")
            assert not acquiring.done()
        async with asyncio.timeout(20):
            await acquiring
        async with after.write() as connection:
            assert await get_fact(connection, "a") == "2"


async def test_first_transactions_of_a_new_database_leave_each_other_the_lock(postgres_url: str) -> None:
    """A database without tables has no fencing token: the first of several transactions at once writes one for all."""
    async with open_lock(postgres_url) as (store, lock):
        await lock.acquire(refuse_to_wait)
        await check_and_migrate(store)

        async def write(key: str) -> None:
            async with store.write(key) as connection:
                await set_fact(connection, key, "1")

        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            for number in range(8):
                group.create_task(write(f"fact {number}"))


async def lose_lock_and_wait(lock: InstanceLock, url: str) -> None:
    async with hold_in_background(lock):
        await cut_lock_connection(url)
        await asyncio.Event().wait()


async def test_block_ends_when_the_lock_is_lost(postgres_url: str) -> None:
    async with open_lock(postgres_url) as (store, lock):
        await lock.acquire(refuse_to_wait)
        await check_and_migrate(store)
        async with asyncio.timeout(20):
            with pytest.raises(LockLost):
                await lose_lock_and_wait(lock, postgres_url)


async def test_error_in_the_block_is_raised_as_itself(database_url: str) -> None:
    async with open_lock(database_url) as (_, lock):
        await lock.acquire(refuse_to_wait)
        with pytest.raises(ZeroDivisionError):
            async with hold_in_background(lock):
                raise ZeroDivisionError


async def test_transaction_of_a_frozen_program_is_ended_although_its_statement_counts_as_active(
    postgres_url: str,
) -> None:
    """COPY waits for data as any statement does whose second half has not come: no idle time-out applies."""

    async def hang() -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b""

    async with open_lock(postgres_url) as (store, lock):
        await check_and_migrate(store)
        await write_fact(store)
        settings = {"application_name": "bylaug"}
        frozen = await asyncpg.connect(postgres_url.replace("+asyncpg", ""), server_settings=settings)
        await frozen.execute("BEGIN; UPDATE meta SET value = '2' WHERE key = 'a'")
        copying = asyncio.create_task(frozen.copy_to_table("meta", source=hang()))
        async with asyncio.timeout(20):
            await lock.acquire(refuse_to_wait)
        await write_fact(store)
        copying.cancel()
        await asyncio.wait([copying])
        frozen.terminate()


class Clock:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def test_program_that_slept_too_long_has_lost_the_lock(postgres_url: str) -> None:
    reasons: list[str | None] = []
    store, clock = Store(postgres_url, reasons.append), Clock()
    await check_and_migrate(store)
    lock = PostgresLock(store, monotonic=clock)
    await lock.acquire(refuse_to_wait)
    await write_fact(store)
    clock.seconds += postgres_lock.LEASE_SECONDS + 0.1
    with pytest.raises(LockLost):
        await write_fact(store)
    assert reasons == []  # the database itself works
    await lock.release()
    await store.close()
