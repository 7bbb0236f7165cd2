"""Runs a real Synapse on loopback in a folder of its own, for the demo and the tests."""

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

#: Time for a slow machine to start Synapse.
START_TIMEOUT_SECONDS = 120.0
#: Free ports that are tried: another program may take a port between its choice and the start of Synapse.
MAX_PORT_ATTEMPTS = 5


@dataclass(frozen=True)
class Account:
    """An account that is registered and logged in on one device."""

    user_id: str
    access_token: str
    device_id: str


class Homeserver:
    """Synapse, running inside an `async with` block, with its data in a folder of the caller.

    It always ends with this process. `extra_config` is added to its homeserver.yaml. The server may be entered in one
    event loop and used in another, so that one server serves a whole test session.
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
        """The URL for clients: http://127.0.0.1:port, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start Synapse on a free port. After `stop` it starts on the same port again.

        Raises Fatal when Synapse is not installed or does not start.
        """
        if importlib.util.find_spec("synapse") is None:
            raise Fatal("Synapse is not installed: pip install 'bylaug[demo]' brings it.")
        attempts = 1 if self.port else MAX_PORT_ATTEMPTS
        for remaining in reversed(range(attempts)):
            self.port = self.port if attempts == 1 else find_free_port()
            if await self._start_process():
                return
            if not remaining or "already in use" not in self._last_log_lines():
                raise Fatal(f"Synapse did not start. Its last words were:\n{self._last_log_lines()}")

    async def stop(self) -> None:
        """Stop Synapse and keep its data."""
        if self._process is not None:
            process, self._process = self._process, None
            await asyncio.shield(asyncio.to_thread(stop_child, process))

    async def restart(self) -> None:
        """Stop Synapse and start it again with the same data on the same port."""
        await self.stop()
        await self.start()

    async def register(self, localpart: str, password: str, *, admin: bool = False) -> Account:
        """Create an account and log in. Raises Fatal when the name is taken.

        Source: Synapse admin API, "Shared-Secret Registration".
        """
        path = f"{self.url}/_synapse/admin/v1/register"
        async with aiohttp.ClientSession() as session:
            async with session.get(path) as response:
                nonce = (await response.json())["nonce"]
            role = "admin" if admin else "notadmin"
            signed = "\0".join((nonce, localpart, password, role)).encode()
            body = {
                "nonce": nonce,
                "username": localpart,
                "password": password,
                "admin": admin,
                "mac": hmac.new(self._secret.encode(), signed, sha1).hexdigest(),
            }
            async with session.post(path, json=body) as response:
                answer: dict[str, Any] = await response.json()
        if "user_id" not in answer:
            raise Fatal(f"The homeserver did not register {localpart}: {answer.get('error')}")
        return Account(answer["user_id"], answer["access_token"], answer["device_id"])

    async def _start_process(self) -> bool:
        """Start the process and wait until Synapse answers. Return False when the process ended before."""
        instance_id = token_hex()
        options = SynapseOptions(
            self.server_name, self.port, instance_id, self._secret, self.rate_limits, self.extra_config
        )
        config = write_config(self.folder, options)
        self._process = start_child(
            [sys.executable, "-m", "synapse.app.homeserver", "-c", str(config)],
            output=self.folder / "stdout.log",
            environment={**os.environ, "SYNAPSE_CACHE_FACTOR": "0.5", "PYTHONWARNINGS": "ignore"},
        )
        try:
            return await self._wait_until_ready(self._process, instance_id)
        except BaseException:
            await self.stop()
            raise

    async def _wait_until_ready(self, process: Popen[bytes], instance_id: str) -> bool:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=1)) as session:
            while process.poll() is None:
                if time.monotonic() > deadline:
                    raise Fatal(f"Synapse did not answer within {START_TIMEOUT_SECONDS:.0f} seconds.")
                if await self._read_instance_id(session) == instance_id:
                    return True
                await asyncio.sleep(0.05)
        return False

    async def _read_instance_id(self, session: aiohttp.ClientSession) -> object:
        """Return the instance id of the Synapse that answers on the port; None when the demo did not start it.

        Until the started Synapse listens, any program may answer there, even another Synapse.
        """
        try:
            async with session.get(f"{self.url}/.well-known/matrix/client") as response:
                answer = await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return None
        return answer.get(INSTANCE_ID_KEY) if isinstance(answer, dict) else None

    def _last_log_lines(self) -> str:
        logs = (self.folder / "stdout.log", self.folder / "homeserver.log")
        return "\n".join(log.read_text("utf-8", "replace")[-2000:] for log in logs if log.exists())


def find_free_port() -> int:
    """Return a TCP port on loopback that no program listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
