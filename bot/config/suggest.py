"""Writes the sentence that a word of a file is unknown, and which word was probably meant."""

from collections.abc import Iterable

from bot.suggest import find_closest

#: From 0 to 100. A guess that is less similar would confuse more than it helps.
MIN_SIMILARITY = 60


def describe_unknown(kind: str, word: str, candidates: Iterable[str]) -> str:
    """Return the sentence that a word is unknown. It names the closest candidate, or all when none is close."""
    choices = list(candidates)
    closest = find_closest(word, choices, min_similarity=MIN_SIMILARITY)
    if closest is not None:
        return f"unknown {kind} '{word}', did you mean '{closest}'?"
    return f"unknown {kind} '{word}', expected one of: {', '.join(choices)}" if choices else f"unknown {kind} '{word}'"
