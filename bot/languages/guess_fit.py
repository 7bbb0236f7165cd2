"""Guesses from their names which work fits which things, and which preposition stands between the two."""

import re
from collections.abc import Callable, Iterable, Sequence
from enum import Enum

from bot.languages.registry import find_language
from bot.languages.work_words import WorkWords

_WORD = re.compile(r"[^\W\d_]+")


class Ground(Enum):
    """What a thing is, or what work is done on: a floor under a roof, or grass and the like."""

    INDOOR = "indoor"
    OUTDOOR = "outdoor"


def ground_of_thing(names: Iterable[str], languages: Sequence[str]) -> Ground | None:
    """Return what a thing is by its names; None when they say nothing, or both."""
    return _find_ground(
        names, languages, lambda words: words.indoor_things, lambda words: words.ground_things, str.endswith
    )


def ground_of_work(names: Iterable[str], languages: Sequence[str]) -> Ground | None:
    """Return what work is done on by its names; None when they say nothing, or both."""
    return _find_ground(
        names, languages, lambda words: words.indoor_work, lambda words: words.ground_work, str.startswith
    )


def find_preposition(work: str | None, thing: str, language: str) -> str:
    """Return the word between work and the thing it is done on: "af", "i" or "på".

    `work` is None for what is no work on the thing, such as a party in a hall.
    """
    words = find_language(language).work_words
    parts = work.casefold().split() if work else []
    if parts and parts[-1].endswith(words.of_endings) and words.of not in parts:
        return words.of
    return words.inside if ground_of_thing([thing], [language]) is Ground.INDOOR else words.on


def _find_ground(
    names: Iterable[str],
    languages: Sequence[str],
    indoor: Callable[[WorkWords], tuple[str, ...]],
    outdoor: Callable[[WorkWords], tuple[str, ...]],
    has_part: Callable[[str, tuple[str, ...]], bool],
) -> Ground | None:
    found: set[Ground] = set()
    written = [word for name in names for word in _WORD.findall(name.casefold())]
    for words in (find_language(code).work_words for code in languages):
        for ground, parts in ((Ground.INDOOR, indoor(words)), (Ground.OUTDOOR, outdoor(words))):
            if any(has_part(word, parts) for word in written):
                found.add(ground)
    return found.pop() if len(found) == 1 else None
