"""Guesses which command a slip was meant to be."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process

from bot.parsing.normalise import fold

#: How alike (0 to 100) two words must be for one to be taken for a slip of the other.
ALIKE = 65


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like this one, None when nothing is near."""
    found = process.extractOne(fold(word), list(known), scorer=fuzz.ratio, processor=fold, score_cutoff=ALIKE)
    return found[0] if found else None
