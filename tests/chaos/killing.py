"""Starts the bot and kills it, again and again: at random moments, and at those that are most dangerous."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from signal import SIGKILL
from subprocess import Popen, TimeoutExpired

from chaos_setup import ChaosSetup

#: The kinds of moments (see launcher.py), and the highest occurrence at which the bot is killed. "random" is any
#: moment, chosen by this process.
MOMENTS = {"random": 0, "statement": 30, "answer": 6, "gap": 3, "commit": 20}

#: Seconds to wait for a moment to occur; after them the bot is killed as at a random moment.
MOMENT_TIMEOUT_SECONDS = 15.0


class UnexpectedEnd(AssertionError):
    """The bot ended without being killed."""


@dataclass
class Killer:
    """Kills the bot `kills` times, at every kind of moment in turn.

    `write_while_off` lets people write while the bot is off, so that it finds a gap. `wait_for_progress` waits until
    this share of the plan is done: a bot that is killed as soon as it has started gets nothing done, so every random
    kill waits for that, and the kills are spread over the plan.
    """

    setup: ChaosSetup
    kills: int
    random: Random
    write_while_off: Callable[[], Awaitable[None]]
    wait_for_progress: Callable[[float], Awaitable[None]]
    done: Counter[str] = field(default_factory=Counter)
    is_over: bool = False

    async def kill_repeatedly(self) -> None:
        """Kill the bot as often as planned."""
        for number in range(self.kills):
            kind = list(MOMENTS)[number % len(MOMENTS)]
            if kind == "gap":
                await self.write_while_off()
            if MOMENTS[kind]:
                await self.kill(f"{kind}:{self.random.randint(1, MOMENTS[kind])}", kind)
            else:
                await self._kill_at_progress(number / self.kills)
            await asyncio.sleep(self.random.uniform(0, 0.5))
        self.is_over = True

    async def kill(self, kill_at: str, kind: str) -> None:
        """Start the bot and wait until it has killed itself. Raise UnexpectedEnd when it ends otherwise."""
        program = self.setup.start_bot(kill_at)
        try:
            await asyncio.to_thread(program.wait, MOMENT_TIMEOUT_SECONDS)
        except TimeoutExpired:
            kind = "random"
            program.kill()
            program.wait()
        self._count(program, kind)

    async def _kill_at_progress(self, share: float) -> None:
        program = self.setup.start_bot()
        try:
            await asyncio.sleep(self.random.uniform(0.3, 4.0))
            await self.wait_for_progress(share)
        finally:
            program.kill()
            program.wait()
        self._count(program, "random")

    def _count(self, program: Popen[bytes], kind: str) -> None:
        if program.returncode != -SIGKILL:
            raise UnexpectedEnd(f"the bot ended by itself with {program.returncode}:\n{self.setup.log[-3000:]}")
        self.done[kind] += 1
