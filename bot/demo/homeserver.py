"""A real Synapse on loopback in a folder of its own, for the demo and the tests."""

import asyncio
import hmac
import importlib.util
import os
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path
from secrets import token_hex
from subprocess import Popen
from types import TracebackType
from typing import Any, Self

import aiohttp

from bot.demo.child_process import start_child, stop_child
from bot.demo.synapse_config import INSTANCE_ID_KEY, SynapseOptions, write_config
from bot.errors import Fatal

#: Seconds that a slow machine may take to start Synapse.
START_TIMEOUT_SECONDS = 120.0
#: How often another program may take the port between our finding it and Synapse's using it.
MAX_PORT_ATTEMPTS = 5


@dataclass(frozen=True)
class Account:
    """Somebody who is registered and logged in."""

    user_id: str
    access_token: str
    device_id: str


class Homeserver:
    """Synapse, running between `async with`; it ends with us whatever happens, and its folder is the caller's.

    `more` goes into its homeserver.yaml. It may be entered in one event loop and used in another, so that one server
    serves a whole test session.
    """

    def __init__(
        self,
        folder: Path,
        *,
        server_name: str = "bylaug.example",
        rate_limits: bool = False,
        extra_config: Mapping[str, Any] | None = None,
    ) -> None:
        self.folder = folder
        self.extra_config = extra_config or {}
        self.server_name = server_name
        self.rate_limits = rate_limits
        self.port = 0
        self._secret = token_hex()
        self._process: Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where clients find it: http://127.0.0.1:port, no slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start it on a free port, or on the one it had before; Fatal when Synapse is missing or does not come up."""
        if importlib.util.find_spec("synapse") is None:
            raise Fatal("Synapse is not installed: pip install 'bylaug[demo]' brings it.")
        tries = 1 if self.port else MAX_PORT_ATTEMPTS
        for left in reversed(range(tries)):
            self.port = self.port if tries == 1 else find_free_port()
            if await self._start_process():
                return
            if not left or "already in use" not in self._last_log_lines():
                raise Fatal(f"Synapse did not start. Its last words were:\n{self._last_log_lines()}")

    async def stop(self) -> None:
        """Stop it and keep its data."""
        if self._process is not None:
            process, self._process = self._process, None
            await asyncio.shield(asyncio.to_thread(stop_child, process))

    async def restart(self) -> None:
        """Stop it and start it again with the same data on the same port."""
        await self.stop()
        await self.start()

    async def register(self, localpart: str, password: str, *, admin: bool = False) -> Account:
        """Create an account and log in (Synapse admin API, "Shared-Secret Registration"); Fatal when it is taken."""
        path = f"{self.url}/_synapse/admin/v1/register"
        async with aiohttp.ClientSession() as session:
            async with session.get(path) as answer:
                nonce = (await answer.json())["nonce"]
            role = "admin" if admin else "notadmin"
            signed = "\0".join((nonce, localpart, password, role)).encode()
            body = {
                "nonce": nonce,
                "username": localpart,
                "password": password,
                "admin": admin,
                "mac": hmac.new(self._secret.encode(), signed, sha1).hexdigest(),
            }
            async with session.post(path, json=body) as answer:
                said: dict[str, Any] = await answer.json()
        if "user_id" not in said:
            raise Fatal(f"The homeserver did not register {localpart}: {said.get('error')}")
        return Account(said["user_id"], said["access_token"], said["device_id"])

    async def _start_process(self) -> bool:
        """Start the process and wait until it answers; False when it ended instead."""
        mark = token_hex()
        wanted = SynapseOptions(self.server_name, self.port, mark, self._secret, self.rate_limits, self.extra_config)
        config = write_config(self.folder, wanted)
        self._process = start_child(
            [sys.executable, "-m", "synapse.app.homeserver", "-c", str(config)],
            output=self.folder / "stdout.log",
            environment={**os.environ, "SYNAPSE_CACHE_FACTOR": "0.5", "PYTHONWARNINGS": "ignore"},
        )
        try:
            return await self._wait_until_ready(self._process, mark)
        except BaseException:
            await self.stop()
            raise

    async def _wait_until_ready(self, process: Popen[bytes], mark: str) -> bool:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=1)) as session:
            while process.poll() is None:
                if time.monotonic() > deadline:
                    raise Fatal(f"Synapse did not answer within {START_TIMEOUT_SECONDS:.0f} seconds.")
                if await self._read_instance_id(session) == mark:
                    return True
                await asyncio.sleep(0.05)
        return False

    async def _read_instance_id(self, session: aiohttp.ClientSession) -> object:
        """Ask who answers on our port: until Synapse listens, that may be any program, even another Synapse."""
        try:
            async with session.get(f"{self.url}/.well-known/matrix/client") as answer:
                said = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return None
        return said.get(INSTANCE_ID_KEY) if isinstance(said, dict) else None

    def _last_log_lines(self) -> str:
        logs = (self.folder / "stdout.log", self.folder / "homeserver.log")
        return "\n".join(log.read_text("utf-8", "replace")[-2000:] for log in logs if log.exists())


def find_free_port() -> int:
    """A TCP port on loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
