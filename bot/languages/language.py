"""The parts of a language, which the folder of each language fills in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.languages.phrases import Phrases
from bot.languages.sentence_words import SentenceWords
from bot.languages.time_roles import TIME_ROLES
from bot.languages.work_words import WorkWords
from bot.languages.writing import Writing


@dataclass(frozen=True)
class TimeWords:
    """The words with which people say a time, by the role that they play in it.

    `roles` has the words of each role (`bot.languages.time_roles`), separated by commas. When words of one role have
    different values, it maps each word or group of words to its value. A word with a dot is an abbreviation: people may
    leave the dot out. Raises ValueError for an unknown role.

    `spell_checked` has the words whose misspellings are recognised, and asked about, anywhere in a text, by the role of
    the misspelling. The words of `not_misspelled` are similar to words about time and mean something else.
    `compound_ends` are ends of compound words, such as "arbejdsdag" and "kulturuge"; a word with such an end is not
    misspelled.
    """

    roles: Mapping[str, str | Mapping[str, Any]]
    spell_checked: Mapping[str, Sequence[str]] = field(default_factory=dict)
    not_misspelled: Sequence[str] = ()
    compound_ends: Sequence[str] = ()

    def __post_init__(self) -> None:
        if unknown := sorted(self.roles.keys() - TIME_ROLES):
            raise ValueError(f"no words about time have the role {', '.join(unknown)}")


@dataclass(frozen=True)
class Language:
    """One language. `code` is its ISO 639-1 code and the name of its folder; `weekdays` begin with Monday.

    `names` is what the language is called in each language, its own above all. The first name is the one that the bot
    writes. `holidays` are the names of public holidays by their keys in `bot.parsing.when.resolve.named_days`.

    `folder` has its sentences: `texts.yaml` for the core, and `features/NAME.yaml` for a feature that does not have the
    language itself. `commands` has the words of the commands of such features: by feature, then by command. `roles` has
    the names of the roles in a community's file, by role.

    Raises ValueError when its own name is missing, or when it does not have seven weekdays and twelve months.
    """

    code: str
    names: Mapping[str, tuple[str, ...]]
    folder: Path
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    time_words: TimeWords
    writing: Writing
    phrases: Phrases
    sentence_words: SentenceWords = field(default_factory=SentenceWords)
    work_words: WorkWords = field(default_factory=WorkWords)
    holidays: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    commands: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.code not in self.names:
            raise ValueError(f"'names' lacks what the language is called in itself: {self.code}")
        if (len(self.weekdays), len(self.months)) != (7, 12):
            raise ValueError(f"there are {len(self.weekdays)} weekdays and {len(self.months)} months, not 7 and 12")


def split_words(words: str) -> tuple[str, ...]:
    """Return the words of a text in which they are separated by commas."""
    return tuple(word.strip() for word in words.split(","))
