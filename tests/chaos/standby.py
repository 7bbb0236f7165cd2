"""Two bots on one PostgreSQL database: kills the one that works, freezes it, or cuts the connection of its lock."""

import asyncio
import signal
from dataclasses import dataclass, field
from functools import partial
from subprocess import Popen, TimeoutExpired

from chaos_setup import ChaosSetup, wait_until
from killing import MOMENT_TIMEOUT_SECONDS, MOMENTS, Killer
from sqlalchemy import text

from bot.demo.child_process import stop_child
from bot.store.database.transaction import FENCE_FACT
from bot.store.facts import get_fact

#: What happens to the working bot before the other one takes over.
ENDS = ("kill", "freeze", "cut")

_CUT_LOCK_CONNECTION = text(
    "SELECT count(pg_terminate_backend(l.pid)) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
    "WHERE l.locktype = 'advisory' AND l.granted AND datname = current_database() "
    "AND application_name = 'bylaug instance lock'"
)


@dataclass
class StandbyKiller(Killer):
    """Ends the working bot in each way in turn, while another one stands by and takes over.

    The one that takes over kills itself at one of the moments. Then the next one, which has been started meanwhile,
    takes over.
    """

    active: Popen[bytes] = field(init=False)

    async def kill_repeatedly(self) -> None:
        """Kill bots as often as planned: two in each round."""
        self.active = self.setup.start_bot()
        for number in range(max(1, self.kills // 2)):
            await self._wait_until_working(self.active)
            await self.wait_for_progress(2 * number / self.kills)
            await asyncio.sleep(self.random.uniform(0, 2.0))
            kind = list(MOMENTS)[number % len(MOMENTS)]
            kill_at = f"{kind}:{self.random.randint(1, MOMENTS[kind])}" if MOMENTS[kind] else ""
            successor = self.setup.start_bot(kill_at)
            await asyncio.sleep(2.0)  # until it stands by; if it does not yet, it takes over a little later
            await self._end_active("freeze" if kind == "gap" else ENDS[number % len(ENDS)])
            await self._wait_until_working(successor)
            self.active = self.setup.start_bot()
            await self._wait_until_killed(successor, kind)
        await self._wait_until_working(self.active)
        stop_child(self.active)
        self.is_over = True

    async def _end_active(self, how: str) -> None:
        """End the working bot. One that is frozen or cut off is killed when it has lost the database to the other."""
        token = await self._find_token()
        if how == "freeze":
            self.active.send_signal(signal.SIGSTOP)
            await self.write_while_off()
        elif how == "cut":
            async with self.setup.database() as store, store.read() as connection:
                await connection.execute(_CUT_LOCK_CONNECTION)
        if how != "kill":
            await wait_until(partial(self._has_other_token, token))
            self.active.send_signal(signal.SIGCONT)
            await asyncio.sleep(self.random.uniform(0, 1.5))
        self.active.kill()
        self.active.wait()
        self._count(self.active, how)

    async def _wait_until_working(self, program: Popen[bytes]) -> None:
        """Wait until a bot has the instance lock, or has ended already. The launcher writes who has it."""

        async def is_working() -> bool:
            return program.poll() is not None or (await self._find_token()).startswith(f"{program.pid}-")

        await wait_until(is_working)

    async def _wait_until_killed(self, program: Popen[bytes], kind: str) -> None:
        try:
            await asyncio.to_thread(program.wait, MOMENT_TIMEOUT_SECONDS if MOMENTS[kind] else 3.0)
        except TimeoutExpired:
            kind = "random"
            program.kill()
            program.wait()
        self._count(program, kind)

    async def _find_token(self) -> str:
        """Return the fencing token of the bot that has the lock; empty before the first."""
        async with self.setup.database() as store, store.read() as connection:
            return await get_fact(connection, FENCE_FACT) or ""

    async def _has_other_token(self, token: str) -> bool:
        return await self._find_token() != token


def make_killer_class(setup: ChaosSetup) -> type[Killer]:
    """Return how the bot is killed: with another one that stands by, where the database allows that."""
    return StandbyKiller if setup.has_standby else Killer
