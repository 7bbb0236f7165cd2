"""The commands for season and load: who may use them, what they change, and what they leave as it is."""

from datetime import timedelta
from pathlib import Path

import pytest
from closures_stage import CLUB, FIRM, MAINTAINER, make_agreement, on_sqlite, stage_on
from skovby_stage import texts_of

from bot.testing import Stage

PITCH_3 = "Bane 3 bruges kun fra 1. april til 31. oktober"


async def ask(stage: Stage, who: str, text: str) -> list[str]:
    """Return the lines of the answer to a command, a minute later, so that nobody exceeds the rate limit."""
    stage.now += timedelta(minutes=1)
    return "\n".join(texts_of(await stage.say(who, text))).splitlines()


async def test_season_is_shown_changed_and_undone(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        assert (await ask(stage, CLUB, "!sæson bane 3"))[0] == "Bane 3: 1. april til 31. oktober"
        assert await ask(stage, MAINTAINER, "!sæson bane 3 fra 15. maj til september") == [
            "🌱 Sæsonen for bane 3 er nu 15. maj til 30. september. Før var den 1. april til 31. oktober."
        ]
        assert (await ask(stage, CLUB, "!sæson bane 3"))[0] == (
            "Bane 3: 15. maj til 30. september (valgt af Banevagten tir. 9. juni)"
        )
        refused = await ask(stage, CLUB, "!book bane 3 slåning 1. oktober kl. 10")
        assert refused[:2] == ["Bane 3 er ikke ledig:", "Bane 3 bruges kun fra 15. maj til 30. september"]
        why = await ask(stage, CLUB, "!hvorfor bane 3 slåning 1. oktober kl. 10")
        assert "Bane 3 bruges kun fra 15. maj til 30. september" in why
        assert await ask(stage, MAINTAINER, "!sæson bane 3 fortryd") == [
            "🌱 Sæsonen for bane 3 er nu 1. april til 31. oktober. Før var den 15. maj til 30. september."
        ]
        assert (await ask(stage, CLUB, "!book bane 3 slåning 1. oktober kl. 10"))[0] == "📋 Aftale 1: slåning af bane 3"


async def test_whole_year_and_the_file_again(database_url: str) -> None:
    async with stage_on(database_url, now="2026-11-09T10:00") as stage:
        assert (await ask(stage, CLUB, "!book bane 3 slåning fredag kl. 10"))[1] == PITCH_3
        assert (await ask(stage, MAINTAINER, "!sæson bane 3 hele året"))[0].startswith(
            "🌱 Sæsonen for bane 3 er nu hele året."
        )
        assert (await ask(stage, CLUB, "!book bane 3 slåning fredag kl. 10"))[0].startswith("📋 Aftale 1")
        back = await ask(stage, MAINTAINER, "!sæson bane 3 nulstil")
        assert back == [
            "🌱 Sæsonen for bane 3 er nu 1. april til 31. oktober. Før var den hele året.",
            "Det her er uden for sæsonen og gælder stadig:",
            "aftale 1: slåning, fre. 13. november kl. 10-12 (Skovby IF og Grøn Pleje) – ikke aftalt endnu",
            "Skal det ikke være sådan, så aflys det, eller luk bane 3 imens.",
        ]
        assert (await ask(stage, CLUB, "!sæson bane 3"))[0] == "Bane 3: 1. april til 31. oktober"
        assert (await ask(stage, MAINTAINER, "!sæson bane 3 april-oktober"))[0] == (
            "Sæsonen for bane 3 er 1. april til 31. oktober, ligesom før."
        )


@pytest.mark.parametrize(
    ("said_as", "season"),
    [
        ("1. november til 28. februar", "1. november til 28. februar"),
        ("november-februar", "1. november til 29. februar"),
        ("1/4-31/10", "1. april til 31. oktober"),
        ("skal kun være åben fra d. 1. marts til d. 15. november hvert år, tak", "1. marts til 15. november"),
        ("from 1 April to 30 June", "1. april til 30. juni"),
        ("1. november til 29. februar", "1. november til 29. februar"),
        ("sæson primo april til ultimo oktober", "1. april til 31. oktober"),
    ],
)
async def test_season_is_read_as_people_write_it(said_as: str, season: str, tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        first, *_ = await ask(stage, MAINTAINER, f"!sæson bane 2 {said_as}")
        assert first == f"🌱 Sæsonen for bane 2 er nu {season}. Før var den hele året."
        assert (await ask(stage, MAINTAINER, f"!sæson bane 2 {season}"))[0] == (
            f"Sæsonen for bane 2 er {season}, ligesom før."
        )
        assert (await ask(stage, MAINTAINER, "!sæson bane 2 fortryd"))[0].startswith(
            "🌱 Sæsonen for bane 2 er nu hele året."
        )


@pytest.mark.parametrize(
    ("text", "not_understood"),
    [
        ("!sæson bane 3 april til oktober undtagen juli", "april til oktober undtagen juli"),
        ("!sæson bane 3 når det er varmt", "når det er varmt"),
        ("!sæson bane 3 fra maj", "fra maj"),
        ("!sæson bane 3 i uge 30", "i uge 30"),
        ("!sæson bane 3 april til oktober hele året", "april til oktober hele året"),
        ("!sæson bane 3 ikke april til juni", "ikke april til juni"),
        ("!sæson bane 3-4 maj til juni", "4 maj til juni"),
        ("!sæson bane 3, 4 maj til juni", "4 maj til juni"),
        ("!sæson bane 3 og bane 2 maj til juni", "og bane 2 maj til juni"),
        ("!sæson bane 3 og bane 9 maj til juni", "og bane 9 maj til juni"),
        ("!sæson bane 3 31. april til 1. juli", "31. april til 1. juli"),
        ("!sæson bane 3 1. april 2026 til 1. juli", "1. april 2026 til 1. juli"),
    ],
)
async def test_season_half_understood_changes_nothing(text: str, not_understood: str, tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        (asked,) = await ask(stage, MAINTAINER, text)
        assert asked.startswith(
            f"Jeg forstod ikke “{not_understood}”, så intet er ændret. Hvornår på året bruges bane 3?"
        )
        assert (await ask(stage, CLUB, "!sæson bane 3")) == ["Bane 3: 1. april til 31. oktober"]
        chosen = await ask(stage, MAINTAINER, "hele året")
        assert chosen[0].startswith("🌱 Sæsonen for bane 3 er nu hele året.")


async def test_load_is_shown_changed_and_warned_about(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await make_agreement(stage, "slåning torsdag kl. 9")
        assert (await ask(stage, CLUB, "!belastning bane 1"))[:3] == [
            "Bane 1: højst 20 timer om ugen",
            "Uge 24: brugt 2 timer",
            "Uge 25: brugt 0 timer",
        ]
        assert (await ask(stage, CLUB, "!belastning bane 1 uge 34"))[1] == "Uge 34: brugt 0 timer"
        assert await ask(stage, MAINTAINER, "!belastning bane 1 1,5 timer om ugen") == [
            "⏱️ Bane 1 må nu bruges højst 1,5 timer om ugen. Før: højst 20 timer om ugen.",
            "I de her uger er der allerede aftalt mere, og det gælder stadig:",
            "Uge 24: brugt 2 timer ⚠️ mere, end den tåler",
        ]
        booked = await ask(stage, CLUB, "!book bane 1 slåning tirsdag den 16. juni kl. 9")
        assert any("2 timer i ugen fra mandag den 15. juni. Den tåler 1,5." in line for line in booked)
        assert await ask(stage, MAINTAINER, "!belastning bane 1 ingen grænse") == [
            "⏱️ Bane 1 må nu bruges uden grænse. Før: højst 1,5 timer om ugen."
        ]
        free = await ask(stage, CLUB, "!book bane 1 slåning tirsdag den 23. juni kl. 9")
        assert "tåler" not in "".join(free)
        assert await ask(stage, MAINTAINER, "!belastning bane 1 nulstil") == [
            "⏱️ Bane 1 må nu bruges højst 20 timer om ugen. Før: uden grænse."
        ]


@pytest.mark.parametrize(
    ("said_as", "hours"),
    [
        ("20", "20"),
        ("12,5", "12,5"),
        ("12.5 hours a week", "12,5"),
        ("tyve timer", "20"),
        ("7½ time pr. uge", "7,5"),
        ("20 t/uge", "20"),
        ("må kun bruges op til 20 timer ugentligt", "20"),
    ],
)
async def test_load_is_read_as_people_write_it(said_as: str, hours: str, tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        first, *_ = await ask(stage, MAINTAINER, f"!belastning bane 2 {said_as}")
        assert first == f"⏱️ Bane 2 må nu bruges højst {hours} timer om ugen. Før: uden grænse."


@pytest.mark.parametrize("text", ["igen", "Inge", "-5 timer", "20 timer om dagen", "kl. 18", "og bane 2 10 timer"])
async def test_load_half_understood_changes_nothing(text: str, tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        await ask(stage, MAINTAINER, f"!belastning bane 1 {text}")
        assert await ask(stage, MAINTAINER, "Vi ses kl. 18") == []
        asked = await ask(stage, MAINTAINER, "18 er fint for mig")  # it may be said to the others
        assert asked[:2] == ["Var det et svar til mig?", "Skal jeg sætte bane 1 til højst 18 timer om ugen?"]
        assert (await ask(stage, CLUB, "!belastning bane 1"))[0] == "Bane 1: højst 20 timer om ugen"


@pytest.mark.parametrize(
    "text", ["!sæson bane 3 maj til juni?", "!sæson bane 3 hvornår?", "!belastning bane 1 er det 10 timer?"]
)
async def test_question_is_answered_and_changes_nothing(text: str, tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        told = (await ask(stage, MAINTAINER, text))[0]
        assert told in ("Bane 3: 1. april til 31. oktober", "Bane 1: højst 20 timer om ugen")


@pytest.mark.parametrize("said_as", ["0", "200 timer"])
async def test_impossible_load_is_refused(said_as: str, tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        assert "kan ikke passe. Intet er ændret." in (await ask(stage, MAINTAINER, f"!belastning bane 1 {said_as}"))[0]
        assert (await ask(stage, CLUB, "!belastning bane 1"))[0] == "Bane 1: højst 20 timer om ugen"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("!sæson bane 1 april til oktober", "Sæsonen for bane 1 kan kun ændres af værter."),
        ("!belastning bane 1 2", "Hvor meget bane 1 må bruges, kan kun ændres af værter."),
    ],
)
async def test_only_maintainers_change_it(text: str, answer: str, tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        for who in (CLUB, FIRM, "matrix:u/anna:example.org"):
            assert await ask(stage, who, text) == [answer]


async def test_all_are_listed(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        assert {"bane 3: 1. april til 31. oktober", "bane 1: hele året"} <= set(await ask(stage, CLUB, "!sæson"))
        assert {"bane 1: højst 20 timer om ugen", "bane 2: uden grænse"} <= set(await ask(stage, CLUB, "!belastning"))


async def test_unknown_thing_is_asked_about_and_its_number_means_nothing(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        asked = await ask(stage, MAINTAINER, "!belastning bane  9 10 timer")
        assert asked[0].startswith("Jeg kender ikke “bane 9” her.")
        assert (await ask(stage, MAINTAINER, "bane 2"))[0].startswith("⏱️ Bane 2 må nu bruges højst 10 timer om ugen.")
        asked = await ask(stage, MAINTAINER, "!sæson bane 9 april til oktober")
        assert asked[0].startswith("Jeg kender ikke “bane 9” her.")
        assert "1. april til 31. oktober" in (await ask(stage, MAINTAINER, "bane 2"))[0]
        for text in ("!belastning hal 2 20 timer", "!belastning 11-mandsbanen 20 timer"):
            await ask(stage, MAINTAINER, text)
            assert (await ask(stage, MAINTAINER, "bane 3"))[0] == "Bane 3: uden grænse"


async def test_plan_uses_the_season_and_load_set_by_command(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        assert "af bane 1 " in "".join(await ask(stage, CLUB, "!plan bane 1"))
        await ask(stage, MAINTAINER, "!belastning bane 1 0,5 timer")
        assert "tåler ikke mere den uge" in "".join(await ask(stage, CLUB, "!plan bane 1"))


async def test_work_done_all_year_is_not_out_of_season(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        await stage.say(CLUB, "!book bane 3 vertikalskæring 5. november kl. 10 @groen-pleje")
        stage.now += timedelta(minutes=1)
        await stage.say(CLUB, "!book bane 3 slåning 5. oktober kl. 10 @groen-pleje")
        listed = await ask(stage, MAINTAINER, "!sæson bane 3 april til september")
        assert [line.partition(":")[0] for line in listed[2:-1]] == ["aftale 2"]
