"""Of the rows that have to be tried again, only the oldest is tried."""

import asyncio

from bot.pipeline.outbound.retry_queue import RetryQueue


def test_a_row_waits_for_older_ones_that_have_to_be_tried_again() -> None:
    queue = RetryQueue()
    queue.add(3)
    queue.add(5)
    assert [queue.has_older(row_id) for row_id in (3, 4, 5)] == [False, False, True]
    queue.remove(3)
    assert queue.has_older(5) is False


async def test_removing_a_row_wakes_those_that_wait_and_the_last_one_empties_the_queue() -> None:
    queue = RetryQueue()
    await queue.wait_until_empty()
    queue.add(3)
    queue.add(5)
    change = asyncio.create_task(queue.wait_for_change())
    empty = asyncio.create_task(queue.wait_until_empty())
    await asyncio.sleep(0)
    queue.remove(3)
    await change
    assert not empty.done()
    queue.remove(5)
    async with asyncio.timeout(10):
        await empty
