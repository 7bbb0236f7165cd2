"""What people do with the bot: short stories in a seeded order, each with the same outcome whenever the bot is killed.

A user waits for the event that the next step answers: a tap needs its card. Other stories in the room go on meanwhile.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from random import Random

from conversing_user import ConversingUser, Event

MONTHS = "januar februar marts april maj juni juli august september oktober november december".split()

CHAT = (
    "er der nogen, der har set nøglen til skuret",
    "det regner igen",
    "godt klaret i søndags!",
    "vi mangler kaffe i klubhuset",
    "hvem tager børnene med",
)


@dataclass
class SentCommands:
    """The event ids of the commands that were sent, and of those among them that were redacted."""

    commands: list[str] = field(default_factory=list)
    redacted: set[str] = field(default_factory=set)


@dataclass
class StoryTeller:
    """Plays one story after the other about a pitch in a room. With `rivalry`, `rival` books the same pitch at once.

    All users wait with the client of the same `observer`: another client can be behind, and would see old events.
    """

    room: str
    bot: str
    pitch: str
    people: dict[str, ConversingUser]
    observer: ConversingUser
    club: ConversingUser
    rival: ConversingUser
    sent_commands: SentCommands
    random: Random
    rivalry: bool = False
    _days: "count[int]" = field(default_factory=lambda: count(2))
    _words: "count[int]" = field(default_factory=lambda: count(1))

    async def play_stories(self, is_enough: Callable[[], bool]) -> None:
        """Play stories until `is_enough` returns true."""
        stories = RIVALRY if self.rivalry else STORIES
        while not is_enough():
            await self.random.choice(stories)(self)

    # The stories

    async def agree(self) -> tuple[Event, int]:
        """A booking that is accepted."""
        card, number = await self.book()
        await self.answer(card, self.firm, "✅")
        return card, number

    async def refuse(self) -> None:
        """A booking that is declined."""
        card, _ = await self.book()
        await self.answer(card, self.firm, "❌")

    async def counter(self) -> None:
        """A counter-offer in the thread that is accepted."""
        card, _ = await self.book()
        answer = await self.write_in_thread(card, self.firm, "kl. 9 passer bedre")
        await self.answer(card, self.club, "✅", on=answer)

    async def counter_and_decline(self) -> None:
        """A counter-offer that is declined; then the first offer is accepted."""
        card, _ = await self.book()
        answer = await self.write_in_thread(card, self.firm, "kl. 9 passer bedre")
        await self.answer(card, self.club, "❌", on=answer)
        await self.answer(card, self.firm, "✅")

    async def counter_by_command(self) -> None:
        """A counter-offer and its acceptance by commands with the number."""
        card, number = await self.book()
        await self.write_about(card, self.firm, f"!foreslå {number} {self.pick_day()[0]} kl. 10")
        await self.write_about(card, self.club, f"!accepter {number}")

    async def cancel(self) -> None:
        """An agreement that is cancelled."""
        card, number = await self.agree()
        await self.write_about(card, self.random.choice((self.club, self.firm)), f"!aflys {number} regnvejr")

    async def move(self) -> None:
        """An agreement that is to be moved to another day."""
        card, number = await self.agree()
        answer = await self.write_about(card, self.club, f"!flyt {number} {self.pick_day()[0]} kl. 10")
        await self.answer(card, self.firm, self.random.choice("✅❌"), on=answer)

    async def report_done(self) -> None:
        """An agreement that is reported done, then confirmed or disputed."""
        card, number = await self.agree()
        question = await self.ask(self.firm, f"!færdig {number}")  # whether it is done already
        answer = await self.answer(card, self.firm, "✅", on=question)
        emoji, mark = self.random.choice("✅❌"), self.count_seen()
        self.record(await self.club.tap(self.room, emoji, answer["event_id"]))
        is_answer = self.is_edit_of(card) if emoji == "✅" else self.is_under(card)  # a yes only changes the card
        await self.wait_for_event(is_answer, mark, f"an answer of {self.club.name} about {number}")

    async def answer_as_stranger(self) -> None:
        """Somebody user is no party accepts, and is refused."""
        card, number = await self.book()
        await self.answer(card, self.people["beboer"], "✅")
        await self.write_about(card, self.firm, f"!afvis {number} for vådt")

    async def answer_twice(self) -> None:
        """Two people of the firm accept at the same moment: one of them is answer that nothing is open."""
        card, _ = await self.book()
        mark = self.count_seen()
        foreman = self.people["formand"]
        taps = (self.firm.tap(self.room, "✅", card["event_id"]), foreman.tap(self.room, "✅", card["event_id"]))
        self.sent_commands.commands += await asyncio.gather(*taps)
        await self.wait_for_event(self.is_under(card), mark, "both taps to be answered", times=2)

    async def book_without_time(self) -> None:
        """A booking without its time, which the bot asks for."""
        question = await self.ask(self.club, f"!book {self.pitch} slåning")
        written, shown = self.pick_day()
        mark = self.count_seen()
        self.record(await self.club.say(self.room, f"{written} kl. 14", reply_to=question["event_id"]))
        card = await self.wait_for_event(self.is_card(shown), mark, f"the card of {written}")
        await self.answer(card, self.firm, "✅")

    async def ask_for_lists(self) -> None:
        """Commands that change nothing."""
        user = self.people[self.random.choice(("firma", "formand", "beboer"))]  # a club may have an open question
        word = self.random.choice(("!ping {}", "!hjælp", "!aftaler", "!mine", "!skvulp {}", "!historik {}"))
        await self.ask(user, word.format(next(self._words)))

    async def chat(self) -> None:
        """Messages that are not for the bot."""
        for line in self.random.sample(CHAT, 3):
            await self.random.choice(list(self.people.values())).say(self.room, line)

    async def redact_command(self) -> None:
        """A command that is redacted: it is answered completely or not at all."""
        event = await self.club.say(self.room, f"!ping fortrudt-{self.pitch[-1]}-{next(self._words)}")
        self.sent_commands.redacted.add(event)
        await self.club.redact(self.room, event)

    async def book_at_once(self) -> None:
        """Both clubs book the same pitch at the same time: one gets it, the other is answer so."""
        written, shown = self.pick_day()
        mark = self.count_seen()
        text = f"!book {self.pitch} slåning {written} kl. 14"
        events = await asyncio.gather(self.club.say(self.room, text), self.rival.say(self.room, text))
        self.sent_commands.commands += events
        is_card = self.is_card(shown)
        await self.wait_for_event(is_card, mark, f"the one card of {written}")
        await self.wait_for_event(
            lambda e: any(self.is_reply(event)(e) for event in events), mark, "the other to be answer"
        )

    # Their steps

    @property
    def firm(self) -> ConversingUser:
        return self.people["firma"]

    def pick_day(self) -> tuple[str, str]:
        """Return a day that was not booked before, as people write it and as a card shows it."""
        day = date.today() + timedelta(days=next(self._days))
        return f"{day.day}/{day.month} {day.year}", f"den {day.day}. {MONTHS[day.month - 1]}"

    def record(self, event: str) -> str:
        self.sent_commands.commands.append(event)
        return event

    async def book(self) -> tuple[Event, int]:
        """Book the pitch; return the card and the agreement's number."""
        written, shown = self.pick_day()
        mark = self.count_seen()
        self.record(await self.club.say(self.room, f"!book {self.pitch} slåning {written} kl. 14"))
        card = await self.wait_for_event(self.is_card(shown), mark, f"the card of {self.pitch} {written}")
        return card, int(card["content"]["body"].split("Aftale ")[1].split(":")[0])

    async def answer(self, card: Event, user: ConversingUser, emoji: str, on: Event | None = None) -> Event:
        """Tap, and return the bot's answer under the card."""
        return await self._wait_for_answer(card, user, user.tap(self.room, emoji, (on or card)["event_id"]))

    async def write_in_thread(self, card: Event, user: ConversingUser, text: str) -> Event:
        """Write in a card's thread, and return the bot's answer there."""
        return await self._wait_for_answer(card, user, user.say(self.room, text, thread=card["event_id"]))

    async def write_about(self, card: Event, user: ConversingUser, text: str) -> Event:
        """Write in the room, and return the bot's answer under the card."""
        return await self._wait_for_answer(card, user, user.say(self.room, text))

    async def _wait_for_answer(self, card: Event, user: ConversingUser, sending: Awaitable[str]) -> Event:
        mark = self.count_seen()
        event = self.record(await sending)
        return await self.wait_for_event(self.is_under(card), mark, f"an answer of {user.name} about {event}")

    async def ask(self, user: ConversingUser, text: str) -> Event:
        """Write, and return the bot's reply."""
        mark = self.count_seen()
        event = self.record(await user.say(self.room, text))
        return await self.wait_for_event(self.is_reply(event), mark, f"a reply to {text}")

    def count_seen(self) -> int:
        """Return how many events the observer has seen."""
        return self.observer.count_seen(self.room)

    async def wait_for_event(
        self, is_wanted: Callable[[Event], bool], after: int, description: str, times: int = 1
    ) -> Event:
        """Wait for `times` wanted events after the first `after` ones; return the first of them."""
        return await self.observer.wait_for_event(self.room, is_wanted, after, description, times)

    def is_card(self, day: str) -> Callable[[Event], bool]:
        return lambda e: (
            _relation(e).get("rel_type") != "m.replace"
            and e["sender"] == self.bot
            and _body(e).startswith("📋 Aftale ")
            and self.pitch in _body(e).split("\n")[0]
            and day in _body(e)
        )

    def is_under(self, card: Event) -> Callable[[Event], bool]:
        card_id = card["event_id"]
        return lambda e: (
            e["sender"] == self.bot
            and _relation(e).get("rel_type") == "m.thread"
            and _relation(e)["event_id"] == card_id
        )

    def is_edit_of(self, card: Event) -> Callable[[Event], bool]:
        wanted = {"rel_type": "m.replace", "event_id": card["event_id"]}
        return lambda e: e["sender"] == self.bot and wanted.items() <= _relation(e).items()

    def is_reply(self, event: str) -> Callable[[Event], bool]:
        return lambda e: e["sender"] == self.bot and _relation(e).get("m.in_reply_to", {}).get("event_id") == event


STORIES: tuple[Callable[[StoryTeller], Awaitable[object]], ...] = (
    StoryTeller.agree,
    StoryTeller.refuse,
    StoryTeller.counter,
    StoryTeller.counter_and_decline,
    StoryTeller.counter_by_command,
    StoryTeller.cancel,
    StoryTeller.move,
    StoryTeller.report_done,
    StoryTeller.answer_as_stranger,
    StoryTeller.answer_twice,
    StoryTeller.book_without_time,
    StoryTeller.ask_for_lists,
    StoryTeller.ask_for_lists,
    StoryTeller.chat,
    StoryTeller.redact_command,
)
RIVALRY: tuple[Callable[[StoryTeller], Awaitable[object]], ...] = (
    StoryTeller.book_at_once,
    StoryTeller.ask_for_lists,
    StoryTeller.chat,
)


def _relation(event: Event) -> Event:
    relation: Event = event["content"].get("m.relates_to", {})
    return relation


def _body(event: Event) -> str:
    return str(event["content"].get("body", ""))
