"""Outside bot/languages nothing asks which language it is.

A language code may stand there only as a key of data by language: the words of a command, `{"da": ("bestil",)}`.
"""

import ast
from pathlib import Path

import pytest
from source_files import SourceFile, is_inside, read_source_files, write_and_parse

from bot.languages import language_codes

CODES = {"da", "en"}


def find_language_questions(file: SourceFile) -> list[str]:
    """Where a file outside bot/languages names a language, or takes a module out of one language's folder."""
    if file.folder == "languages":
        return []
    keys = {id(key) for node in ast.walk(file.tree) if isinstance(node, ast.Dict) for key in node.keys}
    named = [
        f"{file.path}:{node.lineno} names '{node.value}'"
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Constant) and node.value in CODES and id(node) not in keys
    ]
    folders = [f"bot.languages.{code}" for code in sorted(CODES)]
    taken = [name for name in sorted(file.imports) for folder in folders if is_inside(name, folder)]
    return named + [f"{file.path} imports {name}" for name in taken]


def test_codes_are_those_of_our_languages() -> None:
    assert set(language_codes()) == CODES


def test_only_the_folders_of_languages_ask_which_language_it_is() -> None:
    assert [wrong for file in read_source_files() for wrong in find_language_questions(file)] == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('lead = "kl. " if language == "da" else ""\n', ["bot/web/page.py:1 names 'da'"]),
        ('other = dict(language="en")\n', ["bot/web/page.py:1 names 'en'"]),
        ('FORMS = {"da": "kl.", "en": "at"}\nform = FORMS["da"]\n', ["bot/web/page.py:2 names 'da'"]),
        ("from bot.languages.da import language\n", ["bot/web/page.py imports bot.languages.da"]),
        ('words = {"da": ("bestil",), "en": ("book",)}\n', []),
        ("from bot.languages.registry import find_language\n", []),
    ],
)
def test_a_question_about_the_language_is_found(tmp_path: Path, text: str, wrong: list[str]) -> None:
    assert find_language_questions(write_and_parse(tmp_path, "bot/web/page.py", text)) == wrong
