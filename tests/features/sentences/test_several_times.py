"""The bot asks once for the clock time of work on several days or in several weeks: "uge 33+34"."""

from pathlib import Path

import pytest
from corpus import CLUB, lines_of, read_state, stage_after


@pytest.mark.parametrize(
    ("text", "answer", "starts"),
    [
        ("!book bane 1 slåning uge 33+34", "onsdag kl. 9", ["2026-08-12T09:00", "2026-08-19T09:00"]),
        (
            "!book bane 1 slåning uge 33, 34 og 36",
            "man kl 8",
            ["2026-08-10T08:00", "2026-08-17T08:00", "2026-08-31T08:00"],
        ),
        ("Bylaug, kan vi få slået bane 1 i uge 33 og 34?", "tirsdag kl. 10", ["2026-08-11T10:00", "2026-08-18T10:00"]),
        ("!book bane 1 slåning mandag i uge 33 og 34", "kl. 9", ["2026-08-10T09:00", "2026-08-17T09:00"]),
        ("!book bane 1 slåning lørdag og søndag", "kl. 9", ["2026-06-13T09:00", "2026-06-14T09:00"]),
        ("!book bane 1 slåning torsdag og lørdag", "kl. 9-11", ["2026-06-11T09:00", "2026-06-13T09:00"]),
        ("!book bane 1 og 2 slåning i uge 33", "onsdag kl. 9", ["2026-08-12T09:00", "2026-08-12T09:00"]),
    ],
)
async def test_answer_holds_for_each_day_or_week(text: str, answer: str, starts: list[str], tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        asked = lines_of(await stage.say(CLUB, text))
        assert sum(line.startswith("• bane ") for line in asked) == len(starts)
        listed = await stage.say(CLUB, answer)
        assert await read_state(stage) == ()
        await stage.tap(CLUB, "✅", listed[0].event)
        assert [state[3] for state in await read_state(stage)] == starts


async def test_answer_for_one_of_the_weeks_drops_none(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, "!book bane 1 slåning uge 33+34")
        heard = await stage.say(CLUB, "12. august kl. 9")
        assert lines_of(heard)[0].startswith("Det passer ikke til alle 2.")
        assert await read_state(stage) == ()


@pytest.mark.parametrize(
    ("week", "answer", "start"),
    [
        ("uge 33", "onsdag kl. 12", "2026-08-12T12:00"),
        ("i efterårsferien", "tirsdag kl. 12", "2026-10-13T12:00"),
        ("næste weekend", "søndag kl. 12", "2026-06-21T12:00"),
        ("i juli", "onsdag kl. 12", None),
    ],
)
async def test_weekday_of_the_answer_is_in_the_week_that_was_said(
    week: str, answer: str, start: str | None, tmp_path: Path
) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, f"!book bane 1 slåning {week}")
        await stage.say(CLUB, answer)
        assert [state[3] for state in await read_state(stage)] == ([start] if start else [])


async def test_clock_time_alone_does_not_choose_the_day_of_a_week(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, "!book bane 1 slåning uge 33")
        heard = await stage.say(CLUB, "kl. 18.30")
        assert lines_of(heard)[0] == "Hvilken dag mener du?"
        assert await read_state(stage) == ()


@pytest.mark.parametrize("answer", ["1", "bane 1 og 3", "bane 1 og bane 3", "1 og 3"])
async def test_both_of_three_things_are_asked_about_as_pairs(answer: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        asked = lines_of(await stage.say(CLUB, "!book begge baner slåning fredag kl. 14"))
        assert asked[:4] == [
            "“begge baner” kan være flere. Hvilke mener du?",
            "1️⃣ bane 1 og bane 2",
            "2️⃣ bane 1 og bane 3",
            "3️⃣ bane 2 og bane 3",
        ]
        listed = await stage.say(CLUB, answer)
        await stage.tap(CLUB, "✅", listed[0].event)
        second = "bane-2" if answer == "1" else "bane-3"
        assert [state[0] for state in await read_state(stage)] == ["bane-1", second]


@pytest.mark.parametrize(
    "text", ["Bylaug, kan I slå de to baner fredag kl. 14?", "!aflys begge baner", "!luk begge haller"]
)
async def test_one_of_both_is_never_taken_without_a_yes(text: str, tmp_path: Path) -> None:
    async with stage_after("three", tmp_path) as (stage, _):
        before = await read_state(stage)
        await stage.say(CLUB, text)
        await stage.say(CLUB, "bane 1")
        assert await read_state(stage) == before


_MOWED, _MARKED = ("slåning", "2026-06-12T08:00"), ("opkridtning", "2026-06-13T07:00")


@pytest.mark.parametrize(
    "text",
    [
        "!book bane 2 slåning og opkridtning fredag kl. 8",
        "Bylaug, kan I slå og kridte bane 2 fredag kl. 8?",
        "!book bane 2 slåning fredag kl. 8\n!book bane 2 opkridtning fredag kl. 8",
    ],
)
@pytest.mark.parametrize(("emoji", "booked"), [("1️⃣", [_MOWED, _MARKED]), ("2️⃣", [_MOWED]), ("3️⃣", [])])
async def test_work_that_cannot_be_at_the_same_time_is_offered_behind_the_other(
    text: str, emoji: str, booked: list[tuple[str, str]], tmp_path: Path
) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        listed = await stage.say(CLUB, text)
        assert lines_of(listed)[2].startswith("• Bagefter, for de kan ikke være der samtidig: ")
        await stage.tap(CLUB, "✅", listed[0].event)
        await stage.say(CLUB, "ja")
        assert await read_state(stage) == ()  # the club has named neither the time nor which of the two
        await stage.tap(CLUB, emoji, listed[0].event)
        starts = [state[1:4:2] for state in await read_state(stage)]  # the pitch rests for 12 hours after mowing
        assert starts == booked


async def test_the_same_work_twice_is_not_planned_twice(tmp_path: Path) -> None:
    command = "!book bane 2 slåning fredag kl. 8"
    async with stage_after("none", tmp_path) as (stage, _):
        listed = lines_of(await stage.say(CLUB, f"{command}\n{command}"))
        assert listed[2].startswith("✖️ Bane 2 er optaget")
