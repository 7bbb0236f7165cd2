"""Plays the commands of README.md and docs/commands.md in order, and reads the YAML examples of these pages."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from page import ROOT, blocks_on

from bot.config.load import load_communities
from bot.testing import Heard, Stage, read_community

README = ROOT / "README.md"
COMMANDS = ROOT / "docs" / "commands.md"
RUNNING = ROOT / "docs" / "running.md"
CLUB, FIRM = "the club", "the firm"

#: Who writes each command of the page, and how the answer begins; one day passes before what is reported done.
STORY = {
    "skovby": [
        (CLUB, "!book bane 1 slåning fredag kl. 14 @groen-pleje", "📋 Aftale 1: slåning af bane 1"),
        (FIRM, "!foreslå 1 fredag kl. 9", "📋 Aftale 1: slåning af bane 1"),
        (CLUB, "!accepter 1", "✅ Aftale 1: slåning af bane 1"),
        (FIRM, "!afvis 1 for vådt", "Aftale 1 er på plads."),
        (CLUB, "!aftaler", "Aftalt\n1: slåning af bane 1"),
        (FIRM, "!mine", "Dine aftaler\n1: slåning af bane 1"),
        (CLUB, "!bane 1", "Bane 1 frem til tirsdag"),
        (CLUB, "!historik 1", "Aftale 1: slåning af bane 1\ntir. 30. marts kl. 10: Skovby IF spurgte om"),
        (CLUB, "!book bane 1 slåning hver fredag kl. 9 fra april til oktober", "Bane 1 er optaget 1 af de 31 gange:"),
        (FIRM, "!flyt 2 uge 29 til torsdag kl. 13", "✅ Aftale 2: slåning af bane 1"),
        (CLUB, "!spring 2 over i uge 30 ferie", "✅ Aftale 2: slåning af bane 1"),
        (CLUB, "!hvorfor bane 1 fredag kl. 14", "Der er ikke noget i vejen på bane 1 fredag den 2. april"),
        (FIRM, "!færdig 1", "🏁 Aftale 1: slåning af bane 1"),
        (CLUB, "!aflys 1 regnvejr", "Arbejdet i aftale 1 er allerede meldt færdigt."),
        (FIRM, "!aflys 2 fra og med uge 36", "✅ Aftale 2: slåning af bane 1"),
        (FIRM, "!aflys 2 alle", "❌ Aftale 2: slåning af bane 1"),
        (CLUB, "!hjælp", "Du kan skrive, som du taler"),
    ],
    "riverside": [
        (CLUB, "!book pitch 1 mowing friday at 14 @green-care", "📋 Agreement 1: mowing of pitch 1"),
        (FIRM, "!propose 1 friday at 9", "📋 Agreement 1: mowing of pitch 1"),
        (CLUB, "!accept 1", "✅ Agreement 1: mowing of pitch 1"),
        (FIRM, "!decline 1 too wet", "Agreement 1"),
        (CLUB, "!agreements", "Agreed\n1: mowing of pitch 1"),
        (FIRM, "!mine", "Your agreements\n1: mowing of pitch 1"),
        (CLUB, "!pitch 1", "Pitch 1 "),
        (CLUB, "!history 1", "Agreement 1: mowing of pitch 1"),
        (
            CLUB,
            "!book pitch 1 mowing every friday at 9 from april to october",
            "Pitch 1 is taken for 1 of the 31 times:",
        ),
        (FIRM, "!move 2 week 29 to thursday at 13", "✅ Agreement 2: mowing of pitch 1"),
        (CLUB, "!skip 2 week 30 holidays", "✅ Agreement 2: mowing of pitch 1"),
        (CLUB, "!why pitch 1 friday at 14", "Nothing is in the way"),
        (FIRM, "!done 1", "🏁 Agreement 1: mowing of pitch 1"),
        (CLUB, "!cancel 1 rain", "The work in agreement 1"),
        (FIRM, "!cancel 2 from week 36", "✅ Agreement 2: mowing of pitch 1"),
        (FIRM, "!cancel 2 all", "❌ Agreement 2: mowing of pitch 1"),
        (CLUB, "!help", "Write the way you talk"),
    ],
}

#: A Tuesday before the season.
MARCH = datetime(2027, 3, 30, 10, 0)


def said(heard: list[Heard]) -> list[str]:
    return [one.plain for one in heard if one.kind != "react"]


@pytest.mark.parametrize(
    ("key", "readme_section", "section"),
    [
        ("skovby", "Til dig i klubben", "Det meste, på dansk"),
        ("riverside", "For club members", "Most of it, in English"),
    ],
)
async def test_commands_on_the_pages_do_what_they_say(
    key: str, readme_section: str, section: str, tmp_path: Path
) -> None:
    community = read_community(ROOT / "rooms" / f"{key}.yaml")
    who = {CLUB: community.people[0].handle, FIRM: community.people[2].handle}
    async with Stage.open(f"sqlite+aiosqlite:///{tmp_path}/test.db", community) as stage:
        stage.now = MARCH.replace(tzinfo=community.time_zone)
        for person, command, answer in STORY[key]:
            if "1" in command and answer.startswith("🏁"):
                await stage.wait(timedelta(days=3))
            heard = await stage.say(who[person], command)
            assert said(heard)[0].startswith(answer), command
            if "31" in answer:  # the rest of the series is wanted, and agreed to
                shown = await stage.tap(who[CLUB], "1️⃣", heard[0].event)
                await stage.tap(who[FIRM], "✅", shown[0].event)
        played = [command for _, command, _ in STORY[key]]
        for command in dict.fromkeys((*_commands_in(COMMANDS, section), *_commands_in(README, readme_section))):
            if command not in played:  # it has a conversation of its own; here it is understood
                answer = said(await stage.say(community.people_with("steward")[0].handle, command))[0]
                assert not answer.startswith(("Det forstod jeg ikke", "Mente du", "Jeg kender ikke", "Did you", "I do"))
    assert [command for command in _commands_in(COMMANDS, section) if command in played] == played
    assert len(_commands_in(README, readme_section)) >= 12


def _commands_in(page: Path, section: str) -> list[str]:
    text = page.read_text("utf-8").partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return re.findall(r"`(![^`]+)`", text)


def test_caretaker_has_five_steps_on_one_page() -> None:
    part = README.read_text("utf-8").partition("\n## For the caretaker\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\*\*(\d)\. ", part, re.M) == ["1", "2", "3", "4", "5"]
    assert len(part.splitlines()) <= 70


def test_mistakes_on_the_page_are_told_like_that(tmp_path: Path) -> None:
    skovby = (ROOT / "rooms" / "skovby.yaml").read_text("utf-8")
    wrong = skovby.replace("[club]", "[clubb]", 1).replace("aliases:", "aliasses:", 1)
    (tmp_path / "skovby.yaml").write_text(wrong, "utf-8")
    _, problems = load_communities(tmp_path, server_name="example.org", features=None)
    (shown,) = (block for block in blocks_on(README, "console") if "bylaug check" in block)
    told = [_without_line(str(one).replace(str(tmp_path), "/etc/bylaug/rooms")) for one in problems]
    assert [_without_line(line) for line in shown.splitlines()[1:]] == told


def _without_line(told: str) -> str:
    """Lines move whenever somebody writes above them."""
    return re.sub(r":\d+:", ":", told)


def test_yaml_on_the_page_is_read(tmp_path: Path) -> None:
    (block,) = (block for block in blocks_on(RUNNING, "yaml") if block.startswith("things:"))
    skovby = (ROOT / "rooms" / "skovby.yaml").read_text("utf-8")
    head, tasks = skovby.partition("\nthings:\n")[0], skovby.partition("\ntasks:\n")[2]
    file = tmp_path / "skovby.yaml"
    file.write_text(f"{head}\n{block}\ntasks:\n{tasks}", "utf-8")
    thing = read_community(file).thing("bane-1")
    assert thing is not None
    assert [closure.reason for closure in thing.usage.closures] == ["gødning", "stævne"]
    assert thing.usage.hours_a_week == 20
