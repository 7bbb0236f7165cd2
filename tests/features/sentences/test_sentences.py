"""The bot understands sentences: it does what they say, at once or after a yes, and never half of it."""

from pathlib import Path

import pytest
from corpus import CLUB, FIRM, RIGHT, RIGHT_ENGLISH, Said, read_state, say, stage_after

from bot.testing import Heard


def question_of(heard: list[Heard]) -> str | None:
    """Return the event of the question under which the bot offers a ✅."""
    return next((one.target for one in heard if one.kind == "react" and one.plain == "✅"), None)


@pytest.mark.parametrize("said", [*RIGHT, *RIGHT_ENGLISH], ids=lambda said: said.text)
async def test_a_sentence_is_carried_out(said: Said, tmp_path: Path) -> None:
    async with stage_after(said.setup, tmp_path, said.room) as (stage, card):
        before = await read_state(stage)
        heard = await say(stage, said, card)
        if said.asks:
            assert await read_state(stage) == before
            question = question_of(heard)
            assert question is not None, [one.plain for one in heard]
            await stage.tap(said.who, "✅", question)
        assert await read_state(stage) == said.then


@pytest.mark.parametrize(
    ("text", "who", "setup", "answer"),
    [
        ("!aflys ikke 1", CLUB, "agreed", "Der står “ikke”"),
        ("Bylaug, aflys ikke fredag alligevel", CLUB, "agreed", "Der står “ikke”"),
        ("!aflys 1 hvis det regner", CLUB, "agreed", "Der står “hvis”"),
        ("!aflys 1 eller noget", CLUB, "agreed", "Du nævner flere muligheder"),
        ("!aflys opkridtning af bane 3 mandag", CLUB, "agreed", "Ingen af dine aftaler passer"),
        ("!accepter bane 1", FIRM, "open", "Ingen af dine aftaler passer"),
        ("!accepter 9", FIRM, "open", "Der er ingen aftale 9 her"),
        ("!færdig i morgen", FIRM, "agreed", "Du skriver onsdag den 10. juni"),
        ("Bylaug næsten færdig med bane 2", FIRM, "begun", "Jeg læser “næsten”"),
        ("!book bane 2 slåning fredag kl. 3", CLUB, "none", "Fredag den 12. juni kl. 3-5?"),
        ("!book bane 2 slåning fredag kl. 14-12", CLUB, "none", "Fredag den 12. juni kl. 14-12?"),
        ("!book bane 2 slåning fredag kl. 9 og 14", CLUB, "none", "“kl. 9 og 14” er to klokkeslæt"),
        ("!book bane 1 og 9 slåning fredag kl. 14", CLUB, "none", "Jeg læser det sådan"),
        ("!dont cancel 1", CLUB, "agreed", "Der står “dont”"),
        ("!fast tid bane 3 gødning hver torsdag kl. 10 i august", CLUB, "none", "Skal jeg spørge Grøn Pleje"),
        ("!fast tid bane 3 hver tirsdag kl. 17", CLUB, "none", "Hvad skal der gøres?"),
        ("!fast tid bane 3 gødning fredag kl. 14", CLUB, "none", "Jeg læser det sådan"),
        ("Bylaug, fast slåning af bane 3 fredag kl. 14", CLUB, "none", "Jeg læser det sådan"),
        ("!tak for i dag", CLUB, "agreed", "👍"),
        ("Bylaug mange tak for i dag", CLUB, "agreed", "👍"),
        ("Hej Bylaug, hvordan går det?", CLUB, "agreed", "Hej!"),
        ("Bylaug bane 2 er sprunget læk", CLUB, "none", "Hvad vil du med bane 2?"),
        ("Bylaug hvem slår bane 2 på fredag?", CLUB, "agreed", "1: slåning af bane 2"),
        ("Bylaug er bane 2 ledig søndag formiddag?", CLUB, "none", "Der er ikke noget i vejen på bane 2"),
        ("Bylaug hvornår blev bane 2 sidst gødet?", CLUB, "none", "Jeg har ikke noget om"),
    ],
)
async def test_what_is_not_clear_is_said_back_and_changes_nothing(
    text: str, who: str, setup: str, answer: str, tmp_path: Path
) -> None:
    async with stage_after(setup, tmp_path) as (stage, _):
        before = await read_state(stage)
        heard = await stage.say(who, text)
        assert heard[0].plain.startswith(answer), heard[0].plain
        assert await read_state(stage) == before


@pytest.mark.parametrize(
    "text",
    [
        "har du nøglen med kl. 10?",
        "husk nøglen til skuret kl. 13",
        "vi ses på fredag",
        "er den slået?",
        "hvem tager traileren med?",
    ],
)
async def test_talk_between_the_two_is_left_alone(text: str, tmp_path: Path) -> None:
    async with stage_after("agreed", tmp_path) as (stage, card):
        assert await stage.say(FIRM, text, under=card) == []


async def test_several_commands_of_one_message_are_listed_and_carried_out_after_a_yes(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        asked = await stage.say(
            CLUB, "!book bane 2 slåning onsdag den 24. juni kl. 9\n!book bane 3 slåning onsdag den 24. juni kl. 9"
        )
        assert asked[0].plain.splitlines()[0] == "Skal jeg gøre det her?"
        assert await read_state(stage) == ()
        question = question_of(asked)
        assert question is not None
        await stage.tap(CLUB, "✅", question)
        assert [(thing, state) for thing, _, state, _ in await read_state(stage)] == [
            ("bane-2", "proposed"),
            ("bane-3", "proposed"),
        ]


async def test_of_several_only_those_are_carried_out_that_are_possible(tmp_path: Path) -> None:
    async with stage_after("open", tmp_path) as (stage, _):
        asked = await stage.say(CLUB, "!book bane 2 og 3 gødning fredag den 12. juni kl. 14")
        assert "✖️" in asked[0].plain
        assert await read_state(stage) == (("bane-2", "slåning", "proposed", "2026-06-12T14:00"),)


async def test_an_open_question_takes_no_words_said_to_somebody_else(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, "!book bane 2 slåning")
        assert await stage.say(CLUB, "Grøn Pleje, torsdag kl. 19 står porten åben") == []
        assert await read_state(stage) == ()


async def test_a_question_is_closed_when_the_matter_is_dropped(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, "!book bane 2 slåning")
        assert (await stage.say(CLUB, "lad det bare ligge"))[0].plain == "Godt, så gør jeg ikke noget."
        assert await stage.say(CLUB, "torsdag kl. 19") == []


@pytest.mark.parametrize("text", ["den anden", "nr. 2", "toeren", "2'eren", "mulighed to"])
async def test_an_option_is_named_by_its_place(text: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, "!book slåning fredag kl. 14")
        await stage.say(CLUB, text)
        assert [thing for thing, *_ in await read_state(stage)] == ["bane-2"]
