"""After a restore, events are handled as of the time at which they happened, and sent messages are found."""

import logging
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sample_community import CLUB, FIRM, MORNING, PLACE, RIVAL, edit, make_context, message, tap
from sqlalchemy import select

from bot.matrix.sync.own_messages import OwnMessages
from bot.pipeline.context import Context
from bot.pipeline.handling.worker import InboxWorker
from bot.pipeline.inbound.receive import receive
from bot.pipeline.outbound.dispatch import Dispatcher
from bot.pipeline.outbound.sent_before import SentBefore, SentMessages
from bot.pipeline.replay import Replay, replay_after_restore
from bot.pipeline.timers import TimerScheduler
from bot.store.backup.backup import back_up
from bot.store.backup.restore import restore
from bot.store.backup.restore_marker import RestoreMarker, get_restore_marker, set_restore_marker
from bot.store.database.transaction import Store
from bot.store.messages import inbox, outbox
from bot.store.messages.inbox import Incoming
from bot.store.messages.timers import find_next_due
from bot.store.tables import agreements, due, history, reservations
from bot.store.tables import outbox as outbox_table
from bot.testing.new_database import create_tables

HOUR = timedelta(hours=1)
RESTORED = MORNING + timedelta(days=4)


class Bot:
    """The program on one database, with a clock that tests set, and without a homeserver."""

    def __init__(self, url: str) -> None:
        self.now = MORNING
        self.store = Store(url)
        self.context: Context = make_context(self.store)
        self.context.clock = lambda: self.now
        scheduler = TimerScheduler(self.context, lambda place: None)
        self.worker = InboxWorker(self.context, Dispatcher(self.context, _refuse_to_send), scheduler)
        self.scheduler = scheduler

    async def let_happen(self, at: datetime, *incoming: Incoming, late: timedelta = timedelta()) -> None:
        """Let events happen at a time; the bot handles them `late`. Timers that are due before are fired in time."""
        while (due_at := await self._next_due()) is not None and due_at <= at + late:
            self.now = due_at
            await self.scheduler.fire_due()
            await self._work()
        self.now = at + late
        await receive(self.context, [replace(one, sent_at=at) for one in incoming])
        await self._work()

    async def _work(self) -> None:
        await self.worker.handle_waiting(PLACE)
        async with self.store.write() as connection:
            rows = await outbox.find_unsent(connection, PLACE, 0, 100)
            await outbox.mark_sent(connection, [(row.id, event_of(row.transaction_id), self.now) for row in rows])

    async def _next_due(self) -> datetime | None:
        async with self.store.read() as connection:
            return await find_next_due(connection)

    async def read_sent(self) -> list[Any]:
        """Return all rows that it has sent, oldest first."""
        async with self.store.read() as connection:
            rows = select(outbox_table).where(outbox_table.c.external_id.is_not(None)).order_by(outbox_table.c.id)
            return list(await connection.execute(rows))

    async def read_unsent(self) -> list[str]:
        """Return the texts of the rows that it has not sent."""
        async with self.store.read() as connection:
            return [str(row.content.get("plain")) for row in await outbox.find_unsent(connection, PLACE, 0, 100)]

    async def read_stored(self) -> dict[str, list[Any]]:
        """Return everything that it has stored about agreements, to the microsecond."""
        steps = [column for column in history.c if column.name not in ("id", "inbox_id")]
        deals = [column for column in agreements.c if column.name not in ("id", "card")]
        cards = select(agreements.c.number, outbox_table.c.external_id).join(
            outbox_table, agreements.c.card == outbox_table.c.id
        )
        wanted = {
            "agreements": select(*deals).order_by(agreements.c.number),
            "history": select(*steps).order_by(history.c.id),
            "cards": cards.order_by(agreements.c.number),
            "reservations": select(reservations.c.start, reservations.c.end).order_by(reservations.c.start),
            "timers": select(due.c.name, due.c.subject, due.c.at, due.c.fired).order_by(due.c.at, due.c.name),
        }
        async with self.store.read() as connection:
            return {name: [tuple(row) for row in await connection.execute(rows)] for name, rows in wanted.items()}


async def _refuse_to_send(row: outbox.OutboxRow) -> str:
    raise AssertionError("nothing is sent before everything is read")


def event_of(transaction_id: str) -> str:
    return f"$said-{transaction_id}"


def answer_to(cause: Incoming, seq: int = 0) -> str:
    """Return the id of the event that answers another one."""
    return event_of(outbox.make_transaction_id(cause.source, cause.external_id, seq))


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    made = Bot(f"sqlite+aiosqlite:///{tmp_path}/bylaug.db")
    await create_tables(made.store)
    yield made
    await made.store.close()


@pytest.fixture
async def restored(tmp_path: Path) -> AsyncIterator[Bot]:
    """The program on the restored database, days later."""
    made = Bot(f"sqlite+aiosqlite:///{tmp_path}/restored.db")
    made.now = RESTORED + HOUR
    yield made
    await made.store.close()


async def back_up_and_restore(bot: Bot, restored: Bot, folder: Path) -> None:
    await back_up(bot.store, folder / "b.db", bot.now)
    await restore(str(restored.store.engine.url), folder / "b.db", RESTORED)


def history_of(said: Iterable[Any]) -> SentMessages:
    """Return what the bot has sent, as the room's history shows it."""
    sent = OwnMessages()
    for row in reversed(list(said)):
        milliseconds = row.sent_at.timestamp() * 1000
        sent.add(
            {
                "type": "m.room.message",
                "event_id": row.external_id,
                "content": {},
                "origin_server_ts": milliseconds,
                "unsigned": {"transaction_id": row.transaction_id},
            }
        )
    return sent


def make_replay(restored: Bot, sent: SentMessages) -> Replay:
    async def look(place: str, since: datetime) -> SentMessages:
        return sent

    restored.context.rooms.communities = {PLACE: restored.context.rooms.communities[PLACE]}
    sent_before = SentBefore(look, restored.context.clock)
    replay = Replay(
        restored.context,
        RestoreMarker(MORNING, RESTORED),
        sent_before,
        restored.worker.handle_waiting,
        restored.scheduler.timer_order(),
    )
    restored.context.replay = replay
    return replay


async def replay_all(restored: Bot, sent: SentMessages, *incoming: Incoming) -> None:
    replay = make_replay(restored, sent)
    await replay.start()
    await replay.receive(incoming, ("matrix position", "s2"))
    assert await replay.finish(set())
    restored.context.replay = None


def at(moment: datetime, incoming: Incoming) -> Incoming:
    return replace(incoming, sent_at=moment)


async def test_everything_comes_back_as_of_when_it_was(bot: Bot, restored: Bot, tmp_path: Path) -> None:
    first = message(CLUB, "!book bane 1 slåning i morgen kl. 8 @firma")
    await bot.let_happen(MORNING, first)
    await back_up_and_restore(bot, restored, tmp_path)
    second = message(RIVAL, "!book bane 2 slåning i morgen kl. 14 @firma")
    asked = message(CLUB, "!book bane 2 slåning")
    day = [
        at(MORNING + HOUR, tap(FIRM, "✅", answer_to(first))),
        at(MORNING + 2 * HOUR, second),
        at(MORNING + 3 * HOUR, message(FIRM, "kl. 9 passer bedre", thread=answer_to(second))),
        at(MORNING + 4 * HOUR, tap(RIVAL, "✅", answer_to(second))),
        at(MORNING + 5 * HOUR, asked),
        at(MORNING + 6 * HOUR, message(RIVAL, "om 2 dage er det torsdag")),
        at(MORNING + 7 * HOUR, message(CLUB, "om 2 dage kl. 10", reply_to=answer_to(asked))),
        at(MORNING + 30 * HOUR, message(FIRM, "!færdig 1")),
        at(MORNING + 31 * HOUR, message(CLUB, "!bekræft 1")),
    ]
    for one in day:
        await bot.let_happen(one.sent_at, one)
    late = at(MORNING + 32 * HOUR, message(CLUB, "!book bane 1 slåning i morgen kl. 8 @firma"))
    await bot.let_happen(late.sent_at, late, late=5 * HOUR)
    await bot.let_happen(RESTORED - HOUR)
    assert len((await bot.read_stored())["history"]) == 11
    await replay_all(restored, history_of(await bot.read_sent()), *day, late)
    assert await restored.read_stored() == await bot.read_stored()
    assert await restored.read_unsent() == []
    assert [row.transaction_id for row in await restored.read_sent()] == [
        row.transaction_id for row in await bot.read_sent()
    ]


async def test_what_nobody_answered_before_the_end_is_answered_now(bot: Bot, restored: Bot, tmp_path: Path) -> None:
    await back_up_and_restore(bot, restored, tmp_path)
    heard, unheard = message(CLUB, "!book bane 1 slåning i morgen kl. 8 @firma"), message(CLUB, "!aftaler")
    await bot.let_happen(MORNING + HOUR, heard)
    await replay_all(
        restored, history_of(await bot.read_sent()), at(MORNING + HOUR, heard), at(MORNING + 2 * HOUR, unheard)
    )
    (answer,) = await restored.read_unsent()
    assert "1" in answer
    assert await restored.read_stored() == await bot.read_stored()


async def test_what_was_corrected_before_it_was_answered_is_what_it_was_corrected_to(
    bot: Bot, restored: Bot, tmp_path: Path
) -> None:
    """The bot was off for a while, and received the message and its edit together."""
    await back_up_and_restore(bot, restored, tmp_path)
    wrong = at(MORNING + HOUR, message(CLUB, "!book bane 1 slåning 12/6 kl. 8 @firma"))
    right = at(MORNING + 2 * HOUR, edit(CLUB, wrong, "!book bane 2 slåning 13/6 kl. 9 @firma"))
    bot.now = MORNING + 5 * HOUR
    await receive(bot.context, [wrong, right])
    await bot._work()
    await replay_all(restored, history_of(await bot.read_sent()), wrong, right)
    assert (await restored.read_stored(), await restored.read_unsent()) == (await bot.read_stored(), [])
    assert "bane-2" in (await restored.read_stored())["agreements"][0]


async def test_an_answer_from_a_server_whose_clock_is_behind_comes_after_what_it_answers(
    bot: Bot, restored: Bot, tmp_path: Path
) -> None:
    await back_up_and_restore(bot, restored, tmp_path)
    booking = at(MORNING + HOUR, message(CLUB, "!book bane 1 slåning 12/6 kl. 8 @firma"))
    await bot.let_happen(booking.sent_at, booking, late=timedelta(seconds=1))
    yes = tap(FIRM, "✅", answer_to(booking))
    await bot.let_happen(MORNING + 2 * HOUR, yes)
    await replay_all(restored, history_of(await bot.read_sent()), booking, at(MORNING, yes))
    assert (await restored.read_stored(), await restored.read_unsent()) == (await bot.read_stored(), [])


async def test_what_waited_to_be_sent_when_the_backup_was_made_is_recognised(
    bot: Bot, restored: Bot, tmp_path: Path
) -> None:
    await bot.let_happen(MORNING, message(CLUB, "!book bane 1 slåning i morgen kl. 8 @firma"))
    said = await bot.read_sent()
    async with bot.store.write() as connection:
        await connection.execute(outbox_table.update().values(sent_at=None, external_id=None))
    await back_up_and_restore(bot, restored, tmp_path)
    assert len(await restored.read_unsent()) == len(said) == 3
    await replay_all(restored, history_of(said))
    assert await restored.read_unsent() == []
    assert [row.external_id for row in await restored.read_sent()] == [row.external_id for row in said]


async def test_a_reminder_that_was_said_in_other_words_is_not_said_after_it(
    bot: Bot, restored: Bot, tmp_path: Path
) -> None:
    """The bot was off while two proposals lapsed, and told of both in one message."""
    await bot.let_happen(MORNING, message(CLUB, "!book bane 1 slåning i dag kl. 14 @firma"))
    await bot.let_happen(MORNING, message(CLUB, "!book bane 2 slåning i dag kl. 15 @firma"))
    await back_up_and_restore(bot, restored, tmp_path)
    bot.now = MORNING + 20 * HOUR
    await bot.scheduler.fire_due()
    await bot._work()
    assert "her:" in (await bot.read_sent())[-1].content["plain"]
    await replay_all(restored, history_of(await bot.read_sent()))
    unsaid = await restored.read_unsent()
    assert [text.splitlines()[0] for text in unsaid] == [
        "⌛ Aftale 1: slåning af bane 1",
        "⌛ Aftale 2: slåning af bane 2",
    ]
    async with restored.store.read() as connection:
        kinds = [row.kind for row in await outbox.find_unsent(connection, PLACE, 0, 100)]
    assert kinds == ["edit", "edit"]


async def test_a_timer_that_was_due_after_the_last_sent_message_is_left_to_the_scheduler(
    bot: Bot, restored: Bot, tmp_path: Path
) -> None:
    await bot.let_happen(MORNING, message(CLUB, "!book bane 1 slåning i dag kl. 14 @firma"))
    await back_up_and_restore(bot, restored, tmp_path)
    await replay_all(restored, history_of(await bot.read_sent()))
    assert [(name, fired) for name, _, _, fired in (await restored.read_stored())["timers"]] == [("unanswered", False)]
    await restored.scheduler.fire_due()
    await restored.worker.handle_waiting(PLACE)
    assert "der kom ikke svar i tide" in (await restored.read_unsent())[-1]


async def test_interrupted_it_goes_on_and_takes_no_talk_for_an_answer(bot: Bot, restored: Bot, tmp_path: Path) -> None:
    await back_up_and_restore(bot, restored, tmp_path)
    day = [
        at(MORNING + 1 * HOUR, message(CLUB, "om 3 dage kl. 10")),
        at(MORNING + 2 * HOUR, message(CLUB, "!book bane 2 slåning")),
        at(MORNING + 3 * HOUR, message(CLUB, "om 2 dage kl. 10")),
        at(MORNING + 4 * HOUR, message(CLUB, "!aftaler")),
    ]
    for one in day:
        await bot.let_happen(one.sent_at, one)
    sent = history_of(await bot.read_sent())
    replay = make_replay(restored, sent)
    await replay.start()
    await replay._replay_events(PLACE, day[:2])  # and here it is killed
    await replay_all(restored, sent, *day)
    assert (await restored.read_stored(), await restored.read_unsent()) == (await bot.read_stored(), [])


async def test_what_was_said_about_something_forgotten_is_told(
    bot: Bot, restored: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await back_up_and_restore(bot, restored, tmp_path)
    deleted = at(MORNING + HOUR, message(CLUB, "!book bane 1 slåning i morgen kl. 8 @firma"))
    await bot.let_happen(deleted.sent_at, deleted)
    with caplog.at_level(logging.WARNING):
        await replay_all(restored, history_of(await bot.read_sent()))
    (told,) = [record.getMessage() for record in caplog.records]
    assert told.startswith("landsby: 3 of our messages there, from 2026-06-09 09:00 to 2026-06-09 09:00 UTC, are about")
    assert answer_to(deleted) in told


async def test_a_database_that_was_not_restored_is_left_alone(bot: Bot) -> None:
    async def never(*arguments: object) -> Any:
        raise AssertionError("nobody is asked")

    await replay_after_restore(bot.context, SentBefore(never, bot.context.clock), never, [], never)


async def test_caught_up_the_database_lives_in_the_present(bot: Bot) -> None:
    async def look(place: str, since: datetime) -> SentMessages:
        return OwnMessages()

    listened = []

    async def listen(past: RestoreMarker) -> set[str]:
        assert bot.context.replay is not None
        listened.append(await bot.context.replay.receive([], ("matrix position", "s9")))
        return set()

    async with bot.store.write() as connection:
        await set_restore_marker(connection, RestoreMarker(MORNING - HOUR, MORNING))
    bot.context.rooms.communities = {PLACE: bot.context.rooms.communities[PLACE]}
    for _ in range(2):
        await replay_after_restore(
            bot.context, SentBefore(look, bot.context.clock), bot.worker.handle_waiting, [], listen
        )
    async with bot.store.read() as connection:
        assert (await get_restore_marker(connection), listened, bot.context.replay) == (None, [set()], None)
        assert await inbox.count_unhandled(connection) == 0


async def test_a_place_that_cannot_be_read_holds_up_no_other_and_is_caught_up_with_later(
    bot: Bot, restored: Bot, tmp_path: Path
) -> None:
    booking = at(MORNING + HOUR, message(CLUB, "!book bane 1 slåning i morgen kl. 8 @firma"))
    await back_up_and_restore(bot, restored, tmp_path)
    await bot.let_happen(booking.sent_at, booking)
    sent = history_of(await bot.read_sent())

    async def look(place: str, since: datetime) -> SentMessages:
        return sent if place == PLACE else OwnMessages()

    async def listen(past: RestoreMarker) -> set[str]:
        return {PLACE}

    restored.context.rooms.communities = dict(restored.context.rooms.communities)
    sent_before = SentBefore(look, restored.context.clock)
    await replay_after_restore(restored.context, sent_before, restored.worker.handle_waiting, [], listen)
    assert restored.context.replay is not None
    await restored.context.replay.receive([booking], ("matrix gap", "s3"))
    await restored.worker.handle_waiting(PLACE)
    assert (await restored.read_stored(), await restored.read_unsent()) == (await bot.read_stored(), [])
    async with restored.store.read() as connection:
        assert await get_restore_marker(connection) == RestoreMarker(MORNING, RESTORED)
