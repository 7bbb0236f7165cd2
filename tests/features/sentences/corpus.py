"""Sentences that the bot has to understand, and the agreements that stand afterwards."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from bot.agreements.states import State
from bot.store.agreements.agreement_filter import AgreementFilter
from bot.store.agreements.agreements import find_agreements
from bot.testing import Heard, Stage, read_community

ROOMS = Path(__file__).parents[3] / "rooms"
CLUB, FIRM, OTHER = "skovby-if", "groen-pleje", "hylke-if"
NAMES = frozenset({"bylaug", "@bylaug"})

#: What has happened before the sentence is said, by name: who says or taps what. "✅ 1" is a tap on the first card.
SETUPS: dict[str, list[tuple[str, str]]] = {
    "none": [],
    "open": [(CLUB, "!book bane 2 slåning fredag kl. 14 @groen-pleje")],
    "agreed": [(CLUB, "!book bane 2 slåning fredag kl. 14 @groen-pleje"), (FIRM, "✅ 1")],
    "three": [
        (CLUB, "!book bane 1 slåning onsdag den 24. juni kl. 9 @groen-pleje"),
        (CLUB, "!book bane 2 slåning onsdag den 24. juni kl. 12 @groen-pleje"),
        (CLUB, "!book bane 3 opkridtning fredag den 26. juni kl. 9 @groen-pleje"),
    ],
    "begun": [(CLUB, "!book bane 2 slåning fredag kl. 14 @groen-pleje"), (FIRM, "✅ 1"), ("clock", "2026-06-12T16:10")],
    "done": [
        (CLUB, "!book bane 2 slåning fredag kl. 14 @groen-pleje"),
        (FIRM, "✅ 1"),
        ("clock", "2026-06-12T16:10"),
        (FIRM, "!færdig 1"),
    ],
}

#: The same in the English room, by what is written there in place of the Danish words.
_ENGLISH = {
    "bane 2": "pitch 2",
    "slåning": "mowing",
    "fredag kl. 14": "friday at 14:00",
    "!færdig": "!done",
    "@groen-pleje": "@green-care",
}
_ENGLISH_PEOPLE = {CLUB: "riverside-fc", FIRM: "green-care"}
#: The room in which a language is spoken.
ROOM_OF = {"da": "skovby", "en": "riverside"}


def person(who: str, language: str) -> str:
    """Return who has the part of a person of Skovby in the room of a language."""
    return _ENGLISH_PEOPLE.get(who, who) if language == "en" else who


def steps_of(setup: str, room: str) -> list[tuple[str, str]]:
    """Return who says or taps what in a setup in a room."""
    if room == "skovby":
        return SETUPS[setup]
    steps = []
    for who, what in SETUPS[setup]:
        for danish, english in _ENGLISH.items():
            what = what.replace(danish, english)
        steps.append((_ENGLISH_PEOPLE.get(who, who), what))
    return steps


@dataclass(frozen=True)
class Said:
    """A sentence: who says it after which setup, and where: a command, by the bot's "name", or in the "thread".

    `then` are the agreements afterwards: thing, task, state and the local start of the newest time. `asks`: the bot
    asks for a yes first.
    """

    text: str
    who: str
    setup: str
    where: str
    then: tuple[tuple[str, str, str, str], ...]
    asks: bool = True
    room: str = "skovby"


_AGREED = ("bane-2", "slåning", "agreed", "2026-06-12T14:00")


def _state(state: str, start: str = "2026-06-12T14:00") -> tuple[tuple[str, str, str, str], ...]:
    return (("bane-2", "slåning", state, start),)


RIGHT = (
    Said("!book bane 2 slåning fredag kl. 14", CLUB, "none", "command", _state("proposed"), asks=False),
    Said("!ansøg bane 2 slåning fredag kl. 14", CLUB, "none", "command", _state("proposed"), asks=False),
    Said("!tilmeld bane 2 slåning fredag kl. 14", CLUB, "none", "command", _state("proposed")),
    Said("!byt bane 2 til mandag kl. 10", CLUB, "agreed", "command", (_AGREED,), asks=False),
    Said("Bylaug, bane 2 trænger til at blive slået fredag kl. 14", CLUB, "none", "name", _state("proposed")),
    Said("Bylaug kan I slå toeren fredag kl. 14?", CLUB, "none", "name", _state("proposed")),
    Said(
        "!book bane 2 og 3 gødning onsdag den 24. juni kl. 9",
        CLUB,
        "none",
        "command",
        (("bane-2", "gødning", "proposed", "2026-06-24T09:00"), ("bane-3", "gødning", "proposed", "2026-06-24T09:00")),
    ),
    Said("!accepter aftale 1", FIRM, "open", "command", _state("agreed"), asks=False),
    Said("!ja bane 2", FIRM, "open", "command", _state("agreed"), asks=False),
    Said("Bylaug det er en aftale", FIRM, "open", "name", _state("agreed")),
    Said("Ja. Mvh bestyrelsen", FIRM, "open", "thread", _state("agreed"), asks=False),
    Said("Ok 👍", FIRM, "open", "thread", _state("agreed"), asks=False),
    Said("ja det passer fint", FIRM, "open", "thread", _state("agreed"), asks=False),
    Said("ingen problemer", FIRM, "open", "thread", _state("agreed"), asks=False),
    Said("ikke fredag, men onsdag kl. 11", FIRM, "open", "thread", _state("proposed", "2026-06-10T11:00")),
    Said("færdig kl. 16", FIRM, "begun", "thread", _state("done")),
    Said("nej det kan jeg ikke", FIRM, "open", "thread", _state("declined"), asks=False),
    Said("!afvis nr. 1 vi har for travlt", FIRM, "open", "command", _state("declined"), asks=False),
    Said("Bylaug jeg har ikke tid fredag", FIRM, "open", "name", _state("declined")),
    Said("en halv time senere", FIRM, "open", "thread", _state("proposed", "2026-06-12T14:30"), asks=False),
    Said(
        "kan det blive mandag i stedet, samme tid?",
        FIRM,
        "open",
        "thread",
        _state("proposed", "2026-06-15T14:00"),
        asks=False,
    ),
    Said("!aflys aftale 1", CLUB, "agreed", "command", _state("cancelled"), asks=False),
    Said("!annuller bane 2 regnvejr", CLUB, "agreed", "command", _state("cancelled"), asks=False),
    Said("Bylaug aflys slåningen på bane 2 fredag", CLUB, "agreed", "name", _state("cancelled")),
    Said("vi bliver nødt til at aflyse", FIRM, "agreed", "thread", _state("cancelled")),
    Said("!flyt bane 2 til mandag kl. 10", CLUB, "agreed", "command", (_AGREED,), asks=False),
    Said("!færdig aftale 1", FIRM, "begun", "command", _state("done"), asks=False),
    Said("nu er den slået", FIRM, "begun", "thread", _state("done"), asks=False),
    Said("Bylaug bane 2 er færdig", FIRM, "begun", "name", _state("done")),
    Said("!godkend 1", CLUB, "done", "command", _state("confirmed"), asks=False),
    Said("det ser rigtig godt ud", CLUB, "done", "thread", _state("confirmed"), asks=False),
    Said("der mangler en stribe langs hegnet", CLUB, "done", "thread", _state("disputed")),
)


def _english(
    text: str, who: str, setup: str, where: str, state: str, start: str = "2026-06-12T14:00", *, asks: bool = True
) -> Said:
    return Said(
        text, _ENGLISH_PEOPLE[who], setup, where, (("pitch-2", "mowing", state, start),), asks=asks, room="riverside"
    )


RIGHT_ENGLISH = (
    _english("!book pitch 2 mowing friday at 14:00", CLUB, "none", "command", "proposed", asks=False),
    _english("Bylaug, can somebody mow pitch 2 on friday at 14:00?", CLUB, "none", "name", "proposed"),
    _english("!accept agreement 1", FIRM, "open", "command", "agreed", asks=False),
    _english("Bylaug yes, friday is fine", FIRM, "open", "name", "agreed"),
    _english("yes that suits us", FIRM, "open", "thread", "agreed", asks=False),
    _english("!decline 1 too busy", FIRM, "open", "command", "declined", asks=False),
    _english("no, we cannot make it", FIRM, "open", "thread", "declined", asks=False),
    _english("!cancel agreement 1", CLUB, "agreed", "command", "cancelled", asks=False),
    _english("Bylaug please cancel the mowing of pitch 2 on friday", CLUB, "agreed", "name", "cancelled"),
    _english("!move pitch 2 to monday at 10:00", CLUB, "agreed", "command", "agreed", asks=False),
    _english("!done 1", FIRM, "begun", "command", "done", asks=False),
    _english("it is mown now", FIRM, "begun", "thread", "done", asks=False),
    _english("!confirm 1", CLUB, "done", "command", "confirmed", asks=False),
)


@dataclass(frozen=True)
class _Happened:
    """What a setup leaves: the database, what the bot did, the time, and the number of the next event of a person."""

    database: bytes
    heard: tuple[Heard, ...]
    now: datetime
    next_number: int

    @classmethod
    def of(cls, stage: Stage, file: Path) -> "_Happened":
        """Return what has happened on a stage with its database in a file."""
        with closing(sqlite3.connect(file)) as connection:
            database = connection.serialize()
        return cls(database, tuple(stage.heard), stage.now, next(stage._numbers))


#: What the setups leave, by setup and room. Most tests say one sentence, and a setup up to four.
_happened: dict[tuple[str, str], _Happened] = {}


@asynccontextmanager
async def stage_after(setup: str, folder: Path, room: str = "skovby") -> AsyncIterator[tuple[Stage, str]]:
    """Open a stage with its database in a folder, on which a setup has happened; yield it with the first card.

    In each process a setup happens once. For later tests, the bot starts on a copy of the database of then.
    """
    community, file = read_community(ROOMS / f"{room}.yaml"), folder / "bylaug.db"
    if (setup, room) not in _happened:
        async with Stage.open(f"sqlite+aiosqlite:///{file}", community, names=NAMES) as stage:
            await _let_happen(stage, steps_of(setup, room))
            _happened[setup, room] = _Happened.of(stage, file)
    happened = _happened[setup, room]
    file.write_bytes(happened.database)
    async with Stage.open(f"sqlite+aiosqlite:///{file}", community, names=NAMES) as stage:
        stage.heard.extend(happened.heard)
        stage.now, stage._numbers = happened.now, count(happened.next_number)
        yield stage, happened.heard[0].event if happened.heard else ""


async def _let_happen(stage: Stage, steps: list[tuple[str, str]]) -> None:
    stage.now = datetime(2026, 6, 9, 10, tzinfo=stage.community.time_zone)
    for who, what in steps:
        if who == "clock":
            await stage.live_until(datetime.fromisoformat(what).replace(tzinfo=stage.community.time_zone))
        elif what.startswith("✅"):
            await stage.tap(who, "✅", stage.heard[0].event)
        else:
            await stage.say(who, what)


async def say(stage: Stage, said: Said, card: str, text: str | None = None) -> list[Heard]:
    """Say a sentence, or another text in its place."""
    return await stage.say(
        said.who, said.text if text is None else text, under=card if said.where == "thread" else None
    )


def lines_of(heard: list[Heard]) -> list[str]:
    """Return the lines of all messages, without edits and reactions."""
    return [line for one in heard if one.kind == "say" for line in one.plain.splitlines()]


async def read_state(stage: Stage) -> tuple[tuple[str, str, str, str], ...]:
    """Return thing, task, state and local start of every agreement, by number."""
    async with stage.context.store.read() as connection:
        found = await find_agreements(connection, AgreementFilter(stage.community.key, frozenset(State)))
    zone = stage.community.time_zone

    def start_of(agreement: object) -> str:
        negotiation = agreement.negotiation  # type: ignore[attr-defined]
        terms = negotiation.terms
        if negotiation.state is State.PROPOSED and negotiation.newest_offer:
            terms = negotiation.newest_offer.terms
        return terms.start.astimezone(zone).replace(tzinfo=None).isoformat(timespec="minutes")

    return tuple((one.thing or "", one.task or "", str(one.state), start_of(one)) for one in found)
