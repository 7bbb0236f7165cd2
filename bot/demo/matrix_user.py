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
SYNC_TIMEOUT_MILLISECONDS = 20_000
#: More than is said in a story, so that no sync leaves a gap.
SYNC_FILTER = {"room": {"timeline": {"limit": 500}}}


@dataclass
class MatrixUser:
    """One person's client, speaking the client-server API over HTTP. `seen` is each room's timeline, oldest first."""

    url: str
    account: Account
    name: str
    timelines: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    invited: set[str] = field(default_factory=set)
    _numbers: "count[int]" = field(default_factory=count)
    _sync_arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __aenter__(self) -> Self:
        headers = {"Authorization": f"Bearer {self.account.access_token}"}
        self._session = aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(total=60))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._session.close()

    async def set_display_name(self) -> None:
        """Show others one's name."""
        await self._call("PUT", "profile", self.account.user_id, "displayname", body={"displayname": self.name})

    async def resolve_alias(self, alias: str) -> str:
        """The room with an alias."""
        return str((await self._call("GET", "directory", "room", alias))["room_id"])

    async def join(self, room: str) -> None:
        """Accept an invitation, or enter a room that is open."""
        await self._call("POST", "join", room, body={})

    def has_joined(self, room: str) -> bool:
        """Whether one's client shows the room."""
        return room in self.timelines

    async def send_message(self, room: str, text: str, thread: str | None = None) -> None:
        """Say something, in the thread of an event if one is given (client-server API, "Threading")."""
        content: dict[str, Any] = {"msgtype": "m.text", "body": text, "m.mentions": {}}
        if thread:
            relation = {"rel_type": "m.thread", "event_id": thread, "is_falling_back": True}
            content["m.relates_to"] = {**relation, "m.in_reply_to": {"event_id": thread}}
        await self._send_event(room, "m.room.message", content)

    async def send_reaction(self, room: str, emoji: str, event: str) -> None:
        """Tap an emoji under an event (client-server API, "Event annotations and reactions")."""
        relation = {"rel_type": "m.annotation", "event_id": event, "key": emoji}
        await self._send_event(room, "m.reaction", {"m.relates_to": relation})

    async def sync_forever(self) -> None:
        """Follow everything until cancelled. Raises `Fatal` when the homeserver is gone."""
        since: dict[str, str] = {}
        while True:
            query = {
                "timeout": str(SYNC_TIMEOUT_MILLISECONDS if since else 0),
                "filter": json.dumps(SYNC_FILTER),
                **since,
            }
            answer = await self._call("GET", "sync", query=query)
            since = {"since": answer["next_batch"]}
            rooms = answer.get("rooms", {})
            async with self._sync_arrived:
                self.invited.update(rooms.get("invite", {}))
                for room, part in rooms.get("join", {}).items():
                    self.timelines.setdefault(room, []).extend(part["timeline"]["events"])
                self._sync_arrived.notify_all()

    async def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait for something to be seen; False when it was not in time."""
        try:
            async with asyncio.timeout(seconds), self._sync_arrived:
                await self._sync_arrived.wait_for(condition)
        except TimeoutError:
            return False
        return True

    async def _send_event(self, room: str, kind: str, content: dict[str, Any]) -> None:
        await self._call("PUT", "rooms", room, "send", kind, f"villager-{next(self._numbers)}", body=content)

    async def _call(self, method: str, *path: str, **more: Any) -> dict[str, Any]:
        """One request that has to go well. Raises `Fatal`."""
        answer = await self._request(method, *path, **more)
        if "errcode" in answer:
            raise Fatal(f"{self.account.user_id}, {method} {'/'.join(path)}: {answer['errcode']} {answer.get('error')}")
        return answer

    async def _request(
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
async def syncing(users: list[MatrixUser]) -> AsyncIterator[None]:
    """Everybody's client is on, each with a sync of its own. What one of them meets ends it for all."""
    try:
        async with asyncio.TaskGroup() as group:
            watches = [group.create_task(person.sync_forever()) for person in users]
            yield
            for health in watches:
                health.cancel()
    except BaseExceptionGroup as several:
        raise _first_error(several) from None


def _first_error(several: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = several
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
