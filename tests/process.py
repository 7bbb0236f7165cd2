"""The bot as a process of its own, started, ended and killed, for the tests of beginnings and ends."""

import asyncio
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Self

from live_setup import PASSPHRASE, TIMEOUT_SECONDS

ROOT = Path(__file__).parents[1]


class Process:
    """`bylaug run` between `async with`; it is told where systemd would listen, and what it says there is kept.

    It may be killed and started again, and given other commands meanwhile.
    """

    def __init__(self, config: Path) -> None:
        self._config = config
        self._address = f"\0bylaug-test-{os.getpid()}-{id(self)}-{time.monotonic_ns()}"
        self.statuses: list[str] = []
        self.lines: list[str] = []
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Self:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(self._address)
        self._hearing = asyncio.create_task(self._read_statuses())
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._child.returncode is None:
            self._child.kill()
        await self._child.wait()
        await self._reading
        self._hearing.cancel()
        await asyncio.gather(self._hearing, return_exceptions=True)
        self._socket.close()

    @property
    def pid(self) -> int:
        """Its number."""
        return self._child.pid

    @property
    def log(self) -> str:
        """Everything it wrote."""
        return "\n".join(self.lines)

    async def start(self) -> None:
        """Run it (again)."""
        self._child = await self._execute("run", stderr=asyncio.subprocess.PIPE)
        self._reading = asyncio.create_task(self._read_log(self._child))

    async def kill(self) -> None:
        """Take it away in the middle of whatever it does (SIGKILL); it must not have ended by itself."""
        assert self._child.returncode is None, self.log
        self._child.kill()
        await self._reading

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._child.send_signal(number)

    async def command(self, *arguments: str) -> tuple[int, str]:
        """Give another command of the bot's with the same configuration; its exit code and what it printed."""
        child = await self._execute(*arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        async with asyncio.timeout(TIMEOUT_SECONDS):
            printed, _ = await child.communicate()
        assert child.returncode is not None, "it has ended"
        return child.returncode, printed.decode()

    async def until(self, word: str, *, after: int = 0) -> None:
        """Wait until it says this to systemd or to the log."""
        await self._wait(lambda: any(word in line for line in (*self.statuses[after:], *self.lines)))

    async def serving(self) -> None:
        """Wait until it serves its communities; it must not have ended."""
        await self.until("serving ")

    async def ended(self) -> int:
        """Wait until it ends; its exit code."""
        async with asyncio.timeout(TIMEOUT_SECONDS):
            code = await self._child.wait()
            await self._reading
        return code

    async def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Ask it to end; its exit code, and how many seconds it took."""
        began = time.monotonic()
        self.send(number)
        code = await self.ended()
        return code, time.monotonic() - began

    async def _execute(self, *arguments: str, **streams: int) -> asyncio.subprocess.Process:
        secrets = {"BYLAUG_PASSWORD": "adgangskode", "BYLAUG_PASSPHRASE": PASSPHRASE}
        told = {"NOTIFY_SOCKET": f"@{self._address[1:]}"} if arguments == ("run",) else {}
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *arguments, "-c", str(self._config)),
            cwd=ROOT,
            env={**os.environ, **secrets, **told, "PYTHONPATH": str(ROOT)},
            stdin=asyncio.subprocess.DEVNULL,
            **streams,
        )

    async def _wait(self, wanted: object) -> None:
        assert callable(wanted)
        async with self._news:
            try:
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    while not wanted():
                        assert self._child.returncode is None, self.log
                        await self._news.wait()
            except TimeoutError:
                raise AssertionError(f"it said {self.statuses} and\n{self.log}") from None

    async def _read_log(self, child: asyncio.subprocess.Process) -> None:
        assert child.stderr is not None
        while line := await child.stderr.readline():
            await self._tell(self.lines, line.decode().rstrip())
        await child.wait()
        await self._tell(self.lines, "(ended)")

    async def _read_statuses(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._tell(self.statuses, (await loop.sock_recv(self._socket, 4096)).decode())

    async def _tell(self, kept: list[str], line: str) -> None:
        async with self._news:
            kept.append(line)
            self._news.notify_all()
