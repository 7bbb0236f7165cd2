"""Words that decide nothing change nothing, and offer no ✅ that would: hedges, acknowledgements and exclamations."""

from pathlib import Path

import pytest
from corpus import CLUB, FIRM, read_state, stage_after

_HEDGE = "Der står “{}”, så jeg gør ikke noget endnu"
_NOT_YET = "Jeg læser “{}”"
_NEGATION = "Der står “{}”, så jeg gør ikke noget. Hvad"

#: Text, who writes it after which setup, and what the bot answers: a sentence with a word of the text, or nothing.
_UNDER_CARD = [
    ("ja med forbehold", FIRM, "open", _HEDGE, "forbehold"),
    ("ok vender tilbage", FIRM, "open", _HEDGE, "vender tilbage"),
    ("fint, jeg ser på det", FIRM, "open", _HEDGE, "ser på det"),
    ("det tror jeg nok", FIRM, "open", _HEDGE, "tror"),
    ("måske", FIRM, "open", _HEDGE, "måske"),
    ("i princippet ja", FIRM, "open", _HEDGE, "i princippet"),
    ("skal lige høre chefen", FIRM, "open", _HEDGE, "skal lige høre"),
    ("Ja det går nok", FIRM, "open", _HEDGE, "det går nok"),
    ("fint, jeg ser på det", CLUB, "done", _HEDGE, "ser på det"),
    ("det tror jeg er i orden", CLUB, "done", _HEDGE, "tror"),
    ("ok, modtaget. vi kigger på banen i aften", CLUB, "done", _HEDGE, "kigger på banen"),
    ("jeg er færdig for i dag", FIRM, "begun", _NOT_YET, "for i dag"),
    ("ikke færdig", FIRM, "begun", _NOT_YET, "ikke færdig"),
    ("bliver færdig kl. 18", FIRM, "begun", _NOT_YET, "bliver"),
    ("den er ikke slået endnu", FIRM, "begun", _NOT_YET, "ikke slået"),
    ("halvdelen er slået", FIRM, "begun", _NOT_YET, "halvdelen er slået"),
    ("vi nåede kun halvdelen", FIRM, "begun", _NOT_YET, "nåede kun"),
    ("det kan godt være", FIRM, "open", _HEDGE, "kan godt være"),
    ("ikke i denne uge", FIRM, "open", _NEGATION, "ikke"),
    ("modtaget", FIRM, "open", "", ""),
    ("noteret", CLUB, "done", "", ""),
    ("set", FIRM, "open", "", ""),
    ("åh nej", FIRM, "open", "", ""),
    ("vi ses", FIRM, "open", "", ""),
    ("nej, sikke et vejr i dag", FIRM, "open", "", ""),
    ("ingen anelse", FIRM, "open", _HEDGE, "ingen anelse"),
    ("jeg kan ikke se det herfra", CLUB, "done", _HEDGE, "ikke se det herfra"),
    ("vi ses lørdag", FIRM, "open", "Aftale 1 er slåning af bane 2 fredag", ""),
    ("nej hvor ærgerligt", FIRM, "open", "", ""),
]
_COMMANDS = [
    ("!ja vent", FIRM, "open", _HEDGE, "vent"),
    ("!ja 1 kræver bestyrelsens ok", FIRM, "open", _HEDGE, "kræver"),
    ("!nej vent", FIRM, "open", _HEDGE, "vent"),
    ("!aflys 1 senere", CLUB, "agreed", _HEDGE, "senere"),
    ("!aflys 1 i morgen måske", CLUB, "agreed", _HEDGE, "måske"),
    ("!aflys 1 kræver bestyrelsens ok", CLUB, "agreed", _HEDGE, "kræver"),
    ("!færdig 1 hjørnet mangler", FIRM, "begun", _NOT_YET, "mangler"),
    ("!færdig for i dag", FIRM, "begun", _NOT_YET, "for i dag"),
    ("Bylaug, jeg vender tilbage", FIRM, "open", _HEDGE, "vender tilbage"),
    ("Bylaug jeg kan ikke love noget, før jeg har set vejret", FIRM, "open", _HEDGE, "ikke love"),
    ("Bylaug, det ved vi først i morgen", FIRM, "open", _HEDGE, "ved vi først"),
    ("Bylaug det bliver nok et nej", FIRM, "open", _HEDGE, "bliver nok"),
    ("Bylaug, vi er ikke sikre på, at vi kan fredag", FIRM, "open", _HEDGE, "ikke sikre"),
    ("Bylaug bane 2 bliver nok lukket mandag", CLUB, "none", _HEDGE, "bliver nok"),
    ("!færdig næsten", FIRM, "begun", _NOT_YET, "næsten"),
    ("!færdig delvist", FIRM, "begun", _NOT_YET, "delvist"),
    ("!godkend 1 når hjørnet er slået", CLUB, "done", "Der står “{}”", "når hjørnet er"),
    ("!aflys ingenting endnu", CLUB, "agreed", _NEGATION, "ingenting"),
    ("!dont cancel 1", CLUB, "agreed", _NEGATION, "dont"),
    ("!du må ikke aflyse 1", CLUB, "agreed", _NEGATION, "ikke"),
    ("Bylaug, bane 2 er ikke færdig endnu", FIRM, "begun", _NOT_YET, "ikke færdig"),
    ("Bylaug, bane 2 kan vi ikke slå fredag", CLUB, "none", _NEGATION, "ikke"),
    ("Bylaug har ikke nået at kigge på banen endnu", CLUB, "done", _NEGATION, "ikke"),
    ("Bylaug, modtaget", FIRM, "open", "👍 Selv tak.", ""),
]


@pytest.mark.parametrize(
    ("text", "who", "setup", "answer", "word", "under_card"),
    [*((*row, True) for row in _UNDER_CARD), *((*row, False) for row in _COMMANDS)],
)
async def test_words_that_decide_nothing_change_nothing(
    text: str, who: str, setup: str, answer: str, word: str, under_card: bool, tmp_path: Path
) -> None:
    async with stage_after(setup, tmp_path) as (stage, card):
        before = await read_state(stage)
        heard = await stage.say(who, text, under=card if under_card else None)
        assert await read_state(stage) == before
        assert [one.plain for one in heard if one.kind == "react"] == []
        assert " ".join(one.plain for one in heard).startswith(answer.format(word)) if answer else heard == []


async def test_a_hedged_move_is_asked_about(tmp_path: Path) -> None:
    async with stage_after("agreed", tmp_path) as (stage, _):
        heard = await stage.say(CLUB, "!flyt 1 til mandag måske")
        assert [one.plain for one in heard if one.kind == "react"] == ["✅", "❌"]


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("ok, noteret", ["✅", "❌"]),
        ("vi ses fredag", ["✅", "❌"]),
        ("fredag kan vi ikke", ["✅", "❌"]),
        ("fredag er umulig", ["✅", "❌"]),
        ("ja, vi har kamp kl 13", ["1️⃣", "2️⃣", "3️⃣", "4️⃣"]),
    ],
)
async def test_an_answer_that_may_be_none_is_asked_about(text: str, answers: list[str], tmp_path: Path) -> None:
    async with stage_after("open", tmp_path) as (stage, card):
        before = await read_state(stage)
        heard = await stage.say(FIRM, text, under=card)
        assert await read_state(stage) == before
        assert [one.plain for one in heard if one.kind == "react"] == answers


@pytest.mark.parametrize(
    "text", ["!aflys fredag eller lørdag", "!aflys enten fredag eller mandag", "!spring fredag eller lørdag over"]
)
async def test_one_of_two_days_is_asked_about_before_anything_is_called_off(text: str, tmp_path: Path) -> None:
    async with stage_after("agreed", tmp_path) as (stage, _):
        before = await read_state(stage)
        heard = await stage.say(CLUB, text)
        assert await read_state(stage) == before
        assert heard[0].plain, heard
        assert "✅" not in [one.plain for one in heard if one.kind == "react"]


@pytest.mark.parametrize("text", ["!cancel nothing yet please", "!cancel 1 nothing", "!cancel no need to"])
async def test_nothing_is_called_off_in_english(text: str, tmp_path: Path) -> None:
    async with stage_after("agreed", tmp_path, "riverside") as (stage, _):
        before = await read_state(stage)
        heard = await stage.say("riverside-fc", text)
        assert await read_state(stage) == before
        assert heard[0].plain.startswith("It says “no")


@pytest.mark.parametrize("text", ["should be finished", "should be finished by 6", "will be done by 5"])
async def test_work_that_will_be_done_is_not_reported_in_english(text: str, tmp_path: Path) -> None:
    async with stage_after("begun", tmp_path, "riverside") as (stage, card):
        before = await read_state(stage)
        heard = await stage.say("green-care", text, under=card)
        assert await read_state(stage) == before
        assert "as not done yet" in heard[0].plain


@pytest.mark.parametrize("text", ["jeg kan ikke finde noget der mangler", "kan ikke finde fejl", "intet at klage over"])
async def test_work_without_a_fault_is_not_reported_as_missing(text: str, tmp_path: Path) -> None:
    async with stage_after("done", tmp_path) as (stage, card):
        heard = await stage.say(CLUB, text, under=card)
        if await read_state(stage) == (("bane-2", "slåning", "done", "2026-06-12T14:00"),):
            question = next(one.target for one in heard if one.kind == "react" and one.plain == "✅")
            await stage.tap(CLUB, "✅", question or "")
        assert await read_state(stage) == (("bane-2", "slåning", "confirmed", "2026-06-12T14:00"),)


@pytest.mark.parametrize(
    ("text", "who", "setup"),
    [
        ("no idea yet, sorry", "green-care", "open"),
        ("can't see it from here", "riverside-fc", "done"),
        ("we won't call it off just because of a drizzle", "green-care", "agreed"),
        ("we'll be done about six", "green-care", "begun"),
    ],
)
async def test_words_that_decide_nothing_offer_nothing_in_english(
    text: str, who: str, setup: str, tmp_path: Path
) -> None:
    async with stage_after(setup, tmp_path, "riverside") as (stage, card):
        before = await read_state(stage)
        heard = await stage.say(who, text, under=card)
        assert await read_state(stage) == before
        assert [one.plain for one in heard if one.kind == "react"] == []
