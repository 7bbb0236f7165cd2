"""Finds the word that a misspelled word was probably meant to be: for commands in rooms, and for keys in YAML files."""

from collections.abc import Callable, Iterable

from rapidfuzz import fuzz, process


def find_closest(
    word: str, candidates: Iterable[str], *, min_similarity: int, normalise: Callable[[str], str] = str.casefold
) -> str | None:
    """Return the candidate that is most similar to a word, None when none is similar enough.

    Both are normalised before they are compared. Similarities are from 0 to 100.
    """
    found = process.extractOne(
        word, list(candidates), scorer=fuzz.ratio, processor=normalise, score_cutoff=min_similarity
    )
    return None if found is None else str(found[0])
