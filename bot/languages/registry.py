"""Finds a language by its code. A language is loaded when it is first needed, so that only those in use take memory."""

from functools import cache
from importlib import import_module
from pathlib import Path

from bot.languages.language import Language

#: The language of what no other language in question has a sentence for.
FALLBACK = "en"
_OURS = Path(__file__).parent


@cache
def language_codes() -> tuple[str, ...]:
    """Return the codes of the installed languages, in alphabetical order."""
    return tuple(sorted(file.parent.name for file in _OURS.glob("*/__init__.py")))


@cache
def find_language(code: str) -> Language:
    """Return a language. Raises ModuleNotFoundError when there is no folder for it."""
    language: Language = import_module(f"bot.languages.{code}").language
    return language
