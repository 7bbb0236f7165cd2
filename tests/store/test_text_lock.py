"""Texts of encrypted communities in the database: locked, unlocked with the passphrase, and emptied when old."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sample_community import CLUB, MORNING, PLACE, make_community, make_context, mark_all_sent, message, receive_rows
from sqlalchemy import select, text

from bot.errors import Fatal
from bot.pipeline.handling.handle import handle_row
from bot.pipeline.retention import Retention
from bot.store.database.transaction import Store
from bot.store.locked_types import PREFIX
from bot.store.tables import history, inbox, outbox
from bot.store.text_lock import open_text_lock

PASSPHRASE = "tolv køer går hjem"
#: Words of a command and a reason, and of every card.
WORDS = ("klipperen", "bane 1")


@pytest.fixture
async def reopened(store: Store, database_url: str) -> AsyncIterator[Store]:
    """The same database in another program."""
    opened = Store(database_url)
    yield opened
    await opened.close()


async def read_raw(store: Store) -> str:
    """Return all texts of inbox, outbox and history as they are in the database."""
    statements = ("SELECT payload FROM inbox", "SELECT content FROM outbox", "SELECT reason FROM history")
    async with store.read() as connection:
        rows = [row for statement in statements for row in await connection.execute(text(statement))]
    return str(rows)


async def read_all(store: Store) -> list[Any]:
    """Return the contents of inbox, outbox and history as the program reads them."""
    columns = ((inbox, inbox.c.payload), (outbox, outbox.c.content), (history, history.c.reason))
    async with store.read() as connection:
        found = [await connection.execute(select(column).order_by(table.c.id)) for table, column in columns]
        return [list(rows.scalars()) for rows in found]


async def book_and_cancel(store: Store) -> None:
    context = make_context(store)
    for command in ("!book bane 1 slåning 12/6 kl. 14 @firma", "!aflys 1 plæneklipperen er væk"):
        for row in await receive_rows(context, message(CLUB, command)):
            await handle_row(context, row)
    await mark_all_sent(context)


async def test_texts_are_locked_in_the_database_and_read_as_they_were(store: Store, reopened: Store) -> None:
    await open_text_lock(store, PASSPHRASE, is_locking=True)
    await book_and_cancel(store)
    raw = await read_raw(store)
    assert [word for word in WORDS if word in raw] == []
    texts = await read_all(store)
    assert [word for word in WORDS if word not in str(texts)] == []
    with pytest.raises(Fatal, match="give the passphrase"):
        await read_all(reopened)
    await open_text_lock(reopened, PASSPHRASE, is_locking=False)
    assert await read_all(reopened) == texts
    await open_text_lock(reopened, "elleve køer går hjem", is_locking=False)
    assert PREFIX not in str(await read_all(reopened))  # lost, and nothing fails


async def test_what_was_written_before_is_locked_and_emptied_when_it_is_old(store: Store) -> None:
    await book_and_cancel(store)
    texts, raw = await read_all(store), await read_raw(store)
    assert [word for word in WORDS if word not in raw] == []
    await open_text_lock(store, PASSPHRASE, is_locking=True)
    community, context = make_community(encrypted=True), make_context(store)
    await Retention(context).work_on(PLACE, community)
    raw = await read_raw(store)
    assert [word for word in WORDS if word in raw] == []
    assert await read_all(store) == texts
    context.clock = lambda: MORNING + community.retention + timedelta(days=7)
    await Retention(context).work_on(PLACE, community)
    messages, answers, reasons = await read_all(store)
    assert {part.get("text", "") for part in messages} == {""}
    assert {part.get("html", "") + part.get("plain", "") for part in answers} == {""}
    assert reasons == texts[2]
