"""Calls that are made at the same time are done in one, and each caller gets their own result."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.concurrency.batcher import Batcher

#: The argument that raises.
POISON = 13


class Doubler:
    """A function that doubles numbers once `go` is set, and records its batches."""

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


async def started(function: Doubler, batcher: Batcher[int, int], *numbers: int) -> list[asyncio.Task[int]]:
    """Start a call per number: the first is under way alone, the others wait for the next batch."""
    tasks = [asyncio.ensure_future(batcher(one)) for one in numbers]
    await function.begun.wait()
    return tasks


async def test_asked_meanwhile_goes_together_with_the_next() -> None:
    function = Doubler()
    batcher: Batcher[int, int] = Batcher(function)
    first = await started(function, batcher, 1)
    others = [asyncio.ensure_future(batcher(one)) for one in (2, 3, 2)]
    await asyncio.sleep(0)
    function.go.set()
    assert await asyncio.gather(*first, *others) == [2, 4, 6, 4]
    assert function.called == [[1], [2, 3, 2]]


async def test_failure_is_told_to_one_and_the_others_are_asked_for_again() -> None:
    function = Doubler()
    function.fails = 1
    batcher: Batcher[int, int] = Batcher(function)
    tasks = await started(function, batcher, 1, 2, 3)
    function.go.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(one, OSError) for one in results] == [True, False, False]
    assert results[1:] == [4, 6]
    assert await batcher(5) == 10, "nothing is left over of what failed"
    assert function.called[-1] == [5]


async def test_nobody_suffers_for_the_question_of_another() -> None:
    function = Doubler()
    batcher: Batcher[int, int] = Batcher(function)
    tasks = await started(function, batcher, 1, 2, POISON, 3)
    function.go.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(results[2], ValueError)
    assert [one for at, one in enumerate(results) if at != 2] == [2, 4, 6]
    assert await batcher(5) == 10
    assert function.called[-1] == [5]


@pytest.mark.parametrize("who", [0, 1])
async def test_whoever_is_cancelled_holds_up_nobody(who: int) -> None:
    function = Doubler()
    batcher: Batcher[int, int] = Batcher(function)
    tasks = await started(function, batcher, 1)
    tasks += [asyncio.ensure_future(batcher(one)) for one in (2, 3)]
    await asyncio.sleep(0)
    tasks[who].cancel()
    function.go.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [one for at, one in enumerate(results) if at != who] == [
        one for at, one in enumerate((2, 4, 6)) if at != who
    ]
    assert isinstance(results[who], asyncio.CancelledError)
    assert await batcher(5) == 10
