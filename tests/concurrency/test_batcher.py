"""What many ask for at the same time is done together, and each gets their own answer."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.concurrency.batcher import Batcher

#: What cannot be answered.
POISON = 13


class Trip:
    """Doubles numbers when it is let go, and remembers what it was called with."""

    def __init__(self) -> None:
        self.called: list[list[int]] = []
        self.begun, self.go = asyncio.Event(), asyncio.Event()
        self.fails = 0

    async def __call__(self, asked: Sequence[int]) -> list[int]:
        self.called.append(list(asked))
        self.begun.set()
        await self.go.wait()
        if self.fails:
            self.fails -= 1
            raise OSError("no")
        if POISON in asked:
            raise ValueError(POISON)
        return [2 * one for one in asked]


async def started(trip: Trip, shared: Batcher[int, int], *numbers: int) -> list[asyncio.Task[int]]:
    """The first is under way alone, the others wait for it to come back."""
    tasks = [asyncio.ensure_future(shared(one)) for one in numbers]
    await trip.begun.wait()
    return tasks


async def test_asked_meanwhile_goes_together_with_the_next() -> None:
    trip = Trip()
    shared: Batcher[int, int] = Batcher(trip)
    first = await started(trip, shared, 1)
    others = [asyncio.ensure_future(shared(one)) for one in (2, 3, 2)]
    await asyncio.sleep(0)
    trip.go.set()
    assert await asyncio.gather(*first, *others) == [2, 4, 6, 4]
    assert trip.called == [[1], [2, 3, 2]]


async def test_failure_is_told_to_one_and_the_others_are_asked_for_again() -> None:
    trip = Trip()
    trip.fails = 1
    shared: Batcher[int, int] = Batcher(trip)
    tasks = await started(trip, shared, 1, 2, 3)
    trip.go.set()
    became = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(one, OSError) for one in became] == [True, False, False]
    assert became[1:] == [4, 6]
    assert await shared(5) == 10, "nothing is left over of what failed"
    assert trip.called[-1] == [5]


async def test_nobody_suffers_for_the_question_of_another() -> None:
    trip = Trip()
    shared: Batcher[int, int] = Batcher(trip)
    tasks = await started(trip, shared, 1, 2, POISON, 3)
    trip.go.set()
    became = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(became[2], ValueError)
    assert [one for at, one in enumerate(became) if at != 2] == [2, 4, 6]
    assert await shared(5) == 10
    assert trip.called[-1] == [5]


@pytest.mark.parametrize("who", [0, 1])
async def test_whoever_is_cancelled_holds_up_nobody(who: int) -> None:
    trip = Trip()
    shared: Batcher[int, int] = Batcher(trip)
    tasks = await started(trip, shared, 1)
    tasks += [asyncio.ensure_future(shared(one)) for one in (2, 3)]
    await asyncio.sleep(0)
    tasks[who].cancel()
    trip.go.set()
    became = await asyncio.gather(*tasks, return_exceptions=True)
    assert [one for at, one in enumerate(became) if at != who] == [one for at, one in enumerate((2, 4, 6)) if at != who]
    assert isinstance(became[who], asyncio.CancelledError)
    assert await shared(5) == 10
