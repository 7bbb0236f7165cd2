"""Lanes end as a whole: with what ended them, and nothing else."""

import asyncio

import pytest

from bot.concurrency.keyed_worker import KeyedWorker
from bot.errors import Fatal


async def test_lanes_woken_while_they_end_start_nothing_more() -> None:
    worked: list[str] = []
    waiting = asyncio.Event()

    async def work(place: str) -> None:
        worked.append(place)
        if place == "patient":
            waiting.set()
            try:
                await asyncio.Event().wait()
            finally:
                worker.wake("late")
        await waiting.wait()
        raise Fatal("the end", 77)

    worker = KeyedWorker("test", work)
    worker.wake("patient")
    worker.wake("hasty")
    async with asyncio.timeout(10):
        with pytest.raises(BaseExceptionGroup) as ended:
            await worker.run()
    assert ended.value.split(Fatal)[1] is None
    assert worked == ["hasty", "patient"]
