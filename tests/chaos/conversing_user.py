"""Matrix users who write to the bot and wait for its answers."""

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Any

from bot.demo.matrix_user import MatrixUser

Event = dict[str, Any]

#: Seconds that an answer may take while the bot is killed again and again.
ANSWER_TIMEOUT_SECONDS = 300.0

_transaction_numbers = count()


class AnswerMissing(AssertionError):
    """The bot has not answered in time."""


class ConversingUser(MatrixUser):
    """A Matrix user who writes, taps and waits for events."""

    async def say(self, room: str, text: str, *, thread: str = "", reply_to: str = "") -> str:
        """Send a message, in the thread of an event or in reply to one; return its event id."""
        content: Event = {"msgtype": "m.text", "body": text, "m.mentions": {}}
        if thread:
            relation = {"rel_type": "m.thread", "event_id": thread, "is_falling_back": True}
            content["m.relates_to"] = {**relation, "m.in_reply_to": {"event_id": thread}}
        elif reply_to:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
        return await self.send(room, "m.room.message", content)

    async def tap(self, room: str, emoji: str, event: str) -> str:
        """React to an event with an emoji; return the reaction's event id."""
        relation = {"rel_type": "m.annotation", "event_id": event, "key": emoji}
        return await self.send(room, "m.reaction", {"m.relates_to": relation})

    async def send(self, room: str, kind: str, content: Event) -> str:
        """Send an event and return its id."""
        path = ("rooms", room, "send", kind, f"caller-{next(_transaction_numbers)}")
        return str((await self._call("PUT", *path, body=content))["event_id"])

    async def redact(self, room: str, event: str) -> None:
        """Redact an event of one's own."""
        await self._call("PUT", "rooms", room, "redact", event, f"caller-{next(_transaction_numbers)}", body={})

    async def read(self, room: str) -> list[Event]:
        """Return all events of a room that this user may see, oldest first."""
        events: list[Event] = []
        query = {"dir": "b", "limit": "500"}
        while True:
            page = await self._call("GET", "rooms", room, "messages", query=query)
            events += page["chunk"]
            if "end" not in page:
                return events[::-1]
            query["from"] = page["end"]

    async def try_to_join(self, alias: str) -> bool:
        """Join a room; return False while it does not exist or this user may not join."""
        return "room_id" in await self._request("POST", "join", alias, body={})

    def count_seen(self, room: str) -> int:
        """Return how many events of a room this user has seen."""
        return len(self.timelines.get(room, []))

    async def wait_for_event(
        self, room: str, is_wanted: Callable[[Event], bool], after: int, description: str, times: int = 1
    ) -> Event:
        """Wait for `times` wanted events after the first `after`; return the first of them. Raise AnswerMissing."""
        found: list[Event] = []

        def is_there() -> bool:
            found[:] = [event for event in self.timelines.get(room, [])[after:] if is_wanted(event)]
            return len(found) >= times

        if not await self.wait_until(is_there, ANSWER_TIMEOUT_SECONDS):
            raise AnswerMissing(f"{self.name} waited {ANSWER_TIMEOUT_SECONDS:.0f} s for {description}")
        return found[0]


async def register_users(homeserver: Any, names: dict[str, str]) -> list[ConversingUser]:
    """Register accounts, given by localpart and name."""
    accounts = await asyncio.gather(*(homeserver.register(local, "hemmelig") for local in names))
    return [
        ConversingUser(homeserver.url, account, name) for account, name in zip(accounts, names.values(), strict=True)
    ]
