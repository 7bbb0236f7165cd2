"""Seasons and load by command: who may say them, what they change, and what stands as it is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from grounds_stage import CLUB, FIRM, KEEPER, agreed, on_sqlite
from grounds_stage import stage_on as stage_at
from skovby import said

from bot.testing import Stage

PITCH_3 = "Bane 3 bruges kun fra 1. april til 31. oktober"


@asynccontextmanager
async def stage_on(url: str, now: str = "2026-06-09T10:00") -> AsyncIterator[Stage]:
    async with stage_at(url, now=now) as stage:
        yield stage


async def ask(stage: Stage, who: str, text: str) -> list[str]:
    """What somebody is answered, line by line; a minute later, so that nobody is in too much of a hurry."""
    stage.now += timedelta(minutes=1)
    return "\n".join(said(await stage.say(who, text))).splitlines()


async def test_season_is_told_changed_and_taken_back(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        assert (await ask(stage, CLUB, "!sæson bane 3"))[0] == "Bane 3: 1. april til 31. oktober"
        assert await ask(stage, KEEPER, "!sæson bane 3 fra 15. maj til september") == [
            "🌱 Sæsonen for bane 3 er nu 15. maj til 30. september. Før var den 1. april til 31. oktober."
        ]
        assert (await ask(stage, CLUB, "!sæson bane 3"))[0] == (
            "Bane 3: 15. maj til 30. september (valgt af Banevagten tir. 9. juni)"
        )
        refused = await ask(stage, CLUB, "!book bane 3 slåning 1. oktober kl. 10")
        assert refused[:2] == ["Bane 3 er ikke ledig:", "Bane 3 bruges kun fra 15. maj til 30. september"]
        why = await ask(stage, CLUB, "!hvorfor bane 3 slåning 1. oktober kl. 10")
        assert "Bane 3 bruges kun fra 15. maj til 30. september" in why
        assert await ask(stage, KEEPER, "!sæson bane 3 som før") == [
            "🌱 Sæsonen for bane 3 er nu 1. april til 31. oktober. Før var den 15. maj til 30. september."
        ]
        assert (await ask(stage, CLUB, "!book bane 3 slåning 1. oktober kl. 10"))[0] == "📋 Aftale 1: slåning af bane 3"


async def test_whole_year_and_the_file_again(database_url: str) -> None:
    async with stage_on(database_url, "2026-11-09T10:00") as stage:
        assert (await ask(stage, CLUB, "!book bane 3 slåning fredag kl. 10"))[1] == PITCH_3
        assert (await ask(stage, KEEPER, "!sæson bane 3 hele året"))[0].startswith(
            "🌱 Sæsonen for bane 3 er nu hele året."
        )
        assert (await ask(stage, CLUB, "!book bane 3 slåning fredag kl. 10"))[0].startswith("📋 Aftale 1")
        back = await ask(stage, KEEPER, "!sæson bane 3 nulstil")
        assert back == [
            "🌱 Sæsonen for bane 3 er nu 1. april til 31. oktober. Før var den hele året.",
            "Det her er uden for sæsonen og gælder stadig:",
            "1: slåning, fre. 13. november kl. 10-12 (Skovby IF og Grøn Pleje) – ikke aftalt endnu",
            "Skal det ikke være sådan, så aflys det, eller luk banen imens.",
        ]
        assert (await ask(stage, CLUB, "!sæson bane 3"))[0] == "Bane 3: 1. april til 31. oktober"
        assert (await ask(stage, KEEPER, "!sæson bane 3 april-oktober"))[0] == (
            "Sæsonen for bane 3 er 1. april til 31. oktober, ligesom før."
        )


@pytest.mark.parametrize(
    ("said_as", "season"),
    [
        ("1. november til 28. februar", "1. november til 28. februar"),
        ("november-februar", "1. november til 29. februar"),
        ("1/4-31/10", "1. april til 31. oktober"),
        ("skal være fra 1. marts til 15. november", "1. marts til 15. november"),
        ("from 1 April to 30 June", "1. april til 30. juni"),
        ("1. november til 29. februar", "1. november til 29. februar"),
    ],
)
async def test_season_as_people_say_it(said_as: str, season: str, tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        first, *_ = await ask(stage, KEEPER, f"!sæson bane 2 {said_as}")
        assert first == f"🌱 Sæsonen for bane 2 er nu {season}. Før var den hele året."
        assert (await ask(stage, KEEPER, f"!sæson bane 2 {season}"))[0] == (
            f"Sæsonen for bane 2 er {season}, ligesom før."
        )


@pytest.mark.parametrize(
    ("text", "not_understood"),
    [
        ("!sæson bane 3 april til oktober undtagen juli", ""),
        ("!sæson bane 3 når det er varmt", "når det er varmt"),
        ("!sæson bane 3 fra maj", "fra maj"),
        ("!sæson bane 3 i uge 30", "uge 30"),
        ("!sæson bane 3 april til oktober hele året", ""),
    ],
)
async def test_season_half_understood_changes_nothing(text: str, not_understood: str, tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        asked = await ask(stage, KEEPER, text)
        assert "Hvornår på året bruges bane 3?" in asked[0]
        assert not_understood in asked[0]
        assert (await ask(stage, CLUB, "!sæson bane 3"))[0] == "Bane 3: 1. april til 31. oktober"
        assert (await ask(stage, KEEPER, "maj til august"))[0].startswith(
            "🌱 Sæsonen for bane 3 er nu 1. maj til 31. august."
        )


async def test_load_is_told_changed_and_warned_of(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await agreed(stage, "slåning torsdag kl. 9")
        assert (await ask(stage, CLUB, "!belastning bane 1"))[:3] == [
            "Bane 1: 20 timer om ugen",
            "Uge 24: 2 timer",
            "Uge 25: 0 timer",
        ]
        assert await ask(stage, KEEPER, "!belastning bane 1 1,5 timer om ugen") == [
            "⏱️ Bane 1: nu 1,5 timer om ugen. Før: 20 timer om ugen.",
            "Så meget er der allerede lagt i ugerne. Det gælder stadig:",
            "Uge 24: 2 timer ⚠️ mere, end den tåler",
        ]
        booked = await ask(stage, CLUB, "!book bane 1 slåning tirsdag den 16. juni kl. 9")
        assert "⚠️" in "".join(booked) or "Den tåler 1,5." in "".join(booked)
        assert await ask(stage, KEEPER, "!belastning bane 1 ingen grænse") == [
            "⏱️ Bane 1: nu ingen grænse. Før: 1,5 timer om ugen."
        ]
        free = await ask(stage, CLUB, "!book bane 1 slåning tirsdag den 23. juni kl. 9")
        assert "tåler" not in "".join(free)


@pytest.mark.parametrize(
    ("said_as", "hours"),
    [("20", "20"), ("12,5", "12,5"), ("12.5 hours a week", "12,5"), ("tyve timer", "20"), ("7½ time pr. uge", "7,5")],
)
async def test_load_as_people_say_it(said_as: str, hours: str, tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        first, *_ = await ask(stage, KEEPER, f"!belastning bane 2 {said_as}")
        assert first == f"⏱️ Bane 2: nu {hours} timer om ugen. Før: ingen grænse."


@pytest.mark.parametrize(
    ("said_as", "answer"), [("0", "0 timer om ugen kan ikke passe"), ("200 timer", "200 timer om")]
)
async def test_load_that_no_week_has_is_refused(said_as: str, answer: str, tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        assert (await ask(stage, KEEPER, f"!belastning bane 1 {said_as}"))[0].startswith(answer)
        assert (await ask(stage, CLUB, "!belastning bane 1"))[0] == "Bane 1: 20 timer om ugen"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("!sæson bane 1 april til oktober", "Sæsonen for bane 1 kan kun ændres af værter."),
        ("!belastning bane 1 2", "Hvor meget bane 1 tåler, kan kun ændres af værter."),
    ],
)
async def test_only_keepers_change_it(text: str, answer: str, tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        for who in (CLUB, FIRM, "matrix:u/anna:example.org"):
            assert await ask(stage, who, text) == [answer]


async def test_all_are_listed_and_an_unknown_thing_is_asked_about(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        seasons = await ask(stage, CLUB, "!sæson")
        assert "bane 3: 1. april til 31. oktober" in seasons
        assert "bane 1: hele året" in seasons
        loads = await ask(stage, CLUB, "!belastning")
        assert "bane 1: 20 timer om ugen" in loads
        assert "bane 2: ingen grænse" in loads
        asked = await ask(stage, KEEPER, "!belastning bane 9 10 timer")
        assert asked[0].startswith("Jeg kender ikke “bane 9” her.")
        assert (await ask(stage, KEEPER, "bane 2"))[0] == "⏱️ Bane 2: nu 10 timer om ugen. Før: ingen grænse."


async def test_work_done_all_year_is_not_out_of_season(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        await stage.say(CLUB, "!book bane 3 vertikalskæring 5. november kl. 10 @groen-pleje")
        stage.now += timedelta(minutes=1)
        await stage.say(CLUB, "!book bane 3 slåning 5. oktober kl. 10 @groen-pleje")
        listed = await ask(stage, KEEPER, "!sæson bane 3 april til september")
        assert [line.partition(":")[0] for line in listed[2:-1]] == ["2"]
