"""Holds the words of one language that have to do with time, and the roles they can play."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.languages.language import TimeWords
from bot.parsing.normalise import bare, fold
from bot.parsing.when.components import Date, DayAndPart, Duration, PartOfDay, RelativeDay, Weekday
from bot.parsing.when.misspellings import Slips

#: Roles of words that say nothing about time: a slip of them does no harm.
TALK = frozenset(
    (
        *("small", "speaker", "filler", "polite", "vague", "vague_noun", "not", "greeting", "counted", "about"),
        *("roughly", "who", "uncounted"),
    )
)


def _offset(days: int) -> RelativeDay:
    return RelativeDay(Duration(days=abs(days)), is_past=days < 0)


def _length(count: int, unit: str) -> Duration:
    return Duration(**{unit: count})


#: What the values of some roles mean; those of the others are used as they stand.
_MEANINGS: Mapping[str, Callable[[Any], Any]] = {
    "Counted": _offset,
    "DayPart": lambda value: DayAndPart(_offset(value[0]), PartOfDay(value[1])),
    "WeekdayPart": lambda value: DayAndPart(Weekday(value[0]), PartOfDay(value[1])),
    "FixedFeast": lambda value: Date(*value),
    "Unit": lambda value: _length(*value),
}


class Lexicon:
    """The words of a language by what was written, and the roles they can play."""

    def __init__(self, words: TimeWords) -> None:
        self.dotted: set[str] = set()
        self._phrases: dict[tuple[str, ...], dict[str, Any]] = {}
        telling: set[str] = set()
        for role, written in words.roles.items():
            meaning = _MEANINGS.get(role)
            for said, value in written.items() if isinstance(written, Mapping) else ((written, True),):
                self._add(role, said, meaning(value) if meaning else value)
                telling.update(said.replace(",", " ").split() if role not in TALK else ())
        self._typed_bare = {tuple(map(bare, phrase)): roles for phrase, roles in self._phrases.items()}
        self.longest = max(map(len, self._phrases))
        self.slips = Slips(words.slips, sorted(telling), words.no_slips, words.compound_ends)

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
