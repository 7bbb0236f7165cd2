"""One trip to the database for all who want to go at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

A = TypeVar("A")
R = TypeVar("R")


class Batcher(Generic[A, R]):
    """Does something for everybody who asked while it was last being done.

    `act` is called with what was asked, in order, and returns what became of each; never twice at the same time. What
    is asked while it is under way waits for the next call, so that an answer is never older than its question. When it
    raises, each is asked for alone, so that nobody suffers for another's question.
    """

    def __init__(self, act: Callable[[Sequence[A]], Awaitable[Sequence[R]]]) -> None:
        self._act = act
        self._asked: list[tuple[A, asyncio.Future[R]]] = []
        self._under_way = asyncio.Lock()

    async def __call__(self, asked: A) -> R:
        """What became of it. Raises what `act` raises."""
        became: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._asked.append((asked, became))
        try:
            async with self._under_way:
                if not became.done():
                    await self._do(asked, became)
        except BaseException:
            self._asked = [one for one in self._asked if one[1] is not became]
            raise
        return became.result()

    async def _do(self, asked: A, became: asyncio.Future[R]) -> None:
        """For all who have asked by now; where that fails, for the one whose turn it is."""
        together, self._asked = self._asked, []
        try:
            results = await self._act([one for one, _ in together])
        except BaseException as error:
            self._asked = [one for one in together if one[1] is not became] + self._asked
            if len(together) == 1 or not isinstance(error, Exception):
                raise
            together, results = [(asked, became)], await self._act([asked])
        for (_, waiting), result in zip(together, results, strict=True):
            waiting.set_result(result)
