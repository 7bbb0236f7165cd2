"""Holds the words of one language that have to do with time, and the roles they can play."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.parsing.when.words.slips import Slips
from bot.parsing.words import bare, fold

#: A role and its words, separated by commas; where words differ in value, the value for each.
#: A word written with a dot is an abbreviation: people may leave the dot out.
Table = Mapping[str, str | Mapping[str, Any]]

#: Roles of words that say nothing about time: a slip of them does no harm.
TALK = frozenset(
    (
        *("small", "speaker", "filler", "polite", "vague", "vague_noun", "not", "greeting", "counted", "about"),
        *("roughly", "who", "uncounted"),
    )
)


def listed(words: str) -> tuple[str, ...]:
    """The words of a list with commas."""
    return tuple(word.strip() for word in words.split(","))


class Lexicon:
    """The words of a language by what was written, and the roles they can play."""

    def __init__(self, table: Table, slips: Mapping[str, Sequence[str]], no_slips: Sequence[str]) -> None:
        self.dotted: set[str] = set()
        self._phrases: dict[tuple[str, ...], dict[str, Any]] = {}
        telling: set[str] = set()
        for role, words in table.items():
            for said, value in words.items() if isinstance(words, Mapping) else ((words, True),):
                self._add(role, said, value)
                telling.update(said.replace(",", " ").split() if role not in TALK else ())
        self._typed_bare = {tuple(map(bare, phrase)): roles for phrase, roles in self._phrases.items()}
        self.longest = max(map(len, self._phrases))
        self.slips = Slips(slips, sorted(telling), no_slips)

    def roles(self, *words: str) -> dict[str, Any]:
        """The roles of a phrase of folded words; without its æ, ø or å only where it is no word as it stands."""
        known = self._phrases.get(words)
        return self._typed_bare.get(words, {}) if known is None else known

    def _add(self, role: str, said: str, value: Any) -> None:
        for phrase in said.split(","):
            words = [fold(word) for word in phrase.split()]
            self.dotted.update(word.rstrip(".") for word in words if word.endswith(".") and not word[0].isdigit())
            key = tuple(word.replace(".", "") for word in words)
            self._phrases.setdefault(key, {})[role] = value
