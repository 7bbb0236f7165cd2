"""SQLite files that are opened by several connections at once, and statements that are deferred to the next one."""

import asyncio
import sqlite3
from pathlib import Path

import aiosqlite
import pytest

from bot.store.database import sqlite
from bot.store.database.file import DatabaseFile
from bot.store.database.sqlite import make_connector


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
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_SECONDS", 0.05)
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
