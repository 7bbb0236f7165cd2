"""Which errors come from the state of the database, so that a retry can succeed, and which from the statement."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sample_community import MORNING
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.database import sqlite_connection
from bot.store.database.engine import open_engine
from bot.store.database.transaction import Store
from bot.store.database.transient import is_unavailable_error
from bot.store.tables import inbox


async def execute(store: Store, statement: Any) -> None:
    async with store.write() as connection:
        await connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        text("SELECT nothing FROM nowhere"),
        text("this is no SQL"),
        text("INSERT INTO meta (key) VALUES ('a')"),
        text("INSERT INTO history (agreement_id) VALUES (1)"),
        select(inbox).where(inbox.c.id == 2**80),
        inbox.insert().values(source="a", external_id="b", sent_at=MORNING.replace(tzinfo=None)),
    ],
    ids=["no table", "no SQL", "no value", "no such row", "too large", "no zone"],
)
async def test_error_of_a_statement_is_not_transient(store: Store, statement: object) -> None:
    with pytest.raises(Exception) as error:  # noqa: PT011  # each database has its own class
        await execute(store, statement)
    assert is_unavailable_error(error.value) is False
    async with store.write() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1


async def lose_connection(store: Store) -> None:
    async with store.write() as connection:
        await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        await connection.execute(text("SELECT 1"))


async def test_lost_connection_is_transient(postgres_url: str) -> None:
    store = Store(postgres_url)
    with pytest.raises(Exception) as error:  # noqa: PT011
        await lose_connection(store)
    assert is_unavailable_error(error.value) is True
    async with store.write() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    await store.close()


async def fill_disk(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("PRAGMA max_page_count = 1"))
        await connection.execute(text("CREATE TABLE a (b TEXT)"))
        await connection.execute(text("CREATE TABLE c (d TEXT)"))


async def write_while_locked(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execution_options(reading=True)
        await connection.execute(text("PRAGMA busy_timeout = 1"))
        await connection.execute(text("BEGIN IMMEDIATE"))
        await connection.execute(text("SELECT 1"))


async def test_full_disk_and_locked_file_are_transient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_connection, "BUSY_TIMEOUT_SECONDS", 0.1)
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path}/test.db")
    with pytest.raises(OperationalError) as full:
        await fill_disk(engine)
    assert is_unavailable_error(full.value) is True
    other = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError) as locked:
        await write_while_locked(engine)
    assert is_unavailable_error(locked.value) is True
    other.close()
    await engine.dispose()


def test_errors_that_are_not_the_databases_are_not_transient() -> None:
    assert [is_unavailable_error(error) for error in (ZeroDivisionError(), KeyError("a"), OSError("x"))] == [False] * 3
