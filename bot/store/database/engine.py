"""Opens the database so that its transactions are what they say."""

from pathlib import Path

from sqlalchemy import event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store.database.file import DatabaseFile
from bot.store.database.sqlite import make_connector

#: Seconds PostgreSQL may take to let us in, before that is an error which is tried again.
CONNECT_TIMEOUT_SECONDS = 5.0
#: What PostgreSQL does with a transaction of ours that stands still, in milliseconds: a program that hangs in the
#: middle of one, or whose machine is gone, must not hold its locks for ever.
_SERVER_SETTINGS = {"application_name": "bylaug", "idle_in_transaction_session_timeout": "10000"}

#: What people wrote must not be told to the log by an error.
_DISCREET = {"hide_parameters": True}


def open_engine(url: str) -> AsyncEngine:
    """An engine for `sqlite+aiosqlite://` (a file) or `postgresql+asyncpg://`."""
    if url.startswith("postgresql"):
        how = {"timeout": CONNECT_TIMEOUT_SECONDS, "server_settings": _SERVER_SETTINGS}
        return create_async_engine(url, pool_pre_ping=True, connect_args=how, **_DISCREET)
    return open_sqlite_engine(url, database_file_of(url))


def database_file_of(url: str) -> DatabaseFile:
    """The file of an SQLite database."""
    path = make_url(url).database
    assert path is not None, "a database in memory would be forgotten, and nothing may be"
    return DatabaseFile(Path(path))


def open_sqlite_engine(url: str, file: DatabaseFile) -> AsyncEngine:
    """An engine for this SQLite file alone."""
    engine = create_async_engine(url, async_creator=make_connector(file), **_DISCREET)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _begin_sqlite(connection: Connection) -> None:
    """Writers queue up before they read: two that read first and write later would both believe the pitch is free.

    Who only reads begins nothing; each of its statements sees one state, which is all that is asked of it.
    """
    if not connection.get_execution_options().get("reading", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
