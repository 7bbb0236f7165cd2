"""People with clients of their own, who remember what they sent and can wait for what the bot says about it."""

import asyncio
from collections.abc import Callable
from typing import Any

from bot.demo.matrix_user import MatrixUser

Event = dict[str, Any]

#: Seconds that an answer may take, with the bot killed again and again meanwhile.
PATIENCE = 300.0


class Unanswered(AssertionError):
    """Somebody waited in vain for what the bot had to say."""


class Caller(MatrixUser):
    """One person's client. What is sent and seen goes through here, so that one with encryption can stand in for it."""

    async def say(self, room: str, text: str, *, thread: str = "", reply_to: str = "") -> str:
        """Write, in the thread of an event or in reply to one; the event id."""
        content: Event = {"msgtype": "m.text", "body": text, "m.mentions": {}}
        if thread:
            relation = {"rel_type": "m.thread", "event_id": thread, "is_falling_back": True}
            content["m.relates_to"] = {**relation, "m.in_reply_to": {"event_id": thread}}
        elif reply_to:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
        return await self.send(room, "m.room.message", content)

    async def press(self, room: str, emoji: str, event: str) -> str:
        """Tap an emoji under an event; the tap's event id."""
        relation = {"rel_type": "m.annotation", "event_id": event, "key": emoji}
        return await self.send(room, "m.reaction", {"m.relates_to": relation})

    async def send(self, room: str, kind: str, content: Event) -> str:
        """Send an event; its id."""
        path = ("rooms", room, "send", kind, f"caller-{next(self._numbers)}")
        return str((await self._call("PUT", *path, body=content))["event_id"])

    async def take_back(self, room: str, event: str) -> None:
        """Redact what one wrote."""
        await self._call("PUT", "rooms", room, "redact", event, f"caller-{next(self._numbers)}", body={})

    async def read(self, room: str) -> list[Event]:
        """The whole room, oldest first, as this person may see it."""
        events: list[Event] = []
        query = {"dir": "b", "limit": "500"}
        while True:
            page = await self._call("GET", "rooms", room, "messages", query=query)
            events += page["chunk"]
            if "end" not in page:
                return events[::-1]
            query["from"] = page["end"]

    async def come_in(self, alias: str) -> bool:
        """Join; False while there is no such room yet, or its door is closed."""
        return "room_id" in await self._request("POST", "join", alias, body={})

    def seen_so_far(self, room: str) -> int:
        """A mark behind what this person has seen in a room."""
        return len(self.timelines.get(room, []))

    async def hear(self, room: str, wanted: Callable[[Event], bool], after: int, what: str, times: int = 1) -> Event:
        """The first event behind a mark that is wanted, once there are so many. Raises `Unanswered`."""
        found: list[Event] = []

        def is_there() -> bool:
            found[:] = [event for event in self.timelines.get(room, [])[after:] if wanted(event)]
            return len(found) >= times

        if not await self.wait_until(is_there, PATIENCE):
            raise Unanswered(f"{self.name} waited {PATIENCE:.0f} s for {what}")
        return found[0]


async def register(homeserver: Any, names: dict[str, str]) -> list[Caller]:
    """Accounts for people, by localpart and name."""
    accounts = await asyncio.gather(*(homeserver.register(local, "hemmelig") for local in names))
    return [Caller(homeserver.url, account, name) for account, name in zip(accounts, names.values(), strict=True)]
