"""Plays a written conversation on a stage or in a real room, and raises Departure where the bot does otherwise."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from bot.config.address import matrix_address
from bot.config.community import Community
from bot.ical.calendar_entry import CalendarEntry
from bot.parsing.when import parse_time_phrase
from bot.testing.conversation import Conversation, Line, expand, read_entries
from bot.testing.stage import Heard, Stage


class PlayableRoom(Protocol):
    """A room in which a conversation can be played."""

    @property
    def community(self) -> Community:
        """The community whose room it is."""

    def now(self) -> datetime:
        """Return the local time in the community, naive."""

    async def say(self, who: str, text: str, under: str | None) -> None:
        """Let a person write a message, in the thread of the event `under` if given."""

    async def tap(self, who: str, emoji: str, on: str) -> None:
        """Let a person react to the event `on` with an emoji."""

    async def set_calendar_entries(self, matches: list[CalendarEntry]) -> None:
        """Replace the content of the community's calendar."""

    async def wait(self, until: datetime) -> None:
        """Let time pass until a local time of the community. Raises ValueError where the clock cannot be moved."""

    async def hear(self) -> Heard | None:
        """Return the next thing the bot does; None when it does nothing more."""

    def unheard(self) -> list[Heard]:
        """Return everything the bot has done that `hear` has not returned yet."""


class Departure(AssertionError):
    """The bot did something else than is written. `where` names the check that failed, such as "text" or "taps".

    `wanted` is what is written, `came` what the bot did; "" is nothing.
    """

    def __init__(self, where: str, wanted: str, came: str) -> None:
        super().__init__(f"{where}\n--- written:\n{wanted}\n--- came:\n{came}")
        self.where, self.wanted, self.came = where, wanted, came


#: Called with every line that was played, its text with times written out, and for lines of the bot what it did.
LineListener = Callable[[Line, str, Heard | None], None]


@dataclass
class _Player:
    """Plays the lines of one conversation.

    Lines refer to events: `card_events` are the cards in order, `last_message_event` is the bot's last other message.
    """

    room: PlayableRoom
    on_line: LineListener
    card_events: list[str] = field(default_factory=list)
    last_message_event: str = ""

    async def play_line(self, line: Line) -> None:
        if line.is_heading:
            self.on_line(line, line.text, None)
        elif line.is_calendar:
            await self._set_calendar_entries(line)
        elif line.is_bots:
            await self._expect(line)
        elif line.is_clock:
            self.expect_silence()
            await self.room.wait(moment_in(line, self.room))
            self.on_line(line, line.text, None)
        else:
            self.expect_silence()
            await self._let_person_act(line)

    async def _set_calendar_entries(self, line: Line) -> None:
        community = self.room.community
        await self.room.set_calendar_entries(
            read_entries(line.text, self.room.now(), community.language, community.time_zone)
        )

    async def _let_person_act(self, line: Line) -> None:
        self.on_line(line, line.text, None)
        if line.on is not None:
            await self.room.tap(
                line.who, line.text, self.last_message_event if line.on == "bot" else self._card(int(line.on))
            )
        else:
            await self.room.say(line.who, line.text, self._card(line.under) if line.under else None)

    async def _expect(self, line: Line) -> None:
        wanted = expand(line.text, self.room.now(), self.room.community.language)
        heard = await self._hear_message()
        if heard is None or heard.plain != wanted:
            raise Departure("text", wanted, heard.plain if heard else "")
        if line.under is not None and heard.target != self._card(line.under):
            raise Departure("thread", f"{line.under}: {wanted}", str(heard.target))
        if line.picture is not None and heard.picture != line.picture:
            raise Departure("picture", f"{line.picture}: {wanted}", heard.picture)
        self._check_mentions(line, heard)
        if heard.kind == "say" and line.who == "card":
            self.card_events.append(heard.event)
        elif heard.kind == "say":
            self.last_message_event = heard.event
        await self._check_taps(line, heard)
        self.on_line(line, wanted, heard)

    async def _hear_message(self) -> Heard | None:
        """Return the next message or edit of the bot. Skip reactions, which only lines with `taps` check."""
        heard = await self.room.hear()
        while heard is not None and heard.kind == "react":
            heard = await self.room.hear()
        return heard

    async def _check_taps(self, line: Line, heard: Heard) -> None:
        for emoji in line.taps or ():
            tap = await self.room.hear()
            if tap is None or (tap.kind, tap.plain, tap.target) != ("react", emoji, heard.event):
                raise Departure("taps", f"{emoji}: {heard.plain}", f"{tap.kind} {tap.plain}" if tap else "")

    def _check_mentions(self, line: Line, heard: Heard) -> None:
        if line.mentions is not None:
            wanted = sorted(
                address for handle in line.mentions for address in addresses_of(self.room.community, handle)
            )
            if sorted(heard.notify) != wanted:
                raise Departure("mentions", f"{wanted}: {heard.plain}", str(sorted(heard.notify)))

    def _card(self, number: int) -> str:
        if number > len(self.card_events):
            raise ValueError(f"there is no card {number} yet")
        return self.card_events[number - 1]

    def expect_silence(self) -> None:
        """Raise Departure when the bot has said more than is written. For use before a person acts and at the end."""
        texts = [heard.plain for heard in self.room.unheard() if heard.kind != "react"]
        if texts:
            raise Departure("silence", "", "\n".join(texts))


def moment_in(line: Line, room: PlayableRoom) -> datetime:
    """Return the start of the time that a `clock` line names, local and naive."""
    when = parse_time_phrase(line.text, now=room.now(), language=room.community.language)
    if not isinstance(when.start, datetime):
        raise ValueError(f"{line.text} is no clock time")
    return when.start


def addresses_of(community: Community, handle: str) -> tuple[str, ...]:
    """Return the addresses of a person. Somebody whom the file does not list has an account on the room's server."""
    person = community.person(handle)
    return person.addresses if person else (matrix_address(f"@{handle}:{community.room.partition(':')[2]}"),)


@dataclass
class _StageRoom:
    """Adapts a Stage to PlayableRoom, handing out one at a time what the bot did."""

    stage: Stage
    _unheard: deque[Heard] = field(default_factory=deque)

    @property
    def community(self) -> Community:
        return self.stage.community

    def now(self) -> datetime:
        return self.stage.now.astimezone(self.community.time_zone).replace(tzinfo=None)

    async def say(self, who: str, text: str, under: str | None) -> None:
        self._unheard.extend(await self.stage.say(self._address(who), text, under=under))

    async def tap(self, who: str, emoji: str, on: str) -> None:
        self._unheard.extend(await self.stage.tap(self._address(who), emoji, on))

    async def set_calendar_entries(self, matches: list[CalendarEntry]) -> None:
        self._unheard.extend(await self.stage.set_calendar_entries(matches))

    async def wait(self, until: datetime) -> None:
        moment = until.replace(tzinfo=self.community.time_zone).astimezone(UTC)
        self._unheard.extend(await self.stage.live_until(moment))

    def _address(self, who: str) -> str:
        return who if self.community.person(who) else addresses_of(self.community, who)[0]

    async def hear(self) -> Heard | None:
        return self._unheard.popleft() if self._unheard else None

    def unheard(self) -> list[Heard]:
        return list(self._unheard)


def _ignore_line(line: Line, text: str, heard: Heard | None) -> None:
    pass


async def play_in_room(conversation: Conversation, room: PlayableRoom, on_line: LineListener = _ignore_line) -> None:
    """Play every line in order, in any kind of room. Raises Departure where the bot does otherwise than is written."""
    player = _Player(room, on_line)
    for line in conversation.lines:
        await player.play_line(line)
    player.expect_silence()


async def play(conversation: Conversation, stage: Stage) -> None:
    """Play a conversation on a stage. Raises Departure where the bot does something else than is written."""
    await play_in_room(conversation, _StageRoom(stage))
