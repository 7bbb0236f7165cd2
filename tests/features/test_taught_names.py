"""Names that a steward teaches count like those of the file, everywhere and after a restart; none gets two meanings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.config.community import Community
from bot.features.guide.teach import MAX_NAMES
from bot.store.tables import taught_names
from bot.testing import Stage, read_community

SKOVBY = read_community(Path(__file__).parents[2] / "rooms" / "skovby.yaml")
CLUB, FIRM, STEWARD = "skovby-if", "groen-pleje", "banevagten"


def url_in(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'bylaug.db'}"


@asynccontextmanager
async def stage_with(folder: Path, *taught: str, community: Community = SKOVBY) -> AsyncIterator[Stage]:
    async with Stage.open(url_in(folder), community, names=frozenset({"bylaug"})) as stage:
        for text in taught:
            await stage.say(STEWARD, text)
        yield stage


async def test_a_name_is_read_in_commands_sentences_answers_and_threads(tmp_path: Path) -> None:
    async with stage_with(
        tmp_path, '!forstå "den lille" som bane 3', "!forstå Kurt = Grøn Pleje", "!forstå forpladsen er bane 1"
    ) as stage:
        card = (await stage.say(CLUB, "!book den lille slåning fredag kl. 14 @kurt"))[0]
        assert card.plain.startswith("📋 Aftale 1: slåning af bane 3")
        asked = await stage.say(CLUB, "Bylaug, kan I slå den lille mandag kl. 10?")
        assert asked[0].plain.startswith("Skal jeg spørge Grøn Pleje om slåning af bane 3 mandag")
        await stage.say(CLUB, "nej")
        await stage.say(CLUB, "!book slåning onsdag den 17. juni kl. 9")
        assert (await stage.say(CLUB, "den lille"))[0].plain.startswith("📋 Aftale 2: slåning af bane 3")
        other = await stage.say(FIRM, "kan du tage forpladsen fredag kl. 16 i stedet?", under=card.event)
        assert other[0].plain.startswith("Aftale 1 er slåning af bane 3")


async def test_a_name_is_kept_after_a_restart_until_it_is_forgotten(tmp_path: Path) -> None:
    async with stage_with(tmp_path, "!forstå den lille som bane 3"):
        pass
    async with stage_with(tmp_path) as stage:
        stage._numbers = count(100)  # events that the first run has not seen
        assert "“den lille” er bane 3 (Banevagten" in (await stage.say(CLUB, "!forstå"))[0].plain
        assert "bane 3" in (await stage.say(CLUB, "!book den lille slåning fredag kl. 14"))[0].plain
        await stage.say(STEWARD, "!glem “Den Lille”")
        assert (await stage.say(CLUB, "!book den lille gødning fredag kl. 10"))[0].plain.startswith("Hvad gælder det?")
        async with stage.context.store.read() as connection:
            row = (await connection.execute(select(taught_names))).one()
        assert (row.taught_by, row.forgotten_by) == (STEWARD, STEWARD)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("!forstå “den lille” som bane 1", "“den lille” betyder allerede bane 3. Skriv !glem “den lille” først."),
        ("!forstå “den lille” som bane 3", "Jeg forstår allerede “den lille” som bane 3."),
        ("!forstå “stadion” som bane 2", "“stadion” betyder allerede bane 1"),
        ("!forstå “klipning” som gødning", "“klipning” betyder allerede slåning"),
        ("!forstå “Hylke” som Skovby IF", "“Hylke” betyder allerede Hylke IF"),
        ("!forstå “bane” som bane 2", "“bane” betyder allerede bane 1"),
        ("!forstå “toeren” som bane 3", "“toeren” betyder allerede bane 2"),
        ("!forstå “mandag” som bane 3", "“mandag” er også et ord om tid"),
        ("!forstå “sommer” som bane 3", "“sommer” bruger I også til andet"),
        ("!forstå “næste uge” som bane 3", "“næste uge” er også et ord om tid"),
        ("!forstå “kl. 14” som bane 3", "I “kl. 14” er der et tal"),
        ("!forstå “aflys” som bane 3", "“aflys” begynder som en kommando"),
        ("!forstå “ja tak” som bane 3", "“ja tak” er et svar"),
        ("!forstå “nej” som bane 3", "“nej” er et svar"),
        ("!forstå “den anden” som bane 3", "I “den anden” er der et tal"),
        ("!forstå “hvis” som bane 3", "“hvis” bruger I også til andet"),
        ("!forstå “den her” som bane 3", "“den her” bruger I også til andet"),
        ("!forstå “🙂” som bane 3", "Et navn skal have bogstaver"),
        (f"!forstå “{'x' * 41}” som bane 3", "Et navn skal have bogstaver og højst 40 tegn"),
        ("!glem “den store”", "“den store” er ikke et navn, I har lært mig."),
    ],
)
async def test_words_that_mean_something_already_become_no_name(text: str, answer: str, tmp_path: Path) -> None:
    async with stage_with(tmp_path, "!forstå “den lille” som bane 3") as stage:
        assert (await stage.say(STEWARD, text))[0].plain.startswith(answer)
        assert len((await stage.say(CLUB, "!forstå"))[0].plain.splitlines()) == 2


async def test_only_a_steward_teaches_and_without_an_exclamation_mark_it_is_asked(tmp_path: Path) -> None:
    async with stage_with(tmp_path) as stage:
        refused = await stage.say(CLUB, "!forstå “den lille” som bane 3")
        assert refused[0].plain == "Det kan kun værter gøre her."
        told = await stage.say(CLUB, "Bylaug, forstå “den lille” som bane 3")
        assert told[0].plain == (
            "Skal “den lille” betyde bane 3? Det kan en vært lære mig med !forstå “den lille” som bane 3."
        )
        asked = await stage.say(STEWARD, "Bylaug, forstå “den lille” som bane 3")
        assert asked[0].plain.startswith("Skal jeg forstå “den lille” som bane 3?")
        await stage.say(STEWARD, "ja")
        assert "“den lille” er bane 3" in (await stage.say(CLUB, "!forstå"))[0].plain
        assert (await stage.say(STEWARD, "Bylaug, glem det"))[0].plain == "Godt, så gør jeg ikke noget."


async def test_a_meaning_that_is_missing_is_asked_for(tmp_path: Path) -> None:
    async with stage_with(tmp_path) as stage:
        asked = await stage.say(STEWARD, "!forstå “ude bagved”")
        assert asked[0].plain.startswith("Hvad skal “ude bagved” betyde?")
        assert (await stage.say(STEWARD, "bane 2"))[0].plain.startswith("Godt, nu forstår jeg “ude bagved” som bane 2.")


async def test_the_file_goes_before_what_was_taught(tmp_path: Path) -> None:
    async with stage_with(tmp_path, "!forstå “den lille” som bane 3", "!forstå plænen som bane 3") as stage:
        things = tuple(
            replace(thing, aliases=("den lille",)) if thing.key == "bane-1" else thing
            for thing in SKOVBY.things
            if thing.key != "bane-3"
        )
        await stage.configure(replace(SKOVBY, things=things))
        assert "bane 1" in (await stage.say(CLUB, "!book den lille slåning fredag kl. 14"))[0].plain
        assert "“plænen” er bane-3" in (await stage.say(CLUB, "!forstå"))[0].plain


async def test_a_community_teaches_so_many_names_and_no_more(tmp_path: Path) -> None:
    async with stage_with(tmp_path) as stage:
        for number in range(MAX_NAMES + 1):
            stage.now += timedelta(minutes=1)
            name = "".join("abcdefghij"[int(digit)] for digit in f"{number:03}")
            heard = await stage.say(STEWARD, f"!forstå “kælenavn {name} q” som bane 3")
        assert heard[0].plain.startswith(f"Jeg kan højst huske {MAX_NAMES} navne.")
