"""Handles inbox rows in a process of its own.

`row_handler.py URL ROW…` prints "ready", waits for a line, handles the rows in order, and prints the outcome of each.
"""

import asyncio
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

from sample_community import PLACE, make_context  # noqa: E402

from bot.pipeline.handling.handle import handle_row  # noqa: E402  # noqa: E402
from bot.store.database.transaction import Store  # noqa: E402
from bot.store.messages import inbox  # noqa: E402  # noqa: E402


async def handle_rows(url: str, row_ids: list[int]) -> None:
    """Handle the rows in order, and print the outcomes."""
    store = Store(url)
    context = make_context(store)
    async with store.read() as connection:
        rows = {row.id: row for row in await inbox.find_unhandled(connection, PLACE, 10_000)}
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    for row_id in row_ids:
        print((await handle_row(context, rows[row_id])).outcome, flush=True)
    await store.close()


asyncio.run(handle_rows(sys.argv[1], [int(number) for number in sys.argv[2:]]))
