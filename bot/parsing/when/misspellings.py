"""Recognises slips of the words that say a time, so that they are asked about and not passed over."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.parsing.normalise import bare, fold

#: From this length on a word for a day may have two letters wrong.
_LONG = 9

#: From these lengths on a word beside a time may have one added or missing at its end, and one exchanged for another:
#: "inde" is not "inden", "medlem" not "mellem".
_LONG_TO_THE_END = 8
_LONG_TO_EXCHANGE = 7

#: What is shorter is not taken for a slip, and words this short have none.
_SHORTEST = 3

_SHORTEST_COMPOUND = 7


class Slips:
    """The words that slips are looked for: those known anywhere, by the role a slip of them plays, and the others."""

    def __init__(
        self,
        anywhere: Mapping[str, Sequence[str]],
        beside: Iterable[str],
        no_slips: Iterable[str],
        compound_ends: Iterable[str],
    ) -> None:
        self._anywhere = [(role, fold(word), word) for role, words in anywhere.items() for word in words]
        self._beside = {fold(word): word for word in beside if len(word) > _SHORTEST}
        self._no_slips = {fold(word) for word in no_slips}
        self._compound_ends = tuple(map(fold, compound_ends))
        self.roles = lru_cache(maxsize=4096)(self._roles)
        self.beside = lru_cache(maxsize=4096)(self._meant_beside)

    def _roles(self, word: str) -> dict[str, str]:
        """What a folded word that is not known is a slip of: a letter too few, too many or wrong, or two changed over.

        The first letter is right: people seldom miss it, and "Sandahl" is no slip of a weekday.
        """
        if len(word) < _SHORTEST or word in self._no_slips:
            return {}
        return {role: meant for role, known, meant in self._anywhere if _near(word, known, 1 + (len(known) >= _LONG))}

    def _meant_beside(self, word: str) -> str | None:
        """The word that a folded word, standing beside a time, is a slip of."""
        if len(word) < _SHORTEST or word in self._no_slips or word in self._beside or self._is_compound(word):
            return None
        return next((meant for known, meant in self._beside.items() if _near(word, known, 1, likely=True)), None)

    def _is_compound(self, word: str) -> bool:
        return len(word) >= _SHORTEST_COMPOUND and word.endswith(self._compound_ends)


def _near(word: str, meant: str, most: int, *, likely: bool = False) -> bool:
    """Also as typed without æ, ø and å, whose two letters would count as two slips."""
    if word[:1] != meant[:1]:
        return False
    pairs = ((word, meant), (bare(word), bare(meant)))
    return any(
        OSA.distance(one, other, score_cutoff=most) <= most and (not likely or _is_likely(one, other))
        for one, other in pairs
    )


def _is_likely(word: str, meant: str) -> bool:
    """Short words have neighbours that are words themselves."""
    if word == meant:
        return True
    if len(meant) < _LONG_TO_THE_END and (word.startswith(meant) or meant.startswith(word)):
        return False
    exchanged = len(word) == len(meant) and sorted(word) != sorted(meant)
    return not exchanged or len(meant) >= _LONG_TO_EXCHANGE
