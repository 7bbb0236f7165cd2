"""The bot as a process of its own, to be killed and started again."""

import asyncio
import os
import sys
from pathlib import Path
from subprocess import STDOUT
from typing import Self

from element import PATIENCE


class Process:
    """`bylaug` in a folder with its configuration, from `start` until `kill`, or the end of `async with`."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.folder = folder
        self.log = folder / "bylaug.log"
        self._environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environ}
        self._running: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()

    async def start(self) -> None:
        """Run the bot."""
        with self.log.open("ab") as log:
            self._running = await self._execute("run", stdout=log)

    async def kill(self) -> None:
        """Take it away in the middle of whatever it does (SIGKILL); one that does not run is no error."""
        if self._running is not None:
            assert self._running.returncode is None, f"the bot ended by itself: {self.log.read_text()}"
            self._running.kill()
            await self._running.wait()
            self._running = None

    async def command(self, *arguments: str) -> tuple[int, str]:
        """Give another command; its exit code and what it printed."""
        process = await self._execute(*arguments, stdout=asyncio.subprocess.PIPE)
        async with asyncio.timeout(PATIENCE):
            printed, _ = await process.communicate()
        assert process.returncode is not None, "it has ended"
        return process.returncode, printed.decode()

    async def _execute(self, *arguments: str, stdout: object) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *arguments),
            cwd=self.folder,
            env=self._environ,
            stdout=stdout,  # type: ignore[arg-type]
            stderr=STDOUT,
        )
