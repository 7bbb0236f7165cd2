"""Rows are sent in order, several at once behind a backlog; a row that fails is tried again or given up."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from sample_community import CLUB, MORNING, OTHER_PLACE, PLACE, message, receive_rows
from sqlalchemy import select

from bot.concurrency import retry
from bot.concurrency.retry import PermanentFailure, RateLimited, RoomUnavailable, TemporaryFailure
from bot.errors import Fatal
from bot.pipeline.context import Context
from bot.pipeline.outbound.dispatch import Dispatcher
from bot.pipeline.outbound.send_window import MAX_OPEN_ROWS
from bot.store.messages import outbox as rows
from bot.store.messages.outbox import OutboxRow
from bot.store.tables import outbox


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pauses between tries; test_retry measures them."""
    monkeypatch.setattr(retry, "_BACKOFF", lambda state: 0.0)
    monkeypatch.setattr(retry, "_temporary_pause", lambda state: 0.001)


class Transport:
    """Stands for the homeserver. `fails` holds the errors that a row meets before it is accepted.

    Clear `open` to keep all rows under way.
    """

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.targets: list[str | None] = []
        self.tries: Counter[str] = Counter()
        self.fails: dict[str, list[Exception]] = {}
        self.max_at_once = 0
        self._under_way = 0
        self._tried = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()

    async def send(self, row: OutboxRow) -> str:
        said = row.content["plain"]
        self.tries[said] += 1
        self._tried.set()
        self._under_way += 1
        self.max_at_once = max(self.max_at_once, self._under_way)
        try:
            await self.open.wait()
            for _ in range(3):
                await asyncio.sleep(0)
            if self.fails.get(said):
                raise self.fails[said].pop(0)
        finally:
            self._under_way -= 1
        self.sent.append(said)
        self.targets.append(row.target)
        return f"${said}"

    async def wait_until_tried(self, said: str, times: int) -> None:
        while self.tries[said] < times:
            self._tried.clear()
            await self._tried.wait()


@asynccontextmanager
async def run_dispatcher(context: Context, transport: Transport) -> AsyncIterator[Dispatcher]:
    dispatcher = Dispatcher(context, transport.send)
    running = asyncio.create_task(dispatcher.per_room.run())
    await asyncio.sleep(0)  # now it runs
    yield dispatcher
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def insert_rows(
    context: Context, *said: str, place: str = PLACE, cause: int | None = None, **more: object
) -> list[int]:
    """Insert rows into the outbox and return their ids. Each answers another command, unless `cause` is given."""
    made = []
    for seq, one in enumerate(said):
        inbox_id = (
            cause or (await receive_rows(context, message(CLUB, f"!ping {one}", place=place), place=place))[-1].id
        )
        columns = {"inbox_id": inbox_id, "seq": seq, "transaction_id": f"{inbox_id}-{seq}-{one}", "place": place}
        content = {"plain": one}
        async with context.store.write() as connection:
            made.append(
                await rows.insert_row(
                    connection, **{"kind": "say", **columns, "content": content, **more}, created_at=MORNING
                )
            )
    return made


async def send_all(dispatcher: Dispatcher, *places: str) -> None:
    for place in places or (PLACE,):
        dispatcher.wake(place)
    async with asyncio.timeout(20):
        for place in places or (PLACE,):
            await dispatcher.per_room.wait_until_idle(place)


async def read_failures(context: Context) -> list[str | None]:
    async with context.store.read() as connection:
        return list((await connection.execute(select(outbox.c.failure).order_by(outbox.c.id))).scalars())


async def test_little_is_sent_one_after_the_other(context: Context) -> None:
    transport = Transport()
    await insert_rows(context, "1", "2", "3")
    async with run_dispatcher(context, transport) as dispatcher:
        await send_all(dispatcher)
    assert transport.sent == ["1", "2", "3"]
    assert transport.max_at_once == 1


async def test_a_backlog_is_sent_a_window_at_a_time_and_each_answer_in_order(context: Context) -> None:
    transport = Transport()
    for answer in range(60):
        ids = await insert_rows(context, f"{answer}a")
        async with context.store.read() as connection:
            cause = (await connection.execute(select(outbox.c.inbox_id).where(outbox.c.id == ids[0]))).scalar_one()
        async with context.store.write() as connection:
            for seq, part in enumerate("bc", start=1):
                said = f"{answer}{part}"
                columns = {"inbox_id": cause, "seq": seq, "transaction_id": said, "place": PLACE, "kind": "react"}
                await rows.insert_row(
                    connection, **columns, content={"plain": said}, refers_to=ids[0], created_at=MORNING
                )
    async with run_dispatcher(context, transport) as dispatcher:
        await send_all(dispatcher)
    assert sorted(transport.sent) == sorted(f"{answer}{part}" for answer in range(60) for part in "abc")
    for answer in range(60):
        assert [said for said in transport.sent if said[:-1] == str(answer)] == [f"{answer}{part}" for part in "abc"]
    assert 1 < transport.max_at_once <= MAX_OPEN_ROWS
    assert max(transport.tries.values()) == 1
    by_row = dict(zip(transport.sent, transport.targets, strict=True))
    assert {by_row[f"{answer}b"] == f"${answer}a" for answer in range(60)} == {True}


async def test_limited_account_sends_later_answers_before_reactions_and_only_the_last_edit_of_a_card(
    context: Context,
) -> None:
    transport = Transport()
    (card,) = await insert_rows(context, "card")
    async with context.store.read() as connection:
        cause = (await connection.execute(select(outbox.c.inbox_id))).scalar_one()
    for seq, said in enumerate(("✅", "❌"), start=1):
        columns = {"inbox_id": cause, "seq": seq, "transaction_id": said, "place": PLACE, "kind": "react"}
        async with context.store.write() as connection:
            await rows.insert_row(connection, **columns, content={"plain": said}, refers_to=card, created_at=MORNING)
    await insert_rows(context, "agreed", "moved", kind="edit", refers_to=card)
    await insert_rows(context, "under the card", refers_to=card)
    await insert_rows(context, "another answer")
    await insert_rows(context, "an answer there", place=OTHER_PLACE)
    transport.fails = {"card": [RateLimited("M_LIMIT_EXCEEDED", 0.02)]}
    async with run_dispatcher(context, transport) as dispatcher:
        await send_all(dispatcher, PLACE, OTHER_PLACE)
    answers = ["an answer there", "another answer", "card", "under the card"]
    assert sorted(transport.sent[:4]) == answers
    assert sorted(transport.sent[4:]) == ["moved", "✅", "❌"]
    failures = await read_failures(context)
    assert [failure for failure in failures if failure] == ["a newer edit of the same message waits"]


async def test_limited_account_keeps_the_answers_of_a_room_in_order_when_one_has_other_trouble(
    context: Context,
) -> None:
    transport = Transport()
    await insert_rows(context, *"12345")
    transport.fails = {"1": [RateLimited("M_LIMIT_EXCEEDED", 0.01)], "2": [TemporaryFailure("502")] * 3}
    async with run_dispatcher(context, transport) as dispatcher:
        await send_all(dispatcher)
    assert transport.sent == list("12345")


@pytest.mark.parametrize(("trouble", "together"), [(False, 20), (True, 1)])
async def test_a_place_that_took_a_crowd_is_given_the_next_at_once_unless_there_was_trouble(
    context: Context, trouble: bool, together: int
) -> None:
    transport = Transport()
    first, second = ([f"{crowd}-{number}" for number in range(20)] for crowd in "ab")
    if trouble:
        transport.fails["a-19"] = [TemporaryFailure("not now")]
    async with run_dispatcher(context, transport) as dispatcher:
        await insert_rows(context, *first)
        await send_all(dispatcher)
        transport.max_at_once = 0
        transport.open.clear()
        await insert_rows(context, *second)
        dispatcher.wake(PLACE)
        await transport.wait_until_tried(second[together - 1], 1)
        assert transport.max_at_once == together
        transport.open.set()
        await send_all(dispatcher)
    assert sorted(transport.sent) == sorted([*first, *second])


async def test_what_has_to_wait_is_tried_again_and_nothing_new_starts_before_it(context: Context) -> None:
    transport = Transport()
    await insert_rows(context, "1", "2", "3")
    transport.fails["1"] = [TemporaryFailure("429", 0.001), TemporaryFailure("502"), TemporaryFailure("not reached")]
    async with run_dispatcher(context, transport) as dispatcher:
        await send_all(dispatcher)
    assert transport.sent == ["1", "2", "3"]
    assert transport.tries["1"] == 4
    assert context.health.counts["send_retries", ""] == 3


async def test_after_trouble_a_backlog_is_sent_in_order_and_only_its_oldest_is_tried_again(context: Context) -> None:
    transport = Transport()
    said = [f"{number:02}" for number in range(40)]
    await insert_rows(context, *said)
    for one in said:
        transport.fails[one] = [TemporaryFailure("gone")]
    transport.fails["00"] = [TemporaryFailure("gone")] * 20
    async with run_dispatcher(context, transport) as dispatcher:
        await send_all(dispatcher)
    assert transport.sent == said
    tried = list(transport.tries.values())
    assert (tried[0], set(tried[1:])) == (21, {2})


async def test_what_will_never_go_through_is_given_up_with_all_that_refers_to_it(context: Context) -> None:
    transport = Transport()
    (card,) = await insert_rows(context, "card")
    await insert_rows(context, "tap", refers_to=card)
    await insert_rows(context, "next")
    transport.fails["card"] = [PermanentFailure("M_TOO_LARGE")]
    async with run_dispatcher(context, transport) as dispatcher:
        await send_all(dispatcher)
        await insert_rows(context, "edit", refers_to=card)
        await send_all(dispatcher)
        assert transport.sent == ["next"]
        assert [failure is None for failure in await read_failures(context)] == [False, False, True, False]
        async with context.store.read() as connection:
            assert await rows.has_unsent(connection, PLACE) is False


async def test_many_given_up_do_not_block_what_comes_after(context: Context) -> None:
    transport = Transport()
    (card,) = await insert_rows(context, "card")
    transport.fails["card"] = [PermanentFailure("gone")]
    async with run_dispatcher(context, transport) as dispatcher:
        await send_all(dispatcher)
        await insert_rows(context, *(f"edit {n}" for n in range(120)), refers_to=card)
        await insert_rows(context, "at last")
        await send_all(dispatcher)
    assert transport.sent == ["at last"]


async def test_rooms_go_side_by_side_and_one_that_is_stuck_holds_up_no_other(context: Context) -> None:
    transport = Transport()
    await insert_rows(context, "stuck")
    await insert_rows(context, "free", place=OTHER_PLACE)
    transport.fails["stuck"] = [TemporaryFailure("429")] * 50
    async with run_dispatcher(context, transport) as dispatcher:
        dispatcher.wake(PLACE)
        await send_all(dispatcher, OTHER_PLACE)
        assert transport.sent == ["free"]
        await send_all(dispatcher, PLACE)
    assert transport.sent == ["free", "stuck"]


async def test_what_comes_up_while_something_is_under_way_is_sent_too(context: Context) -> None:
    transport = Transport()
    transport.open.clear()
    await insert_rows(context, "1")
    async with run_dispatcher(context, transport) as dispatcher:
        dispatcher.wake(PLACE)
        await transport.wait_until_tried("1", 1)
        await insert_rows(context, "2")
        dispatcher.wake(PLACE)
        transport.open.set()
        await send_all(dispatcher)
    assert transport.sent == ["1", "2"]
    assert max(transport.tries.values()) == 1


async def test_stopped_midway_it_goes_on_where_it_was_under_the_same_ids(context: Context) -> None:
    transport = Transport()
    await insert_rows(context, *(str(number) for number in range(30)))
    transport.fails["5"] = [TemporaryFailure("down")] * 10_000
    async with run_dispatcher(context, transport) as dispatcher:
        dispatcher.wake(PLACE)
        await transport.wait_until_tried("5", 3)
    again = Transport()
    async with run_dispatcher(context, again) as dispatcher:
        await send_all(dispatcher)
    assert set(transport.sent) | set(again.sent) == {str(number) for number in range(30)}
    assert again.sent[-1] == "29"


async def test_a_fatal_error_of_one_room_ends_the_dispatcher(context: Context) -> None:
    transport = Transport()
    await insert_rows(context, "1")
    transport.fails["1"] = [Fatal("logged out", 77)]
    dispatcher = Dispatcher(context, transport.send)
    dispatcher.wake(PLACE)
    async with asyncio.timeout(20):
        with pytest.raises(BaseExceptionGroup) as ended:
            await dispatcher.per_room.run()
    assert ended.group_contains(Fatal, match="logged out")


async def test_something_unforeseen_in_sending_is_tried_again(context: Context) -> None:
    transport = Transport()
    await insert_rows(context, "1", "2")
    transport.fails["1"] = [KeyError("event_id")]
    async with run_dispatcher(context, transport) as dispatcher:
        await send_all(dispatcher)
    assert transport.sent == ["1", "2"]


async def test_a_closed_place_is_tried_once_and_keeps_everything_until_it_is_woken(context: Context) -> None:
    transport = Transport()
    await insert_rows(context, "1", "2", "3", "4", "5")
    await insert_rows(context, "elsewhere", place=OTHER_PLACE)
    transport.fails["1"] = [RoomUnavailable("muted")]
    async with run_dispatcher(context, transport) as dispatcher:
        await send_all(dispatcher, PLACE, OTHER_PLACE)
        assert transport.sent == ["elsewhere"]
        assert sum(transport.tries.values()) == 2
        assert await read_failures(context) == [None] * 6
        await send_all(dispatcher)
    assert sorted(transport.sent) == ["1", "2", "3", "4", "5", "elsewhere"]
    assert await read_failures(context) == [None] * 6


async def test_what_belongs_to_something_refused_by_a_closed_place_waits_with_it(context: Context) -> None:
    transport = Transport()
    (card,) = await insert_rows(context, "card")
    await insert_rows(context, "edit", kind="edit", refers_to=card)
    transport.fails["card"] = [RoomUnavailable("muted")]
    async with run_dispatcher(context, transport) as dispatcher:
        await send_all(dispatcher)
        assert transport.tries == Counter({"card": 1})
        await send_all(dispatcher)
    assert transport.sent == ["card", "edit"]
