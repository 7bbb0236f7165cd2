"""An edit or redaction that arrives while its message is being handled is not lost (PostgreSQL has several writers)."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sample_community import CLUB, MORNING, edit, message, open_contexts, read_answers, receive_rows, redaction
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.pipeline.context import Context
from bot.pipeline.handling.handle import handle_row
from bot.pipeline.inbound.receive import receive
from bot.store.messages import inbox
from bot.store.messages.inbox import InboxRow, Incoming
from bot.store.tables import inbox as inbox_table

BOOK = "!book bane 1 slåning fredag kl. 14"


async def wait_for_blocked(connection: AsyncConnection, count: int) -> None:
    """Wait until so many transactions wait for a lock. Use the connection that has it: an idle one would be ended."""
    blocked = text(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND (database IS NULL OR database = "
        "(SELECT oid FROM pg_database WHERE datname = current_database()))"
    )
    async with asyncio.timeout(20):
        while (await connection.execute(blocked)).scalar_one() < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def receive_while_handled(contexts: list[Context], row: InboxRow, incoming: Incoming) -> list[InboxRow]:
    """Receive something while a row is marked as done in a transaction that is not committed.

    That transaction waits for a table that is locked. Return the unhandled rows afterwards.
    """
    async with contexts[2].store.write() as connection:
        await connection.execute(text("LOCK TABLE agreements IN SHARE MODE"))
        handling = asyncio.create_task(handle_row(contexts[0], row))
        await wait_for_blocked(connection, 1)
        receiving = asyncio.create_task(receive(contexts[1], [incoming]))
        await wait_for_blocked(connection, 2)
    await asyncio.gather(handling, receiving)
    return await receive_rows(contexts[1])


async def test_edit_of_a_message_that_is_being_handled_is_handled_afterwards(postgres_url: str) -> None:
    async with open_contexts(postgres_url, 3) as contexts:
        original = message(CLUB, BOOK)
        (row,) = await receive_rows(contexts[0], original)
        (edited,) = await receive_while_handled(contexts, row, edit(CLUB, original, BOOK.replace("14", "15")))
        assert (await handle_row(contexts[0], edited)).outcome == "handled"
        (answers,) = await read_answers(contexts[0], [edited])
        assert "kl. 15-17" in answers[0]


async def test_redaction_of_a_message_that_is_being_handled_is_answered(postgres_url: str) -> None:
    async with open_contexts(postgres_url, 3) as contexts:
        original = message(CLUB, BOOK)
        (row,) = await receive_rows(contexts[0], original)
        (redacted,) = await receive_while_handled(contexts, row, redaction(original))
        assert redacted.kind == "redaction"
        assert (await handle_row(contexts[0], redacted)).outcome == "handled"


async def test_stale_message_that_was_deleted_in_the_meantime_stays_withdrawn(postgres_url: str) -> None:
    async with open_contexts(postgres_url, 3) as contexts:
        first, second = message(CLUB, BOOK), message(CLUB, BOOK.replace("14", "16"))
        (row, _) = await receive_rows(contexts[0], first, second)
        for context in contexts:
            context.clock = lambda: MORNING + timedelta(days=2)
        async with contexts[1].store.write() as connection:
            assert await inbox.mark_withdrawn(connection, row.id + 1, MORNING)
            handling = asyncio.create_task(handle_row(contexts[0], row))
            await wait_for_blocked(connection, 1)
        assert (await handling).outcome == "stale"
        async with contexts[0].store.read() as connection:
            outcomes = (await connection.execute(select(inbox_table.c.outcome).order_by(inbox_table.c.id))).scalars()
            assert list(outcomes) == ["stale", inbox.WITHDRAWN]
        (answers,) = await read_answers(contexts[0], [row])
        assert "16" not in answers[0]


@pytest.mark.parametrize("kind", ["message", "edit"])
async def test_edit_that_is_received_twice_is_stored_once(database_url: str, kind: str) -> None:
    async with open_contexts(database_url, 1) as contexts:
        original = message(CLUB, BOOK)
        changed = edit(CLUB, original, BOOK.replace("14", "15"))
        incoming = [original, changed, replace(changed)] if kind == "edit" else [original, replace(original), changed]
        (row,) = await receive_rows(contexts[0], *incoming)
        assert row.payload["text"] == BOOK.replace("14", "15")
