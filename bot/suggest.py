"""Finds the word that a misspelled word was probably meant to be: for commands in rooms, and for keys in YAML files."""

from collections.abc import Callable, Iterable

from rapidfuzz import fuzz, process


def find_closest(
    word: str, candidates: Iterable[str], *, min_similarity: int, normalise: Callable[[str], str] = str.casefold
) -> str | None:
    """Return the candidate that is most like a word, None when none is similar enough.

    The similarity is from 0 to 100, and is that of the normalised words.
    """
    found = process.extractOne(
        word, list(candidates), scorer=fuzz.ratio, processor=normalise, score_cutoff=min_similarity
    )
    return None if found is None else str(found[0])
