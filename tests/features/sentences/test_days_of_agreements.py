"""Several days in a command about agreements: each agreement on them, a choice of one, or from one day to another."""

from pathlib import Path

import pytest
from corpus import CLUB, FIRM, lines_of, read_state, stage_after

_SATURDAY = {
    "skovby": "!book bane 1 slåning lørdag kl. 9 @groen-pleje",
    "riverside": "!book pitch 1 mowing saturday at 9:00 @green-care",
}


@pytest.mark.parametrize(
    ("who", "text", "state"),
    [
        (FIRM, "!accepter onsdag den 24. juni og fredag den 26. juni", "agreed"),
        (FIRM, "!accepter onsdag og fredag i uge 26", "agreed"),
        (CLUB, "!aflys onsdag den 24. juni og fredag den 26. juni", "cancelled"),
        (CLUB, "Bylaug, aflys onsdag den 24. juni og fredag den 26. juni", "cancelled"),
    ],
)
async def test_each_agreement_on_several_days_is_listed(who: str, text: str, state: str, tmp_path: Path) -> None:
    async with stage_after("three", tmp_path) as (stage, _):
        listed = await stage.say(who, text)
        assert lines_of(listed)[0] == "Skal jeg gøre det her?"
        assert {each[2] for each in await read_state(stage)} == {"proposed"}
        await stage.tap(who, "✅", listed[0].event)
        assert [each[2] for each in await read_state(stage)] == [state] * 3


@pytest.mark.parametrize(
    ("room", "club", "who", "text", "state"),
    [
        ("skovby", CLUB, FIRM, "!accepter fredag og lørdag", "agreed"),
        ("skovby", CLUB, CLUB, "!aflys fredag og lørdag", "cancelled"),
        ("riverside", "riverside-fc", "green-care", "!accept friday and saturday", "agreed"),
    ],
)
async def test_days_in_a_row_are_several_days_too(
    room: str, club: str, who: str, text: str, state: str, tmp_path: Path
) -> None:
    async with stage_after("open", tmp_path, room) as (stage, _):
        await stage.say(club, _SATURDAY[room])
        listed = await stage.say(who, text)
        await stage.tap(who, "✅", listed[0].event)
        assert [each[2] for each in await read_state(stage)] == [state, state]


async def test_a_day_without_an_agreement_is_asked_about(tmp_path: Path) -> None:
    async with stage_after("agreed", tmp_path) as (stage, _):
        asked = await stage.say(CLUB, "!aflys fredag og lørdag")
        assert lines_of(asked)[0].startswith("Hvilken aftale mener du?")
        assert [each[2] for each in await read_state(stage)] == ["agreed"]


@pytest.mark.parametrize(
    ("room", "who", "text", "asked"),
    [
        ("skovby", FIRM, "!foreslå 1 fredag og lørdag kl. 9", "Hvilken tid skal jeg foreslå?"),
        ("skovby", CLUB, "!flyt 1 torsdag og lørdag kl. 9", "Hvilken tid skal jeg foreslå?"),
        ("riverside", "green-care", "!propose 1 friday and saturday at 9:00", "Which time shall I propose?"),
    ],
)
async def test_one_agreement_moves_to_one_of_several_days(
    room: str, who: str, text: str, asked: str, tmp_path: Path
) -> None:
    async with stage_after("open", tmp_path, room) as (stage, _):
        before = await read_state(stage)
        heard = await stage.say(who, text)
        assert lines_of(heard)[0] == asked
        assert await read_state(stage) == before
        await stage.tap(who, "1️⃣", heard[0].event)
        assert len(await read_state(stage)) == 1


@pytest.mark.parametrize(
    ("room", "who", "text", "moved"),
    [
        ("skovby", CLUB, "!flyt fredag kl. 14 til lørdag kl. 10", "til lørdag den 13. juni kl. 10-12"),
        ("skovby", CLUB, "!flyt 1 fra fredag kl. 14 til mandag", "til mandag den 15. juni kl. 14-16"),
        ("skovby", CLUB, "!flyt 1 fredag kl. 14 til 17", "til fredag den 12. juni kl. 14-17"),
        ("skovby", CLUB, "!flyt fredag kl. 9 til lørdag kl. 10", "Ingen af dine aftaler passer"),
        ("riverside", "riverside-fc", "!move friday at 14:00 to saturday at 10:00", "to Saturday 13 June at 10:00"),
    ],
)
async def test_a_move_names_the_time_that_is_given_up(
    room: str, who: str, text: str, moved: str, tmp_path: Path
) -> None:
    async with stage_after("agreed", tmp_path, room) as (stage, _):
        assert moved in lines_of(await stage.say(who, text))[0]


async def test_a_swap_is_explained(tmp_path: Path) -> None:
    async with stage_after("three", tmp_path) as (stage, _):
        before = await read_state(stage)
        told = lines_of(await stage.say(CLUB, "!byt 1 og 2"))
        assert told[1:] == ["!flyt 1 til onsdag den 24. juni kl. 12-14", "!flyt 2 til onsdag den 24. juni kl. 9-11"]
        assert await read_state(stage) == before
