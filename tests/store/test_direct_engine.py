"""Statements on SQLite run at once where they can; those that have to wait block nobody and take effect once."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import column, insert, select, table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database.transaction import Store

_T = table("t", column("x"))

#: Reads for a second or so.
_LONG = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT max(i) FROM n")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A database with one empty table t (x)."""
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/test.db")
    async with store.write() as connection:
        await connection.execute(text("CREATE TABLE t (x)"))
    yield store
    await store.close()


async def read_rows(connection: AsyncConnection) -> list[int]:
    return list((await connection.execute(select(_T.c.x).order_by(_T.c.x))).scalars())


async def count_loop_turns(counts: list[int]) -> None:
    while True:
        counts[0] += 1
        await asyncio.sleep(0)


async def test_reading_gives_the_event_loop_no_turn(store: Store) -> None:
    counts = [0]
    other = asyncio.create_task(count_loop_turns(counts))
    await asyncio.sleep(0)
    before = counts[0]
    async with store.read() as connection:
        assert await read_rows(connection) == []
    assert counts[0] == before
    other.cancel()


async def test_statement_that_reads_for_long_lets_others_work(store: Store) -> None:
    counts = [0]
    other = asyncio.create_task(count_loop_turns(counts))
    async with store.write() as connection:
        await connection.execute(insert(_T), {"x": 1})
        assert (await connection.execute(_LONG)).scalar_one() == 3_000_000
        await connection.execute(insert(_T), {"x": 2})
    other.cancel()
    assert counts[0] > 100
    async with store.read() as connection:
        assert await read_rows(connection) == [1, 2]


async def test_writer_that_waits_for_another_program_writes_once(store: Store, tmp_path: Path) -> None:
    program = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    program.execute("BEGIN IMMEDIATE")
    program.execute("INSERT INTO t VALUES (1)")

    async def write() -> None:
        async with store.write() as connection:
            assert await read_rows(connection) == [1]
            await connection.execute(insert(_T), [{"x": 2}, {"x": 3}])
            async with connection.begin_nested():
                await connection.execute(insert(_T), {"x": 4})

    writing = asyncio.create_task(write())
    await asyncio.sleep(0.1)
    assert not writing.done()
    program.execute("COMMIT")
    await writing
    assert program.execute("SELECT x FROM t ORDER BY x").fetchall() == [(1,), (2,), (3,), (4,)]
    program.close()


async def test_savepoint_is_rolled_back_by_an_error_and_by_hand(store: Store) -> None:
    async with store.write() as connection:
        await connection.execute(insert(_T), {"x": 1})
        with suppress(ZeroDivisionError):
            async with connection.begin_nested():
                await connection.execute(insert(_T), {"x": 2})
                raise ZeroDivisionError
        savepoint = await connection.begin_nested()
        await connection.execute(insert(_T), {"x": 3})
        await savepoint.rollback()
        savepoint = await connection.begin_nested()
        await connection.execute(insert(_T), {"x": 4})
        await savepoint.commit()
    async with store.read() as connection:
        assert await read_rows(connection) == [1, 4]


async def test_cancelled_transaction_leaves_nothing_and_the_next_one_works(store: Store) -> None:
    async def write() -> None:
        async with store.write() as connection:
            await connection.execute(insert(_T), {"x": 1})
            await connection.execute(_LONG)

    writing = asyncio.create_task(write())
    await asyncio.sleep(0.1)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    async with store.write() as connection:
        assert await read_rows(connection) == []
        await connection.execute(insert(_T), {"x": 2})
    async with store.read() as connection:
        assert await read_rows(connection) == [2]


async def test_more_readers_than_the_pool_has_connections_take_turns(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    async def read() -> int:
        async with store.read() as connection:
            await connection.execute(text("PRAGMA quick_check"))  # runs in the connection's thread
            return len(await read_rows(connection))

    assert await asyncio.gather(*(read() for _ in range(17))) == [0] * 17
    assert caplog.records == []
