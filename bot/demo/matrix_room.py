"""A room on the homeserver as a room to play in: people speak through their clients, and hear the bot through them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from bot.clock import system_clock
from bot.config.community import Community
from bot.demo.environment import DemoEnvironment
from bot.demo.errors import DemoError
from bot.demo.matrix_user import MatrixUser
from bot.ical.calendar_entry import CalendarEntry
from bot.matrix.address import user_address
from bot.testing import Departure, Heard

#: Seconds within which the bot must have said what it has to say, on a slow machine too.
ANSWER_TIMEOUT_SECONDS = 30.0
#: Seconds within which it must have made its rooms and let people in.
START_TIMEOUT_SECONDS = 90.0
#: Seconds between two looks at whether the bot still runs.
POLL_SECONDS = 0.5


@dataclass
class MatrixRoom:
    """The people of one community in its room. Who spoke last is the one who listens for the answer."""

    environment: DemoEnvironment
    community: Community
    users: dict[str, MatrixUser]
    room_id: str = ""
    _listener: str = ""
    _heard_count: int = 0

    async def wait_for_invitations(self) -> None:
        """The bot has made the room when all whom its community lists are invited."""
        for who, person in self.users.items():
            if self.community.person(who):
                await self._wait_until(person, partial(bool, person.invited), START_TIMEOUT_SECONDS)

    async def join_everybody(self) -> None:
        """Everybody accepts the invitation or, not having one, walks in; done when all have seen the greeting."""
        self.room_id = await next(iter(self.users.values())).resolve_alias(self.community.room)
        for person in self.users.values():
            await person.join(self.room_id)
        for person in self.users.values():
            await self._wait_until(person, partial(person.has_joined, self.room_id), START_TIMEOUT_SECONDS)
        self._listener = next(iter(self.users))
        if self.community.greeting:
            await self._wait_for_greeting(self.community.greeting.strip())

    async def _wait_for_greeting(self, greeting: str) -> None:
        for person in self.users.values():
            await self._wait_until(person, partial(self._has_seen, person, 1), START_TIMEOUT_SECONDS)
        self._heard_count = 1
        said = self._bot_messages_seen_by(self.users[self._listener])[0].plain
        if said != greeting:
            raise Departure("text", greeting, said)

    def now(self) -> datetime:
        """What clocks in the community show."""
        return system_clock().astimezone(self.community.time_zone).replace(tzinfo=None)

    async def say(self, who: str, text: str, under: str | None) -> None:
        """Let somebody write."""
        self._listener = who
        await self.users[who].send_message(self.room_id, text, under)

    async def tap(self, who: str, emoji: str, on: str) -> None:
        """Let somebody tap."""
        self._listener = who
        await self.users[who].send_reaction(self.room_id, emoji, on)

    async def set_calendar_entries(self, matches: list[CalendarEntry]) -> None:
        """The bot reads its calendars when it is time to. Raises ValueError: what is played here has none."""
        raise ValueError("a conversation with a calendar is played on a stage")

    async def wait(self, until: datetime) -> None:
        """Nobody can."""
        raise ValueError(f"a real room's clock cannot be moved to {until}")

    async def hear(self) -> Heard | None:
        """What the bot does next, as the one who spoke last sees it."""
        person = self.users[self._listener]
        await self._wait_until(
            person, partial(self._has_seen, person, self._heard_count + 1), ANSWER_TIMEOUT_SECONDS, is_required=False
        )
        said = self._bot_messages_seen_by(person)[self._heard_count : self._heard_count + 1]
        self._heard_count += len(said)
        return said[0] if said else None

    def unheard(self) -> list[Heard]:
        """What anybody has seen the bot do that was not heard yet."""
        return max((self._bot_messages_seen_by(person)[self._heard_count :] for person in self.users.values()), key=len)

    async def check_everybody_saw_the_same(self) -> None:
        """Everybody's client must have seen the same. Raises `DemoError` for one that has not."""
        for person in self.users.values():
            await self._wait_until(person, partial(self._has_seen, person, self._heard_count), ANSWER_TIMEOUT_SECONDS)
        seen = {tuple(one.event for one in self._bot_messages_seen_by(person)) for person in self.users.values()}
        if len(seen) != 1 or len(seen.pop()) != self._heard_count:
            raise DemoError("views-differ")

    def _has_seen(self, person: MatrixUser, count: int) -> bool:
        """Whether somebody's client has seen so much of the bot."""
        return len(self._bot_messages_seen_by(person)) >= count

    async def _wait_until(
        self, person: MatrixUser, is_so: Callable[[], bool], seconds: float, *, is_required: bool = True
    ) -> None:
        """Wait until somebody's client shows it, and see to it meanwhile that the bot still runs."""
        deadline = time.monotonic() + seconds
        while not await person.wait_until(is_so, POLL_SECONDS):
            self.environment.check_bot_runs()
            if time.monotonic() > deadline:
                if is_required:
                    raise DemoError(
                        "not-seen",
                        person=person.name,
                        seconds=f"{seconds:.0f}",
                        details=self.environment.last_log_lines(),
                    )
                return

    def _bot_messages_seen_by(self, person: MatrixUser) -> list[Heard]:
        events = person.timelines.get(self.room_id, [])
        return [
            said for event in events if event["sender"] == self.environment.bot_id and (said := parse_bot_event(event))
        ]


def parse_bot_event(event: dict[str, Any]) -> Heard | None:
    """What an event of the bot's says to a client; None for what is not said, such as a change of the topic."""
    content = event.get("content", {})
    relation = content.get("m.relates_to", {})
    kind, target = relation.get("rel_type"), relation.get("event_id")
    if event["type"] == "m.reaction":
        return Heard(event["event_id"], "react", relation["key"], "", (), target)
    if event["type"] != "m.room.message":
        return None
    shown = content["m.new_content"] if kind == "m.replace" else content
    notify = tuple(user_address(user) for user in content.get("m.mentions", {}).get("user_ids", ()))
    said = "edit" if kind == "m.replace" else "say"
    html, picture = shown.get("formatted_body", ""), shown.get("filename", "")
    return Heard(event["event_id"], said, shown["body"], html, notify, target, picture)
