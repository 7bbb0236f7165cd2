"""A database that is copied is the same as one that is migrated."""

import sqlite3
import stat
from pathlib import Path

import pytest
from sample_community import MIGRATIONS

from bot.features.closures import feature as closures
from bot.store.database import schema
from bot.store.database.schema import find_revisions, is_current, migrate
from bot.store.database.transaction import Store
from bot.store.facts import get_fact, set_fact
from bot.testing.new_database import create_tables

assert closures.migrations is not None
WITH_CLOSURES = [closures.migrations, *MIGRATIONS]


def open_store(file: Path) -> Store:
    return Store(f"sqlite+aiosqlite:///{file}")


async def make_database(file: Path, features: list[Path]) -> Path:
    store = open_store(file)
    await create_tables(store, features)
    await store.close()
    return file


def dump(file: Path) -> list[str]:
    connection = sqlite3.connect(file)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


@pytest.fixture
def migrations(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Has an entry for each time that migrations were run."""
    ran: list[int] = []
    upgrade = schema._upgrade

    def count(*arguments: object) -> None:
        ran.append(1)
        upgrade(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(schema, "_upgrade", count)
    return ran


async def test_second_database_has_all_that_migrations_make_and_runs_none(
    tmp_path: Path, migrations: list[int]
) -> None:
    migrated = open_store(tmp_path / "migrated.db")
    await migrate(migrated, WITH_CLOSURES)
    await migrated.close()
    await make_database(tmp_path / "first.db", WITH_CLOSURES)
    migrations.clear()
    copy = await make_database(tmp_path / "copy.db", WITH_CLOSURES)
    assert migrations == []
    assert dump(copy) == dump(tmp_path / "migrated.db")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


async def test_other_features_get_their_own_tables(tmp_path: Path) -> None:
    await make_database(tmp_path / "all.db", WITH_CLOSURES)
    store = open_store(tmp_path / "core.db")
    await create_tables(store, MIGRATIONS)
    assert await is_current(store, MIGRATIONS)
    assert not await is_current(store, WITH_CLOSURES)
    await store.close()


async def test_database_in_use_keeps_its_rows_and_gets_the_new_tables(tmp_path: Path) -> None:
    await make_database(tmp_path / "all.db", WITH_CLOSURES)
    store = open_store(await make_database(tmp_path / "used.db", MIGRATIONS))
    async with store.write() as connection:
        await set_fact(connection, "said", "yes")
    before = await find_revisions(store)
    await create_tables(store, WITH_CLOSURES)
    async with store.read() as connection:
        assert await get_fact(connection, "said") == "yes"
    assert set(before) < set(await find_revisions(store))
    await store.close()
