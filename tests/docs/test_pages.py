"""Links, files and commands named on the pages exist, and the pictures show what the bot really says."""

import re
import shlex
from pathlib import Path

import draw
import pytest
from page import PAGES, ROOT, blocks_on, code_on, files_on, links_on

from bot.cli import main
from bot.pipeline.load_features import feature_names, load_features

README = ROOT / "README.md"
RUNNING = ROOT / "docs" / "running.md"
ON_PAGES = [pytest.param(page, id=page.name) for page in PAGES]


@pytest.mark.parametrize("page", ON_PAGES)
def test_links_have_a_target(page: Path) -> None:
    for link in links_on(page):
        if not link.startswith("https://"):
            name, _, heading = link.partition("#")
            target = page.parent / name if name else page
            assert target.exists(), link
            assert not heading or heading in _headings_of(target), link


def _headings_of(page: Path) -> set[str]:
    return {_anchor(line) for line in page.read_text("utf-8").splitlines() if line.startswith("#")}


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lstrip("#").strip().casefold()).replace(" ", "-")


@pytest.mark.parametrize("page", ON_PAGES)
def test_named_folders_and_files_exist(page: Path) -> None:
    for code in code_on(page):
        if re.fullmatch(r"(bot|tests|docs|rooms|systemd|store|matrix|pipeline)/[\w/.-]*", code) and "…" not in code:
            there = any((root / code).exists() for root in (ROOT, ROOT / "bot"))
            assert there or code in files_on(page), code


def test_make_targets_in_readme_exist() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.M))
    wanted = set(re.findall(r"^make (\w+)", "\n".join(blocks_on(README, "sh")), re.M))
    assert wanted == {"demo", "test", "chaos", "lint"}
    assert wanted <= targets


def test_commands_of_bylaug_on_the_pages_exist(capsys: pytest.CaptureFixture[str]) -> None:
    text = README.read_text("utf-8") + RUNNING.read_text("utf-8")
    named = set(re.findall(r"(?:bylaug|as_bot) (run|check|migrate|schema|demo|keys|backup|restore|parse)\b", text))
    assert named >= {"backup", "check", "migrate", "keys", "parse", "restore", "run"}
    for command in named:
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0
    assert "usage" in capsys.readouterr().out


def test_files_the_administrator_copies_exist() -> None:
    blocks = [block.replace("\\\n", " ") for page in (README, RUNNING) for block in blocks_on(page, "sh")]
    lines = [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]
    copied = [name for line in lines if line and line[0] == "cp" for name in line[1:-1]]
    assert copied
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_paths_in_readme_are_those_of_the_systemd_unit() -> None:
    unit = (ROOT / "systemd" / "bylaug.service").read_text()
    text = README.read_text("utf-8")
    for path in ("/opt/bylaug", "/etc/bylaug/password", "/etc/bylaug/config.yaml", "/var/lib/bylaug"):
        assert path in unit
        assert path in text


@pytest.mark.parametrize("page", [README, ROOT / "docs" / "commands.md", ROOT / "docs" / "personal-data.md"])
def test_chat_commands_on_the_page_exist(page: Path) -> None:
    features = load_features(feature_names())
    words = {word.split()[0] for feature in features.values() for word in feature.words()}
    things = {"bane", "pitch"}  # a command that stands alone
    written = {found for code in code_on(page) for found in re.findall(r"(?<!\S)!(\w+)", code)}
    assert written
    assert written - words - things == set()


def test_architecture_lists_the_folders_of_bot() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    listed = re.findall(r"^\| \d+ \| `(\w+)` \|", page, re.M)
    inside = [entry for entry in (ROOT / "bot").iterdir() if not entry.name.startswith("_")]
    folders = {entry.stem for entry in inside if entry.is_dir() or entry.suffix == ".py"}
    assert sorted(listed) == sorted(folders)


def test_architecture_lists_the_folders_inside_the_folders() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| \d+ \| `(\w+)` \| (.*) \|$", page, re.M))
    folders = [file.parent for file in (ROOT / "bot").glob("*/*/__init__.py")]
    missing = [folder for folder in folders if f"`{folder.name}`" not in rows[folder.parent.name]]
    assert [f"{folder.parent.name}/{folder.name}" for folder in missing] == []


def test_links_to_modules_are_named_after_their_target() -> None:
    for page in (ROOT / "docs").glob("*.md"):
        for name, target in re.findall(r"\[([\w/]+)\]\(\.\./bot/([\w/.]+)\)", page.read_text("utf-8")):
            assert "/" not in name or target.startswith(name.removeprefix("bot/")), (page.name, name, target)


@pytest.mark.parametrize("language", list(draw.STORIES))
async def test_picture_shows_what_the_bot_says(language: str) -> None:
    drawn = await draw.draw(language)
    assert drawn == (ROOT / "docs" / f"conversation.{language}.svg").read_text("utf-8"), (
        "run: python tests/docs/draw.py"
    )
