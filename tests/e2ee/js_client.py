"""A person with another client than the bot's: matrix-js-sdk in a Node process, driven by lines of JSON."""

import asyncio
import json
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Self

from node import Node

#: Seconds that an action or a wait may take on a slow machine.
TIMEOUT_SECONDS = 90.0
_MAX_LINE_BYTES = 2**20
#: Events that a failed wait shows.
_SHOWN_EVENTS = 20

Event = dict[str, Any]
#: How a client sees a user: {"identity", "verified", "changed": bool, "devices": {id: {"signed", "verified": bool}}}
Trust = dict[str, Any]


class JsClient:
    """One session of a person, in a process of its own between `async with`."""

    def __init__(self, node: Node, folder: Path, log: Path) -> None:
        self.node, self.folder, self.log = node, folder, log
        self.events: list[Event] = []
        self.user_id = self.device_id = ""
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._event_arrived = asyncio.Event()

    async def __aenter__(self) -> Self:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(self.node.path, "client.mjs"),
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                limit=_MAX_LINE_BYTES,
            )
        self._reading = asyncio.create_task(self._read_lines())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await self._process.wait()
            await self._reading

    async def do(self, action: str, **arguments: Any) -> Any:
        """Do an action of client.mjs and return its answer. Raises AssertionError with the error of the client."""
        assert self._process.stdin is not None
        number = len(self._answers) + 1
        self._answers[number] = asyncio.get_running_loop().create_future()
        self._process.stdin.write(json.dumps({"id": number, "action": action, **arguments}).encode() + b"\n")
        async with asyncio.timeout(TIMEOUT_SECONDS):
            line = await self._answers[number]
        assert "error" not in line, f"{action}: {line['error']}\nSee {self.log}"
        return line["answer"]

    async def log_in(self, homeserver: str, user: str, password: str, unlock: str | None = None) -> None:
        """Log in as a new device with an identity: a new one, or the one that the passphrase `unlock` decrypts."""
        session = await self.do("login", homeserver=homeserver, user=user, password=password, unlock=unlock)
        self.user_id, self.device_id = session["user_id"], session["device_id"]
        await self.do("identify", password=password)

    async def say(self, room: str, body: str, **more: Any) -> str:
        """Send a text message and return its event id."""
        content = {"msgtype": "m.text", "body": body, **more}
        return str(await self.do("send", room=room, kind="m.room.message", content=content))

    async def tap(self, room: str, key: str, on: str) -> str:
        """React to an event and return the id of the reaction."""
        relation = {"rel_type": "m.annotation", "event_id": on, "key": key}
        return str(await self.do("send", room=room, kind="m.reaction", content={"m.relates_to": relation}))

    async def wait_for_event(self, is_wanted: Callable[[Event], bool]) -> Event:
        """Return the first wanted event that the client shows; wait until there is one."""
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                while True:
                    self._event_arrived.clear()
                    found = next((event for event in self.events if is_wanted(event)), None)
                    if found is not None:
                        return found
                    await self._event_arrived.wait()
        except TimeoutError:
            shown = json.dumps(self.events[-_SHOWN_EVENTS:], indent=1)
            raise AssertionError(f"{self.user_id} was only shown {shown}") from None

    async def wait_for_text(self, part: str, sender: str) -> Event:
        """Return the first message of a sender that contains these words."""
        return await self.wait_for_event(lambda e: e.get("sender") == sender and part in str(e["content"].get("body")))

    async def wait_for_trust(self, user: str, is_wanted: Callable[[Trust], bool]) -> Trust:
        """Return how the client sees a user it shares an encrypted room with; wait until that is as wanted.

        Raises AssertionError with how it sees the user when that does not become so.
        """
        trust: Trust = {}
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                while True:
                    self._event_arrived.clear()
                    trust = await self.do("get_trust", user=user)
                    if is_wanted(trust):
                        return trust
                    await self._event_arrived.wait()
        except TimeoutError:
            raise AssertionError(f"{self.user_id} still sees {trust}") from None

    async def _read_lines(self) -> None:
        assert self._process.stdout is not None
        async for text in self._process.stdout:
            line = json.loads(text)
            if "id" in line:
                self._answers[line["id"]].set_result(line)
                continue
            self.events.append(line["event"])
            self._event_arrived.set()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_result({"error": "the client ended"})


#: Starts a client that nobody is logged in with yet, with a name for its log.
StartClient = Callable[[str], Awaitable[JsClient]]


async def verify(administrator: JsClient, person: JsClient) -> None:
    """Let the administrator's session of the bot verify a person: both compare emojis and confirm that they match."""
    options = {"invite": [person.user_id], "is_direct": True, "preset": "trusted_private_chat"}
    room = await administrator.do("create_room", options=options)
    await person.do("join", room=room)
    await administrator.do("verify", user=person.user_id, room=room)
    sides = (administrator, person)
    first, second = [await side.wait_for_event(lambda e: e["type"] == "emojis") for side in sides]
    assert first["emojis"] == second["emojis"]
    assert await asyncio.gather(administrator.do("confirm"), person.do("confirm")) == ["done", "done"]
