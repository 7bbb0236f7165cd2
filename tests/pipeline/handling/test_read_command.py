"""A command is understood or asked about, whatever the order and the form of its words, and with misspellings."""

from pathlib import Path

import pytest
from open_stage import expected_line, first_lines, open_stage, reactions
from sample_community import CLUB, FIRM

from bot.features.bookings import feature as bookings

CARD = "📋 Aftale 1: slåning af bane 1"


@pytest.mark.parametrize(
    "said",
    [
        "!book bane 1 slåning fredag kl. 14",
        "!book fredag kl. 14 slåning bane 1",
        "!book slåning af bane 1 på fredag kl. 14",
        "! book bane 1 slåning fredag kl. 14",
        "  !BOOK BANE 1 SLÅNING FREDAG KL. 14",
        "!bestil slåning bane 1 fredag kl. 14, tak",
        "!reserver b1 klipning fredag kl 14",
        "!book bane1 slåning fredag kl. 14",
        "!book bane 1 slaning fredag kl. 14",
        "!book bane 1 slåningen fredag kl. 14",
        "!book bane 1 slånng fredag kl. 14",
        "!book banen 1 slåning fredag kl. 14",
        "!book bane 1 slåning fredag kl. 14 @firma",
        "!book @firma bane 1 slåning fredag kl. 14",
        "!book bane 1 slåning fredag kl. 14 Firmaet",
        "!book bane 1 slåning fredag\nkl. 14",
        "!book \u202ebane 1\u202c slåning fredag kl. 14",
        "!reserve bane 1 slåning Friday 14:00",
    ],
)
async def test_a_booking_is_understood(said: str, tmp_path: Path) -> None:
    names = ("bylaug", "@bylaug", "@bylaug:example.org")
    async with open_stage(tmp_path, names=names) as stage:
        heard = await stage.say(CLUB, said)
        assert first_lines(heard) == [CARD]
        assert "fredag den 12. juni kl. 14" in heard[0].plain


@pytest.mark.parametrize(
    "said",
    [
        "Bylaug, book bane 1 slåning fredag kl. 14",
        "bylaug: book bane 1 slåning fredag kl. 14",
        "Hej Bylaug, book bane 1 slåning fredag kl. 14",
        "@bylaug:example.org: book bane 1 slåning fredag kl. 14",
        "book bane 1 slåning fredag kl. 14, Bylaug",
        "Bylaug, kan I slå bane 1 fredag kl. 14?",
    ],
)
async def test_without_an_exclamation_mark_a_booking_is_confirmed_first(said: str, tmp_path: Path) -> None:
    names = ("bylaug", "@bylaug", "@bylaug:example.org")
    async with open_stage(tmp_path, names=names) as stage:
        asked = await stage.say(CLUB, said)
        assert first_lines(asked) == ["Skal jeg spørge Firmaet om slåning af bane 1 fredag den 12. juni kl. 14-16?"]
        assert first_lines(await stage.tap(CLUB, "✅", asked[0].event)) == [CARD]


async def test_a_mention_alone_addresses_the_bot(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        asked = await stage.say(CLUB, "book bane 1 slåning fredag kl. 14", to_us=True)
        assert first_lines(asked)[0].startswith("Skal jeg spørge Firmaet om slåning af bane 1")


async def test_a_mention_of_the_one_who_does_it_is_a_person(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        heard = await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14 Firmaet", mentions=[FIRM])
        assert first_lines(heard) == [CARD]


@pytest.mark.parametrize("talk", ["hej alle", "!!!", "!?", "! ", "", "bylaugets fest er fredag", "a!book", "1 !book"])
async def test_talk_is_left_alone(talk: str, tmp_path: Path) -> None:
    async with open_stage(tmp_path, names=("bylaug",)) as stage:
        assert await stage.say(CLUB, talk) == []


ANSWERS = [
    ("!bok bane 1 fredag", expected_line("suggestion", said="bok", meant="!book bane 1 fredag")),
    ("!aftalerr", expected_line("suggestion", said="aftalerr", meant="!aftaler")),
    ("!loan", expected_line("what-was-that")),  # nearly "load", which is English
    ("!xyzzy", expected_line("what-was-that")),
    ("!book fredag", expected_line("ask-thing")),
    ("!book bane 9 slåning fredag", expected_line("ask-thing", unknown="bane 9")),
    ("!bane 9", expected_line("ask-thing", unknown="bane 9")),
    ("!book bane 1 fredag kl. 14", expected_line("ask-task")),
    (
        "!book bane 1 slåning 31. juni",
        expected_line("ask-time", problem=expected_line("when-no-such-date", said="31. juni")),
    ),
    ("!accepter 99", expected_line("agreement-unknown", number=99)),
    ("!accepter", expected_line("none-to-accept")),
    ("!historik", expected_line("ask-number")),
    ("!mangler", expected_line("none-to-dispute")),
]


@pytest.mark.parametrize(("said", "answer"), ANSWERS)
async def test_what_cannot_be_carried_out_is_answered(said: str, answer: str, tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        assert first_lines(await stage.say(CLUB, said)) == [answer]


async def test_a_time_that_is_past_and_a_person_who_does_not_do_it_are_named(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        past = first_lines(await stage.say(CLUB, "!book bane 1 slåning i dag kl. 8"))
        assert ["kl. 8" in past[0], len(past)] == [True, 1]
        wrong = first_lines(await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14 @rival"))
        assert ["Rivalen" in wrong[0], "Firmaet" in wrong[0], len(wrong)] == [True, True, 1]


@pytest.mark.parametrize("text", ["!" + "x" * 60_000, "!book " + "bane " * 12_000, "!book \x00\u0000 bane"])
async def test_an_enormous_or_strange_command_is_answered_once(text: str, tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        assert len(first_lines(await stage.say(CLUB, text[:2000].replace("\x00", "")))) == 1


async def test_names_are_escaped_and_cannot_turn_the_text_around(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        heard = await stage.say(CLUB, "!book <b>bane</b> 9 \u202e<img src=x> slåning fredag")
        assert "<b>" not in heard[0].html
        assert "<img" not in heard[0].html
        assert "\u202e" not in heard[0].html + heard[0].plain


async def test_a_reason_is_escaped_where_it_is_shown(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14")
        heard = await stage.say(CLUB, '!aflys 1 <script>alert("x")</script> & \u202e{{ x*y }}')
        assert ["“<script>alert(’x’)</script> & {{ x*y }}”" in one.plain for one in heard] == [True, True]
        assert ["<script>" in one.html for one in heard] == [False, False]


async def test_a_command_in_the_other_language_is_answered_in_the_rooms(tmp_path: Path) -> None:
    async with open_stage(tmp_path, language="en") as stage:
        assert reactions(await stage.say(CLUB, "!bestil fredag")) == ["1️⃣", "2️⃣"]
        nothing = bookings.catalogue.say("en", "list", {"agreed": [], "waiting": []}).plain
        assert first_lines(await stage.say(CLUB, "!aftaler")) == [nothing]
