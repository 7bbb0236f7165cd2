"""A database with copied tables has the same schema and facts as a database that was migrated."""

import sqlite3
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sample_community import MIGRATIONS
from sqlalchemy import text

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


async def describe(store: Store) -> list[str]:
    """Return everything in a PostgreSQL database, one line each."""
    queries = (
        "SELECT table_name, column_name, data_type, collation_name, is_nullable, column_default "
        "FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace",
        "SELECT extname FROM pg_extension",
        "SELECT * FROM meta",
        "SELECT * FROM alembic_version",
    )
    async with store.read() as connection:
        return sorted([str(row) for query in queries for row in await connection.execute(text(query))])


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


async def test_the_same_on_postgresql(new_postgres_url: Callable[[], Awaitable[str]], migrations: list[int]) -> None:
    migrated, first, second = [Store(await new_postgres_url()) for _ in range(3)]
    await migrate(migrated, WITH_CLOSURES)
    await create_tables(first, WITH_CLOSURES)
    migrations.clear()
    await create_tables(second, WITH_CLOSURES)
    assert migrations == []
    assert await describe(second) == await describe(migrated)
    for store in (migrated, first, second):
        await store.close()


async def test_other_features_get_their_own_tables(database_url: str, tmp_path: Path) -> None:
    await make_database(tmp_path / "all.db", WITH_CLOSURES)
    store = Store(database_url)
    await create_tables(store, MIGRATIONS)
    assert await is_current(store, MIGRATIONS)
    assert not await is_current(store, WITH_CLOSURES)
    await store.close()


async def test_database_in_use_keeps_its_rows_and_gets_the_new_tables(database_url: str, tmp_path: Path) -> None:
    await make_database(tmp_path / "all.db", WITH_CLOSURES)
    store = Store(database_url)
    await create_tables(store, MIGRATIONS)
    async with store.write() as connection:
        await set_fact(connection, "said", "yes")
    before = await find_revisions(store)
    await create_tables(store, WITH_CLOSURES)
    async with store.read() as connection:
        assert await get_fact(connection, "said") == "yes"
    assert set(before) < set(await find_revisions(store))
    await store.close()
