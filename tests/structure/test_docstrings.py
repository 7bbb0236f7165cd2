"""Every file says what it is for, and no docstring is so short that it says nothing."""

import ast
from pathlib import Path

import pytest
from source_files import SourceFile, read_source_files, write_and_parse

MIN_WORDS = 4


def find_short_docstrings(file: SourceFile) -> list[str]:
    """Return a sentence for each docstring of fewer than MIN_WORDS words.

    The functions of bot/parsing/when/rules may have an example in curved quotation marks: “næste weekend”.
    """
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = [ast.get_docstring(node) for node in ast.walk(file.tree) if isinstance(node, kinds)]
    return [
        f"{file.path} says only {docstring}"
        for docstring in docstrings
        if docstring and len(docstring.split()) < MIN_WORDS and not docstring.startswith("“")
    ]


def test_every_file_says_what_it_is_for() -> None:
    assert [file.path for file in read_source_files() if not ast.get_docstring(file.tree)] == []


def test_no_docstring_is_too_short() -> None:
    assert [short for file in read_source_files() for short in find_short_docstrings(file)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"""What the file is for, in words."""\n', []),
        ('class Shed:\n    """A shed."""\n', ["bot/web/file.py says only A shed."]),
        ('def f():\n    async def g():\n        """Say it."""\n', ["bot/web/file.py says only Say it."]),
        ('def f():\n    """“uge 28/29”"""\n', []),
        ("def f(): ...\n", []),
    ],
)
def test_a_short_docstring_is_found(tmp_path: Path, text: str, found: list[str]) -> None:
    assert find_short_docstrings(write_and_parse(tmp_path, "bot/web/file.py", text)) == found
