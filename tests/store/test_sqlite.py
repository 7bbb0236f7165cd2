"""SQLite files opened by several at once, and what is said to them ahead of what comes next."""

import asyncio
import sqlite3
from pathlib import Path

import aiosqlite
import pytest

from bot.store.database import sqlite
from bot.store.database.file import DatabaseFile
from bot.store.database.sqlite import make_connector


async def open_and_close(file: Path) -> str:
    connection = await make_connector(DatabaseFile(file))()
    cursor = await connection.cursor().execute("PRAGMA journal_mode")
    ((mode,),) = await cursor.fetchall()
    await connection.close()
    return str(mode)


async def test_new_file_can_be_opened_by_several_in_the_same_moment(tmp_path: Path) -> None:
    for number in range(60):
        opened = [open_and_close(tmp_path / f"{number}.db") for _ in range(4)]
        assert await asyncio.gather(*opened) == ["wal"] * 4


async def run(connection: aiosqlite.Connection, *statements: str) -> None:
    for statement in statements:
        await connection.cursor().execute(statement)


async def rows(connection: aiosqlite.Connection) -> list[tuple[int, ...]]:
    return list(await (await connection.cursor().execute("SELECT x FROM t ORDER BY x")).fetchall())


async def test_begin_that_comes_too_late_leaves_a_connection_that_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_SECONDS", 0.05)
    one, other = [await make_connector(DatabaseFile(tmp_path / "x.db"))() for _ in range(2)]
    await run(one, "CREATE TABLE t (x)", "BEGIN IMMEDIATE", "INSERT INTO t VALUES (1)")
    await run(other, "BEGIN IMMEDIATE")
    for statement in ("INSERT INTO t VALUES (2)", "ROLLBACK TO SAVEPOINT s", "INSERT INTO t VALUES (2)"):
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await run(other, statement)
    await other.rollback()
    await one.commit()
    await run(other, "BEGIN IMMEDIATE", "INSERT INTO t VALUES (3)")
    await other.commit()
    assert await rows(one) == [(1,), (3,)]
    for connection in (one, other):
        await connection.close()


@pytest.mark.parametrize(
    ("statements", "left"),
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
async def test_what_is_said_ahead_means_what_it_says(
    statements: tuple[str, ...], left: list[tuple[int, ...]], tmp_path: Path
) -> None:
    connection = await make_connector(DatabaseFile(tmp_path / "x.db"))()
    await run(connection, "CREATE TABLE t (x)", *statements)
    await connection.commit()
    assert not connection.in_transaction
    assert await rows(connection) == left
    await run(connection, *statements)
    await connection.rollback()
    assert not connection.in_transaction
    assert await rows(connection) == left
    await connection.close()
