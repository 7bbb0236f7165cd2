"""When the homeserver limits the account, the rooms take turns, and what people wait for is sent first."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.concurrency.keyed_worker import Stopping
from bot.concurrency.retry import RateLimited
from bot.pipeline.outbound import account_limit
from bot.pipeline.outbound.account_limit import AccountLimit, Importance

ANSWER, ROOM, EDIT, REACTION = Importance.ANSWER, Importance.ROOM, Importance.EDIT, Importance.REACTION


class Homeserver:
    """Accepts `burst` events at once, and one more each `interval` seconds; counts refused requests."""

    def __init__(self, burst: int, interval: float) -> None:
        self.burst, self.interval, self.events_left = burst, interval, float(burst)
        self.sent: list[str] = []
        self.refusals = 0
        self.refused_place = ""
        self._counted_at = asyncio.get_running_loop().time()

    def count(self) -> float:
        now = asyncio.get_running_loop().time()
        self.events_left = min(self.burst, self.events_left + (now - self._counted_at) / self.interval)
        self._counted_at = now
        return self.events_left

    def accept(self, place: str, event: str) -> None:
        self.count()
        if self.events_left < 1 or place == self.refused_place:
            self.refusals += 1
            raise RateLimited("M_LIMIT_EXCEEDED", max(0.0, 1 - self.events_left) * self.interval + 0.001)
        self.events_left -= 1
        self.sent.append(event)


Row = tuple[str, Importance, int]


@pytest.fixture
def limit() -> AccountLimit:
    return AccountLimit(lambda: None)


async def send_all(limit: AccountLimit, homeserver: Homeserver, rows: Sequence[Row]) -> None:
    stopping = asyncio.Event()

    async def send(place: str, importance: Importance, number: int) -> None:
        async def act() -> None:
            homeserver.accept(place, f"{importance.name.lower()} {number}")

        await limit.send(place, importance, number, act, stopping)

    await asyncio.gather(*(send(*row) for row in rows))


async def test_answers_of_all_rooms_go_before_edits_and_those_before_reactions(limit: AccountLimit) -> None:
    homeserver = Homeserver(burst=1, interval=0.05)
    rows = [
        ("a", ANSWER, 1),
        *(("a", REACTION, 2), ("a", REACTION, 3), ("a", EDIT, 4), ("a", ANSWER, 5)),
        *(("b", REACTION, 6), ("b", EDIT, 7), ("b", ANSWER, 8), ("c", ANSWER, 9)),
    ]
    await send_all(limit, homeserver, rows)
    expected = ["answer 1", "answer 5", "answer 8", "answer 9", "edit 4", "edit 7"]
    assert homeserver.sent == [*expected, "reaction 2", "reaction 3", "reaction 6"]


async def test_requests_that_are_no_messages_go_between_answers_and_edits(limit: AccountLimit) -> None:
    homeserver = Homeserver(1, 0.03)
    await send_all(limit, homeserver, [("a", ANSWER, 0)])
    rows = [("a", EDIT, 1), ("b", ROOM, 5), ("b", ROOM, 4), ("c", ANSWER, 9)]
    await send_all(limit, homeserver, rows)
    assert [event for event in homeserver.sent if event != "edit 1"] == ["answer 0", "answer 9", "room 4", "room 5"]


async def test_a_request_that_is_no_message_goes_before_answers_when_it_has_waited_long(
    limit: AccountLimit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_limit, "MAX_RESERVE_SECONDS", 0.1)
    homeserver = Homeserver(1, 0.05)
    answers = [("a", ANSWER, number) for number in range(10)]
    await send_all(limit, homeserver, [("a", ANSWER, 99), *answers, ("b", ROOM, 1)])
    assert homeserver.sent.index("room 1") < len(homeserver.sent) - 3


async def test_one_request_of_the_account_tries_after_a_pause(limit: AccountLimit) -> None:
    homeserver = Homeserver(burst=2, interval=0.05)
    await send_all(limit, homeserver, [(place, ANSWER, n) for n, place in enumerate("abcdefgh")])
    assert len(homeserver.sent) == 8
    assert homeserver.refusals <= 6 + 7  # those that were under way, then one for each event at most


async def test_reactions_leave_events_for_the_next_answers(limit: AccountLimit) -> None:
    """The limit is known, and nothing waits: ten reactions do not take what the next person needs."""
    homeserver = Homeserver(burst=10, interval=0.1)
    await send_all(limit, homeserver, [("a", ANSWER, n) for n in range(11)])
    await asyncio.sleep(10 * 0.1)
    reactions = asyncio.create_task(send_all(limit, homeserver, [("a", REACTION, n) for n in range(10)]))
    await asyncio.sleep(0.1)
    assert homeserver.count() >= 3
    started_at = asyncio.get_running_loop().time()
    await send_all(limit, homeserver, [("b", ANSWER, n) for n in range(3)])
    assert asyncio.get_running_loop().time() - started_at < 0.05
    await reactions


async def test_known_limit_leaves_events_for_answers_from_the_start(limit: AccountLimit) -> None:
    homeserver = Homeserver(burst=10, interval=60)
    limit.expect()
    reactions = asyncio.create_task(send_all(limit, homeserver, [("a", REACTION, n) for n in range(10)]))
    await asyncio.sleep(0.1)
    assert homeserver.count() >= 5
    await send_all(limit, homeserver, [("b", ANSWER, n) for n in range(5)])
    assert homeserver.refusals == 0
    reactions.cancel()


async def test_reaction_is_sent_at_last_although_answers_use_up_the_limit(
    limit: AccountLimit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_limit, "MAX_RESERVE_SECONDS", 0.1)
    homeserver = Homeserver(burst=1, interval=0.02)
    await send_all(limit, homeserver, [("a", ANSWER, 1), ("a", ANSWER, 2)])
    started_at = asyncio.get_running_loop().time()
    await send_all(limit, homeserver, [("a", REACTION, 3)])
    assert 0.1 <= asyncio.get_running_loop().time() - started_at < 1


async def test_room_that_alone_is_refused_keeps_no_other_room_waiting(limit: AccountLimit) -> None:
    homeserver = Homeserver(burst=100, interval=0.01)
    homeserver.refused_place = "bad"
    waiting = asyncio.create_task(send_all(limit, homeserver, [("bad", ANSWER, n) for n in range(5)]))
    await asyncio.sleep(0.05)
    async with asyncio.timeout(5):
        for number in range(5):
            await send_all(limit, homeserver, [("good", ANSWER, number)])
    homeserver.refused_place = ""
    await waiting
    assert len(homeserver.sent) == 10


async def test_request_without_an_answer_does_not_keep_the_turn(
    limit: AccountLimit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_limit, "MAX_TURN_SECONDS", 0.05)
    homeserver, answer = Homeserver(burst=1, interval=0.01), asyncio.Event()
    await send_all(limit, homeserver, [("a", ANSWER, 1), ("a", ANSWER, 2)])

    async def hang() -> None:
        await answer.wait()

    hanging = asyncio.create_task(limit.send("bad", ANSWER, 3, hang, asyncio.Event()))
    async with asyncio.timeout(5):
        await send_all(limit, homeserver, [("good", ANSWER, 4)])
    answer.set()
    await hanging


async def test_limit_that_was_lifted_is_noticed() -> None:
    lifted: list[bool] = []
    limit = AccountLimit(lambda: lifted.append(True))
    homeserver = Homeserver(burst=1, interval=0.5)
    await send_all(limit, homeserver, [("a", ANSWER, 1), ("a", ANSWER, 2)])
    assert limit.reached.is_set()
    homeserver.burst, homeserver.events_left = 1000, 1000.0
    await send_all(limit, homeserver, [("a", ANSWER, n) for n in range(30)])
    assert (limit.reached.is_set(), lifted) == (False, [True])


async def test_rows_stop_waiting_when_the_program_stops_or_they_are_cancelled(limit: AccountLimit) -> None:
    homeserver, stopping = Homeserver(burst=1, interval=60), asyncio.Event()

    async def act() -> None:
        homeserver.accept("a", "x")

    await limit.send("a", ANSWER, 1, act, stopping)
    rows = [asyncio.ensure_future(limit.send("a", ANSWER, number, act, stopping)) for number in (2, 3)]
    await asyncio.sleep(0.01)
    rows[0].cancel()
    stopping.set()
    await asyncio.wait(rows)
    assert rows[0].cancelled()
    assert isinstance(rows[1].exception(), Stopping)


async def test_turn_of_a_cancelled_row_is_free(limit: AccountLimit) -> None:
    homeserver = Homeserver(burst=1, interval=0.01)
    await send_all(limit, homeserver, [("a", ANSWER, 1), ("a", ANSWER, 2)])
    hanging = asyncio.create_task(limit.send("a", ANSWER, 3, asyncio.Event().wait, asyncio.Event()))
    await asyncio.sleep(0.05)
    hanging.cancel()
    async with asyncio.timeout(1):
        await send_all(limit, homeserver, [("a", ANSWER, 4)])
