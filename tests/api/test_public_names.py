"""What the front page of the api and its packages offer, and what their docstrings say of it."""

import ast
import importlib
import re
from pathlib import Path

import pytest

PACKAGES = ("bot.api", *(f"bot.api.{name}" for name in "agreements arguments availability drawing people".split()))


@pytest.mark.parametrize("name", PACKAGES)
def test_every_name_is_explained_in_the_docstring(name: str) -> None:
    package = importlib.import_module(name)
    words = set(re.findall(r"\w+", package.__doc__ or ""))
    plural = {word.removesuffix("s") for word in words} | {word.removesuffix("es") for word in words}
    assert set(package.__all__) - words - plural == set()


@pytest.mark.parametrize("name", PACKAGES)
def test_all_names_what_is_imported(name: str) -> None:
    package = importlib.import_module(name)
    public = {key for key in vars(package) if not key.startswith("_")}
    modules = {key for key in public if type(getattr(package, key)).__name__ == "module"}
    assert public - modules == set(package.__all__)


def test_the_front_page_is_short() -> None:
    assert len(importlib.import_module("bot.api").__all__) <= 55


def test_our_features_import_only_what_is_public() -> None:
    found = {
        node.module
        for path in (Path(__file__).parents[2] / "bot" / "features").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bot.api")
    }
    assert found == {*PACKAGES}
