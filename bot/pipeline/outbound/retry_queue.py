"""Keeps the rows of one room that have to be tried again in order: only the oldest of them is tried."""

import asyncio


class RetryQueue:
    """The rows of one room that failed and have to be tried again, by their ids.

    A homeserver that does not answer is asked by one row of each room, not by all that wait for it.
    """

    def __init__(self) -> None:
        self._row_ids: set[int] = set()
        self._is_empty, self._was_changed = asyncio.Event(), asyncio.Event()
        self._is_empty.set()

    def add(self, row_id: int) -> None:
        """Add a row that failed."""
        self._row_ids.add(row_id)
        self._is_empty.clear()

    def remove(self, row_id: int) -> None:
        """Remove a row that is finished, if it was in the queue."""
        self._row_ids.discard(row_id)
        self._was_changed.set()
        if not self._row_ids:
            self._is_empty.set()

    def has_older(self, row_id: int) -> bool:
        """Return whether a row is in the queue and has to wait for an older one."""
        return row_id in self._row_ids and min(self._row_ids) < row_id

    async def wait_for_change(self) -> None:
        """Wait until a row is finished."""
        self._was_changed.clear()
        await self._was_changed.wait()

    async def wait_until_empty(self) -> None:
        """Wait until no row has to be tried again."""
        await self._is_empty.wait()
