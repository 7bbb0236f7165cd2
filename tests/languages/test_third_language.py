"""A third language, from a folder outside bot/, is read and written; what it lacks is said in another language."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from bot import cli
from bot.api import THING, TIME, Argument, Ask, Command, Feature, Request, Thing, When
from bot.config.community import Community
from bot.config.load import load_settings
from bot.errors import ConfigError
from bot.languages import add_language, find_language, language_codes
from bot.languages.registry import remove_language
from bot.languages.write_series import write_series
from bot.languages.write_time import write_full
from bot.parsing.answer import yes_or_no
from bot.parsing.public_holidays import holiday_on
from bot.parsing.when import parse_time_phrase
from bot.pipeline.load_features import find_missing_texts
from bot.testing import Stage, play, read_community, read_conversation

HERE = Path(__file__).parent
NB = HERE / "nb"
NOW = datetime(2026, 6, 9, 10)
GARDENER = "matrix:u/gress:bylaug.example"


@pytest.fixture
def norwegian() -> Iterator[str]:
    code = add_language(NB)
    yield code
    remove_language(code)


@pytest.fixture
def community(norwegian: str) -> Community:
    return read_community(HERE / "hagen.yaml")


async def lend(request: Request, thing: Thing, time: When) -> None:
    """`!lån hengeren i morgen klokken 9`: asks once."""
    assert isinstance(time.start, datetime)
    arguments = {"thing": thing, "time": time}
    raise Ask("", "sure", instead=("hand-over", arguments), thing=thing.name, time=request.local_time(time.start, None))


async def hand_over(request: Request, thing: Thing, time: When) -> None:
    """Lends, and reminds of what goes with it."""
    assert isinstance(time.start, datetime)
    await request.say("lent", thing=thing.name, time=request.local_time(time.start, None))
    await request.say("bring-back", thing=thing.name)
    await request.say("fuel")


def make_lending(folder: Path) -> Feature:
    arguments = (Argument("thing", THING), Argument("time", TIME))
    words = {"nb": ("lån",), "da": ("lån",), "en": ("borrow",)}
    commands = (Command("lend", words, lend, arguments), Command("hand-over", {}, hand_over, arguments))
    return Feature(name="lending", folder=folder, commands=commands)


@pytest.fixture
def lending(tmp_path: Path) -> Feature:
    (tmp_path / "texts").symlink_to(HERE / "lending")
    return make_lending(tmp_path)


def test_language_is_installed_by_its_folder(norwegian: str) -> None:
    assert norwegian in language_codes()
    assert find_language("nb").names["en"] == ("Norwegian",)


def test_folder_named_in_the_configuration_is_installed(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(f"homeserver: https://a.org\naccount: '@b:a.org'\nlanguage_folders: ['{NB}']\n", "utf-8")
    load_settings(config, {})
    try:
        assert "nb" in language_codes()
    finally:
        remove_language("nb")


def test_community_speaks_it_and_falls_back_to_its_second_language(community: Community) -> None:
    assert (community.language, community.languages) == ("nb", ("nb", "da"))


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("fredag klokken 14", datetime(2026, 6, 12, 14)),
        ("i morgen kl. 9", datetime(2026, 6, 10, 9)),
        ("den 17. mai", date(2027, 5, 17)),
        ("om to uker", date(2026, 6, 23)),
    ],
)
def test_times_are_read(norwegian: str, text: str, start: date) -> None:
    assert parse_time_phrase(text, now=NOW, language=norwegian).start == start


def test_times_and_series_are_written(norwegian: str) -> None:
    start, end = datetime(2026, 6, 12, 9), datetime(2026, 6, 12, 11, 30)
    assert write_full(start, end, language=norwegian, now=NOW) == "fredag 12. juni klokken 09.00-11.30, uke 24"
    series = write_series(start, end, "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", language=norwegian, now=NOW, last=None)
    assert series == "annenhver fredag klokken 09.00-11.30 fra fredag 12. juni"


def test_answers_are_read_in_the_languages_that_are_understood(norwegian: str) -> None:
    assert yes_or_no("gjerne", (norwegian, "da")) is True
    assert yes_or_no("nei takk", (norwegian, "da")) is False
    assert yes_or_no("gjerne") is None


def test_holiday_without_a_norwegian_name_has_its_english_one(norwegian: str) -> None:
    assert holiday_on(date(2026, 12, 25), norwegian) == "Christmas Day"


async def test_conversation_is_held_in_it(community: Community, tmp_path: Path) -> None:
    async with Stage.open(f"sqlite+aiosqlite:///{tmp_path}/stage.db", community) as stage:
        await play(read_conversation(HERE / "hagen.nb.yaml"), stage)


async def test_feature_of_a_citizen_speaks_it_and_what_is_missing_falls_back(
    community: Community, lending: Feature, tmp_path: Path
) -> None:
    async with Stage.open(f"sqlite+aiosqlite:///{tmp_path}/stage.db", community, [lending]) as stage:
        [asked] = await stage.say(GARDENER, "!lån hengeren")
        assert asked.plain == "Når skal det være? Skriv for eksempel “fredag klokken 14”."
        asked, *_ = await stage.say(GARDENER, "i morgen klokken 9", under=asked.event)
        assert asked.plain.splitlines()[0] == "Vil du ha hengeren ons. 10. juni klokken 09.00?"
        heard = await stage.say(GARDENER, "ja takk", under=asked.event)
    norwegian, danish, english = (one.plain for one in heard if one.kind == "say")
    assert norwegian == "hengeren er din onsdag 10. juni klokken 09.00."
    assert danish == "Husk at aflevere hengeren igen."
    assert english == "Please leave it with a full tank."


async def test_person_may_choose_one_of_the_languages_of_the_community(community: Community, tmp_path: Path) -> None:
    async with Stage.open(f"sqlite+aiosqlite:///{tmp_path}/stage.db", community) as stage:
        asked, *_ = await stage.say(GARDENER, "!sprog")
        assert [line.split(maxsplit=1)[1] for line in asked.plain.splitlines()[1:4]] == [
            "dansk",
            "norsk",
            "rummets sprog",
        ]
        [answer] = [one for one in await stage.say(GARDENER, "!sprog dansk") if one.kind == "say"]
        assert answer.plain == "Så svarer jeg dig på dansk. Det, jeg skriver til alle, er stadig på norsk."


async def test_feature_with_danish_texts_alone_starts_and_speaks_danish(lending: Feature, tmp_path: Path) -> None:
    (tmp_path / "danish" / "texts").mkdir(parents=True)
    (tmp_path / "danish" / "texts" / "da.yaml").write_text((HERE / "lending" / "da.yaml").read_text("utf-8"), "utf-8")
    danish = make_lending(tmp_path / "danish")
    assert find_missing_texts(danish) == []
    english = replace(read_community(HERE.parents[1] / "rooms" / "riverside.yaml"), features=())
    async with Stage.open(f"sqlite+aiosqlite:///{tmp_path}/stage.db", english, [danish]) as stage:
        [helped] = await stage.say(GARDENER, "!help")
    assert "!lån traileren i morgen kl. 9 – lån noget" in helped.plain


def test_phrases_are_read_on_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"i overmorgen klokken ti\n")))
    try:
        assert cli.main(["parse", "--language-folder", str(NB), "--now", NOW.isoformat()]) == 0
    finally:
        remove_language("nb")
    assert json.loads(capsys.readouterr().out)["start"].startswith("2026-06-11T10:00")


def test_language_that_cannot_be_loaded_is_told_with_the_line_that_wants_it(tmp_path: Path) -> None:
    (tmp_path / "xx").mkdir()
    (tmp_path / "xx" / "__init__.py").write_text("from nowhere import words\n", "utf-8")
    (tmp_path / "skog.yaml").write_text("name: Skog\nroom: '#skog'\nlanguages: [xx]\n", "utf-8")
    add_language(tmp_path / "xx")
    try:
        with pytest.raises(ConfigError) as raised:
            read_community(tmp_path / "skog.yaml")
    finally:
        remove_language("xx")
    [problem] = raised.value.problems
    assert problem.line == 3
    assert "the language 'xx' cannot be loaded: ModuleNotFoundError: No module named 'nowhere'" in problem.message


def test_check_counts_the_sentences_that_are_said_in_another_language(
    tmp_path: Path, norwegian: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BYLAUG_PASSWORD", "adgangskode")
    (tmp_path / "rooms").mkdir()
    for name, language in (("hagen", norwegian), ("skov", "da")):
        text = f"name: {name}\nroom: '#{name}'\nlanguages: [{language}]\nfeatures: [bookings]\n"
        text += f"people: {{firma-{name}: {{roles: contractor}}}}\nthings: {{bane: }}\n"
        text += "tasks: {slåning: {duration: 2h}}\n"
        (tmp_path / "rooms" / f"{name}.yaml").write_text(text, "utf-8")
    (tmp_path / "config.yaml").write_text("homeserver: https://a.org\naccount: '@b:a.org'\n", "utf-8")
    assert cli.main(["check", "-c", str(tmp_path / "config.yaml")]) == 0
    [warning] = capsys.readouterr().err.splitlines()
    assert re.fullmatch(
        r".*hagen\.yaml: language: some sentences are said in another language than nb: "
        r"the core \(\d+\), bookings \(\d+\), guide \(\d+\)",
        warning,
    )
