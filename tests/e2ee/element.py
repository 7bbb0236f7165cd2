"""Somebody with a client that is not ours: matrix-js-sdk in Node, driven line by line."""

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Self

import pytest

HERE = Path(__file__).parent
OLDEST_NODE = 20
#: Seconds that anything may take on a slow machine.
PATIENCE = 90.0

Event = dict[str, Any]
#: {"identity", "verified", "changed": bool, "devices": {id: {"signed", "verified": bool}}}
Sight = dict[str, Any]

#: What npm says when there is no registry to be reached; with anything else the test fails.
_OFFLINE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "EHOSTUNREACH")


def install() -> Path:
    """The folder with the client and what it needs, from npm at the first time; skips where that cannot be had."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        pytest.skip("Node and npm are not installed: matrix-js-sdk runs there")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        pytest.skip(f"Node {version} is older than {OLDEST_NODE}")
    folder = _cache() / hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:16]
    if not (folder / "node_modules").is_dir():
        _fill(folder, npm)
    shutil.copy(HERE / "client.mjs", folder)
    return folder


def _cache() -> Path:
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bylaug" / "e2ee"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _fill(folder: Path, npm: str) -> None:
    """Beside it first, so that a test run that is ended, or another one, finds all of it or nothing."""
    fresh = Path(mkdtemp(dir=folder.parent))
    try:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, fresh)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=fresh, capture_output=True, text=True, timeout=300, check=False)
        offline = [line for line in done.stderr.splitlines() if any(word in line for word in _OFFLINE)]
        if done.returncode and offline:
            pytest.skip(f"npm's registry is not reached: {offline[0]}")
        assert done.returncode == 0, done.stderr
        if not folder.exists():
            fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


class Element:
    """One session of somebody, in a process of its own between `async with`."""

    def __init__(self, folder: Path, log: Path) -> None:
        self.folder, self.log = folder, log
        self.events: list[Event] = []
        self.user_id = self.device_id = ""
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._news = asyncio.Event()

    async def __aenter__(self) -> Self:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *("node", "client.mjs"),
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                limit=2**20,
            )
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        async with asyncio.timeout(PATIENCE):
            await self._process.wait()
            await self._reading

    async def ask(self, do: str, **more: Any) -> Any:
        """Have it do something; the answer. Raises AssertionError with the client's own words when it cannot."""
        assert self._process.stdin is not None
        number = len(self._answers) + 1
        self._answers[number] = asyncio.get_running_loop().create_future()
        self._process.stdin.write(json.dumps({"id": number, "do": do, **more}).encode() + b"\n")
        async with asyncio.timeout(PATIENCE):
            said = await self._answers[number]
        assert "error" not in said, f"{do}: {said['error']}\nSee {self.log}"
        return said["answer"]

    async def log_in(self, homeserver: str, user: str, password: str, unlock: str | None = None) -> None:
        """Log in as a new device with an identity: one's own, or the one that the passphrase unlocks."""
        who = await self.ask("login", homeserver=homeserver, user=user, password=password, unlock=unlock)
        self.user_id, self.device_id = who["user_id"], who["device_id"]
        await self.ask("identify", password=password)

    async def say(self, room: str, body: str, **more: Any) -> str:
        """Write a message; its event id."""
        content = {"msgtype": "m.text", "body": body, **more}
        return str(await self.ask("send", room=room, kind="m.room.message", content=content))

    async def tap(self, room: str, key: str, on: str) -> str:
        """Tap an emoji under an event."""
        relation = {"rel_type": "m.annotation", "event_id": on, "key": key}
        return str(await self.ask("send", room=room, kind="m.reaction", content={"m.relates_to": relation}))

    async def hear(self, wanted: Callable[[Event], bool]) -> Event:
        """The first thing it was shown that is wanted; waits until there is one."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    self._news.clear()
                    found = next((event for event in self.events if wanted(event)), None)
                    if found is not None:
                        return found
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{self.user_id} was only shown {json.dumps(self.events[-20:], indent=1)}") from None

    async def hear_body(self, part: str, sender: str) -> Event:
        """The first message of a sender with these words in it."""
        return await self.hear(lambda e: e.get("sender") == sender and part in str(e["content"].get("body")))

    async def sees(self, user: str, wanted: Callable[[Sight], bool]) -> Sight:
        """What it thinks of somebody it shares an encrypted room with; waits until that is as wanted.

        Raises AssertionError with what it thinks when that does not become so.
        """
        seen: Sight = {}
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    self._news.clear()
                    seen = await self.ask("look_at", user=user)
                    if wanted(seen):
                        return seen
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{self.user_id} still sees {seen}") from None

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            said = json.loads(line)
            if "id" in said:
                self._answers[said["id"]].set_result(said)
                continue
            self.events.append(said["event"])
            self._news.set()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_result({"error": "the client ended"})


#: Starts a client that nobody is logged in with yet, under a name for its log.
Arrive = Callable[[str], Awaitable[Element]]


async def verify(caretaker: Element, person: Element) -> None:
    """The caretaker's session of the bot asks a person to verify it; the two compare emojis and find them the same."""
    wanted = {"invite": [person.user_id], "is_direct": True, "preset": "trusted_private_chat"}
    room = await caretaker.ask("make_room", wanted=wanted)
    await person.ask("join", room=room)
    await caretaker.ask("verify", user=person.user_id, room=room)
    shown, seen = [await side.hear(lambda e: e["type"] == "emojis") for side in (caretaker, person)]
    assert shown["emojis"] == seen["emojis"]
    assert await asyncio.gather(caretaker.ask("confirm"), person.ask("confirm")) == ["done", "done"]
