"""Commands with words that are not those of the agreement, the thing or the work are asked about."""

from datetime import datetime
from pathlib import Path

import pytest
from corpus import CLUB, FIRM, read_state, stage_after

STEWARD = "banevagten"


@pytest.mark.parametrize(
    ("setup", "text", "state"),
    [
        ("done", "!bekræft 1 kl. 9", "done"),
        ("done", "!bekræft 1 fredag kl. 9", "done"),
        ("done", "!bekræft 1 kl. 14", "confirmed"),
        ("agreed", "!aflys 1 kl. 10", "agreed"),
        ("agreed", "!aflys kl. 10", "agreed"),
        ("agreed", "!aflys 1 kl. 14-16", "cancelled"),
    ],
)
async def test_clock_time_alone_has_to_be_that_of_the_agreement(
    setup: str, text: str, state: str, tmp_path: Path
) -> None:
    async with stage_after(setup, tmp_path) as (stage, _):
        await stage.say(CLUB, text)
        assert [each[2] for each in await read_state(stage)] == [state]


@pytest.mark.parametrize("text", ["!færdig", "!færdig 1", "!færdig 1 kl. 9", "Bylaug, vi er færdige nu"])
async def test_report_before_the_day_of_the_work_is_asked_about(text: str, tmp_path: Path) -> None:
    async with stage_after("agreed", tmp_path) as (stage, _):
        heard = await stage.say(FIRM, text)
        assert heard[0].plain.startswith("Slåning af bane 2 er først aftalt til fredag den 12. juni kl. 14-16")
        assert [each[2] for each in await read_state(stage)] == ["agreed"]
        await stage.say(FIRM, "ja")
        assert [each[2] for each in await read_state(stage)] == ["done"]


async def test_report_on_the_day_before_the_hour_of_the_work_is_asked_about(tmp_path: Path) -> None:
    async with stage_after("agreed", tmp_path) as (stage, card):
        stage.now = datetime(2026, 6, 12, 13, 30, tzinfo=stage.community.time_zone)
        heard = await stage.say(FIRM, "færdig", under=card)
        assert heard[0].plain.startswith("Slåning af bane 2 er først aftalt til fredag den 12. juni kl. 14-16")
        stage.now = datetime(2026, 6, 12, 14, 30, tzinfo=stage.community.time_zone)
        await stage.say(FIRM, "!færdig 1")
        assert [each[2] for each in await read_state(stage)] == ["done"]


async def test_english_report_before_the_day_of_the_work_is_asked_about(tmp_path: Path) -> None:
    async with stage_after("agreed", tmp_path, "riverside") as (stage, _):
        heard = await stage.say("green-care", "!done pitch 2")
        assert heard[0].plain.startswith("Mowing of pitch 2 is only agreed for")
        assert [each[2] for each in await read_state(stage)] == ["agreed"]


@pytest.mark.parametrize(
    "text",
    [
        "!luk bane 1 for børn fredag",
        "!luk bane 1 fredag for herreholdene og damerne",
        "!luk bane 1 fredag for Hylke IF",
        "!luk bane 1 kun for træning fredag",
        "!luk bane 1 fredag for alle andre end Skovby IF",
    ],
)
async def test_closing_for_some_is_asked_about(text: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        heard = await stage.say(STEWARD, text)
        assert not heard[0].plain.startswith("🔒")


@pytest.mark.parametrize("text", ["!close pitch 1 friday for children", "!close pitch 1 friday to Hilltop FC"])
async def test_english_closing_for_some_is_asked_about(text: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path, "riverside") as (stage, _):
        heard = await stage.say("groundskeeper", text)
        assert not heard[0].plain.startswith("🔒")


@pytest.mark.parametrize("reason", ["for meget vand", "Hylke IF har stævne", "gødning"])
async def test_closing_with_a_reason_is_not_asked_about(reason: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        heard = await stage.say(STEWARD, f"!luk bane 1 fredag {reason}")
        assert heard[0].plain.startswith("🔒 Bane 1 er lukket fredag den 12. juni (")


@pytest.mark.parametrize("clock", ["9-9.30", "8-16", "9-9.15"])
async def test_length_far_from_the_usual_one_is_asked_about(clock: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, f"!book bane 1 slåning fredag kl. {clock}")
        assert await read_state(stage) == ()


@pytest.mark.parametrize(
    ("room", "who", "text", "left_out"),
    [
        ("skovby", CLUB, "!resttid bane 1 20 timer", "“20 timer” forstod jeg ikke"),
        ("skovby", CLUB, "!plan ikke for næste uge", "“ikke for næste uge” forstod jeg ikke"),
    ],
)
async def test_words_that_an_overview_leaves_out_are_said(
    room: str, who: str, text: str, left_out: str, tmp_path: Path
) -> None:
    async with stage_after("none", tmp_path, room) as (stage, _):
        heard = await stage.say(who, text)
        (answer,) = [one.plain for one in heard if one.kind == "say"]
        assert answer.splitlines()[-1].startswith(left_out)


@pytest.mark.parametrize("text", ["!banen er våd", "Bylaug, banen er våd"])
async def test_ground_that_is_wet_is_no_report(text: str, tmp_path: Path) -> None:
    async with stage_after("done", tmp_path) as (stage, _):
        heard = await stage.say(CLUB, text)
        assert [one.kind for one in heard] == ["say"]
        assert heard[0].plain.startswith("Det forstod jeg ikke")
