"""Batches calls that are made at the same time, so that one trip to the database serves all of them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Argument = TypeVar("Argument")
Result = TypeVar("Result")


class Batcher(Generic[Argument, Result]):
    """Calls a function once for all arguments that were passed in while the previous call was under way.

    `function` gets a batch of arguments, in order, and returns a result for each. It is never called twice at the same
    time. An argument that is passed in during a call waits for the next call, so that a result is never older than its
    argument. When a batch raises, each argument is tried alone, so that no caller gets the error of another caller's
    argument.
    """

    def __init__(self, function: Callable[[Sequence[Argument]], Awaitable[Sequence[Result]]]) -> None:
        self._function = function
        self._waiting: list[tuple[Argument, asyncio.Future[Result]]] = []
        self._lock = asyncio.Lock()

    async def __call__(self, argument: Argument) -> Result:
        """Return the result for one argument. Raises what the function raises."""
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((argument, result))
        try:
            async with self._lock:
                if not result.done():
                    await self._call(argument, result)
        except BaseException:
            self._waiting = [waiting for waiting in self._waiting if waiting[1] is not result]
            raise
        return result.result()

    async def _call(self, argument: Argument, result: asyncio.Future[Result]) -> None:
        """Call the function with all waiting arguments.

        If that raises, call it with the argument of the caller that has the lock.
        """
        batch, self._waiting = self._waiting, []
        try:
            results = await self._function([waiting for waiting, _ in batch])
        except BaseException as error:
            self._waiting = [waiting for waiting in batch if waiting[1] is not result] + self._waiting
            if len(batch) == 1 or not isinstance(error, Exception):
                raise
            batch, results = [(argument, result)], await self._function([argument])
        for (_, future), value in zip(batch, results, strict=True):
            future.set_result(value)
