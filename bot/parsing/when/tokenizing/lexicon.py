"""The words about time of one language, with the roles that they can play in a time."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from bot.languages.language import TimeWords
from bot.parsing.normalise import fold, without_danish_letters
from bot.parsing.when.components import Date, DayAndPart, Duration, PartOfDay, RelativeDay, SchoolHoliday, Weekday
from bot.parsing.when.tokenizing.misspellings import Misspellings

#: The school holidays of a community: the name of each, its first day and the day after its last.
SchoolHolidays = tuple[tuple[str, tuple[date, date]], ...]

#: Roles of what school holidays are called.
_HOLIDAY_ROLES = ("school_holidays", "school_holiday")

#: Roles of words that say nothing about time. A misspelling of such a word changes nothing.
ROLES_WITHOUT_TIME = frozenset(
    (
        *("function_word", "before_no_weekday", "filler", "courtesy", "vague", "vague_noun", "not", "greeting"),
        *("holiday_end", "out", "throughout"),
        *("countable", "about", "roughly", "subject", "not_countable"),
    )
)


def _relative_day(days: int) -> RelativeDay:
    return RelativeDay(Duration(days=abs(days)), is_past=days < 0)


#: Converts the plain values in the words of a language to components, by role. Values of other roles stay as they are.
_COMPONENTS: Mapping[str, Callable[[Any], Any]] = {
    "RelativeDay": _relative_day,
    "DayAndPart": lambda value: DayAndPart(_relative_day(value[0]), PartOfDay(value[1])),
    "WeekdayAndPart": lambda value: DayAndPart(Weekday(value[0]), PartOfDay(value[1])),
    "FixedNamedDay": lambda value: Date(*value),
    "Unit": lambda value: Duration(**{value[1]: value[0]}),
}


class Lexicon:
    """The words about time of one language.

    `abbreviations` are words that people write with or without a dot. `max_phrase_words` is the number of words in the
    longest phrase, and `phrase_beginnings` are the first words of all phrases of several words.
    """

    def __init__(self, words: TimeWords, holidays: SchoolHolidays | None = None, endings: Sequence[str] = ()) -> None:
        """Read the words of a language, and the names of a community's school holidays, which may have endings.

        Without `holidays` (None), it is not known whether the community has any: their names are no times then.
        """
        self.abbreviations: set[str] = set()
        self._roles: dict[tuple[str, ...], dict[str, Any]] = {}
        time_words: set[str] = set()
        for role, written in words.roles.items():
            if role in _HOLIDAY_ROLES:  # which only `_add_holidays` uses
                continue
            component = _COMPONENTS.get(role)
            for phrases, value in written.items() if isinstance(written, Mapping) else ((written, True),):
                self._add(role, phrases, component(value) if component else value)
                time_words.update(phrases.replace(",", " ").split() if role not in ROLES_WITHOUT_TIME else ())
        if holidays is not None:
            self._add_holidays(words, holidays, endings)
        self._roles_of_simplified = {
            tuple(map(without_danish_letters, phrase)): roles for phrase, roles in self._roles.items()
        }
        self.max_phrase_words = max(map(len, self._roles))
        known = (*self._roles, *self._roles_of_simplified)
        self.phrase_beginnings = frozenset(phrase[0] for phrase in known if len(phrase) > 1)
        self.misspellings = Misspellings(
            words.spell_checked, sorted(time_words), words.not_misspelled, words.compound_ends
        )

    def find_roles(self, *words: str) -> dict[str, Any]:
        """Return the roles of a phrase of folded words, with their values.

        A phrase that was typed without æ, ø or å is only found when the typed words are no phrase themselves.
        """
        roles = self._roles.get(words)
        return self._roles_of_simplified.get(words, {}) if roles is None else roles

    def _add_holidays(self, words: TimeWords, holidays: SchoolHolidays, endings: Sequence[str]) -> None:
        """Give the names of school holidays their roles: those of the community, and those that it does not have."""
        self._by_last_word: dict[str, list[tuple[str, ...]]] = {}
        for key in self._roles:
            self._by_last_word.setdefault(key[-1], []).append(key)
        for role in _HOLIDAY_ROLES:
            for phrase in str(words.roles.get(role, "")).split(","):
                self._add_holiday(phrase, "UnknownSchoolHoliday", phrase.strip())
        every = tuple(sorted({interval for _, interval in holidays}))
        for phrase in str(words.roles.get("school_holidays", "")).split(",") if every else ():
            self._add_holiday(phrase, "SchoolHoliday", SchoolHoliday(every))
        for name in dict.fromkeys(name for name, _ in holidays):
            holiday = SchoolHoliday(tuple(sorted(interval for other, interval in holidays if other == name)))
            for ending in ("", *endings):
                self._add_holiday(f"{name}{ending}", "SchoolHoliday", holiday)

    def _add_holiday(self, phrase: str, role: str, value: Any) -> None:
        key = tuple(fold(word) for word in phrase.split())
        if not key:  # a language without words for it
            return
        for known in self._by_last_word.get(key[-1], ()):
            roles = self._roles[known]
            if known[-len(key) :] == key:  # "the summer holidays", which is vague where nobody knows when they are
                for former in ("vague", "vague_noun", "UnknownSchoolHoliday"):
                    roles.pop(former, None)
                if known != key and not roles:
                    roles[role] = value
        roles = self._roles.setdefault(key, {})
        roles.pop("UnknownSchoolHoliday", None)
        roles[role] = value

    def _add(self, role: str, phrases: str, value: Any) -> None:
        for phrase in phrases.split(","):
            words = [fold(word) for word in phrase.split()]
            self.abbreviations.update(
                word.rstrip(".") for word in words if word.endswith(".") and not word[0].isdigit()
            )
            key = tuple(word.replace(".", "") for word in words)
            self._roles.setdefault(key, {})[role] = value
