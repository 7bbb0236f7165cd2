"""Creates the SQLAlchemy engine of a database, with the transactions that the store relies on."""

from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store.database.direct_engine import DirectEngine
from bot.store.database.file import DatabaseFile
from bot.store.database.sqlite import make_creator

#: Seconds that connecting to PostgreSQL may take before it counts as a failure, which is retried.
CONNECT_TIMEOUT_SECONDS = 5.0
#: PostgreSQL ends a transaction that is idle for so many milliseconds: a program that hangs in one, or whose machine is
#: gone, must not hold its locks for ever.
_SERVER_SETTINGS = {"application_name": "bylaug", "idle_in_transaction_session_timeout": "5000"}

#: Error messages must not put what people wrote into the log.
_HIDE_PARAMETERS = {"hide_parameters": True}


def open_engine(url: str) -> AsyncEngine:
    """Return an engine for `sqlite+aiosqlite://` (a file) or `postgresql+asyncpg://`."""
    if url.startswith("postgresql"):
        options = {"timeout": CONNECT_TIMEOUT_SECONDS, "server_settings": _SERVER_SETTINGS}
        return create_async_engine(url, pool_pre_ping=True, connect_args=options, **_HIDE_PARAMETERS)
    return open_sqlite_engine(url, database_file_of(url))


def database_file_of(url: str) -> DatabaseFile:
    """Return the file of an SQLite URL."""
    path = make_url(url).database
    assert path is not None, "an SQLite database in memory would be lost"
    return DatabaseFile(Path(path))


def open_sqlite_engine(url: str, file: DatabaseFile) -> AsyncEngine:
    """Return an engine for an SQLite URL, all of whose connections use this file."""
    engine = create_async_engine(url, creator=make_creator(file, lambda: engine.dialect.dbapi), **_HIDE_PARAMETERS)
    return DirectEngine(engine.sync_engine)
