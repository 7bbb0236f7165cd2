"""`!resttid`, and a question for it, show how many hours a thing may still be used."""

from pathlib import Path

import pytest
from corpus import CLUB, stage_after


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("!resttid bane 1 uge 34", ["Uge 34: 18 timer tilbage (2 brugt)"]),
        ("!left bane 1 week 34", ["Uge 34: 18 timer tilbage (2 brugt)"]),
        ("Bylaug, hvor mange timer er der tilbage på bane 1 i uge 34?", ["Uge 34: 18 timer tilbage (2 brugt)"]),
        (
            "Bylaug, hvor meget er bane 1 brugt i uge 34 og 35?",
            ["Uge 34: 18 timer tilbage (2 brugt)", "Uge 35: 20 timer tilbage (0 brugt)"],
        ),
    ],
)
async def test_hours_left_of_a_week_are_shown(text: str, lines: list[str], tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, "!book bane 1 slåning onsdag den 19. august kl. 9")
        heard = await stage.say(CLUB, text)
        assert heard[0].plain.splitlines() == ["Bane 1 må bruges højst 20 timer om ugen.", *lines]


@pytest.mark.parametrize(
    "text", ["!resttid bane 1 40 timer om ugen", "Bylaug, resttid på bane 1 er 40 timer", "!resttid 40"]
)
async def test_hours_left_are_never_set(text: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say("banevagten", text)
        heard = await stage.say("banevagten", "!belastning bane 1")
        assert heard[0].plain.splitlines()[0] == "Bane 1: højst 20 timer om ugen"
