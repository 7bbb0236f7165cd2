"""The real servers that tests run against: one Synapse and one PostgreSQL a session, a fresh database a test."""

from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from neighbours import Street
from postgres import Postgres

from bot.demo.homeserver import Homeserver
from bot.store.database.schema import migrate
from bot.store.database.transaction import Store
from bot.testing.proxy import FaultProxy

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


@pytest.fixture
async def street(homeserver: Homeserver, tmp_path: Path, localpart: Callable[[str], str]) -> AsyncIterator[Street]:
    """Accounts and a configuration on the homeserver; a file of tests may have a `homeserver` of its own."""
    made = Street(homeserver, tmp_path, localpart)
    yield made
    await made.close()


@pytest.fixture
async def proxy(homeserver: Homeserver) -> AsyncIterator[FaultProxy]:
    """A way to the homeserver that is bad on request; lets everything through until it is given a rule."""
    async with FaultProxy(homeserver.url) as made:
        yield made


@pytest.fixture
def far(street: Street, proxy: FaultProxy) -> None:
    """The street's bot finds the homeserver through the proxy; its neighbours find it without."""
    street.url = proxy.url


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


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty database with all the tables of the core."""
    made = Store(database_url)
    await migrate(made)
    yield made
    await made.close()


async def _execute(server: Postgres, statement: str) -> None:
    connection = await asyncpg.connect(server.url("postgres", driver="postgresql"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def easy_vaults() -> Iterator[None]:
    """Passphrases that cost a thousandth: who is not there to guess them need not be kept waiting."""
    from bot.matrix.crypto.signing import secret_storage

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secret_storage, "PBKDF2_ITERATIONS", 500)
        yield
