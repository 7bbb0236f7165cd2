"""The real servers that tests run against: one Synapse and one PostgreSQL a session, a fresh database a test."""

from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from postgres import Postgres

from bot.demo.homeserver import Homeserver

_numbers = count(1)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def homeserver(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Homeserver]:
    """A Synapse that all tests share: use `localpart` for names, and rooms of your own."""
    async with Homeserver(tmp_path_factory.mktemp("synapse")) as server:
        yield server


@pytest.fixture
def localpart() -> Callable[[str], str]:
    """Makes user names that no other test has: localpart("anna") is "anna-7"."""
    return lambda name: f"{name}-{next(_numbers)}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL that all tests share; use `postgres_url` for a database of your own in it."""
    with Postgres() as server:
        yield server


@pytest.fixture
async def postgres_url(postgres: Postgres) -> AsyncIterator[str]:
    """A fresh, empty PostgreSQL database, gone after the test."""
    name = f"test_{next(_numbers)}"
    await _execute(postgres, f"CREATE DATABASE {name}")
    yield postgres.url(name)
    await _execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, empty database: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/test.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


async def _execute(server: Postgres, statement: str) -> None:
    connection = await asyncpg.connect(server.url("postgres", driver="postgresql"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def easy_vaults() -> Iterator[None]:
    """Passphrases that cost a thousandth: who is not there to guess them need not be kept waiting."""
    from bot.matrix.crypto.signing import vault

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault, "ROUNDS", 500)
        yield
