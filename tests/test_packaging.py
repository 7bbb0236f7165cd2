"""The lock agrees with the constraints, and the files that describe the project agree with each other."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def pinned_versions(file: str) -> dict[str, str]:
    """Return the version of each package that a file pins, by its normalized name (PEP 503)."""
    pins = re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / file).read_text("utf-8"), re.M)
    return {normalized(name): version for name, version in pins}


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_lock_has_the_versions_that_were_tested() -> None:
    lock, tested = pinned_versions("requirements.lock"), pinned_versions("constraints.txt")
    assert {name: version for name, version in lock.items() if tested.get(name) != version} == {}


def test_lock_has_every_dependency_with_hashes() -> None:
    lock = pinned_versions("requirements.lock")
    wanted = {normalized(re.split(r"[\[<>=~! ]", line)[0]) for line in PROJECT["dependencies"]}
    assert wanted - lock.keys() == set()
    text = (ROOT / "requirements.lock").read_text("utf-8")
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.M)[1:]
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_publiccode_says_what_the_project_says() -> None:
    described = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
    assert described["legal"]["license"] == PROJECT["license"]
    assert described["softwareVersion"] == PROJECT["version"]
    assert all(150 <= len(part["longDescription"]) <= 10_000 for part in described["description"].values())
    assert all(len(part["shortDescription"]) <= 150 for part in described["description"].values())


def test_changelog_has_the_version() -> None:
    assert f"\n## {PROJECT['version']}\n" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_tag_on_this_commit_is_the_version() -> None:
    tags = subprocess.run(
        ["git", "tag", "--points-at", "HEAD"], cwd=ROOT, capture_output=True, text=True
    ).stdout.split()
    assert [tag for tag in tags if tag.startswith("v") and tag != f"v{PROJECT['version']}"] == []


def test_wheel_has_every_file_of_the_program(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(ROOT / "bot", source / "bot", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "LICENSES", source / "LICENSES")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", tmp_path, source]
    subprocess.run(build, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    wanted = {path.relative_to(source).as_posix() for path in (source / "bot").rglob("*") if path.is_file()}
    assert wanted - packed == set()


def test_rich_is_needed_by_the_demo_alone() -> None:
    files = [path for path in (ROOT / "bot").rglob("*.py") if "demo" not in path.relative_to(ROOT / "bot").parts]
    importers = [path for path in files if "rich" in imported_packages(ast.parse(path.read_text("utf-8")))]
    assert importers == []
    assert not any(line.startswith("rich") for line in PROJECT["dependencies"])


def imported_packages(tree: ast.Module) -> set[str]:
    """Return the top-level packages that a module imports anywhere in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").split(".")[0])
    return found
