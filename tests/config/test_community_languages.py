"""Which languages a community speaks and understands, and what is wrong with what the file says of them."""

from pathlib import Path

import pytest

from bot.config.load import load_communities, load_settings
from bot.errors import ConfigError

HEAD = "name: Skovby\nroom: '#skovby'\n"
CONFIG = "homeserver: https://example.org\naccount: '@bylaug:example.org'\n"


def load(folder: Path, text: str):
    (folder / "skovby.yaml").write_text(HEAD + text, "utf-8")
    return load_communities(folder, server_name="example.org", features=None)


@pytest.mark.parametrize(
    ("text", "spoken", "understood"),
    [
        ("", "da", ("da", "en")),
        ("language: en\n", "en", ("en", "da")),
        ("languages: [en, da]\n", "en", ("en", "da")),
        ("languages: [da]\n", "da", ("da",)),
        ("languages: en\n", "en", ("en",)),
        ("language: da\nlanguages: [da, en]\n", "da", ("da", "en")),
    ],
)
def test_community_speaks_the_first_of_its_languages(tmp_path: Path, text: str, spoken: str, understood: tuple[str]):
    communities, problems = load(tmp_path, text)
    assert problems == []
    assert [(c.language, c.languages) for c in communities] == [(spoken, understood)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("languages: [da, xx]\n", "languages › number 2: unknown language 'xx', expected one of: da, en"),
        (
            "language: en\nlanguages: [da, en]\n",
            "language: 'en' is not the first of 'languages', which is the one that is spoken",
        ),
        (
            "languages: [da]\npeople:\n  anna:\n    language: en\n",
            "people › anna › language: 'en' is not one of 'languages'; add it there",
        ),
    ],
)
def test_wrong_language_is_told(tmp_path: Path, text: str, message: str):
    _, problems = load(tmp_path, text)
    assert [problem.message for problem in problems] == [message]


def test_folder_without_a_language_is_told(tmp_path: Path):
    (tmp_path / "config.yaml").write_text(CONFIG + "language_folders: [nn]\n", "utf-8")
    with pytest.raises(ConfigError) as raised:
        load_settings(tmp_path / "config.yaml", {})
    [problem] = raised.value.problems
    assert (problem.line, problem.message.split(":")[0]) == (3, "language_folders")
    assert "there is no language in" in problem.message
