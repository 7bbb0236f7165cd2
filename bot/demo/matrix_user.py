"""A person with an account and a simple client of the client-server API: joins, writes, reacts and reads."""

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

#: How long the homeserver keeps a sync open while nothing happens.
SYNC_TIMEOUT_MILLISECONDS = 20_000
#: The limit is above the number of events in a demo, so that no sync leaves a gap.
SYNC_FILTER = {"room": {"timeline": {"limit": 500}}}


@dataclass
class MatrixUser:
    """One person's client. `timelines` has the events of each joined room, oldest first."""

    url: str
    account: Account
    name: str
    timelines: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    invited: set[str] = field(default_factory=set)
    _transaction_numbers: "count[int]" = field(default_factory=count)
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
        """Set the name that others see."""
        await self._call("PUT", "profile", self.account.user_id, "displayname", body={"displayname": self.name})

    async def resolve_alias(self, alias: str) -> str:
        """Return the id of the room with an alias."""
        return str((await self._call("GET", "directory", "room", alias))["room_id"])

    async def join(self, room: str) -> None:
        """Join a room, by invitation or because it is public."""
        await self._call("POST", "join", room, body={})

    def has_joined(self, room: str) -> bool:
        """Whether a sync has brought the room as joined."""
        return room in self.timelines

    async def send_message(self, room: str, text: str, thread: str | None = None) -> None:
        """Send a text message, in the thread of an event if given (client-server API, "Threading")."""
        content: dict[str, Any] = {"msgtype": "m.text", "body": text, "m.mentions": {}}
        if thread:
            relation = {"rel_type": "m.thread", "event_id": thread, "is_falling_back": True}
            content["m.relates_to"] = {**relation, "m.in_reply_to": {"event_id": thread}}
        await self._send_event(room, "m.room.message", content)

    async def send_reaction(self, room: str, emoji: str, event: str) -> None:
        """React to an event with an emoji (client-server API, "Event annotations and reactions")."""
        relation = {"rel_type": "m.annotation", "event_id": event, "key": emoji}
        await self._send_event(room, "m.reaction", {"m.relates_to": relation})

    async def sync_forever(self) -> None:
        """Sync until cancelled. Raises Fatal when the homeserver does not answer."""
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
        """Wait until a condition holds, checked after each sync; False when it does not hold in time."""
        try:
            async with asyncio.timeout(seconds), self._sync_arrived:
                await self._sync_arrived.wait_for(condition)
        except TimeoutError:
            return False
        return True

    async def _send_event(self, room: str, kind: str, content: dict[str, Any]) -> None:
        await self._call("PUT", "rooms", room, "send", kind, f"demo-{next(self._transaction_numbers)}", body=content)

    async def _call(self, method: str, *path: str, **more: Any) -> dict[str, Any]:
        """Send a request and return the answer. Raises Fatal for an error."""
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
    """Let every user sync in a task of its own. An error of one of them ends the block with that error."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(user.sync_forever()) for user in users]
            yield
            for task in tasks:
                task.cancel()
    except BaseExceptionGroup as errors:
        raise _first_error(errors) from None


def _first_error(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
