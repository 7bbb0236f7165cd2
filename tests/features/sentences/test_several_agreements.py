"""A message about several agreements lists what happens to each, and does it after one yes: "!aflys 1-3", "begge"."""

from pathlib import Path

import pytest
from corpus import CLUB, FIRM, OTHER, read_state, stage_after

from bot.testing import Heard, Stage


def first_line(heard: list[Heard]) -> str:
    return next(one.plain.splitlines()[0] for one in heard if one.kind == "say")


async def numbers_in(stage: Stage, state: str) -> list[int]:
    return [number for number, each in enumerate(await read_state(stage), start=1) if each[2] == state]


@pytest.mark.parametrize(
    ("who", "text", "numbers", "state"),
    [
        (CLUB, "!aflys 1-3", [1, 2, 3], "cancelled"),
        (CLUB, "!aflys 1 til 2", [1, 2], "cancelled"),
        (CLUB, "!aflys aftale 1 + 3", [1, 3], "cancelled"),
        (CLUB, "!aflys 1 og aftale 3", [1, 3], "cancelled"),
        (CLUB, "!aflys aftalerne 1-2 regnvejr", [1, 2], "cancelled"),
        (CLUB, "!aflys både 1 og 3", [1, 3], "cancelled"),
        (CLUB, "!aflys alle mine aftaler onsdag den 24. juni", [1, 2], "cancelled"),
        (CLUB, "!aflys alle undtagen 2", [1, 3], "cancelled"),
        (CLUB, "!aflys alle aftaler på nær aftale 1", [2, 3], "cancelled"),
        (CLUB, "Bylaug, aflys både 1 og 2", [1, 2], "cancelled"),
        (CLUB, "Bylaug, aflys alle vores aftaler i uge 26", [1, 2, 3], "cancelled"),
        (FIRM, "!accepter 1, 2 og 3", [1, 2, 3], "agreed"),
        (FIRM, "!accepter 1-2", [1, 2], "agreed"),
        (FIRM, "!accepter alle", [1, 2, 3], "agreed"),
        (FIRM, "!accepter alle tre", [1, 2, 3], "agreed"),
        (FIRM, "Bylaug, ja til dem alle", [1, 2, 3], "agreed"),
        (FIRM, "!nej 1 og 2", [1, 2], "declined"),
        (FIRM, "!accept all but not 2", [1, 3], "agreed"),
    ],
)
async def test_several_agreements_are_listed_and_done_after_a_yes(
    who: str, text: str, numbers: list[int], state: str, tmp_path: Path
) -> None:
    async with stage_after("three", tmp_path) as (stage, _):
        listed = await stage.say(who, text)
        assert first_line(listed) == "Skal jeg gøre det her?"
        assert await numbers_in(stage, "proposed") == [1, 2, 3]
        await stage.tap(who, "✅", listed[0].event)
        assert await numbers_in(stage, state) == numbers


@pytest.mark.parametrize("text", ["!accepter begge", "!aflys begge", "Bylaug, aflys begge slåninger"])
async def test_both_of_three_are_asked_about(text: str, tmp_path: Path) -> None:
    async with stage_after("three", tmp_path) as (stage, _):
        await stage.say(FIRM, text)
        assert await numbers_in(stage, "proposed") == [1, 2, 3]


@pytest.mark.parametrize("text", ["!aflys alle onsdage", "!aflys alle baner", "!accepter alle gangene"])
async def test_all_of_something_else_are_no_agreements(text: str, tmp_path: Path) -> None:
    async with stage_after("three", tmp_path) as (stage, _):
        await stage.say(FIRM, text)
        assert await numbers_in(stage, "proposed") == [1, 2, 3]


async def test_the_rights_to_each_are_checked(tmp_path: Path) -> None:
    async with stage_after("three", tmp_path) as (stage, _):
        await stage.say(OTHER, "!book hallen gulvvask fredag den 26. juni kl. 9 @groen-pleje")
        listed = await stage.say(OTHER, "!aflys 3-4")
        assert listed[0].plain.splitlines()[1].startswith("✖️ Aftale 3 er mellem Skovby IF og Grøn Pleje")
        await stage.tap(OTHER, "1️⃣", listed[0].event)
        assert await numbers_in(stage, "cancelled") == [4]
        assert first_line(await stage.say(OTHER, "!aflys 1-3")).startswith("Det kan ikke lade sig gøre")


async def test_a_time_in_a_thread_is_no_range_of_agreements(tmp_path: Path) -> None:
    async with stage_after("open", tmp_path) as (stage, card):
        asked = await stage.say(FIRM, "!ja 15-17", under=card)
        assert first_line(asked) == "Skal jeg foreslå Skovby IF fredag den 12. juni kl. 15-17 i stedet?"
        await stage.say(FIRM, "!flyt 15-17")
        assert await read_state(stage) == (("bane-2", "slåning", "proposed", "2026-06-12T15:00"),)


async def test_all_times_of_a_series_are_still_meant_by_all(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, "!book bane 1 slåning hver mandag kl. 9 fra 15. juni til 20. juli @groen-pleje")
        await stage.say(CLUB, "!aflys 1 alle")
        assert await numbers_in(stage, "cancelled") == [1]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("!book bane 1 og 2 slåning", "fredag kl. 14"),
        ("!book bane 1 og 2 fredag kl. 14", "slåning"),
        ("Bylaug, kan I slå bane 1 og 2?", "fredag kl. 14"),
        ("!book bane 1 og 2", "slåning fredag kl. 14"),
    ],
)
async def test_what_is_missing_for_several_things_is_asked_once(text: str, answer: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        assert first_line(await stage.say(CLUB, text)).startswith(("Hvornår skal det være?", "Hvad skal der gøres?"))
        listed = await stage.say(CLUB, answer)
        assert first_line(listed) == "Skal jeg gøre det her?"
        await stage.tap(CLUB, "✅", listed[0].event)
        assert [thing for thing, *_ in await read_state(stage)] == ["bane-1", "bane-2"]
