"""No command changes anything while words beside it are unread, with every command that the features declare.

A command that changes something has a row in `_RIGHT`. Of any other command, the example of its help changes nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from corpus import CLUB, FIRM, ROOMS, stage_after
from sqlalchemy import MetaData, Table, delete, select

from bot.api.arguments.text import PURPOSE, TEXT
from bot.api.feature import Command, Feature
from bot.pipeline.load_features import load_features
from bot.store.tables import questions
from bot.testing import Stage, read_community

STEWARD = "banevagten"
_ENGLISH_PEOPLE = {CLUB: "riverside-fc", FIRM: "green-care", STEWARD: "groundskeeper"}

#: Tables that say how messages are handled. All others have what commands change.
_OF_MESSAGES = {"inbox", "outbox", "questions", "paces", "unread", "meta", "alembic_version", "places"}


@dataclass(frozen=True)
class Right:
    """A right command in Danish and in English, who writes it after which setup, and a command written before it."""

    danish: str
    english: str
    who: str = CLUB
    setup: str = "agreed"
    before: tuple[str, str] | None = None


_TAUGHT = ('!forstå "den lille" som bane 3', '!understand "the small one" as pitch 3')

#: The commands that change something, by the names of the feature and of the command.
_RIGHT = {
    "bookings book": Right("!book bane 1 slåning mandag kl. 9", "!book pitch 1 mowing monday at 9:00", setup="none"),
    "bookings reserve": Right(
        "!reserver hallen mandag kl. 18-20 fest", "!reserve clubhouse monday 18:00-20:00 birthday", setup="none"
    ),
    "bookings counter": Right("!foreslå 1 mandag kl. 9", "!propose 1 monday at 9:00"),
    "bookings accept": Right("!accepter 1", "!accept 1", FIRM, "open"),
    "bookings decline": Right("!afvis 1", "!decline 1", FIRM, "open"),
    "bookings done": Right("!færdig 1", "!done 1", FIRM, "begun"),
    "bookings confirm": Right("!bekræft 1", "!confirm 1", setup="done"),
    "bookings dispute": Right("!mangler 1 hjørnet", "!dispute 1 the corner", setup="done"),
    "bookings cancel": Right("!aflys 1", "!cancel 1"),
    "closures close": Right("!luk bane 1 i uge 30", "!close pitch 1 in week 30", STEWARD),
    "closures open": Right(
        "!åbn bane 1 i uge 30",
        "!open pitch 1 in week 30",
        STEWARD,
        before=("!luk bane 1 i uge 30", "!close pitch 1 in week 30"),
    ),
    "closures season": Right("!sæson bane 2 1. april til 31. oktober", "!season pitch 2 april to october", STEWARD),
    "closures load": Right("!belastning bane 2 12 timer om ugen", "!load pitch 2 12 hours a week", STEWARD),
    "guide understand": Right(*_TAUGHT, STEWARD),
    "guide forget": Right('!glem "den lille"', '!forget "the small one"', STEWARD, before=_TAUGHT),
    "reminders snooze": Right("!udsæt 1 1 time", "!snooze 1 1 hour"),
    "settings language": Right("!sprog engelsk", "!language danish"),
    "settings times": Right("!påmind mig 3 timer før", "!remind me 3 hours before"),
    "settings quiet": Right("!ro 22-7", "!quiet 22-7"),
    "settings mute": Right("!stille i 2 uger", "!mute for 2 weeks"),
    "settings unmute": Right("!lyd", "!unmute", before=("!stille", "!mute")),
}
#: Commands that are tested elsewhere: they run when a message is edited or an option is tapped, or need a series.
_ELSEWHERE = {"bookings rebook", "bookings skip", "bookings call-off-removed"}

#: What is put into a command in each room. `{first}` is the command's word, `{rest}` what is behind it.
_MUTATIONS = {
    "skovby": (
        "{first} ikke {rest}",
        "{first} {rest} ikke",
        "{first} {rest} hvis det regner",
        "{first} {rest}?",
        "{first} {rest} eller noget andet",
        "{first} {rest} og fredag den 26. juni",
        "{first} {rest} undtagen onsdag",
        "{first} {rest} flonkerne",
    ),
    "riverside": (
        "{first} not {rest}",
        "{first} {rest} not",
        "{first} {rest} if it rains",
        "{first} {rest}?",
        "{first} {rest} or something else",
        "{first} {rest} and friday 26 june",
        "{first} {rest} except wednesday",
        "{first} {rest} flonkers",
    ),
}
_UNKNOWN_WORDS = ("flonkerne", "flonkers")
#: What is missing may be said with any other words: "hjørnet er ikke slået".
_COUNT_IN_COMPLAINTS = {
    pattern for each in _MUTATIONS.values() for pattern in each if pattern.endswith("?") or "not {rest}" in pattern
} | {"{first} ikke {rest}"}


def _commands() -> Iterator[tuple[Feature, Command]]:
    for feature in load_features(read_community(ROOMS / "skovby.yaml").features).values():
        for command in feature.commands:
            yield feature, command


def _name(feature: Feature, command: Command) -> str:
    return f"{feature.name} {command.name}"


_ALL = [pytest.param(feature, command, id=_name(feature, command)) for feature, command in _commands()]
_CHANGING = [
    pytest.param(command, _RIGHT[_name(feature, command)], id=_name(feature, command))
    for feature, command in _commands()
    if _name(feature, command) in _RIGHT
]


async def _find_tables(stage: Stage) -> list[Table]:
    """Return every table that commands change."""
    reflected = MetaData()
    async with stage.context.store.read() as connection:
        await connection.run_sync(reflected.reflect)
    return [table for table in reflected.sorted_tables if table.name not in _OF_MESSAGES]


async def _read_rows(stage: Stage, tables: Sequence[Table]) -> dict[str, list[str]]:
    async with stage.context.store.read() as connection:
        return {table.name: sorted(map(repr, await connection.execute(select(table)))) for table in tables}


def _mutations(command: Command, text: str, room: str) -> Iterator[str]:
    first, _, rest = text.partition(" ")
    if text.startswith(("!påmind mig", "!remind me")):
        first, rest = text[:11].strip(), text[11:].strip()
    reasons = (("reason", TEXT), ("purpose", PURPOSE))  # which may have any words
    takes_reason = any((argument.name, argument.kind) in reasons for argument in command.arguments)
    for pattern in _MUTATIONS[room]:
        is_reason = takes_reason and pattern.endswith(_UNKNOWN_WORDS)
        is_complaint = command.name == "dispute" and pattern not in _COUNT_IN_COMPLAINTS
        if not (is_reason or is_complaint):
            yield " ".join(pattern.format(first=first, rest=rest).split()).replace(" ?", "?")


@pytest.mark.parametrize(("feature", "command"), _ALL)
async def test_command_changes_nothing_or_has_a_row_of_tests(
    feature: Feature, command: Command, tmp_path: Path
) -> None:
    if _name(feature, command) in _RIGHT.keys() | _ELSEWHERE:
        return
    async with stage_after("agreed", tmp_path) as (stage, _):
        tables = await _find_tables(stage)
        before = await _read_rows(stage, tables)
        await stage.say(CLUB, str(feature.catalogue.say("da", f"example-{command.name}", {})))
        assert await _read_rows(stage, tables) == before


@pytest.mark.parametrize("room", ["skovby", "riverside"])
@pytest.mark.parametrize(("command", "right"), _CHANGING)
async def test_unread_words_beside_a_command_change_nothing(
    command: Command, right: Right, room: str, tmp_path: Path
) -> None:
    at = 0 if room == "skovby" else 1
    text, who = (right.danish, right.english)[at], right.who if at == 0 else _ENGLISH_PEOPLE[right.who]
    async with stage_after(right.setup, tmp_path, room) as (stage, _):
        if right.before:
            await stage.say(who, right.before[at])
        tables = await _find_tables(stage)
        before = await _read_rows(stage, tables)
        for mutated in _mutations(command, text, room):
            stage.now += timedelta(minutes=2)
            heard = await stage.say(who, mutated)
            assert await _read_rows(stage, tables) == before, (mutated, [one.plain for one in heard])
            async with stage.context.store.write() as connection:  # so that the next command is no answer to it
                await connection.execute(delete(questions))
        await stage.say(who, text)
        assert await _read_rows(stage, tables) != before, text
