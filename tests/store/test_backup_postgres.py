"""Backups of PostgreSQL: what SQLite does not have has to be thought of."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sample_community import MIGRATIONS, MORNING
from sqlalchemy import text

from bot.store.backup.backup import back_up
from bot.store.database import engine
from bot.store.database.schema import migrate
from bot.store.database.transaction import Store


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[Store]:
    opened = Store(postgres_url)
    await migrate(opened, MIGRATIONS)
    yield opened
    await opened.close()


async def test_backup_is_not_ended_by_the_server_while_the_file_is_written(
    store: Store, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(engine._SERVER_SETTINGS, "idle_in_transaction_session_timeout", "50")
    timers = (
        "INSERT INTO due (place, feature, name, subject, at, fired) "
        "SELECT 'p', 'f', 'n', md5(n::text), '2026-06-09', false FROM generate_series(1, 200000) n"
    )
    async with store.write() as connection:
        await connection.execute(text(timers))
    impatient = Store(postgres_url)
    await back_up(impatient, tmp_path / "b.db", MORNING, MIGRATIONS)
    await impatient.close()
    with closing(sqlite3.connect(tmp_path / "b.db")) as copy:
        assert copy.execute("SELECT count(*) FROM due").fetchone() == (200000,)


async def test_backup_has_every_rule_of_the_tables_and_no_index_that_only_saves_time(
    store: Store, tmp_path: Path
) -> None:
    await back_up(store, tmp_path / "b.db", MORNING, MIGRATIONS)
    whole = Store(f"sqlite+aiosqlite:///{tmp_path}/whole.db")
    await migrate(whole, MIGRATIONS)
    await whole.close()
    read_objects = "SELECT type, name, sql FROM sqlite_schema"
    with closing(sqlite3.connect(tmp_path / "b.db")) as copy, closing(sqlite3.connect(tmp_path / "whole.db")) as other:
        copied, created = ({*file.execute(read_objects).fetchall()} for file in (copy, other))
    assert {row[2].split(" ON ")[0].rsplit(" ", 1)[0] for row in created - copied} == {"CREATE INDEX"}
    assert copied < created
    assert {"due_once", "reservations_never_overlap"} <= {name for _, name, _ in copied}
