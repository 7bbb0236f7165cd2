"""The calendars of a thing in a community file."""

from pathlib import Path

import pytest
import yaml

from bot.config.calendar import Calendar, loggable_name
from bot.config.load import load_community
from bot.errors import ConfigError


def load(folder: Path, calendars: object) -> tuple[Calendar, ...]:
    file = folder / "skovby.yaml"
    written = {"name": "x", "room": "#x", "things": {"bane-1": {"calendars": calendars}}}
    file.write_text(yaml.safe_dump(written, allow_unicode=True), "utf-8")
    return load_community(file, server_name="x.org", features=None).things[0].calendars


@pytest.mark.parametrize(
    "written", ["kampe.ics", ["kampe.ics"], {"source": "kampe.ics"}, [{"source": "kampe.ics", "only": []}]]
)
def test_file_is_found_beside_the_community_file(written: object, tmp_path: Path) -> None:
    assert load(tmp_path, written) == (Calendar(str(tmp_path / "kampe.ics")),)


def test_urls_are_normalized(tmp_path: Path) -> None:
    written = ["webcal://klub.dk/a.ics", "http://klub.dk/b.ics#top", {"source": "/srv/c.ics", "only": "bane 1"}]
    assert load(tmp_path, written) == (
        Calendar("https://klub.dk/a.ics"),
        Calendar("http://klub.dk/b.ics"),
        Calendar("/srv/c.ics", ("bane 1",)),
    )


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("ftp://klub.dk/a.ics", "cannot be fetched"),
        ("file:///etc/passwd", "is not the address of a calendar"),
        ("https://", "is not the address of a calendar"),
        ("https://klub.dk:99999/", "is not the address of a calendar"),
        ("https://anna:hemmelig@klub.dk/a.ics", "a password does not belong"),
        (["a.ics", "a.ics"], "is listed twice"),
        ({"only": "bane 1"}, "the key 'source' is missing"),
        ({"source": "a.ics", "onyl": "x"}, "did you mean 'only'?"),
        ([f"{number}.ics" for number in range(11)], "at most 10"),
        (7, "must be"),
    ],
)
def test_wrong_source_is_refused_with_its_line(written: object, why: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, written)
    assert [(why in problem.message, problem.line > 0) for problem in caught.value.problems] == [(True, True)]


@pytest.mark.parametrize(
    ("title", "location", "is_about"),
    [
        ("Skovby – Ry", "Skovby Stadion, Bane 1", True),
        ("Skovby – Ry (bane-1)", "", True),
        ("Skovby – Ry", "Bane 12", False),
        ("Skovby – Ry", "Kunstbane 1", False),
        ("Skovby – Ry", "", False),
        ("På opvisningsbanen", "", True),
    ],
)
def test_only_entries_that_name_the_thing_are_about_it(title: str, location: str, is_about: bool) -> None:
    assert Calendar("x", ("bane 1", "opvisningsbanen")).is_about(title, location) is is_about
    assert Calendar("x").is_about(title, location) is True


def test_name_in_the_log_identifies_a_calendar_without_its_url() -> None:
    first, second = (loggable_name(f"https://klub.dk/{key}/basic.ics") for key in ("hemmelig-1", "hemmelig-2"))
    assert first != second
    assert (first[:8], "hemmelig" in first) == ("klub.dk/", False)
