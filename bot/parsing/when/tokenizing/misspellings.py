"""Recognises misspelled words about time, so that the person is asked. Otherwise the word would be ignored."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.parsing.normalise import fold, without_danish_letters

#: From this length on a word for a day may have two letters wrong.
_MIN_LENGTH_FOR_TWO_ERRORS = 9

#: From these lengths on, a word beside a time may have a letter too many or too few at its end, or one wrong letter.
#: Shorter words may be other words: "inde" is not "inden", "medlem" is not "mellem".
_MIN_LENGTH_FOR_ERROR_AT_END = 8
_MIN_LENGTH_FOR_EXCHANGE = 7

#: A shorter word is never read as a misspelling, and misspellings of a word of this length are not recognised.
_MIN_LENGTH = 3

_MIN_COMPOUND_LENGTH = 7


class Misspellings:
    """The words whose misspellings are recognised.

    The misspellings of the words in `anywhere` are recognised anywhere; the dictionary has these words by the role of
    the misspelling. The misspellings of `beside_time` are recognised only beside a time. Words in `not_misspelled` are
    right, and so are compounds that end with one of `compound_ends`: "arbejdsdag", "kulturuge".
    """

    def __init__(
        self,
        anywhere: Mapping[str, Sequence[str]],
        beside_time: Iterable[str],
        not_misspelled: Iterable[str],
        compound_ends: Iterable[str],
    ) -> None:
        self._anywhere = [(role, fold(word), word) for role, words in anywhere.items() for word in words]
        self._beside_time = {fold(word): word for word in beside_time if len(word) > _MIN_LENGTH}
        self._not_misspelled = {fold(word) for word in not_misspelled}
        self._compound_ends = tuple(map(fold, compound_ends))
        self.find_roles = lru_cache(maxsize=4096)(self._find_roles)
        self.find_intended_beside_time = lru_cache(maxsize=4096)(self._find_intended_beside_time)

    def _find_roles(self, word: str) -> dict[str, str]:
        """Return the roles of an unknown folded word as a misspelling, with the intended word for each role.

        A misspelling has one letter too few, too many or wrong, or two letters exchanged. Its first letter is right:
        people seldom miss it, and "Sandahl" is no misspelling of a weekday.
        """
        if len(word) < _MIN_LENGTH or word in self._not_misspelled:
            return {}
        return {
            role: intended
            for role, folded, intended in self._anywhere
            if _is_near(word, folded, 1 + (len(folded) >= _MIN_LENGTH_FOR_TWO_ERRORS))
        }

    def _find_intended_beside_time(self, word: str) -> str | None:
        """Return the word of which a folded word beside a time is a misspelling; None when it is none."""
        if len(word) < _MIN_LENGTH or word in self._not_misspelled:
            return None
        if word in self._beside_time or self._is_compound(word):
            return None
        near = (
            intended for folded, intended in self._beside_time.items() if _is_near(word, folded, 1, only_likely=True)
        )
        return next(near, None)

    def _is_compound(self, word: str) -> bool:
        return len(word) >= _MIN_COMPOUND_LENGTH and word.endswith(self._compound_ends)


def _is_near(word: str, intended: str, max_errors: int, *, only_likely: bool = False) -> bool:
    """Return whether a word has at most so many errors, compared with and without the letters æ, ø and å.

    Each of these letters is two letters in a folded word, and would count as two errors.
    """
    if word[:1] != intended[:1]:
        return False
    pairs = ((word, intended), (without_danish_letters(word), without_danish_letters(intended)))
    return any(
        OSA.distance(typed, right, score_cutoff=max_errors) <= max_errors
        and (not only_likely or _is_likely(typed, right))
        for typed, right in pairs
    )


def _is_likely(word: str, intended: str) -> bool:
    """Return whether a word with one error was probably not meant as another word.

    Short words have many similar words.
    """
    if word == intended:
        return True
    if len(intended) < _MIN_LENGTH_FOR_ERROR_AT_END and (word.startswith(intended) or intended.startswith(word)):
        return False
    has_exchanged_letter = len(word) == len(intended) and sorted(word) != sorted(intended)
    return not has_exchanged_letter or len(intended) >= _MIN_LENGTH_FOR_EXCHANGE
