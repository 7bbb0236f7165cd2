"""The bot as a process of its own, started and ended as systemd does it, for the tests of beginnings and ends."""

import asyncio
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Self

from neighbours import PATIENCE

ROOT = Path(__file__).parents[1]


class Process:
    """`bylaug run` between `async with`; it is told where systemd would listen, and what it says there is kept.

    `namespace` goes before the command, such as `unshare -Urm`.
    """

    def __init__(self, config: Path, *, arguments: tuple[str, ...] = ("run",)) -> None:
        self._command = (sys.executable, "-m", "bot", *arguments, "-c", str(config))
        self._address = f"\0bylaug-test-{os.getpid()}-{id(self)}-{time.monotonic_ns()}"
        self.statuses: list[str] = []
        self.lines: list[str] = []
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Self:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(self._address)
        environ = {**os.environ, "BYLAUG_PASSWORD": "adgangskode", "NOTIFY_SOCKET": f"@{self._address[1:]}"}
        environ["PYTHONPATH"] = str(ROOT)
        self._child = await asyncio.create_subprocess_exec(
            *self._command, cwd=ROOT, env=environ, stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
        self._readers = [asyncio.create_task(part()) for part in (self._read_log, self._read_statuses)]
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._child.returncode is None:
            self._child.kill()
        await self._child.wait()
        await self._readers[0]
        self._readers[1].cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)
        self._socket.close()

    @property
    def pid(self) -> int:
        """Its number."""
        return self._child.pid

    @property
    def log(self) -> str:
        """Everything it wrote."""
        return "\n".join(self.lines)

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._child.send_signal(number)

    async def until(self, word: str, *, after: int = 0) -> None:
        """Wait until it says this to systemd or to the log."""
        await self._wait(lambda: any(word in line for line in (*self.statuses[after:], *self.lines)))

    async def serving(self) -> None:
        """Wait until it serves its communities; it must not have ended."""
        await self.until("serving ")

    async def ended(self) -> int:
        """Wait until it ends; its exit code."""
        async with asyncio.timeout(PATIENCE):
            code = await self._child.wait()
            await self._readers[0]
        return code

    async def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Ask it to end; its exit code, and how many seconds it took."""
        began = time.monotonic()
        self.send(number)
        code = await self.ended()
        return code, time.monotonic() - began

    async def _wait(self, wanted: object) -> None:
        assert callable(wanted)
        async with self._news:
            try:
                async with asyncio.timeout(PATIENCE):
                    while not wanted():
                        assert self._child.returncode is None, self.log
                        await self._news.wait()
            except TimeoutError:
                raise AssertionError(f"it said {self.statuses} and\n{self.log}") from None

    async def _read_log(self) -> None:
        assert self._child.stderr is not None
        while line := await self._child.stderr.readline():
            await self._tell(self.lines, line.decode().rstrip())
        await self._child.wait()
        await self._tell(self.lines, "(ended)")

    async def _read_statuses(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._tell(self.statuses, (await loop.sock_recv(self._socket, 4096)).decode())

    async def _tell(self, kept: list[str], line: str) -> None:
        async with self._news:
            kept.append(line)
            self._news.notify_all()
