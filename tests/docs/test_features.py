"""The feature that docs/features.md writes is taken off the page, installed, migrated and played."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from page import ROOT, blocks_on, files_on
from sqlalchemy import Column, Integer, MetaData, Table

from bot.api import Feature
from bot.api.arguments import ReadingContext, Sentence
from bot.config.load import load_communities
from bot.pipeline.load_features import feature_names, load_features
from bot.testing import Stage, compare_tables, play, read_community, read_conversation

PAGE = ROOT / "docs" / "features.md"
FILES = files_on(PAGE)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The page's files in a folder that Python imports from, with the entry point its pyproject.toml declares."""
    folder = tmp_path_factory.mktemp("page")
    package = folder / "bylaug-tools"
    for name, text in FILES.items():
        file = (folder if name.startswith("rooms/") else package) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    project = tomllib.loads(FILES["pyproject.toml"])["project"]
    declared = package / f"bylaug_tools-{project['version']}.dist-info"
    declared.mkdir()
    (declared / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 1.0\n")
    points = project["entry-points"]["bylaug.features"]
    (declared / "entry_points.txt").write_text(
        "[bylaug.features]\n" + "".join(f"{name} = {target}\n" for name, target in points.items())
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(package)
        yield folder
        for module in [name for name in sys.modules if name.startswith("bylaug_tools")]:
            del sys.modules[module]


@pytest.fixture
def feature(installed: Path) -> Feature:
    assert "tools" in feature_names()
    return load_features({"tools"})["tools"]


def test_page_lists_every_file_it_writes() -> None:
    tree = PAGE.read_text("utf-8")
    for name in FILES:
        assert Path(name).name in tree.partition("## The package")[0]


def test_package_carries_every_file(installed: Path) -> None:
    carried = tomllib.loads(FILES["pyproject.toml"])["tool"]["setuptools"]["package-data"]["bylaug_tools"]
    package = installed / "bylaug-tools" / "bylaug_tools"
    found = {path for pattern in carried for path in package.glob(pattern)} | set(package.glob("*.py"))
    written = {installed / "bylaug-tools" / name for name in FILES if name.startswith("bylaug_tools/")}
    assert found == written


def test_community_switches_it_on(installed: Path, feature: Feature) -> None:
    communities, problems = load_communities(installed / "rooms", server_name="example.org", features=feature_names())
    assert problems == []
    assert [community.features for community in communities] == [("bookings", "tools")]


async def test_conversations_play(installed: Path, feature: Feature, database_url: str) -> None:
    village = read_community(installed / "rooms" / "mosevang.yaml")
    file = installed / "bylaug-tools" / "bylaug_tools" / "conversations" / "drill.da.yaml"
    async with Stage.open(database_url, village) as stage:
        await play(read_conversation(file), stage)


async def test_help_tells_its_commands(installed: Path, feature: Feature, database_url: str) -> None:
    village = read_community(installed / "rooms" / "mosevang.yaml")
    async with Stage.open(database_url, village) as stage:
        told = (await stage.say("anna", "!hjælp"))[0].plain
    assert "!lån boremaskinen fredag kl. 17 – lån noget, til det skal være tilbage" in told


async def test_migrations_make_the_declared_tables(feature: Feature, database_url: str) -> None:
    assert feature.tables is not None
    assert await compare_tables(database_url, feature) == []


async def test_migrations_that_lack_a_column_are_told(feature: Feature, database_url: str) -> None:
    declared = MetaData()
    Table("tools_loans", declared, Column("id", Integer, primary_key=True), Column("deposit", Integer))
    differences = await compare_tables(database_url, replace(feature, tables=declared))
    assert "add_column" in [kind for kind, *_ in differences]


def test_tests_on_the_page_pass(installed: Path) -> None:
    package = installed / "bylaug-tools"
    paths = os.pathsep.join([str(package), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(package)],
        cwd=package,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_argument_kind_on_the_page_reads_a_volume(installed: Path) -> None:
    (block,) = blocks_on(PAGE, "py")
    names: dict[str, Any] = {}
    exec(block, names)
    village = read_community(installed / "rooms" / "mosevang.yaml")
    context = ReadingContext(village, "da", datetime(2026, 6, 9, 10))
    sentence = Sentence("boremaskinen 20 liter benzin")
    assert names["LITRES"].read(sentence, context) == 20
    assert sentence.unread_words == "boremaskinen benzin"
    assert names["LITRES"].read(sentence, context) is None
