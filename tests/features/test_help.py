"""`!hjælp` is made of the room's own names and words, for the person's role, on one screen of a phone."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.config.community import Community
from bot.testing import Stage, read_community

SKOVBY = read_community(Path(__file__).parents[2] / "rooms" / "skovby.yaml")
CLUB, FIRM, STEWARD = "skovby-if", "groen-pleje", "banevagten"
#: Lines of a message, and characters of a line, that a phone shows at once: two rows of a line, with some room.
MAX_LINES, MAX_CHARACTERS = 14, 85


def _renamed() -> Community:
    first, *_ = SKOVBY.things
    task, *_ = SKOVBY.tasks
    things = (replace(first, key="kb", name="kunstbanen", aliases=()),)
    return replace(
        SKOVBY, things=things, tasks=(replace(task, key="fejning", name="fejning", aliases=(), things=None),)
    )


def _url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/test.db"


async def _help(stage: Stage, who: str, text: str = "!hjælp") -> list[str]:
    return (await stage.say(who, text))[0].plain.splitlines()


@pytest.mark.parametrize("who", [CLUB, FIRM, STEWARD, "nabo"])
async def test_help_fits_one_screen_and_lists_what_the_role_needs(who: str, tmp_path: Path) -> None:
    async with Stage.open(_url(tmp_path), SKOVBY) as stage:
        lines = await _help(stage, who)
        assert len(lines) <= MAX_LINES
        assert [line for line in lines[1:-1] if len(line) > MAX_CHARACTERS] == []
        shown = {line.split()[0] for line in lines if line.startswith("!")}
        assert {"!flyt", "!aflys", "!bane", "!kalender"} <= shown
        assert ("!færdig" in shown) == (who == FIRM)
        assert ("!book" in shown) == (who != FIRM)
        assert ("!luk" in shown) == (who == STEWARD)


async def test_help_names_this_rooms_things_and_work(tmp_path: Path) -> None:
    async with Stage.open(_url(tmp_path), _renamed()) as stage:
        lines = await _help(stage, CLUB)
        assert "!book kunstbanen fejning fredag kl. 14 – bed nogen om et stykke arbejde" in lines
        assert "!kunstbanen – se ugen, der kommer" in lines
        assert "bane 1" not in "\n".join(await _help(stage, CLUB, "!hjælp alt"))
        card = await stage.say(CLUB, "!book kunstbanen fejning fredag kl. 14")  # as the help has it
        assert card[0].plain.startswith("📋 Aftale 1")


async def test_person_is_named_where_several_do_the_work(tmp_path: Path) -> None:
    people = (*SKOVBY.people, replace(SKOVBY.people[2], handle="anden-pleje", name="Anden Pleje", addresses=()))
    async with Stage.open(_url(tmp_path), replace(SKOVBY, people=people)) as stage:
        assert (await _help(stage, CLUB))[1].startswith("!book bane 1 slåning fredag kl. 14 @groen-pleje – ")


async def test_room_without_work_has_no_line_for_it(tmp_path: Path) -> None:
    async with Stage.open(_url(tmp_path), replace(SKOVBY, tasks=())) as stage:
        assert not any(line.startswith("!book") for line in await _help(stage, CLUB))


@pytest.mark.parametrize("text", ["!hjælp book", "!hjælp !bestil", "!hjælp book?"])
async def test_help_about_a_command_is_about_it_alone(text: str, tmp_path: Path) -> None:
    async with Stage.open(_url(tmp_path), SKOVBY) as stage:
        lines = await _help(stage, CLUB, text)
        assert lines[:2] == [
            "!book – bed nogen om et stykke arbejde",
            "For eksempel: !book bane 1 slåning fredag kl. 14",
        ]
        assert len(lines) == 3
        assert "!reserver" in lines[2]


async def test_help_in_english(tmp_path: Path) -> None:
    riverside = read_community(Path(__file__).parents[2] / "rooms" / "riverside.yaml")
    async with Stage.open(_url(tmp_path), riverside) as stage:
        assert (await _help(stage, "riverside-fc", "!help"))[1].startswith("!book pitch 1 mowing Friday at 14:00 – ")
        assert (await _help(stage, "riverside-fc", "!help move"))[0] == "!move – propose another time"


@pytest.mark.parametrize("name", ["plan 1", "Den gamle skole", "1. salen", "mine baner", "Åen"])
async def test_week_of_a_thing_is_shown_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    things = (replace(SKOVBY.things[0], key="ny", name=name, aliases=()), *SKOVBY.things[1:])
    async with Stage.open(_url(tmp_path), replace(SKOVBY, things=things)) as stage:
        lines = await _help(stage, CLUB, f"!{name}")
        assert lines[0].casefold() == f"{name} frem til tirsdag den 16. juni".casefold()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("!ledig", "Hvad gælder det?"),
        ("!ledig bane 1", "Bane 1 frem til tirsdag den 16. juni"),
        ("!hvornår", "Der er ikke aftalt noget."),
        ("!reserver", "Hvad gælder det?"),
        ("!lej", "Hvad gælder det?"),
        ("!flyt", "Du har ingen aftaler, der kan flyttes."),
        ("!aftale", "Der er ingen aftaler lige nu."),
        ("!aftale 1", "Der er ingen aftale 1 her."),
    ],
)
async def test_words_that_people_try_first_are_commands(text: str, answer: str, tmp_path: Path) -> None:
    async with Stage.open(_url(tmp_path), SKOVBY) as stage:
        assert (await _help(stage, CLUB, text))[0].startswith(answer)
