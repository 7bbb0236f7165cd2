"""Reads a yes or a no, and whether the words around a time or an agreement add anything to it."""

import re
from collections.abc import Sequence
from functools import lru_cache

from bot.languages.phrase_patterns import pattern_of
from bot.languages.registry import DEFAULT_LANGUAGES, collect_phrases
from bot.parsing.normalise import fold

_YES_SIGNS, _NO_SIGNS = frozenset("✅👍✔☑👌"), frozenset("❌👎✖🚫")


def yes_or_no(text: str, languages: Sequence[str] = DEFAULT_LANGUAGES) -> bool | None:
    """Return True for a yes, False for a no, None for a text that says more than that, in any of the languages."""
    sign = sign_of(text)
    if sign is not None:
        return sign
    folded = fold(text.strip().strip(".!, "))
    yes, no = _answers(tuple(languages))
    if folded in yes:
        return True
    return False if folded in no else None


def sign_of(emoji: str) -> bool | None:
    """Return True for an emoji that says yes, False for one that says no, None for anything else.

    Skin tones and variation selectors make no difference.
    """
    first, rest = emoji.strip()[:1], emoji.strip()[1:]
    if any(character not in "\ufe0f\ufe0e" and not "\U0001f3fb" <= character <= "\U0001f3ff" for character in rest):
        return None
    if first and first in _YES_SIGNS:
        return True
    return False if first and first in _NO_SIGNS else None


def is_pleasantry(rest: str, languages: Sequence[str] = DEFAULT_LANGUAGES) -> bool:
    """Return whether the words around a time add nothing to it: those of "kl. 9 passer bedre" (9 suits better)."""
    pleasantries = _pleasantries(tuple(languages))
    return all(fold(word.strip(".,!?:;()-")) in pleasantries for word in rest.split())


def refers_to_this(rest: str, languages: Sequence[str] = DEFAULT_LANGUAGES) -> bool:
    """Return whether a text only says that the agreement at hand is meant: "denne aftale, tak" (this one, thanks)."""
    this_one = set(collect_phrases(languages, lambda phrases: phrases.this_one))
    words = [word for word in rest.casefold().split() if word.strip(".,!") not in this_one]
    return is_pleasantry(" ".join(words), languages)


def strip_because(reason: str, languages: Sequence[str] = DEFAULT_LANGUAGES) -> str:
    """Return a reason without the word before it: "på grund af gødning" is "gødning"."""
    return _because(tuple(languages)).sub("", reason)


@lru_cache(maxsize=64)
def _because(languages: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"^{pattern_of(languages, lambda phrases: phrases.because)}\s+", re.I)


@lru_cache(maxsize=64)
def _answers(languages: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the folded phrases for yes, and those for no."""
    yes = collect_phrases(languages, lambda phrases: phrases.yes)
    no = collect_phrases(languages, lambda phrases: phrases.no)
    return frozenset(map(fold, yes)), frozenset(map(fold, no))


@lru_cache(maxsize=64)
def _pleasantries(languages: tuple[str, ...]) -> frozenset[str]:
    """Return the folded words that add nothing, and the empty word, which remains of one that is only marks."""
    return frozenset(map(fold, (*collect_phrases(languages, lambda phrases: phrases.pleasantries), "")))
