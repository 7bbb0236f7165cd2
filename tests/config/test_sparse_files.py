"""A file that leaves much out: the bot does what it can there, and the administrator is told what is missing."""

from pathlib import Path

import pytest

from bot.cli import main
from bot.config.build import DEFAULT_FEATURES
from bot.config.load import load_community
from bot.pipeline.load_features import feature_names

HEAD = 'name: Skovby\nroom: "#skovby"\n'
CONFIG = 'homeserver: https://x.org\naccount: "@bylaug:x.org"\ncommunities: .\n'


def features_of(folder: Path, more: str) -> tuple[str, ...]:
    file = folder / "skovby.yml"
    file.write_text(HEAD + more, "utf-8")
    return load_community(file, server_name="x.org", features=feature_names()).features


@pytest.mark.parametrize("more", ["", "features:\n"])
def test_without_features_it_does_all_that_comes_with_the_bot(tmp_path: Path, more: str) -> None:
    assert features_of(tmp_path, more) == DEFAULT_FEATURES
    assert {*DEFAULT_FEATURES, "guide"} <= {*feature_names()}
    own = {folder.parent.name for folder in Path("bot/features").glob("*/__init__.py")}
    assert {*DEFAULT_FEATURES, "guide"} == own


def test_features_that_are_written_count_alone(tmp_path: Path) -> None:
    assert features_of(tmp_path, "features: []\n") == ()
    assert features_of(tmp_path, "features: calendar\n") == ("calendar",)


def test_a_file_without_people_things_or_tasks_is_warned_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BYLAUG_PASSWORD", "adgangskode")
    (tmp_path / "config.yaml").write_text(CONFIG.replace("communities: .", "communities: rooms"), "utf-8")
    (tmp_path / "rooms").mkdir()
    file = tmp_path / "rooms" / "skovby.yaml"
    file.write_text(HEAD, "utf-8")
    assert main(["check", "-c", str(tmp_path / "config.yaml")]) == 0
    said = f"{file}: there are no people, things or tasks here, so no work can be agreed on\n"
    assert capsys.readouterr().err == said
    file.write_text(f"{HEAD}people: {{firma: {{roles: contractor}}}}\nthings: {{bane: }}\n", "utf-8")
    assert main(["check", "-c", str(tmp_path / "config.yaml")]) == 0
    assert capsys.readouterr().err == f"{file}: there are no tasks here, so no work can be agreed on\n"
