"""SQLite files that several connections open at once, statements that are deferred, and those that take long."""

import asyncio
import sqlite3
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import text

from bot.store.database import sqlite_connection
from bot.store.database.file import DatabaseFile
from bot.store.database.sqlite import all_statements_in_thread, make_connector
from bot.store.database.transaction import Store


async def open_and_read_mode(file: Path) -> str:
    connection = await make_connector(DatabaseFile(file))()
    cursor = await connection.cursor().execute("PRAGMA journal_mode")
    ((mode,),) = await cursor.fetchall()
    await connection.close()
    return str(mode)


async def test_new_file_can_be_opened_by_several_at_the_same_moment(tmp_path: Path) -> None:
    for number in range(60):
        opened = [open_and_read_mode(tmp_path / f"{number}.db") for _ in range(4)]
        assert await asyncio.gather(*opened) == ["wal"] * 4


async def run(connection: aiosqlite.Connection, *statements: str) -> None:
    for statement in statements:
        await connection.cursor().execute(statement)


async def read_rows(connection: aiosqlite.Connection) -> list[tuple[int, ...]]:
    return list(await (await connection.cursor().execute("SELECT x FROM t ORDER BY x")).fetchall())


async def test_connection_works_after_a_deferred_begin_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_connection, "BUSY_TIMEOUT_SECONDS", 0.05)
    first, second = [await make_connector(DatabaseFile(tmp_path / "x.db"))() for _ in range(2)]
    await run(first, "CREATE TABLE t (x)", "BEGIN IMMEDIATE", "INSERT INTO t VALUES (1)")
    await run(second, "BEGIN IMMEDIATE")
    for statement in ("INSERT INTO t VALUES (2)", "ROLLBACK TO SAVEPOINT s", "INSERT INTO t VALUES (2)"):
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await run(second, statement)
    await second.rollback()
    await first.commit()
    await run(second, "BEGIN IMMEDIATE", "INSERT INTO t VALUES (3)")
    await second.commit()
    assert await read_rows(first) == [(1,), (3,)]
    for connection in (first, second):
        await connection.close()


@pytest.mark.parametrize(
    ("statements", "remaining"),
    [
        (("BEGIN IMMEDIATE", "SAVEPOINT s", "ROLLBACK TO SAVEPOINT s", "INSERT INTO t VALUES (1)"), [(1,)]),
        (("BEGIN IMMEDIATE", "INSERT INTO t VALUES (1)", "SAVEPOINT s", "RELEASE SAVEPOINT s"), [(1,)]),
        (
            ("BEGIN IMMEDIATE", "SAVEPOINT s", "INSERT INTO t VALUES (1)", "ROLLBACK TO SAVEPOINT s"),
            [],
        ),
        (("BEGIN IMMEDIATE", "SAVEPOINT s", "RELEASE SAVEPOINT s"), []),
        (("BEGIN IMMEDIATE",), []),
    ],
)
async def test_deferred_statements_take_effect(
    statements: tuple[str, ...], remaining: list[tuple[int, ...]], tmp_path: Path
) -> None:
    connection = await make_connector(DatabaseFile(tmp_path / "x.db"))()
    await run(connection, "CREATE TABLE t (x)", *statements)
    await connection.commit()
    assert not connection.in_transaction
    assert await read_rows(connection) == remaining
    await run(connection, *statements)
    await connection.rollback()
    assert not connection.in_transaction
    assert await read_rows(connection) == remaining
    await connection.close()


#: Reads for a second or so.
_LONG = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT max(i) FROM n"


async def measure_longest_block(work: Coroutine[Any, Any, object]) -> float:
    """Return for how many seconds of CPU time the event loop was blocked at most while some work was done."""
    task, longest = asyncio.ensure_future(work), 0.0
    while not task.done():
        before = time.thread_time()
        await asyncio.sleep(0.001)
        longest = max(longest, time.thread_time() - before)
    await task
    return longest


async def test_statement_that_reads_for_long_blocks_nobody_and_keeps_its_transaction(tmp_path: Path) -> None:
    connection = await make_connector(DatabaseFile(tmp_path / "x.db"))()
    await run(connection, "CREATE TABLE t (x)", "BEGIN IMMEDIATE", "INSERT INTO t VALUES (1)")
    cursor = connection.cursor()
    assert await measure_longest_block(cursor.execute(_LONG)) < 0.05
    assert await cursor.fetchall() == [(3_000_000,)]
    await run(connection, "INSERT INTO t VALUES (2)")
    await connection.commit()
    assert await read_rows(connection) == [(1,), (2,)]
    await connection.close()


async def test_statement_that_waits_for_a_lock_blocks_nobody(tmp_path: Path) -> None:
    first, second = [await make_connector(DatabaseFile(tmp_path / "x.db"))() for _ in range(2)]
    await run(first, "CREATE TABLE t (x)", "BEGIN IMMEDIATE", "INSERT INTO t VALUES (1)")
    waiting = asyncio.ensure_future(run(second, "BEGIN IMMEDIATE", "INSERT INTO t VALUES (2)"))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await first.commit()
    await waiting
    await second.commit()
    assert await read_rows(first) == [(1,), (2,)]
    for connection in (first, second):
        await connection.close()


async def test_rollback_of_a_cancelled_statement_waits_for_it(tmp_path: Path) -> None:
    connection = await make_connector(DatabaseFile(tmp_path / "x.db"))()
    await run(connection, "CREATE TABLE t (x)", "BEGIN IMMEDIATE", "INSERT INTO t VALUES (1)")
    reading = asyncio.ensure_future(run(connection, _LONG))
    await asyncio.sleep(0.1)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    await connection.rollback()
    assert await read_rows(connection) == []
    await run(connection, "BEGIN IMMEDIATE", "INSERT INTO t VALUES (2)")
    await connection.commit()
    assert await read_rows(connection) == [(2,)]
    await connection.close()


async def test_statements_of_a_migration_run_in_the_thread(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}")
    async with store.write() as connection, all_statements_in_thread(connection):
        await connection.execute(text("CREATE TABLE t (x)"))
        fill = text(f"INSERT INTO t {_LONG.replace('max(i)', 'i')}")
        assert await measure_longest_block(connection.execute(fill)) < 0.05
    async with store.read() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM t"))).scalar_one() == 3_000_000
    await store.close()
