"""A PostgreSQL that is off, restarted, out of connections, read-only or wrongly configured: the error says which."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import asyncpg
import pytest
from postgres import Postgres
from sqlalchemy import text

from bot.errors import Fatal, Unavailable
from bot.store.database.schema import check_and_migrate
from bot.store.database.transaction import Store
from bot.store.facts import get_fact, set_fact


async def execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


@pytest.fixture
async def limited_url(postgres_url: str) -> AsyncIterator[str]:
    """The same database for a user who may have two connections and is no superuser."""
    role = postgres_url.partition("/test_")[2].partition("?")[0]
    await execute(
        postgres_url, f"CREATE ROLE r{role} LOGIN CONNECTION LIMIT 2", f"ALTER SCHEMA public OWNER TO r{role}"
    )
    yield postgres_url.replace("postgres@", f"r{role}@")
    await execute(
        postgres_url, f"REASSIGN OWNED BY r{role} TO postgres", f"DROP OWNED BY r{role}", f"DROP ROLE r{role}"
    )


async def write_both(store: Store, value: str) -> None:
    """Write two facts in one transaction."""
    async with store.write() as connection:
        await set_fact(connection, "a", value)
        await set_fact(connection, "b", value)


async def write_half(store: Store, server: Postgres) -> None:
    """Stop the server between the two statements of a transaction."""
    async with store.write() as connection:
        await set_fact(connection, "a", "half")
        await asyncio.to_thread(server.stop)
        await set_fact(connection, "b", "half")


async def read_both(store: Store) -> list[str | None]:
    async with store.read() as connection:
        return [await get_fact(connection, key) for key in ("a", "b")]


async def test_restarted_server_loses_nothing_and_keeps_no_half_transaction() -> None:
    with Postgres() as server:
        reasons: list[str | None] = []
        store = Store(server.url("postgres"), reasons.append)
        await check_and_migrate(store)
        await write_both(store, "before")
        with pytest.raises(Unavailable):
            await write_half(store, server)
        with pytest.raises(Unavailable, match=r"the server is not reached, or lost us\. Start it, or look"):
            await write_both(store, "x")
        await asyncio.to_thread(server.start)
        assert await read_both(store) == ["before", "before"]
        await write_both(store, "after")
        assert await read_both(store) == ["after", "after"]
        assert (reasons[0] is not None, reasons[-1]) == (True, None)
        await store.close()


async def test_server_without_a_free_connection_is_transient(limited_url: str) -> None:
    store = Store(limited_url)
    await check_and_migrate(store)
    async with AsyncExitStack() as stack:
        stores = [Store(limited_url) for _ in range(2)]
        for other in stores:
            stack.push_async_callback(other.close)
        await store.close()
        for other in stores:
            await read_both(other)  # it keeps its connection open
        with pytest.raises(Unavailable, match=r"has no connection left.*max_connections"):
            await write_both(store, "x")
    await write_both(store, "after")
    assert await read_both(store) == ["after", "after"]
    await store.close()


async def test_read_only_server_is_transient(limited_url: str) -> None:
    store = Store(limited_url)
    await check_and_migrate(store)
    await write_both(store, "before")
    role = limited_url.partition("//")[2].partition("@")[0]
    await store.close()
    await execute(limited_url, f"ALTER ROLE {role} SET default_transaction_read_only = on")
    with pytest.raises(Unavailable, match="only lets us read: it is a copy that follows another server"):
        await write_both(store, "x")
    assert await read_both(store) == ["before", "before"]
    await store.close()
    await execute(limited_url, "SET default_transaction_read_only = off", f"ALTER ROLE {role} RESET ALL")
    await write_both(store, "after")
    await store.close()


@pytest.mark.parametrize(
    ("wrong", "words"), [("nobody@", "does not let us in"), ("postgres@/nothing", "no such database")]
)
async def test_unknown_database_or_user_at_the_start_is_fatal(postgres_url: str, wrong: str, words: str) -> None:
    before = "postgres@" if wrong == "nobody@" else "postgres@/" + postgres_url.partition("@/")[2].partition("?")[0]
    store = Store(postgres_url.replace(before, wrong))
    with pytest.raises(Fatal, match=words) as raised:
        await check_and_migrate(store)
    assert raised.value.exit_code == 74
    await store.close()


@pytest.mark.parametrize(
    ("setting", "statement", "words"),
    [
        ("statement_timeout", "SELECT pg_sleep(20)", r"broke off a statement that took too long.*statement_timeout"),
        ("lock_timeout", "LOCK TABLE meta", "did not get a lock in time"),
        (
            "lock_timeout",
            "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'XX000'; END $$",
            "answers with the error XX000",
        ),
    ],
    ids=["slow", "locked", "any other"],
)
async def test_error_that_a_server_answers_with_is_not_explained_as_a_server_that_is_not_reached(
    postgres_url: str, setting: str, statement: str, words: str
) -> None:
    async def execute_second() -> None:
        async with second.write() as connection:
            await connection.execute(text(f"SET LOCAL {setting} = 100"))
            await connection.execute(text(statement))

    first, second = Store(postgres_url), Store(postgres_url)
    await check_and_migrate(first)
    async with first.write() as connection:
        await connection.execute(text("LOCK TABLE meta"))
        with pytest.raises(Unavailable, match=words) as raised:
            await execute_second()
    assert "not reached" not in str(raised.value)
    for store in (first, second):
        await store.close()
