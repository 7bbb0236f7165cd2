"""What people tell the bot by its name, or ask it: who has what, what a name means, and when they are away."""

from pathlib import Path

import pytest
from corpus import CLUB, FIRM, lines_of, read_state, stage_after

KEEPER = "banevagten"


@pytest.mark.parametrize(
    ("room", "who", "text", "told"),
    [
        ("skovby", CLUB, "Bylaug, hvad har Grøn Pleje på fredag?", "1: slåning af bane 2, fre. 12. juni"),
        ("skovby", CLUB, "Bylaug, hvad har Skovby IF aftalt?", "1: slåning af bane 2, fre. 12. juni"),
        ("skovby", CLUB, "Bylaug, hvad har Hylke IF?", "Der er ikke aftalt noget med Hylke IF."),
        ("skovby", CLUB, "!aftaler Hylke IF", "Der er ingen aftaler"),
        ("skovby", CLUB, "Bylaug, hvornår kommer I på bane 1?", "Der er ikke aftalt noget på bane 1."),
        ("skovby", CLUB, "Bylaug, hvornår kommer Grøn Pleje på bane 2?", "1: slåning af bane 2, fre. 12. juni"),
        (
            "riverside",
            "riverside-fc",
            "Bylaug, what has Green Care got on friday?",
            "1: mowing of pitch 2, Fri 12 June",
        ),
    ],
)
async def test_a_question_names_a_person(room: str, who: str, text: str, told: str, tmp_path: Path) -> None:
    async with stage_after("open", tmp_path, room) as (stage, _):
        assert lines_of(await stage.say(who, text))[0].startswith(told)


async def test_a_steward_is_asked_whether_to_learn_a_name(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        asked = await stage.say(KEEPER, "Bylaug, den lille er bane 3")
        assert lines_of(asked)[0] == "Skal jeg forstå “den lille” som bane 3?"
        await stage.tap(KEEPER, "✅", asked[0].event)
        await stage.say(CLUB, "!book den lille slåning fredag kl. 9 @groen-pleje")
        assert [each[0] for each in await read_state(stage)] == ["bane-3"]


@pytest.mark.parametrize(
    ("room", "who", "text", "told"),
    [
        ("skovby", CLUB, "Bylaug, den lille er bane 3", "Skal “den lille” betyde bane 3? Det kan en vært lære mig"),
        ("riverside", "riverside-fc", "Bylaug, the small one is pitch 3", "Shall “the small one” mean pitch 3?"),
    ],
)
async def test_others_are_told_who_teaches_names(room: str, who: str, text: str, told: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path, room) as (stage, _):
        heard = await stage.say(who, text)
        assert lines_of(heard)[0].startswith(told)
        assert [one.plain for one in heard if one.kind == "react"] == []


@pytest.mark.parametrize(
    "text", ["Bylaug, finalen er på bane 3", "Bylaug, det er bane 3", "Bylaug, er bane 3 den lille?"]
)
async def test_other_sentences_teach_no_name(text: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        assert not any("forstå “" in line for line in lines_of(await stage.say(KEEPER, text)))


@pytest.mark.parametrize(
    ("room", "who", "text", "asked"),
    [
        ("skovby", CLUB, "Bylaug, skriv mig på til fredag", "Hvad gælder det?"),
        ("skovby", CLUB, "Bylaug, skriv os på fredag kl. 14", "Hvad gælder det?"),
        ("riverside", "riverside-fc", "Bylaug, put us down for friday", "Which one do you mean?"),
    ],
)
async def test_a_wish_with_only_a_time_is_asked_what_it_is_about(
    room: str, who: str, text: str, asked: str, tmp_path: Path
) -> None:
    async with stage_after("none", tmp_path, room) as (stage, _):
        assert lines_of(await stage.say(who, text))[0] == asked


async def test_a_wish_for_something_else_is_not(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        assert lines_of(await stage.say(CLUB, "Bylaug, vi vil gerne have kaffe fredag"))[0].startswith(
            "Det forstod jeg ikke"
        )


@pytest.mark.parametrize(
    ("room", "who", "text", "told"),
    [
        ("skovby", FIRM, "Bylaug, holder pause i uge 29 og 30", "Jeg kan ikke skrive ferie og pauser ind"),
        ("skovby", FIRM, "Bylaug, vi er på ferie i uge 29", "Jeg kan ikke skrive ferie og pauser ind"),
        ("riverside", "green-care", "Bylaug, we are on holiday in week 29", "I cannot enter holidays and breaks"),
    ],
)
async def test_an_absence_is_noticed(room: str, who: str, text: str, told: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path, room) as (stage, _):
        assert lines_of(await stage.say(who, text))[0].startswith(told)


async def test_an_absence_on_the_day_of_a_proposal_is_asked_about_as_a_no(tmp_path: Path) -> None:
    async with stage_after("open", tmp_path) as (stage, _):
        asked = await stage.say(FIRM, "Bylaug, vi er på ferie fredag")
        assert lines_of(asked)[0].startswith("Skal jeg svare nej til slåning af bane 2")
