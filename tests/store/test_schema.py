"""Migrations create the tables, can be repeated, and refuse the database of a newer program."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.commands.check_keys import check_keys
from bot.commands.database import migrate_database
from bot.config.load import load_settings
from bot.errors import Fatal
from bot.store import crypto_tables as _crypto_tables  # noqa: F401
from bot.store.calendars import tables as _calendars  # noqa: F401  adds its tables to the metadata
from bot.store.database import schema
from bot.store.database.schema import find_pending_migrations, find_revisions, is_current, migrate
from bot.store.database.transaction import Store
from bot.store.messages import pictures as _pictures  # noqa: F401
from bot.store.tables import metadata

#: The newest migration of the core.
NEWEST = max(file.stem[:4] for file in schema.CORE_MIGRATIONS.glob("0*.py"))

BROKEN = '''
"""A migration that fails halfway."""
from alembic import op
import sqlalchemy as sa

revision, down_revision, branch_labels, depends_on = "ideas1", None, ("ideas",), None


def upgrade():
    op.create_table("ideas", sa.Column("id", sa.Integer()))
    op.execute("this is no SQL")
'''


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = Store(database_url)
    yield opened
    await opened.close()


async def read_table_names(store: Store) -> set[str]:
    async with store.read() as connection:
        return set(await connection.run_sync(lambda c: __import__("sqlalchemy").inspect(c).get_table_names()))


async def test_migrating_an_empty_database_creates_every_table(store: Store) -> None:
    assert await is_current(store) is False
    assert await migrate(store) == [NEWEST]
    assert await read_table_names(store) == {*metadata.tables, "alembic_version"}
    assert await is_current(store) is True


async def test_migrating_again_changes_nothing(store: Store) -> None:
    await migrate(store)
    assert await migrate(store) == [NEWEST]
    assert await find_revisions(store) == [NEWEST]


async def test_migrated_tables_are_those_of_the_metadata(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    await migrate(store)
    async with store.read() as connection:
        differences = await connection.run_sync(
            lambda c: compare_metadata(MigrationContext.configure(c, opts={"compare_type": False}), metadata)
        )
    assert differences == []


async def test_two_programs_that_migrate_at_once_migrate_once(database_url: str) -> None:
    stores = [Store(database_url), Store(database_url)]
    assert await asyncio.gather(*map(migrate, stores)) == [[NEWEST], [NEWEST]]
    for store in stores:
        await store.close()


async def test_newer_database_is_refused(store: Store) -> None:
    await migrate(store)
    async with store.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
        await connection.execute(text("UPDATE meta SET value = 'newer' WHERE key = 'schema'"))
    with pytest.raises(Fatal) as raised:
        await migrate(store)
    assert str(raised.value) == (
        "The database was written by a newer Bylaug, or by a feature that is not installed here (revision 0999). "
        "Install that version again, or restore a backup from before."
    )
    assert raised.value.exit_code == 65
    assert await find_revisions(store) == ["0999"]


async def test_failed_migration_leaves_the_database_unchanged(store: Store, tmp_path: Path) -> None:
    await migrate(store)
    folder = tmp_path / "ideas" / "migrations"
    folder.mkdir(parents=True)
    (folder / "ideas1.py").write_text(BROKEN)
    with pytest.raises(Exception, match="this is no SQL"):
        await migrate(store, [folder])
    assert "ideas" not in await read_table_names(store)
    assert await find_revisions(store) == [NEWEST]
    assert await is_current(store) is True
    assert await is_current(store, [folder]) is False


async def test_pending_migrations_are_those_that_migrate_applies(store: Store) -> None:
    assert (await find_pending_migrations(store))[-1].startswith(NEWEST)
    await migrate(store, to=["0012"])
    pending = await find_pending_migrations(store)
    assert (pending[0], pending[-1]) == ("0013", NEWEST)
    await migrate(store)
    assert await find_pending_migrations(store) == []


async def test_check_says_that_an_update_changes_the_tables(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text('homeserver: https://x.org\naccount: "@bylaug:x.org"\n')
    settings = load_settings(tmp_path / "config.yaml", {})
    assert await check_keys(settings, []) == []
    store = Store(settings.database)
    await migrate(store, to=["0012"])
    await store.close()
    (problem,) = await check_keys(settings, [])
    assert problem.is_warning
    assert "this version changes the tables at its next start (" in problem.message
    assert "0013, " in problem.message
    assert "make a backup before" in problem.message
    await migrate_database(tmp_path / "config.yaml", {})
    assert await check_keys(settings, []) == []
