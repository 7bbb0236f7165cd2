"""The outbox is sent in order, a window at a time behind a backlog; what fails is tried again or given up."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from sqlalchemy import select
from village import CLUB, MORNING, OTHER_PLACE, PLACE, arrive, message

from bot.errors import Fatal
from bot.flow.house import House
from bot.flow.say import retry
from bot.flow.say.deliver import WINDOW, Delivery
from bot.flow.say.retry import Closed, Later, Never
from bot.store.tables import outbox
from bot.store.talk import outbox as rows
from bot.store.talk.outbox import Outgoing


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between tries are measured in test_retry; here they are nearly nothing."""
    monkeypatch.setattr(retry, "_GROWING", lambda state: 0.0)
    monkeypatch.setattr(retry, "_pause", lambda state: 0.001)


class Transport:
    """Takes what it is given; `fails` says how often a row goes wrong first, and with what."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.targets: list[str | None] = []
        self.tries: Counter[str] = Counter()
        self.fails: dict[str, list[Exception]] = {}
        self.most_at_once = 0
        self._going = 0
        self._tried = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()

    async def send(self, row: Outgoing) -> str:
        said = row.content["plain"]
        self.tries[said] += 1
        self._tried.set()
        self._going += 1
        self.most_at_once = max(self.most_at_once, self._going)
        try:
            await self.open.wait()
            for _ in range(3):
                await asyncio.sleep(0)
            if self.fails.get(said):
                raise self.fails[said].pop(0)
        finally:
            self._going -= 1
        self.sent.append(said)
        self.targets.append(row.target)
        return f"${said}"

    async def until_tried(self, said: str, times: int) -> None:
        while self.tries[said] < times:
            self._tried.clear()
            await self._tried.wait()


@asynccontextmanager
async def delivering(house: House, transport: Transport) -> AsyncIterator[Delivery]:
    delivery = Delivery(house, transport.send)
    running = asyncio.create_task(delivery.lanes.run())
    await asyncio.sleep(0)  # now it runs
    yield delivery
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def queue(house: House, *said: str, place: str = PLACE, cause: int | None = None, **more: object) -> list[int]:
    """Put rows into the outbox, each of an answer of its own unless the cause is named."""
    made = []
    for seq, one in enumerate(said):
        inbox_id = cause or (await arrive(house, message(CLUB, f"!ping {one}", place=place), place=place))[-1].id
        columns = {"inbox_id": inbox_id, "seq": seq, "transaction_id": f"{inbox_id}-{seq}-{one}", "place": place}
        content = {"plain": one}
        async with house.store.write() as connection:
            made.append(
                await rows.put(connection, **{"kind": "say", **columns, "content": content, **more}, created_at=MORNING)
            )
    return made


async def until_quiet(delivery: Delivery, *places: str) -> None:
    for place in places or (PLACE,):
        delivery.wake(place)
    async with asyncio.timeout(20):
        for place in places or (PLACE,):
            await delivery.lanes.until_idle(place)


async def failures(house: House) -> list[str | None]:
    async with house.store.read() as connection:
        return list((await connection.execute(select(outbox.c.failure).order_by(outbox.c.id))).scalars())


async def test_little_is_sent_one_after_the_other(house: House) -> None:
    transport = Transport()
    await queue(house, "1", "2", "3")
    async with delivering(house, transport) as delivery:
        await until_quiet(delivery)
    assert transport.sent == ["1", "2", "3"]
    assert transport.most_at_once == 1


async def test_a_backlog_is_sent_a_window_at_a_time_and_each_answer_in_order(house: House) -> None:
    transport = Transport()
    for answer in range(60):
        ids = await queue(house, f"{answer}a")
        async with house.store.read() as connection:
            cause = (await connection.execute(select(outbox.c.inbox_id).where(outbox.c.id == ids[0]))).scalar_one()
        async with house.store.write() as connection:
            for seq, part in enumerate("bc", start=1):
                said = f"{answer}{part}"
                columns = {"inbox_id": cause, "seq": seq, "transaction_id": said, "place": PLACE, "kind": "react"}
                await rows.put(connection, **columns, content={"plain": said}, refers_to=ids[0], created_at=MORNING)
    async with delivering(house, transport) as delivery:
        await until_quiet(delivery)
    assert sorted(transport.sent) == sorted(f"{answer}{part}" for answer in range(60) for part in "abc")
    for answer in range(60):
        assert [said for said in transport.sent if said[:-1] == str(answer)] == [f"{answer}{part}" for part in "abc"]
    assert 1 < transport.most_at_once <= WINDOW
    assert max(transport.tries.values()) == 1
    by_row = dict(zip(transport.sent, transport.targets, strict=True))
    assert {by_row[f"{answer}b"] == f"${answer}a" for answer in range(60)} == {True}


@pytest.mark.parametrize(("trouble", "together"), [(False, 20), (True, 1)])
async def test_a_place_that_took_a_crowd_is_given_the_next_at_once_unless_there_was_trouble(
    house: House, trouble: bool, together: int
) -> None:
    transport = Transport()
    first, second = ([f"{crowd}-{number}" for number in range(20)] for crowd in "ab")
    if trouble:
        transport.fails["a-19"] = [Later("not now")]
    async with delivering(house, transport) as delivery:
        await queue(house, *first)
        await until_quiet(delivery)
        transport.most_at_once = 0
        transport.open.clear()
        await queue(house, *second)
        delivery.wake(PLACE)
        await transport.until_tried(second[together - 1], 1)
        assert transport.most_at_once == together
        transport.open.set()
        await until_quiet(delivery)
    assert sorted(transport.sent) == sorted([*first, *second])


async def test_what_has_to_wait_is_tried_again_and_nothing_new_starts_before_it(house: House) -> None:
    transport = Transport()
    await queue(house, "1", "2", "3")
    transport.fails["1"] = [Later("429", 0.001), Later("502"), Later("not reached")]
    async with delivering(house, transport) as delivery:
        await until_quiet(delivery)
    assert transport.sent == ["1", "2", "3"]
    assert transport.tries["1"] == 4
    assert house.watch.counts["send_retries", ""] == 3


async def test_after_trouble_a_backlog_is_sent_in_order_and_only_its_oldest_is_tried_again(house: House) -> None:
    transport = Transport()
    said = [f"{number:02}" for number in range(40)]
    await queue(house, *said)
    for one in said:
        transport.fails[one] = [Later("gone")]
    transport.fails["00"] = [Later("gone")] * 20
    async with delivering(house, transport) as delivery:
        await until_quiet(delivery)
    assert transport.sent == said
    tried = list(transport.tries.values())
    assert (tried[0], set(tried[1:])) == (21, {2})


async def test_what_will_never_go_through_is_given_up_with_all_that_refers_to_it(house: House) -> None:
    transport = Transport()
    (card,) = await queue(house, "card")
    await queue(house, "tap", refers_to=card)
    await queue(house, "next")
    transport.fails["card"] = [Never("M_TOO_LARGE")]
    async with delivering(house, transport) as delivery:
        await until_quiet(delivery)
        await queue(house, "edit", refers_to=card)
        await until_quiet(delivery)
        assert transport.sent == ["next"]
        assert [failure is None for failure in await failures(house)] == [False, False, True, False]
        async with house.store.read() as connection:
            assert await rows.is_waiting(connection, PLACE) is False


async def test_many_given_up_do_not_block_what_comes_after(house: House) -> None:
    transport = Transport()
    (card,) = await queue(house, "card")
    transport.fails["card"] = [Never("gone")]
    async with delivering(house, transport) as delivery:
        await until_quiet(delivery)
        await queue(house, *(f"edit {n}" for n in range(120)), refers_to=card)
        await queue(house, "at last")
        await until_quiet(delivery)
    assert transport.sent == ["at last"]


async def test_rooms_go_side_by_side_and_one_that_is_stuck_holds_up_no_other(house: House) -> None:
    transport = Transport()
    await queue(house, "stuck")
    await queue(house, "free", place=OTHER_PLACE)
    transport.fails["stuck"] = [Later("429")] * 50
    async with delivering(house, transport) as delivery:
        delivery.wake(PLACE)
        await until_quiet(delivery, OTHER_PLACE)
        assert transport.sent == ["free"]
        await until_quiet(delivery, PLACE)
    assert transport.sent == ["free", "stuck"]


async def test_what_comes_up_while_something_is_under_way_is_sent_too(house: House) -> None:
    transport = Transport()
    transport.open.clear()
    await queue(house, "1")
    async with delivering(house, transport) as delivery:
        delivery.wake(PLACE)
        await transport.until_tried("1", 1)
        await queue(house, "2")
        delivery.wake(PLACE)
        transport.open.set()
        await until_quiet(delivery)
    assert transport.sent == ["1", "2"]
    assert max(transport.tries.values()) == 1


async def test_stopped_midway_it_goes_on_where_it_was_under_the_same_ids(house: House) -> None:
    transport = Transport()
    await queue(house, *(str(number) for number in range(30)))
    transport.fails["5"] = [Later("down")] * 10_000
    async with delivering(house, transport) as delivery:
        delivery.wake(PLACE)
        await transport.until_tried("5", 3)
    again = Transport()
    async with delivering(house, again) as delivery:
        await until_quiet(delivery)
    assert set(transport.sent) | set(again.sent) == {str(number) for number in range(30)}
    assert again.sent[-1] == "29"


async def test_an_end_of_the_program_comes_out_of_a_lane(house: House) -> None:
    transport = Transport()
    await queue(house, "1")
    transport.fails["1"] = [Fatal("logged out", 77)]
    delivery = Delivery(house, transport.send)
    delivery.wake(PLACE)
    async with asyncio.timeout(20):
        with pytest.raises(BaseExceptionGroup) as ended:
            await delivery.lanes.run()
    assert ended.group_contains(Fatal, match="logged out")


async def test_something_unforeseen_in_sending_is_tried_again(house: House) -> None:
    transport = Transport()
    await queue(house, "1", "2")
    transport.fails["1"] = [KeyError("event_id")]
    async with delivering(house, transport) as delivery:
        await until_quiet(delivery)
    assert transport.sent == ["1", "2"]


async def test_a_closed_place_is_tried_once_and_keeps_everything_until_it_is_woken(house: House) -> None:
    transport = Transport()
    await queue(house, "1", "2", "3", "4", "5")
    await queue(house, "elsewhere", place=OTHER_PLACE)
    transport.fails["1"] = [Closed("muted")]
    async with delivering(house, transport) as delivery:
        await until_quiet(delivery, PLACE, OTHER_PLACE)
        assert transport.sent == ["elsewhere"]
        assert sum(transport.tries.values()) == 2
        assert await failures(house) == [None] * 6
        await until_quiet(delivery)
    assert sorted(transport.sent) == ["1", "2", "3", "4", "5", "elsewhere"]
    assert await failures(house) == [None] * 6


async def test_what_belongs_to_something_refused_by_a_closed_place_waits_with_it(house: House) -> None:
    transport = Transport()
    (card,) = await queue(house, "card")
    await queue(house, "edit", kind="edit", refers_to=card)
    transport.fails["card"] = [Closed("muted")]
    async with delivering(house, transport) as delivery:
        await until_quiet(delivery)
        assert transport.tries == Counter({"card": 1})
        await until_quiet(delivery)
    assert transport.sent == ["card", "edit"]
