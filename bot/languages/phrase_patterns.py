"""Regular expressions for the phrases of several languages at once."""

import re
from collections.abc import Callable, Iterable

from bot.languages.phrases import Phrases, Words
from bot.languages.registry import collect_phrases


def any_of(phrases: Iterable[str]) -> str:
    """Return a pattern for any of some phrases, the longest first; without phrases, one that matches nothing."""
    longest_first = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    return f"(?:{'|'.join(map(_pattern, longest_first))})" if longest_first else "(?:(?!))"


def pattern_of(languages: Iterable[str], choose: Callable[[Phrases], Words]) -> str:
    """Return a pattern for the phrases of one kind in several languages."""
    return any_of(collect_phrases(languages, choose))


def _pattern(phrase: str) -> str:
    return r"\s+".join(map(re.escape, phrase.split()))
