"""The bot as a process of its own, for the tests that start, stop and kill it."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from live_setup import TIMEOUT_SECONDS

ROOT = Path(__file__).parents[1]


class BotProcess:
    """Runs `bylaug run` while its `async with` block runs. It may be killed and started again in between.

    `statuses` holds what it tells systemd, and `lines` holds its log. `passphrase` is needed for encrypted rooms.
    """

    def __init__(self, config: Path, passphrase: str | None = None) -> None:
        self._config, self._passphrase = config, passphrase
        self._address = f"\0bylaug-test-{os.getpid()}-{id(self)}-{time.monotonic_ns()}"
        self.statuses: list[str] = []
        self.lines: list[str] = []
        self._has_output = asyncio.Condition()

    async def __aenter__(self) -> Self:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(self._address)
        self._status_reader = asyncio.create_task(self._read_statuses())
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._child.returncode is None:
            self._child.kill()
        await self._child.wait()
        await self._log_reader
        self._status_reader.cancel()
        await asyncio.gather(self._status_reader, return_exceptions=True)
        self._socket.close()

    @property
    def pid(self) -> int:
        """Return the id of the process."""
        return self._child.pid

    @property
    def output(self) -> str:
        """Return the log so far."""
        return "\n".join(self.lines)

    async def start(self) -> None:
        """Start the process, also once more after it ended."""
        self._child = await self._execute("run", stderr=asyncio.subprocess.PIPE)
        self._log_reader = asyncio.create_task(self._read_log(self._child))

    async def kill(self) -> None:
        """Kill the process with SIGKILL; it must not have ended by itself."""
        assert self._child.returncode is None, self.output
        self._child.kill()
        await self._log_reader

    def send_signal(self, number: signal.Signals) -> None:
        """Send the process a signal."""
        self._child.send_signal(number)

    async def run_command(self, *arguments: str) -> tuple[int, str]:
        """Run another command with the same configuration; return its exit code and what it printed."""
        child = await self._execute(*arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        async with asyncio.timeout(TIMEOUT_SECONDS):
            printed, _ = await child.communicate()
        assert child.returncode is not None, "it has ended"
        return child.returncode, printed.decode()

    async def wait_for_output(self, text: str, *, after: int = 0) -> None:
        """Wait until the log, or a status from number `after` on, contains a text."""
        await self._wait_until(lambda: any(text in line for line in (*self.statuses[after:], *self.lines)))

    async def wait_until_serving(self) -> None:
        """Wait until the bot serves its communities; it must not have ended."""
        await self.wait_for_output("serving ")

    async def wait_until_ended(self) -> int:
        """Wait until the process ends, and return its exit code."""
        async with asyncio.timeout(TIMEOUT_SECONDS):
            code = await self._child.wait()
            await self._log_reader
        return code

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Stop the process with a signal; return its exit code, and how many seconds it took."""
        started = time.monotonic()
        self.send_signal(number)
        code = await self.wait_until_ended()
        return code, time.monotonic() - started

    async def _execute(self, *arguments: str, **streams: int) -> asyncio.subprocess.Process:
        credentials = {"BYLAUG_PASSWORD": "adgangskode"}
        if self._passphrase is not None:
            credentials["BYLAUG_PASSPHRASE"] = self._passphrase
        systemd = {"NOTIFY_SOCKET": f"@{self._address[1:]}"} if arguments == ("run",) else {}
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *arguments, "-c", str(self._config)),
            cwd=ROOT,
            env={**os.environ, **credentials, **systemd, "PYTHONPATH": str(ROOT)},
            stdin=asyncio.subprocess.DEVNULL,
            **streams,
        )

    async def _wait_until(self, condition: Callable[[], bool]) -> None:
        async with self._has_output:
            try:
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    while not condition():
                        assert self._child.returncode is None, self.output
                        await self._has_output.wait()
            except TimeoutError:
                raise AssertionError(f"the statuses were {self.statuses}, and the log\n{self.output}") from None

    async def _read_log(self, child: asyncio.subprocess.Process) -> None:
        assert child.stderr is not None
        while line := await child.stderr.readline():
            await self._add(self.lines, line.decode().rstrip())
        await child.wait()
        await self._add(self.lines, "(ended)")

    async def _read_statuses(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._add(self.statuses, (await loop.sock_recv(self._socket, 4096)).decode())

    async def _add(self, lines: list[str], line: str) -> None:
        async with self._has_output:
            lines.append(line)
            self._has_output.notify_all()
