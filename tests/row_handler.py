"""Handles inbox rows in a process of its own: `racer.py URL ROW…` says "ready", waits for a line and begins."""

import asyncio
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

from sample_community import PLACE, make_context  # noqa: E402

from bot.pipeline.handling.handle import handle_row  # noqa: E402  # noqa: E402
from bot.store.database.transaction import Store  # noqa: E402
from bot.store.messages import inbox  # noqa: E402  # noqa: E402


async def race(url: str, wanted: list[int]) -> None:
    """Handle the rows in order and say what became of each."""
    store = Store(url)
    context = make_context(store)
    async with store.read() as connection:
        rows = {row.id: row for row in await inbox.find_unhandled(connection, PLACE, 10_000)}
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    for number in wanted:
        print((await handle_row(context, rows[number])).outcome, flush=True)
    await store.close()


asyncio.run(race(sys.argv[1], [int(number) for number in sys.argv[2:]]))
