"""Villagers with accounts and clients of their own: they see what a room shows and do what people do in it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import aiohttp

from bot.demo.homeserver import Account
from bot.errors import Fatal

#: Milliseconds the homeserver keeps a sync open while there is no news.
WAIT = 20_000
#: More than is said in a story, so that no sync leaves a gap.
TIMELINE = {"room": {"timeline": {"limit": 500}}}


@dataclass
class Villager:
    """One person's client, speaking the client-server API over HTTP. `seen` is each room's timeline, oldest first."""

    url: str
    account: Account
    name: str
    seen: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    invited: set[str] = field(default_factory=set)
    _numbers: "count[int]" = field(default_factory=count)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __aenter__(self) -> Self:
        headers = {"Authorization": f"Bearer {self.account.access_token}"}
        self._session = aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(total=60))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._session.close()

    async def introduce(self) -> None:
        """Show others one's name."""
        await self._call("PUT", "profile", self.account.user_id, "displayname", body={"displayname": self.name})

    async def find(self, alias: str) -> str:
        """The room with an alias."""
        return str((await self._call("GET", "directory", "room", alias))["room_id"])

    async def join(self, room: str) -> None:
        """Accept an invitation, or enter a room that is open."""
        await self._call("POST", "join", room, body={})

    def is_in(self, room: str) -> bool:
        """Whether one's client shows the room."""
        return room in self.seen

    async def write(self, room: str, text: str, thread: str | None = None) -> None:
        """Say something, in the thread of an event if one is given (client-server API, "Threading")."""
        content: dict[str, Any] = {"msgtype": "m.text", "body": text, "m.mentions": {}}
        if thread:
            relation = {"rel_type": "m.thread", "event_id": thread, "is_falling_back": True}
            content["m.relates_to"] = {**relation, "m.in_reply_to": {"event_id": thread}}
        await self._send(room, "m.room.message", content)

    async def tap(self, room: str, emoji: str, event: str) -> None:
        """Tap an emoji under an event (client-server API, "Event annotations and reactions")."""
        relation = {"rel_type": "m.annotation", "event_id": event, "key": emoji}
        await self._send(room, "m.reaction", {"m.relates_to": relation})

    async def health(self) -> None:
        """Follow everything until cancelled. Raises `Fatal` when the homeserver is gone."""
        since: dict[str, str] = {}
        while True:
            query = {"timeout": str(WAIT if since else 0), "filter": json.dumps(TIMELINE), **since}
            answer = await self._call("GET", "sync", query=query)
            since = {"since": answer["next_batch"]}
            rooms = answer.get("rooms", {})
            async with self._news:
                self.invited.update(rooms.get("invite", {}))
                for room, part in rooms.get("join", {}).items():
                    self.seen.setdefault(room, []).extend(part["timeline"]["events"])
                self._news.notify_all()

    async def wait_until(self, is_so: Callable[[], bool], seconds: float) -> bool:
        """Wait for something to be seen; False when it was not in time."""
        try:
            async with asyncio.timeout(seconds), self._news:
                await self._news.wait_for(is_so)
        except TimeoutError:
            return False
        return True

    async def _send(self, room: str, kind: str, content: dict[str, Any]) -> None:
        await self._call("PUT", "rooms", room, "send", kind, f"villager-{next(self._numbers)}", body=content)

    async def _call(self, method: str, *path: str, **more: Any) -> dict[str, Any]:
        """One request that has to go well. Raises `Fatal`."""
        answer = await self._ask(method, *path, **more)
        if "errcode" in answer:
            raise Fatal(f"{self.account.user_id}, {method} {'/'.join(path)}: {answer['errcode']} {answer.get('error')}")
        return answer

    async def _ask(
        self, method: str, *path: str, body: object = None, query: dict[str, str] | None = None
    ) -> dict[str, Any]:
        url = "/".join((f"{self.url}/_matrix/client/v3", *(quote(part, safe="") for part in path)))
        try:
            async with self._session.request(method, url, json=body, params=query) as response:
                answer: dict[str, Any] = await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Fatal(f"{self.account.user_id}, {method} {'/'.join(path)}: {error}") from error
        return answer


@asynccontextmanager
async def watching(people: list[Villager]) -> AsyncIterator[None]:
    """Everybody's client is on, each with a sync of its own. What one of them meets ends it for all."""
    try:
        async with asyncio.TaskGroup() as group:
            watches = [group.create_task(person.health()) for person in people]
            yield
            for health in watches:
                health.cancel()
    except BaseExceptionGroup as several:
        raise _first(several) from None


def _first(several: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = several
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
