"""Finds the names of people who shall do the work: "@jensen", "hos Jensen", "slåning af Jensen", "kan Hans slå"."""

import re
from collections.abc import Iterator
from functools import lru_cache

from bot.languages.phrase_patterns import any_of
from bot.languages.registry import find_language
from bot.parsing.sentences.finder import is_filler

#: More words in a row are no name.
_MAX_WORDS = 3
_NAME_WORD = re.compile(r"\s+([^\W\d_][\w'’-]*)")


def find_person_names(text: str, languages: tuple[str, ...]) -> Iterator[str]:
    """Yield the words of a text that name a person, known or not, in the order in which they stand.

    Behind "hos" any word may be a name, behind other words ("af", "kan") only words that begin with a capital letter.
    """
    for found in _leads(languages).finditer(text):
        if found["at"]:
            yield found["at"]
            continue
        names = _read_name(text, found.end(), languages, any_case=bool(found["with"]))
        if names:
            yield " ".join(names)


def _read_name(text: str, start: int, languages: tuple[str, ...], *, any_case: bool) -> list[str]:
    words: list[str] = []
    while len(words) < _MAX_WORDS and (found := _NAME_WORD.match(text, start)):
        word = found[1]
        is_name = word[0].isupper() or (any_case and not words)
        if not is_name or len(word) < 2 or any(is_filler(word, code) for code in languages):  # "kan I slå"
            break
        words.append(word)
        start = found.end()
    return words


@lru_cache(maxsize=64)
def _leads(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of an @name, and of words before a name; the group `with` for those before any name."""
    words = [find_language(code).sentence_words for code in languages]
    before_name = any_of(each for one in words for each in one.before_doer)
    with_anybody = any_of(each for one in words for each in one.at_doer)
    return re.compile(rf"(?<!\S)(?P<at>@[^\s,;]{{2,}})|\b(?:(?P<with>{with_anybody})|{before_name})(?=\s)", re.I)
