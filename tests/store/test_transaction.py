"""Leaving the block commits, raising rolls back; savepoints work on both databases."""

import asyncio
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy.exc import StatementError

from bot.store.database.file import DatabaseFile
from bot.store.database.sqlite import make_connector
from bot.store.database.transaction import Store
from bot.store.facts import get_fact, set_fact
from bot.store.moment import Moment
from bot.store.places import assign_place, find_places, mark_applied
from bot.testing.new_database import create_tables


async def read_fact(store: Store, key: str) -> str | None:
    async with store.read() as connection:
        return await get_fact(connection, key)


async def test_write_commits_when_it_returns_and_rolls_back_when_it_raises(store: Store) -> None:
    async with store.write() as connection:
        await set_fact(connection, "a", "1")
    with suppress(ZeroDivisionError):
        async with store.write() as connection:
            await set_fact(connection, "a", "2")
            raise ZeroDivisionError
    assert await read_fact(store, "a") == "1"


async def test_released_savepoint_does_not_outlive_the_outer_rollback(store: Store) -> None:
    with suppress(ZeroDivisionError):
        async with store.write() as connection:
            async with connection.begin_nested():
                await set_fact(connection, "a", "1")
            raise ZeroDivisionError
    assert await read_fact(store, "a") is None


async def test_rolled_back_savepoint_leaves_the_rest_of_the_transaction(store: Store) -> None:
    async with store.write() as connection:
        await set_fact(connection, "before", "1")
        with suppress(ZeroDivisionError):
            async with connection.begin_nested():
                await set_fact(connection, "inside", "1")
                raise ZeroDivisionError
        await set_fact(connection, "after", "1")
    assert [await read_fact(store, key) for key in ("before", "inside", "after")] == ["1", None, "1"]


async def test_concurrent_writes_run_one_after_the_other(database_url: str) -> None:
    stores = [Store(database_url) for _ in range(4)]
    await create_tables(stores[0])

    async def add(store: Store) -> None:
        async with store.write("counter") as connection:
            count = int(await get_fact(connection, "count") or 0)
            await asyncio.sleep(0)
            await set_fact(connection, "count", str(count + 1))

    await asyncio.gather(*(add(store) for store in stores * 50))
    assert await read_fact(stores[0], "count") == "200"
    for store in stores:
        await store.close()


async def test_cancelled_write_is_rolled_back_and_the_next_one_works(store: Store) -> None:
    begun = asyncio.Event()

    async def wait() -> None:
        async with store.write("x") as connection:
            await set_fact(connection, "a", "1")
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await begun.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    async with asyncio.timeout(10):
        async with store.write("x") as connection:
            assert await get_fact(connection, "a") is None


async def test_connection_cancelled_while_it_opens_leaves_no_thread_behind(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    for _ in range(50):
        opening = asyncio.create_task(make_connector(DatabaseFile(tmp_path / "test.db"))())
        await asyncio.sleep(0)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
    remaining = set(threading.enumerate()) - before
    for thread in remaining:
        thread.join(10)
    assert [thread.is_alive() for thread in remaining] == [False] * len(remaining)


async def test_read_does_not_wait_for_a_writer(store: Store) -> None:
    async with asyncio.timeout(10), store.write("x") as connection:
        await set_fact(connection, "a", "1")
        assert await read_fact(store, "a") is None


async def test_assigning_a_place_leaves_each_community_one_place(store: Store) -> None:
    async with store.write() as connection:
        await assign_place(connection, "skovby", "matrix:roomid/a")
        await mark_applied(connection, "matrix:roomid/a", "v1")
        await assign_place(connection, "skovby", "matrix:roomid/a")
        assert await find_places(connection) == {"matrix:roomid/a": ("skovby", "v1")}
        await assign_place(connection, "skovby", "matrix:roomid/b")
        await assign_place(connection, "hylke", "matrix:roomid/b")
        assert await find_places(connection) == {"matrix:roomid/b": ("hylke", "")}


def test_moment_is_stored_in_utc() -> None:
    moment, column = datetime(2026, 6, 9, 10, tzinfo=timezone(timedelta(hours=2))), Moment()
    stored = column.process_bind_param(moment, None)  # type: ignore[arg-type]
    assert stored == datetime(2026, 6, 9, 8)
    assert column.process_result_value(stored, None) == datetime(2026, 6, 9, 8, tzinfo=UTC)  # type: ignore[arg-type]
    assert column.process_bind_param(None, None) is None  # type: ignore[arg-type]
    assert column.process_result_value(None, None) is None  # type: ignore[arg-type]


async def test_moment_without_a_zone_is_refused(store: Store) -> None:
    from sqlalchemy import insert

    from bot.store.tables import due

    values = {"place": "p", "feature": "f", "name": "n", "subject": "s", "fired": False}
    with pytest.raises(StatementError, match="without a time zone"):
        async with store.write() as connection:
            await connection.execute(insert(due).values(at=datetime(2026, 6, 9), **values))
