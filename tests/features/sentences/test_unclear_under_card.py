"""Words about the work that the bot cannot read are asked about, once for each state of a card. Talk is left alone."""

from pathlib import Path

import pytest
from corpus import CLUB, FIRM, read_state, stage_after

from bot.testing import Heard

_AWAITED = ["Svare ja", "Svare nej", "Foreslå en anden tid", "Ingenting"]
_CHANGE = ["Foreslå en anden tid", "Aflyse", "Ingenting"]
_JUDGE = ["Bekræfte, at det er gjort", "Skrive, at der mangler noget", "Ingenting"]
_BEGUN = ["Melde det færdigt", "Foreslå en anden tid", "Aflyse", "Ingenting"]
_CHANGE_ENGLISH = ["Propose another time", "Cancel it", "Nothing"]

#: Text, who writes it after which setup, in which room, and what the bot offers.
_UNCLEAR = [
    ("Vi er fuldt bookede i den uge", FIRM, "open", "skovby", _AWAITED),
    ("Det er ved at blive en vane", FIRM, "open", "skovby", _AWAITED),
    ("Det haster lidt for os", CLUB, "open", "skovby", _CHANGE),
    ("Chaufføren er syg", FIRM, "agreed", "skovby", _CHANGE),
    ("Traktoren er punkteret", FIRM, "agreed", "skovby", _CHANGE),
    ("Banen er alt for blød", CLUB, "agreed", "skovby", _CHANGE),
    ("Vi har fået en kamp ind kl. 15, kan I komme før?", CLUB, "agreed", "skovby", _CHANGE),
    ("Klipperen driller", FIRM, "begun", "skovby", _BEGUN),
    ("Der har ikke været nogen", CLUB, "begun", "skovby", _CHANGE),
    ("Der er noget med hjørnet ved klubhuset", CLUB, "done", "skovby", _JUDGE),
    ("The driver is ill", "green-care", "agreed", "riverside", _CHANGE_ENGLISH),
    ("Nobody has turned up", "riverside-fc", "begun", "riverside", _CHANGE_ENGLISH),
    ("No sign of your lads yet", "riverside-fc", "begun", "riverside", _CHANGE_ENGLISH),
    ("It is far too wet", "riverside-fc", "agreed", "riverside", _CHANGE_ENGLISH),
]

#: Talk between the two, in states in which its writer could do something.
_TALK = [
    ("Hvem har nøglen?", FIRM, "open", "skovby"),
    ("Hvor skal jeg parkere?", FIRM, "open", "skovby"),
    ("Hvilken højde skal den klippes i?", FIRM, "open", "skovby"),
    ("Hej Lars", FIRM, "open", "skovby"),
    ("God weekend til jer begge", FIRM, "open", "skovby"),
    ("Vi glæder os", CLUB, "open", "skovby"),
    ("Husk at lukke lågen", CLUB, "agreed", "skovby"),
    ("Porten er åben fra kl. 8", CLUB, "agreed", "skovby"),
    ("Mine drenge skal spille på bane 1 kl. 16", CLUB, "agreed", "skovby"),
    ("Vi vandt 3-1 i lørdags", CLUB, "agreed", "skovby"),
    ("Det er Mads, der kommer denne gang", FIRM, "agreed", "skovby"),
    ("Så er vi her", FIRM, "begun", "skovby"),
    ("Vi siger tak for i år", CLUB, "done", "skovby"),
    ("Hvor meget skylder vi jer?", CLUB, "done", "skovby"),
    ("Send regningen til kassereren", CLUB, "done", "skovby"),
    ("Who has the key?", "green-care", "open", "riverside"),
    ("How are the kids?", "green-care", "open", "riverside"),
    ("Remember to shut the gate", "riverside-fc", "agreed", "riverside"),
    ("Did you watch the game last night?", "riverside-fc", "agreed", "riverside"),
    ("Send the invoice to the treasurer", "riverside-fc", "done", "riverside"),
]


def offered(heard: list[Heard]) -> list[str]:
    """Return the labels of the options that are offered."""
    lines = [line for one in heard if one.kind == "say" for line in one.plain.splitlines()]
    return [line.split(" ", 1)[1] for line in lines if "\ufe0f\u20e3" in line]


@pytest.mark.parametrize(("text", "who", "setup", "room", "options"), _UNCLEAR)
async def test_unclear_words_about_the_work_are_asked_about(
    text: str, who: str, setup: str, room: str, options: list[str], tmp_path: Path
) -> None:
    async with stage_after(setup, tmp_path, room) as (stage, card):
        before = await read_state(stage)
        assert offered(await stage.say(who, text, under=card)) == options
        assert await read_state(stage) == before


@pytest.mark.parametrize(("text", "who", "setup", "room"), _TALK)
async def test_talk_is_left_alone(text: str, who: str, setup: str, room: str, tmp_path: Path) -> None:
    async with stage_after(setup, tmp_path, room) as (stage, card):
        assert await stage.say(who, text, under=card) == []


@pytest.mark.parametrize(
    ("answer", "state"), [("1", "agreed"), ("ja", "agreed"), ("2", "declined"), ("ingenting", "proposed")]
)
async def test_the_answer_is_carried_out(answer: str, state: str, tmp_path: Path) -> None:
    async with stage_after("open", tmp_path) as (stage, card):
        await stage.say(FIRM, "Vi er fuldt bookede i den uge", under=card)
        await stage.say(FIRM, answer, under=card)
        assert [row[2] for row in await read_state(stage)] == [state]


async def test_a_tap_on_another_time_asks_when(tmp_path: Path) -> None:
    async with stage_after("agreed", tmp_path) as (stage, card):
        asked = await stage.say(FIRM, "Chaufføren er syg", under=card)
        when = await stage.tap(FIRM, "1️⃣", asked[0].event)
        assert when[0].plain.startswith("Hvornår skal det være?")
        await stage.say(FIRM, "mandag kl. 10", reply_to=when[0].event)
        assert await read_state(stage) == (("bane-2", "slåning", "agreed", "2026-06-12T14:00"),)


async def test_a_complaint_becomes_the_reason(tmp_path: Path) -> None:
    async with stage_after("done", tmp_path) as (stage, card):
        asked = await stage.say(CLUB, "Der er noget med hjørnet ved klubhuset", under=card)
        told = await stage.tap(CLUB, "2️⃣", asked[0].event)
        assert "“Der er noget med hjørnet ved klubhuset”" in " ".join(one.plain for one in told)
        assert [row[2] for row in await read_state(stage)] == ["disputed"]


async def test_the_question_comes_once_until_something_happens(tmp_path: Path) -> None:
    async with stage_after("agreed", tmp_path) as (stage, card):
        assert await stage.say(FIRM, "Chaufføren er syg", under=card)
        assert await stage.say(FIRM, "Traktoren er også punkteret", under=card) == []
        assert await stage.say(CLUB, "Banen er også alt for blød", under=card) == []
        await stage.say(FIRM, "kl. 15 i stedet", under=card)
        assert offered(await stage.say(CLUB, "Banen er også alt for blød", under=card))


async def test_others_are_not_asked(tmp_path: Path) -> None:
    async with stage_after("agreed", tmp_path) as (stage, card):
        assert await stage.say("hylke-if", "Banen er alt for blød", under=card) == []


async def test_an_answer_to_another_offer_is_asked_again(tmp_path: Path) -> None:
    async with stage_after("open", tmp_path) as (stage, card):
        asked = await stage.say(FIRM, "Vi er fuldt bookede i den uge", under=card)
        await stage.say(CLUB, "!foreslå 1 fredag kl. 16")
        heard = await stage.tap(FIRM, "1️⃣", asked[0].event)
        assert [row[2:] for row in await read_state(stage)] == [("proposed", "2026-06-12T16:00")]
        assert "kl. 16-18" in heard[0].plain
