"""The real servers that tests run against: one Synapse and one PostgreSQL per session, a fresh database per test."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from live_setup import LiveSetup
from postgres import Postgres

from bot.demo.homeserver import Homeserver
from bot.store.database.transaction import Store
from bot.testing.new_database import create_tables
from bot.testing.proxy import FaultProxy

_numbers = count(1)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def homeserver(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Homeserver]:
    """A Synapse that all tests share. Get user names from `localpart`, and create your own rooms."""
    async with Homeserver(tmp_path_factory.mktemp("synapse")) as server:
        yield server


@pytest.fixture
def localpart() -> Callable[[str], str]:
    """Returns user names that no other test has: localpart("anna") is "anna-7"."""
    return lambda name: f"{name}-{next(_numbers)}"


@pytest.fixture
async def live(homeserver: Homeserver, tmp_path: Path, localpart: Callable[[str], str]) -> AsyncIterator[LiveSetup]:
    """The bot's account, its configuration and users. A test file may define its own `homeserver` for it."""
    setup = LiveSetup(homeserver, tmp_path, localpart)
    yield setup
    await setup.close()


@pytest.fixture
async def proxy(homeserver: Homeserver) -> AsyncIterator[FaultProxy]:
    """A proxy before the homeserver that makes faults on request; without rules it lets everything through."""
    async with FaultProxy(homeserver.url) as proxy:
        yield proxy


@pytest.fixture
def bot_behind_proxy(live: LiveSetup, proxy: FaultProxy) -> None:
    """Lets the bot reach the homeserver through the proxy. Users reach it directly."""
    live.homeserver_url = proxy.url


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL that all tests share. Get a database of your own from `postgres_url`."""
    with Postgres() as server:
        yield server


@pytest.fixture
async def new_postgres_url(postgres: Postgres) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """Returns the URL of one more empty PostgreSQL database, each dropped after the test."""
    names: list[str] = []

    async def create() -> str:
        names.append(f"test_{next(_numbers)}")
        # by default PostgreSQL writes a new database's pages to its log one by one, which takes several times as long
        await _execute(postgres, f"CREATE DATABASE {names[-1]} STRATEGY FILE_COPY")
        return postgres.url(names[-1])

    yield create
    for name in names:
        await _execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def postgres_url(new_postgres_url: Callable[[], Awaitable[str]]) -> str:
    """The URL of an empty PostgreSQL database that is dropped after the test."""
    return await new_postgres_url()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database. The test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/test.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty database with all tables of the core."""
    store = Store(database_url)
    await create_tables(store)
    yield store
    await store.close()


async def _execute(server: Postgres, statement: str) -> None:
    connection = await asyncpg.connect(server.url("postgres", driver="postgresql"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def fast_key_derivation() -> Iterator[None]:
    """Derive keys from passphrases with a thousandth of the iterations, since nobody tries to guess them here."""
    from bot.matrix.crypto.signing import secret_storage

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secret_storage, "PBKDF2_ITERATIONS", 500)
        yield
