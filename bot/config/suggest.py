"""The word that was probably meant, for the sentence that says which one is unknown."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process

#: Below this likeness (0 to 100) a guess would confuse more than it helps.
_ALIKE = 60


def find_closest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like the written one, None when nothing comes near."""
    found = process.extractOne(word, list(known), scorer=fuzz.ratio, processor=str.casefold, score_cutoff=_ALIKE)
    return None if found is None else str(found[0])


def describe_unknown(kind: str, word: str, known: Iterable[str]) -> str:
    """Says that a word is unknown, with the near miss or, failing that, with what would be known."""
    choices = list(known)
    near = find_closest(word, choices)
    if near is not None:
        return f"unknown {kind} '{word}', did you mean '{near}'?"
    return f"unknown {kind} '{word}', expected one of: {', '.join(choices)}" if choices else f"unknown {kind} '{word}'"
