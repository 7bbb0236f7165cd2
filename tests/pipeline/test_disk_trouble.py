"""A booking while the database cannot be written: no part of it is stored or sent, and later it is answered once."""

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest
from sample_community import CLUB, PLACE, make_context, message
from sqlalchemy import func, select

from bot.pipeline.context import Context
from bot.pipeline.handling.worker import InboxWorker
from bot.pipeline.inbound.receive import receive
from bot.pipeline.outbound.dispatch import Dispatcher
from bot.pipeline.timers import TimerScheduler
from bot.store.database import sqlite_connection
from bot.store.database.schema import check_and_migrate
from bot.store.database.transaction import Store
from bot.store.messages.outbox import OutboxRow, count_unsent
from bot.store.tables import agreements, inbox, outbox


class Bot:
    """The path from the inbox to the sent rows; `reports` is what the store reported about the database."""

    def __init__(self, url: str) -> None:
        self.reports: list[str | None] = []
        self.has_trouble, self.is_over = asyncio.Event(), asyncio.Event()
        self.context: Context = make_context(Store(url, self._note_report))
        self.sent: list[str] = []
        self.dispatcher = Dispatcher(self.context, self._send)
        self.scheduler = TimerScheduler(self.context, lambda place: self.worker.per_room.wake(place))
        self.worker = InboxWorker(self.context, self.dispatcher, self.scheduler)

    def _note_report(self, reason: str | None) -> None:
        self.reports.append(reason)
        (self.is_over if reason is None else self.has_trouble).set()

    async def _send(self, row: OutboxRow) -> str:
        self.sent.append(row.transaction_id)
        return f"$out-{row.id}"

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for part in (self.dispatcher.per_room.run, self.worker.per_room.run, self.scheduler.run):
                group.create_task(part())

    async def count_rows(self) -> tuple[int, int, int]:
        """Return the number of handled inbox rows, of agreements and of outbox rows."""
        handled = select(func.count()).select_from(inbox).where(inbox.c.outcome.is_not(None))
        counts = (handled, *(select(func.count()).select_from(table) for table in (agreements, outbox)))
        async with self.context.store.read() as connection:
            first, second, third = [(await connection.execute(count)).scalar_one() for count in counts]
        return first, second, third


@pytest.fixture
async def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setattr(sqlite_connection, "BUSY_TIMEOUT_SECONDS", 0.2)
    made = Bot(f"sqlite+aiosqlite:///{tmp_path}/test.db")
    await check_and_migrate(made.context.store)
    task = asyncio.create_task(made.run())
    await asyncio.sleep(0)
    yield made
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await made.context.store.close()


@contextmanager
def disk_full(bot: Bot) -> Iterator[None]:
    """Keep the files of this process from growing."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def database_locked(bot: Bot) -> Iterator[None]:
    """Hold the write lock of the database from another connection."""
    assert bot.context.store.file is not None
    other = sqlite3.connect(bot.context.store.file.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


@contextmanager
def file_moved(bot: Bot) -> Iterator[None]:
    """Move the file of the database away."""
    assert bot.context.store.file is not None
    path = bot.context.store.file.path
    aside = path.rename(path.with_suffix(".aside"))
    try:
        yield
    finally:
        aside.rename(path)


@pytest.mark.parametrize("trouble", [disk_full, database_locked, file_moved])
async def test_a_booking_is_kept_whole_or_not_at_all_and_answered_once(
    bot: Bot, trouble: Callable[[Bot], AbstractContextManager[None]]
) -> None:
    await receive(bot.context, [message(CLUB, "!book bane 1 slåning i morgen kl. 14 @firma")])
    with trouble(bot):
        bot.worker.per_room.wake(PLACE)
        async with asyncio.timeout(30):
            await bot.has_trouble.wait()
        if trouble is not file_moved:
            assert await bot.count_rows() == (0, 0, 0)
        assert bot.sent == []
    async with asyncio.timeout(30):
        await bot.is_over.wait()
        await bot.worker.per_room.wait_until_idle(PLACE)
        await bot.dispatcher.per_room.wait_until_idle(PLACE)
    done, booked, answers = await bot.count_rows()
    assert (done, booked) == (1, 1)
    assert len(bot.sent) == len(set(bot.sent)) == answers
    assert bot.reports[-1] is None


async def test_what_was_sent_and_could_not_be_noted_is_noted_later_and_not_sent_again(bot: Bot) -> None:
    assert bot.context.store.file is not None
    path = bot.context.store.file.path
    async with asyncio.timeout(30):
        send = bot.dispatcher._send

        async def send_and_move(row: OutboxRow) -> str:
            if not bot.sent:
                path.rename(path.with_suffix(".aside"))
            return await send(row)

        bot.dispatcher._send = send_and_move
        await receive(bot.context, [message(CLUB, "!ping")])
        bot.worker.per_room.wake(PLACE)
        await bot.has_trouble.wait()
        path.with_suffix(".aside").rename(path)
        await bot.is_over.wait()
        await bot.dispatcher.per_room.wait_until_idle(PLACE)
    assert len(bot.sent) == 1
    async with bot.context.store.read() as connection:
        assert await count_unsent(connection) == 0
