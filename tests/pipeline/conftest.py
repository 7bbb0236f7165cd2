"""An application context on SQLite, for tests that do not run on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sample_community import MIGRATIONS, make_context

from bot.pipeline.context import Context
from bot.store.database.transaction import Store
from bot.testing.new_database import create_tables


@pytest.fixture
async def context(tmp_path: Path) -> AsyncIterator[Context]:
    """A context without any rows, on SQLite."""
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/test.db")
    await create_tables(store, MIGRATIONS)
    yield make_context(store)
    await store.close()
