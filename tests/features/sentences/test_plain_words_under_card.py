"""Plain words in the thread of a card that name no command: yes, no, called off, done, a complaint, another time."""

from pathlib import Path

import pytest
from corpus import CLUB, FIRM, read_state, stage_after


@pytest.mark.parametrize(
    ("text", "who", "setup", "state", "asks"),
    [
        ("den er skrevet ned", FIRM, "open", "agreed", False),
        ("jeg er bortrejst", FIRM, "open", "declined", False),
        ("I behøver ikke komme", CLUB, "agreed", "cancelled", True),
        ("det går desværre i vasken", FIRM, "agreed", "cancelled", True),
        ("drop det, kampen er aflyst", CLUB, "agreed", "cancelled", True),
        ("vi slår selv på fredag", CLUB, "open", "cancelled", True),
        ("vi slår selv på fredag", CLUB, "agreed", "cancelled", True),
        ("så gør vi det", FIRM, "open", "agreed", False),
        ("Banen er nyklippet", FIRM, "begun", "done", False),
        ("der ligger græs i bunker", CLUB, "done", "disputed", True),
        ("I har sprunget det ene hjørne over", CLUB, "done", "disputed", True),
        ("ingen klager", CLUB, "done", "confirmed", False),
    ],
)
async def test_plain_words_are_understood(
    text: str, who: str, setup: str, state: str, asks: bool, tmp_path: Path
) -> None:
    async with stage_after(setup, tmp_path) as (stage, card):
        before = await read_state(stage)
        heard = await stage.say(who, text, under=card)
        question = next((one for one in heard if one.kind == "react" and one.target), None)
        if question is not None and question.target:
            assert await read_state(stage) == before
            await stage.tap(who, "✅", question.target)
        assert (question is not None) or not asks
        assert [row[2] for row in await read_state(stage)] == [state]


@pytest.mark.parametrize(
    ("text", "who", "setup"),
    [
        ("så er vi fri for at aflyse", CLUB, "agreed"),
        ("ikke helt tilfreds men lad gå", CLUB, "done"),
        ("jeg har ikke nået at se den endnu", CLUB, "done"),
    ],
)
async def test_words_that_let_it_be_offer_nothing(text: str, who: str, setup: str, tmp_path: Path) -> None:
    async with stage_after(setup, tmp_path) as (stage, card):
        before = await read_state(stage)
        heard = await stage.say(who, text, under=card)
        assert await read_state(stage) == before
        assert [one.plain for one in heard if one.kind == "react"] == []


@pytest.mark.parametrize(
    ("text", "who", "room", "setup", "answer"),
    [
        (
            "Aflys den kl. 10",
            CLUB,
            "skovby",
            "agreed",
            "Aftale 1 er slåning af bane 2 fredag den 12. juni kl. 14-16, og",
        ),
        (
            "cancel the one at 10",
            "riverside-fc",
            "riverside",
            "agreed",
            "Agreement 1 is mowing of pitch 2",
        ),
        ("vi mangler lige den sidste ende", FIRM, "skovby", "begun", "Jeg læser “mangler”, som om det ikke er sket"),
        ("jeg siger ja, når jeg har set vejret", FIRM, "skovby", "open", "Der står “når jeg”"),
        ("I'll say yes when I've seen the forecast", "green-care", "riverside", "open", "It says “when I've”"),
        ("Friday's no good, tractor is in the workshop", "green-care", "riverside", "open", "Shall I say no to mowing"),
        ("when are you coming?", "riverside-fc", "riverside", "agreed", "1: mowing of pitch 2"),
    ],
)
async def test_what_does_not_fit_or_is_not_so_yet_is_said_back(
    text: str, who: str, room: str, setup: str, answer: str, tmp_path: Path
) -> None:
    async with stage_after(setup, tmp_path, room) as (stage, card):
        before = await read_state(stage)
        heard = await stage.say(who, text, under=card)
        assert heard[0].plain.startswith(answer)
        assert await read_state(stage) == before


async def test_a_clause_with_a_word_for_calling_off_is_the_whole_reason(tmp_path: Path) -> None:
    async with stage_after("agreed", tmp_path) as (stage, card):
        heard = await stage.say(CLUB, "drop det, kampen er aflyst", under=card)
        assert "“kampen er aflyst”" in heard[0].plain


async def test_a_complaint_is_passed_on_in_whole(tmp_path: Path) -> None:
    async with stage_after("done", tmp_path) as (stage, card):
        heard = await stage.say(CLUB, "der ligger stadig afklip overalt, det skal fjernes", under=card)
        assert "“der ligger stadig afklip overalt, det skal fjernes”" in heard[0].plain


async def test_a_shift_is_asked_for_by_the_one_who_comes(tmp_path: Path) -> None:
    async with stage_after("agreed", tmp_path) as (stage, card):
        heard = await stage.say(FIRM, "kan jeg komme tre kvarter før?", under=card)
        assert "13.15" in " ".join(one.plain for one in heard)
