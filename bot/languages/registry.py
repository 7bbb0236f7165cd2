"""Finds a language by its code. A language is loaded when it is first needed, so that only those in use take memory."""

from functools import cache
from importlib import import_module

from bot.languages.language import Language


@cache
def find_language(code: str) -> Language:
    """Return a language. Raises ModuleNotFoundError when there is no folder for it."""
    language: Language = import_module(f"bot.languages.{code}").language
    return language
