"""A real Matrix room in which a conversation is played: each person writes and reads through their own client."""

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

#: Seconds within which the bot must answer, also on a slow machine.
ANSWER_TIMEOUT_SECONDS = 30.0
#: Seconds within which the bot must have made its rooms and invited people.
START_TIMEOUT_SECONDS = 90.0
#: Seconds between two checks that the bot still runs.
POLL_SECONDS = 0.5


@dataclass
class MatrixRoom:
    """The room of one community with its people. It implements bot.testing.play.PlayableRoom.

    The client of the person who acted last shows the bot's answer.
    """

    environment: DemoEnvironment
    community: Community
    users: dict[str, MatrixUser]
    room_id: str = ""
    _listener: str = ""
    _heard_count: int = 0

    async def wait_for_invitations(self) -> None:
        """Wait until everybody whom the community lists is invited, which is when the bot has made the room."""
        for handle, user in self.users.items():
            if self.community.person(handle):
                await self._wait_until(user, partial(bool, user.invited), START_TIMEOUT_SECONDS)

    async def join_everybody(self) -> None:
        """Let everybody join, and wait until all clients show the greeting. Raises Departure for another greeting."""
        self.room_id = await next(iter(self.users.values())).resolve_alias(self.community.room)
        for user in self.users.values():
            await user.join(self.room_id)
        for user in self.users.values():
            await self._wait_until(user, partial(user.has_joined, self.room_id), START_TIMEOUT_SECONDS)
        self._listener = next(iter(self.users))
        if self.community.greeting:
            await self._wait_for_greeting(self.community.greeting.strip())

    async def _wait_for_greeting(self, greeting: str) -> None:
        for user in self.users.values():
            await self._wait_until(user, partial(self._has_seen, user, 1), START_TIMEOUT_SECONDS)
        self._heard_count = 1
        message = self._bot_messages_seen_by(self.users[self._listener])[0].plain
        if message != greeting:
            raise Departure("text", greeting, message)

    def now(self) -> datetime:
        """Return the local time in the community, naive."""
        return system_clock().astimezone(self.community.time_zone).replace(tzinfo=None)

    async def say(self, who: str, text: str, under: str | None) -> None:
        """Let a person write a message, in the thread of the event `under` if given."""
        self._listener = who
        await self.users[who].send_message(self.room_id, text, under)

    async def tap(self, who: str, emoji: str, on: str) -> None:
        """Let a person react to the event `on` with an emoji."""
        self._listener = who
        await self.users[who].send_reaction(self.room_id, emoji, on)

    async def set_calendar_entries(self, matches: list[CalendarEntry]) -> None:
        """Raise ValueError: the running bot decides when it polls calendars, so a conversation cannot set entries."""
        raise ValueError("a conversation with a calendar is played on a stage")

    async def wait(self, until: datetime) -> None:
        """Raise ValueError, since the clock of a real room cannot be moved."""
        raise ValueError(f"a real room's clock cannot be moved to {until}")

    async def hear(self) -> Heard | None:
        """Return the next message or reaction of the bot, as the client of the person who acted last shows it."""
        user = self.users[self._listener]
        await self._wait_until(
            user, partial(self._has_seen, user, self._heard_count + 1), ANSWER_TIMEOUT_SECONDS, is_required=False
        )
        messages = self._bot_messages_seen_by(user)[self._heard_count :]
        if not messages:
            return None
        self._heard_count += 1
        return messages[0]

    def unheard(self) -> list[Heard]:
        """Return the messages and reactions of the bot that some client shows and `hear` has not returned yet."""
        views = (self._bot_messages_seen_by(user)[self._heard_count :] for user in self.users.values())
        return max(views, key=len)

    async def check_everybody_saw_the_same(self) -> None:
        """Raise DemoError unless all clients show the same messages of the bot."""
        for user in self.users.values():
            await self._wait_until(user, partial(self._has_seen, user, self._heard_count), ANSWER_TIMEOUT_SECONDS)
        views = {tuple(seen.event for seen in self._bot_messages_seen_by(user)) for user in self.users.values()}
        if len(views) != 1 or len(views.pop()) != self._heard_count:
            raise DemoError("saw-different-messages")

    def _has_seen(self, user: MatrixUser, count: int) -> bool:
        """Whether the client of a user has seen at least `count` messages of the bot."""
        return len(self._bot_messages_seen_by(user)) >= count

    async def _wait_until(
        self, user: MatrixUser, condition: Callable[[], bool], seconds: float, *, is_required: bool = True
    ) -> None:
        """Wait until a condition about a user's client holds. Raises DemoError when the bot ends meanwhile.

        After `seconds` it raises DemoError too, or with `is_required` False returns.
        """
        deadline = time.monotonic() + seconds
        while not await user.wait_until(condition, POLL_SECONDS):
            self.environment.check_bot_runs()
            if time.monotonic() > deadline:
                if is_required:
                    raise DemoError(
                        "no-answer",
                        person=user.name,
                        seconds=f"{seconds:.0f}",
                        details=self.environment.last_log_lines(),
                    )
                return

    def _bot_messages_seen_by(self, user: MatrixUser) -> list[Heard]:
        events = user.timelines.get(self.room_id, [])
        bot_events = (event for event in events if event["sender"] == self.environment.bot_id)
        return [message for event in bot_events if (message := parse_bot_event(event))]


def parse_bot_event(event: dict[str, Any]) -> Heard | None:
    """Return the message or reaction that clients show for an event of the bot; None for any other event."""
    content = event.get("content", {})
    relation = content.get("m.relates_to", {})
    relation_type, target = relation.get("rel_type"), relation.get("event_id")
    if event["type"] == "m.reaction":
        return Heard(event["event_id"], "react", relation["key"], "", (), target)
    if event["type"] != "m.room.message":
        return None
    is_edit = relation_type == "m.replace"
    shown = content["m.new_content"] if is_edit else content
    notify = tuple(user_address(user) for user in content.get("m.mentions", {}).get("user_ids", ()))
    html, picture = shown.get("formatted_body", ""), shown.get("filename", "")
    return Heard(event["event_id"], "edit" if is_edit else "say", shown["body"], html, notify, target, picture)
