"""The things that a task fits: as `for` says, else guessed from the names of both."""

from pathlib import Path

import pytest

from bot.config.load import load_community
from bot.errors import ConfigError
from bot.languages.guess_fit import find_preposition

HEAD = "name: X\nroom: '#x'\npeople: {firma: {roles: contractor}}\n"
THINGS = "things: {bane-1: , kunsten: {aliases: kunstgræsbanen}, idrætshallen: , klubhus: , trailer: }\n"


def fitting(tmp_path: Path, tasks: str, things: str = THINGS) -> dict[str, list[str]]:
    """Return the things that each task fits, in the order of the file."""
    file = tmp_path / "x.yaml"
    file.write_text(f"{HEAD}{things}tasks: {tasks}\n", encoding="utf-8")
    community = load_community(file, server_name="example.org", features=None)
    return {task.key: [thing.key for thing in community.things if task.fits(thing)] for task in community.tasks}


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("slåning", ["bane-1", "kunsten", "trailer"]),
        ("græsklipning", ["bane-1", "kunsten", "trailer"]),
        ("opkridtning", ["bane-1", "kunsten", "trailer"]),
        ("line marking", ["bane-1", "kunsten", "trailer"]),
        ("gulvvask", ["idrætshallen", "klubhus", "trailer"]),
        ("vask af gulv", ["idrætshallen", "klubhus", "trailer"]),
        ("opstilling af stole", ["bane-1", "kunsten", "idrætshallen", "klubhus", "trailer"]),
        ("opstregning af gulv", ["bane-1", "kunsten", "idrætshallen", "klubhus", "trailer"]),
    ],
)
def test_guess(tmp_path, name, fits):
    assert fitting(tmp_path, f"{{a: {{name: {name}, duration: 1h}}}}") == {"a": fits}


def test_file_is_believed(tmp_path):
    tasks = "{slåning: {duration: 1h, for: [idrætshallen, bane-1]}, vask: {duration: 1h, for: klubhus}}"
    assert fitting(tmp_path, tasks) == {"slåning": ["bane-1", "idrætshallen"], "vask": ["klubhus"]}


def test_what_a_thing_needs_fits(tmp_path):
    things = "things: {bane-1: , keglebanen: {every: {gulvvask: 7d}}, hallen: }\n"
    assert fitting(tmp_path, "{gulvvask: {duration: 1h}}", things) == {"gulvvask": ["keglebanen", "hallen"]}


def test_task_that_would_fit_nothing_fits_everything(tmp_path):
    assert fitting(tmp_path, "{slåning: {duration: 1h}}", "things: {hallen: , salen: }\n") == {
        "slåning": ["hallen", "salen"]
    }


@pytest.mark.parametrize(
    ("things", "tasks", "line", "message"),
    [
        (
            THINGS,
            "{slåning: {duration: 1h, for: [bane-2]}}",
            5,
            "tasks › slåning › for: unknown thing 'bane-2', did you mean 'bane-1'?",
        ),
        (
            "things: {bane-1: , hallen: {every: {slåning: 7d}}}\n",
            "{slåning: {duration: 1h, for: bane-1}}",
            4,
            "things › hallen › every › slåning: the task 'slåning' does not fit it; add 'hallen' to its 'for'",
        ),
    ],
)
def test_contradiction(tmp_path, things, tasks, line, message):
    with pytest.raises(ConfigError) as raised:
        fitting(tmp_path, tasks, things)
    assert [(problem.line, problem.message) for problem in raised.value.problems] == [(line, message)]


@pytest.mark.parametrize(
    ("work", "thing", "language", "expected"),
    [
        ("slåning", "bane 1", "da", "af"),
        ("rengøring", "hallen", "da", "af"),
        ("gulvvask", "hallen", "da", "i"),
        ("opstilling af stole", "hallen", "da", "i"),
        ("opsætning af mål", "bane 1", "da", "på"),
        (None, "klubhuset", "da", "i"),
        (None, "træningsbanen", "da", "på"),
        ("mowing", "pitch 1", "en", "of"),
        ("setting out of chairs", "the hall", "en", "in"),
        (None, "pitch 1", "en", "on"),
    ],
)
def test_preposition(work, thing, language, expected):
    assert find_preposition(work, thing, language) == expected
