"""Starts the bot and kills it, again and again: at random moments, and at those where it hurts most."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from signal import SIGKILL
from subprocess import Popen, TimeoutExpired

from town import Town

#: The kinds of moments, and the highest count at which one strikes. "random" is any moment, from outside.
MOMENTS = {"random": 0, "statement": 30, "answer": 6, "gap": 3, "commit": 20}

#: Seconds in which a moment has to come; else it is a kill from outside, too.
PATIENCE = 15.0


class Ended(AssertionError):
    """The bot ended and nobody had killed it."""


@dataclass
class Killer:
    """So many kills, of every kind in turn. `pile_up` lets people talk while the bot is off, so that there is a gap.

    `has_got_to` waits until people have done this share of their plan: a bot that is killed whenever it has come up
    gets nothing done, so every random kill waits for that, and the kills are spread over the plan.
    """

    town: Town
    kills: int
    random: Random
    pile_up: Callable[[], Awaitable[None]]
    has_got_to: Callable[[float], Awaitable[None]]
    done: Counter[str] = field(default_factory=Counter)
    is_over: bool = False

    async def rage(self) -> None:
        """Kill it so many times, and then let it live."""
        for number in range(self.kills):
            kind = list(MOMENTS)[number % len(MOMENTS)]
            if kind == "gap":
                await self.pile_up()
            if MOMENTS[kind]:
                await self.kill(f"{kind}:{self.random.randint(1, MOMENTS[kind])}", kind)
            else:
                await self._kill_when_it_has_got_to(number / self.kills)
            await asyncio.sleep(self.random.uniform(0, 0.5))
        self.is_over = True

    async def kill(self, strike: str, kind: str) -> None:
        """Start it and see it die. Raises `Ended` when it ends by itself."""
        program = self.town.start_bot(strike)
        try:
            await asyncio.to_thread(program.wait, PATIENCE)
        except TimeoutExpired:
            kind = "random"
            program.kill()
            program.wait()
        self._count(program, kind)

    async def _kill_when_it_has_got_to(self, share: float) -> None:
        program = self.town.start_bot()
        try:
            await asyncio.sleep(self.random.uniform(0.3, 4.0))
            await self.has_got_to(share)
        finally:
            program.kill()
            program.wait()
        self._count(program, "random")

    def _count(self, program: Popen[bytes], kind: str) -> None:
        if program.returncode != -SIGKILL:
            raise Ended(f"the bot ended by itself with {program.returncode}:\n{self.town.log[-3000:]}")
        self.done[kind] += 1
