"""Opens the database so that its transactions are what they say."""

from pathlib import Path

from sqlalchemy import event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store.sqlite import connector


def open_engine(url: str) -> AsyncEngine:
    """An engine for `sqlite+aiosqlite://` (a file) or `postgresql+asyncpg://`."""
    file = make_url(url).database
    if url.startswith("postgresql"):
        return create_async_engine(url, pool_pre_ping=True)
    assert file is not None, "a database in memory would be forgotten, and nothing may be"
    engine = create_async_engine(url, async_creator=connector(Path(file)))
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _begin_sqlite(connection: Connection) -> None:
    """Writers queue up before they read: two that read first and write later would both believe the pitch is free.

    Who only reads begins nothing; each of its statements sees one state, which is all that is asked of it.
    """
    if not connection.get_execution_options().get("reading", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
