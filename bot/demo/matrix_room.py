"""A room on the homeserver as a room to play in: people speak through their clients, and hear the bot through them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from bot.clock import system_clock
from bot.config.community import Community
from bot.demo.environment import Village
from bot.demo.errors import Trouble
from bot.demo.matrix_user import Villager
from bot.ical.calendar_entry import CalendarEntry
from bot.matrix.address import user_address
from bot.testing import Departure, Heard

#: Seconds within which the bot must have said what it has to say, on a slow machine too.
PATIENCE = 30.0
#: Seconds within which it must have made its rooms and let people in.
WELCOME = 90.0
#: Seconds between two looks at whether the bot still runs.
LOOK = 0.5


@dataclass
class Gathering:
    """The people of one community in its room. Who spoke last is the one who listens for the answer."""

    village: Village
    community: Community
    people: dict[str, Villager]
    room_id: str = ""
    _listener: str = ""
    _heard: int = 0

    async def await_invitations(self) -> None:
        """The bot has made the room when all whom its community lists are invited."""
        for who, person in self.people.items():
            if self.community.person(who):
                await self._see(person, partial(bool, person.invited), WELCOME)

    async def meet(self) -> None:
        """Everybody accepts the invitation or, not having one, walks in; done when all have seen the greeting."""
        self.room_id = await next(iter(self.people.values())).find(self.community.room)
        for person in self.people.values():
            await person.join(self.room_id)
        for person in self.people.values():
            await self._see(person, partial(person.is_in, self.room_id), WELCOME)
        self._listener = next(iter(self.people))
        if self.community.greeting:
            await self._hear_greeting(self.community.greeting.strip())

    async def _hear_greeting(self, greeting: str) -> None:
        for person in self.people.values():
            await self._see(person, partial(self._have_reached, person, 1), WELCOME)
        self._heard = 1
        said = self._said_to(self.people[self._listener])[0].plain
        if said != greeting:
            raise Departure("text", greeting, said)

    def now(self) -> datetime:
        """What clocks in the community show."""
        return system_clock().astimezone(self.community.time_zone).replace(tzinfo=None)

    async def say(self, who: str, text: str, under: str | None) -> None:
        """Let somebody write."""
        self._listener = who
        await self.people[who].write(self.room_id, text, under)

    async def tap(self, who: str, emoji: str, on: str) -> None:
        """Let somebody tap."""
        self._listener = who
        await self.people[who].tap(self.room_id, emoji, on)

    async def set_calendar_entries(self, matches: list[CalendarEntry]) -> None:
        """The bot reads its calendars when it is time to. Raises ValueError: what is played here has none."""
        raise ValueError("a conversation with a calendar is played on a stage")

    async def wait(self, until: datetime) -> None:
        """Nobody can."""
        raise ValueError(f"a real room's clock cannot be moved to {until}")

    async def hear(self) -> Heard | None:
        """What the bot does next, as the one who spoke last sees it."""
        person = self.people[self._listener]
        await self._see(person, partial(self._have_reached, person, self._heard + 1), PATIENCE, must=False)
        said = self._said_to(person)[self._heard : self._heard + 1]
        self._heard += len(said)
        return said[0] if said else None

    def unheard(self) -> list[Heard]:
        """What anybody has seen the bot do that was not heard yet."""
        return max((self._said_to(person)[self._heard :] for person in self.people.values()), key=len)

    async def agree_on_what_was_said(self) -> None:
        """Everybody's client must have seen the same. Raises `Trouble` for one that has not."""
        for person in self.people.values():
            await self._see(person, partial(self._have_reached, person, self._heard), PATIENCE)
        seen = {tuple(one.event for one in self._said_to(person)) for person in self.people.values()}
        if len(seen) != 1 or len(seen.pop()) != self._heard:
            raise Trouble("views-differ")

    def _have_reached(self, person: Villager, count: int) -> bool:
        """Whether somebody's client has seen so much of the bot."""
        return len(self._said_to(person)) >= count

    async def _see(self, person: Villager, is_so: Callable[[], bool], seconds: float, *, must: bool = True) -> None:
        """Wait until somebody's client shows it, and see to it meanwhile that the bot still runs."""
        deadline = time.monotonic() + seconds
        while not await person.wait_until(is_so, LOOK):
            self.village.check_bot()
            if time.monotonic() > deadline:
                if must:
                    raise Trouble(
                        "not-seen", person=person.name, seconds=f"{seconds:.0f}", details=self.village.last_words()
                    )
                return

    def _said_to(self, person: Villager) -> list[Heard]:
        events = person.seen.get(self.room_id, [])
        return [said for event in events if event["sender"] == self.village.bot_id and (said := hear_event(event))]


def hear_event(event: dict[str, Any]) -> Heard | None:
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
