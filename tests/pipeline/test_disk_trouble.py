"""A booking on a disk that takes nothing: no part of it is kept or said, and it is answered once when there is room."""

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
from bot.store.database import sqlite
from bot.store.database.schema import check_and_migrate
from bot.store.database.transaction import Store
from bot.store.messages.outbox import OutboxRow, count_unsent
from bot.store.tables import agreements, inbox, outbox


class Bot:
    """The path from the inbox to what was sent, and what was heard of the database."""

    def __init__(self, url: str) -> None:
        self.noticed: list[str | None] = []
        self.trouble, self.over = asyncio.Event(), asyncio.Event()
        self.context: Context = make_context(Store(url, self._notice))
        self.sent: list[str] = []
        self.dispatcher = Dispatcher(self.context, self._send)
        self.scheduler = TimerScheduler(self.context, lambda place: self.worker.per_room.wake(place))
        self.worker = InboxWorker(self.context, self.dispatcher, self.scheduler)

    def _notice(self, why: str | None) -> None:
        self.noticed.append(why)
        (self.over if why is None else self.trouble).set()

    async def _send(self, row: OutboxRow) -> str:
        self.sent.append(row.transaction_id)
        return f"$out-{row.id}"

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for part in (self.dispatcher.per_room.run, self.worker.per_room.run, self.scheduler.run):
                group.create_task(part())

    async def rows(self) -> tuple[int, int, int]:
        """How many messages are done, how many agreements and how many answers there are."""
        done = select(func.count()).select_from(inbox).where(inbox.c.outcome.is_not(None))
        counts = (done, *(select(func.count()).select_from(table) for table in (agreements, outbox)))
        async with self.context.store.read() as connection:
            first, second, third = [(await connection.execute(count)).scalar_one() for count in counts]
        return first, second, third


@pytest.fixture
async def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_SECONDS", 0.2)
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
def full(bot: Bot) -> Iterator[None]:
    """No file of ours grows any more."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def locked(bot: Bot) -> Iterator[None]:
    """Somebody else writes, and does not come to an end."""
    assert bot.context.store.file is not None
    other = sqlite3.connect(bot.context.store.file.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


@contextmanager
def moved(bot: Bot) -> Iterator[None]:
    """The file is not where it was."""
    assert bot.context.store.file is not None
    path = bot.context.store.file.path
    aside = path.rename(path.with_suffix(".aside"))
    try:
        yield
    finally:
        aside.rename(path)


Bad = Callable[[Bot], AbstractContextManager[None]]


@pytest.mark.parametrize("bad", [full, locked, moved])
async def test_a_booking_is_kept_whole_or_not_at_all_and_answered_once(
    bot: Bot, bad: Callable[[Bot], AbstractContextManager[None]]
) -> None:
    await receive(bot.context, [message(CLUB, "!book bane 1 slåning i morgen kl. 14 @firma")])
    with bad(bot):
        bot.worker.per_room.wake(PLACE)
        async with asyncio.timeout(30):
            await bot.trouble.wait()
        if bad is not moved:
            assert await bot.rows() == (0, 0, 0)
        assert bot.sent == []
    async with asyncio.timeout(30):
        await bot.over.wait()
        await bot.worker.per_room.wait_until_idle(PLACE)
        await bot.dispatcher.per_room.wait_until_idle(PLACE)
    done, booked, answers = await bot.rows()
    assert (done, booked) == (1, 1)
    assert len(bot.sent) == len(set(bot.sent)) == answers
    assert bot.noticed[-1] is None


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
        await bot.trouble.wait()
        path.with_suffix(".aside").rename(path)
        await bot.over.wait()
        await bot.dispatcher.per_room.wait_until_idle(PLACE)
    assert len(bot.sent) == 1
    async with bot.context.store.read() as connection:
        assert await count_unsent(connection) == 0
