"""A first and a second choice are a choice: "helst lørdag, ellers fredag" is asked about, the first one first."""

from pathlib import Path

import pytest
from corpus import CLUB, FIRM, lines_of, read_state, stage_after

_DAYS = ["1️⃣ lørdag den 13. juni kl. 9", "2️⃣ fredag den 12. juni kl. 9"]
_ENGLISH_DAYS = ["1️⃣ Saturday 13 June at 09:00", "2️⃣ Friday 12 June at 09:00"]


@pytest.mark.parametrize(
    ("room", "who", "texts", "options"),
    [
        ("skovby", CLUB, ["!book bane 1 slåning helst lørdag kl. 9, ellers fredag kl. 9"], _DAYS),
        ("skovby", CLUB, ["!book bane 1 slåning", "helst lørdag kl. 9 ellers fredag kl. 9"], _DAYS),
        ("skovby", CLUB, ["!book bane 1 slåning", "allerhelst lørdag kl. 9, hvis ikke så fredag kl. 9"], _DAYS),
        ("skovby", CLUB, ["Bylaug, vi vil gerne have slået bane 1 helst lørdag kl. 9, ellers fredag"], _DAYS),
        (
            "skovby",
            CLUB,
            ["Bylaug, kan I slå bane 1 fredag kl. 9?", "ja, helst kl. 10, ellers kl. 11"],
            ["1️⃣ fredag den 12. juni kl. 10", "2️⃣ fredag den 12. juni kl. 11"],
        ),
        (
            "riverside",
            "riverside-fc",
            ["!book pitch 1 mowing preferably saturday at 9:00, otherwise friday at 9:00"],
            _ENGLISH_DAYS,
        ),
        (
            "riverside",
            "riverside-fc",
            ["!book pitch 1 mowing", "ideally saturday at 9:00, failing that friday at 9:00"],
            _ENGLISH_DAYS,
        ),
    ],
)
async def test_the_first_choice_is_offered_with_the_second_as_the_other(
    room: str, who: str, texts: list[str], options: list[str], tmp_path: Path
) -> None:
    async with stage_after("none", tmp_path, room) as (stage, _):
        for text in texts:
            asked = await stage.say(who, text)
        assert lines_of(asked)[1:3] == options
        assert await read_state(stage) == ()
        await stage.tap(who, "1️⃣", asked[0].event)
        assert len(await read_state(stage)) <= 1


async def test_of_two_choices_one_is_proposed_in_a_thread(tmp_path: Path) -> None:
    async with stage_after("open", tmp_path) as (stage, card):
        asked = await stage.say(FIRM, "helst lørdag kl. 10, ellers søndag kl. 10", under=card)
        assert lines_of(asked)[1:3] == ["1️⃣ lørdag den 13. juni kl. 10-12", "2️⃣ søndag den 14. juni kl. 10-12"]


@pytest.mark.parametrize(
    "text",
    ["!book bane 1 slåning helst fredag kl. 9, ellers siger vi nej", "!book bane 1 slåning fredag kl. 9, ellers ikke"],
)
async def test_a_second_choice_that_is_no_time_is_said_back(text: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        assert await stage.say(CLUB, text) != []
        assert await read_state(stage) == ()
