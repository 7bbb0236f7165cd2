"""The files of bot/api import each other without circles, imports for types included."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def imports_of(text: str) -> set[str]:
    """Every module of bot.api that a file imports anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("bot.api"):
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return found


def check_order(files: dict[str, str]) -> None:
    """Raise CycleError when files (their text by module name) import each other in a circle."""
    TopologicalSorter({name: imports_of(text) & files.keys() for name, text in files.items()}).prepare()


def test_no_file_of_the_api_imports_itself_through_others() -> None:
    files = {}
    for path in (ROOT / "bot" / "api").rglob("*.py"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        files[name] = path.read_text("utf-8")
    assert len(files) > 30
    check_order(files)


def test_a_circle_is_found() -> None:
    with pytest.raises(CycleError):
        check_order({"bot.api.a": "def f():\n    from bot.api.b import c\n", "bot.api.b": "from bot.api import a\n"})
