"""What people do with the bot: small stories out of a seeded plan, each with one outcome whenever the bot is killed.

People wait for what they answer: a tap needs its card, so the card is looked for first. What goes on elsewhere in the
room does not wait for it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from random import Random

from callers import Caller, Event

MONTHS = "januar februar marts april maj juni juli august september oktober november december".split()

CHAT = (
    "er der nogen, der har set nøglen til skuret",
    "det regner igen",
    "godt klaret i søndags!",
    "vi mangler kaffe i klubhuset",
    "hvem tager børnene med",
)


@dataclass
class Ledger:
    """What was asked of the bot, and what of it was taken back again, as event ids."""

    commands: list[str] = field(default_factory=list)
    taken_back: set[str] = field(default_factory=set)


@dataclass
class Corner:
    """A club and its pitch in a room: one story after the other. `rival` wants the same pitch now and then.

    All look through the same `eyes`: another's client can be behind, and what it sees next is then old.
    """

    room: str
    bot: str
    pitch: str
    people: dict[str, Caller]
    eyes: Caller
    club: Caller
    rival: Caller
    ledger: Ledger
    random: Random
    rivalry: bool = False
    _days: "count[int]" = field(default_factory=lambda: count(2))
    _words: "count[int]" = field(default_factory=lambda: count(1))

    async def live(self, is_enough: Callable[[], bool]) -> None:
        """Story after story, until it is enough."""
        stories = RIVALRY if self.rivalry else STORIES
        while not is_enough():
            await self.random.choice(stories)(self)

    # What can happen

    async def agree(self) -> tuple[Event, int]:
        """Asked, and yes."""
        card, number = await self.book()
        await self.answer(card, self.firm, "✅")
        return card, number

    async def refuse(self) -> None:
        """Asked, and no."""
        card, _ = await self.book()
        await self.answer(card, self.firm, "❌")

    async def counter(self) -> None:
        """Another time, and yes."""
        card, _ = await self.book()
        told = await self.talk_under(card, self.firm, "kl. 9 passer bedre")
        await self.answer(card, self.club, "✅", on=told)

    async def counter_in_vain(self) -> None:
        """Another time, no, and then the first after all."""
        card, _ = await self.book()
        told = await self.talk_under(card, self.firm, "kl. 9 passer bedre")
        await self.answer(card, self.club, "❌", on=told)
        await self.answer(card, self.firm, "✅")

    async def counter_by_command(self) -> None:
        """Another day by number, and yes by number."""
        card, number = await self.book()
        await self.write_about(card, self.firm, f"!foreslå {number} {self.day()[0]} kl. 10")
        await self.write_about(card, self.club, f"!accepter {number}")

    async def call_off(self) -> None:
        """Agreed, and then it rains."""
        card, number = await self.agree()
        await self.write_about(card, self.random.choice((self.club, self.firm)), f"!aflys {number} regnvejr")

    async def move(self) -> None:
        """Agreed, and then on another day."""
        card, number = await self.agree()
        told = await self.write_about(card, self.club, f"!flyt {number} {self.day()[0]} kl. 10")
        await self.answer(card, self.firm, self.random.choice("✅❌"), on=told)

    async def work(self) -> None:
        """Agreed, done before its time, disputed or confirmed."""
        card, number = await self.agree()
        told = await self.write_about(card, self.firm, f"!færdig {number}")
        await self.answer(card, self.club, self.random.choice("✅❌"), on=told)

    async def meddle(self) -> None:
        """Somebody who is no party says yes, and is told."""
        card, number = await self.book()
        await self.answer(card, self.people["beboer"], "✅")
        await self.write_about(card, self.firm, f"!afvis {number} for vådt")

    async def answer_twice(self) -> None:
        """Two people of the firm say yes in the same moment: one is told that there is nothing left to answer."""
        card, _ = await self.book()
        mark = self.seen()
        foreman = self.people["formand"]
        taps = (self.firm.press(self.room, "✅", card["event_id"]), foreman.press(self.room, "✅", card["event_id"]))
        self.ledger.commands += await asyncio.gather(*taps)
        await self.hear(self.is_under(card), mark, "both taps to be answered", times=2)

    async def half_say(self) -> None:
        """A booking without its time, which is asked for and given in reply."""
        question = await self.ask(self.club, f"!book {self.pitch} slåning")
        written, shown = self.day()
        mark = self.seen()
        self.sent(await self.club.say(self.room, f"{written} kl. 14", reply_to=question["event_id"]))
        card = await self.hear(self.is_card(shown), mark, f"the card of {written}")
        await self.answer(card, self.firm, "✅")

    async def ask_about_things(self) -> None:
        """Words that only want to know."""
        who = self.people[self.random.choice(("firma", "formand", "beboer"))]  # a club may have been asked something
        word = self.random.choice(("!ping {}", "!hjælp", "!aftaler", "!mine", "!skvulp {}", "!historik {}"))
        await self.ask(who, word.format(next(self._words)))

    async def chat(self) -> None:
        """What is no business of the bot's."""
        for line in self.random.sample(CHAT, 3):
            await self.random.choice(list(self.people.values())).say(self.room, line)

    async def think_better(self) -> None:
        """Said and taken back: answered or not, but never half."""
        event = await self.club.say(self.room, f"!ping fortrudt-{self.pitch[-1]}-{next(self._words)}")
        self.ledger.taken_back.add(event)
        await self.club.take_back(self.room, event)

    async def race(self) -> None:
        """Both clubs want the same pitch at the same time: one gets it, the other is told who has it."""
        written, shown = self.day()
        mark = self.seen()
        text = f"!book {self.pitch} slåning {written} kl. 14"
        events = await asyncio.gather(self.club.say(self.room, text), self.rival.say(self.room, text))
        self.ledger.commands += events
        is_card = self.is_card(shown)
        await self.hear(is_card, mark, f"the one card of {written}")
        await self.hear(lambda e: any(self.is_reply(one)(e) for one in events), mark, "the other to be told")

    # How it is done

    @property
    def firm(self) -> Caller:
        return self.people["firma"]

    def day(self) -> tuple[str, str]:
        """A day nobody has asked for yet, as it is written and as a card shows it."""
        day = date.today() + timedelta(days=next(self._days))
        return f"{day.day}/{day.month} {day.year}", f"den {day.day}. {MONTHS[day.month - 1]}"

    def sent(self, event: str) -> str:
        self.ledger.commands.append(event)
        return event

    async def book(self) -> tuple[Event, int]:
        """A booking's card and its number."""
        written, shown = self.day()
        mark = self.seen()
        self.sent(await self.club.say(self.room, f"!book {self.pitch} slåning {written} kl. 14"))
        card = await self.hear(self.is_card(shown), mark, f"the card of {self.pitch} {written}")
        return card, int(card["content"]["body"].split("Aftale ")[1].split(":")[0])

    async def answer(self, card: Event, who: Caller, emoji: str, on: Event | None = None) -> Event:
        """Tap, and see what the bot says of it under the card."""
        return await self._told(card, who, who.press(self.room, emoji, (on or card)["event_id"]))

    async def talk_under(self, card: Event, who: Caller, text: str) -> Event:
        """Write in a card's thread, and see what the bot says there."""
        return await self._told(card, who, who.say(self.room, text, thread=card["event_id"]))

    async def write_about(self, card: Event, who: Caller, text: str) -> Event:
        """Write in the room what will be answered under a card."""
        return await self._told(card, who, who.say(self.room, text))

    async def _told(self, card: Event, who: Caller, sending: Awaitable[str]) -> Event:
        mark = self.seen()
        event = self.sent(await sending)
        return await self.hear(self.is_under(card), mark, f"an answer of {who.name} about {event}")

    async def ask(self, who: Caller, text: str) -> Event:
        """Write, and see the reply."""
        mark = self.seen()
        event = self.sent(await who.say(self.room, text))
        return await self.hear(self.is_reply(event), mark, f"a reply to {text}")

    def seen(self) -> int:
        """A mark behind what has been seen."""
        return self.eyes.seen_so_far(self.room)

    async def hear(self, wanted: Callable[[Event], bool], after: int, what: str, times: int = 1) -> Event:
        """The first wanted event behind the mark, once there are so many."""
        return await self.eyes.hear(self.room, wanted, after, what, times)

    def is_card(self, day: str) -> Callable[[Event], bool]:
        return lambda e: (
            _relation(e).get("rel_type") != "m.replace"
            and e["sender"] == self.bot
            and _body(e).startswith("📋 Aftale ")
            and self.pitch in _body(e).split("\n")[0]
            and day in _body(e)
        )

    def is_under(self, card: Event) -> Callable[[Event], bool]:
        of = card["event_id"]
        return lambda e: (
            e["sender"] == self.bot and _relation(e).get("rel_type") == "m.thread" and _relation(e)["event_id"] == of
        )

    def is_reply(self, event: str) -> Callable[[Event], bool]:
        return lambda e: e["sender"] == self.bot and _relation(e).get("m.in_reply_to", {}).get("event_id") == event


STORIES: tuple[Callable[[Corner], Awaitable[object]], ...] = (
    Corner.agree,
    Corner.refuse,
    Corner.counter,
    Corner.counter_in_vain,
    Corner.counter_by_command,
    Corner.call_off,
    Corner.move,
    Corner.work,
    Corner.meddle,
    Corner.answer_twice,
    Corner.half_say,
    Corner.ask_about_things,
    Corner.ask_about_things,
    Corner.chat,
    Corner.think_better,
)
RIVALRY: tuple[Callable[[Corner], Awaitable[object]], ...] = (Corner.race, Corner.ask_about_things, Corner.chat)


def _relation(event: Event) -> Event:
    relation: Event = event["content"].get("m.relates_to", {})
    return relation


def _body(event: Event) -> str:
    return str(event["content"].get("body", ""))
