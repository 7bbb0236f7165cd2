"""Keeps track of which words of a text have been understood, and finds names and numbers in the rest."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import zip_longest
from typing import Generic, TypeVar

from rapidfuzz.distance import OSA

from bot.languages.phrase_patterns import any_of
from bot.languages.registry import DEFAULT_LANGUAGES, collect_phrases, find_language
from bot.parsing.normalise import blank_range, fold

V = TypeVar("V")

#: Whether a folded word of a sentence is a folded word of a name.
IsSameWord = Callable[[str, str], bool]

_WORD = re.compile(r"[^\W\d_]+|\d+")

#: In letters: shorter words are too much like each other.
_MIN_STEM_LENGTH = 3
_MIN_LENGTH_FOR_ONE_ERROR = 5
_MIN_LENGTH_FOR_TWO_ERRORS = 9


@dataclass(frozen=True)
class Word:
    """A word or a number of a sentence, folded, and where it stands, in characters."""

    folded: str
    start: int
    end: int


def split_words(text: str) -> list[Word]:
    """Return the words and numbers of a text; "bane1" is two of them."""
    return [Word(fold(found.group()), found.start(), found.end()) for found in _WORD.finditer(text)]


class Vocabulary(Generic[V]):
    """Names and aliases of one or several words, and the value that each stands for."""

    def __init__(self, names_of_values: Iterable[tuple[V, Iterable[str]]]) -> None:
        values = (
            (tuple(word.folded for word in split_words(name)), value)
            for value, names in names_of_values
            for name in names
        )
        self.values = {words: value for words, value in values if words}
        # However a word is inflected or mistyped, it begins with the right letter. The longest names come first.
        self._by_first_letter: dict[str, list[tuple[str, ...]]] = {}
        for words in sorted(self.values, key=len, reverse=True):
            self._by_first_letter.setdefault(words[0][:1], []).append(words)

    @property
    def max_length(self) -> int:
        """The number of words of the longest name."""
        return max(map(len, self.values), default=0)

    @property
    def first_words(self) -> frozenset[str]:
        """The words with which names begin: "bane", when there is a "bane 1"."""
        return frozenset(words[0] for words in self.values if not words[0].isdigit())

    def find(self, words: list[Word], is_same: IsSameWord) -> tuple[V, Word, Word] | None:
        """Return the value of the first name in a list of words, with the first and the last word of the name."""
        for position, first in enumerate(words):
            for name in self._by_first_letter.get(first.folded[:1], ()):
                candidates = words[position : position + len(name)]
                if len(candidates) == len(name) and all(
                    is_same(word.folded, expected) for word, expected in zip(candidates, name, strict=True)
                ):
                    return self.values[name], first, candidates[-1]
        return None


_WORD_END = re.compile(r"(?<!\S)['’][^\W\d_]+")


@dataclass
class Sentence:
    """What somebody wrote in one of some languages, with what has been understood crossed out.

    `unread` is the text with blanks for what is crossed out, so that everything else keeps its place.
    """

    text: str
    languages: tuple[str, ...] = DEFAULT_LANGUAGES
    unread: str = field(init=False)

    def __post_init__(self) -> None:
        self.unread = self.text

    @property
    def unread_words(self) -> str:
        """The words that have not been understood, with single blanks between them."""
        return " ".join(self.unread.split()).strip(" ,;:-–")

    def cross_out(self, start: int, end: int) -> None:
        """Mark these characters as understood."""
        self.unread = blank_range(self.unread, start, end)

    def cross_out_all(self, char_ranges: Iterable[tuple[int, int]]) -> None:
        """Mark the characters of several ranges as understood."""
        for start, end in char_ranges:
            self.cross_out(start, end)

    def restore_cut_words(self) -> None:
        """Mark a whole word as unread when only its end after an apostrophe is unread: the "'s" of "mower's"."""
        for found in _WORD_END.finditer(self.unread):
            start = found.start()
            while start > 0 and self.text[start - 1].isalpha():
                start -= 1
            self.unread = self.unread[:start] + self.text[start : found.end()] + self.unread[found.end() :]

    def take(self, vocabulary: Vocabulary[V]) -> V | None:
        """Cross out the first name of a vocabulary and return its value, None when there is no name.

        Names as they are written go before inflected ones, and misspelled ones come last.
        """
        found = self.take_at(vocabulary)
        return found[0] if found else None

    def take_at(self, vocabulary: Vocabulary[V]) -> tuple[V, int, int] | None:
        """Cross out the first name of a vocabulary. Return its value, and where the name starts and ends.

        None when there is no name. The name is found as by `take`.
        """
        words = _without_number_signs(split_words(self.unread), self.languages)
        for is_same in (_is_equal, _is_inflected_in(self.languages), _is_misspelled):
            if found := vocabulary.find(words, is_same):
                value, first, last = found
                has_at_sign = self.unread[: first.start].endswith("@")
                self.cross_out(first.start - has_at_sign, last.end)
                return value, first.start - has_at_sign, last.end
        return None

    def take_next(self, vocabulary: Vocabulary[V], position: int) -> tuple[V, int, int] | None:
        """Cross out the name that stands at a position. Return its value, and where the name starts and ends.

        None when no name stands there. A misspelled name does not count.
        """
        words = [word for word in split_words(self.unread) if word.start >= position]
        if not words or self.unread[position : words[0].start].strip():
            return None
        for is_same in (_is_equal, _is_inflected_in(self.languages)):
            found = vocabulary.find(words[: vocabulary.max_length], is_same)
            if found and found[1] is words[0]:
                self.cross_out(words[0].start, found[2].end)
                return found[0], words[0].start, found[2].end
        return None

    def is_inflected(self, word: str, name: str) -> bool:
        """Return whether a folded word is a folded name, or the name with an ending of one of the languages."""
        return _is_inflected_in(self.languages)(word, name)

    def take_number(self) -> int | None:
        """Cross out and return a number with which the sentence begins, unless it begins a date or a time."""
        if found := _number_first(self.languages).match(self.unread):
            self.cross_out(found.start(), found.end())
            return int(found.group(1))
        return None


def _without_number_signs(words: list[Word], languages: tuple[str, ...]) -> list[Word]:
    """Return the words without the "nr." of "bane nr. 1", which no name has."""
    signs = {fold(sign).rstrip(".") for sign in collect_phrases(languages, lambda phrases: phrases.number_sign)}
    return [
        word
        for word, following in zip_longest(words, words[1:])
        if not (word.folded in signs and following and following.folded.isdigit())
    ]


@lru_cache(maxsize=64)
def _number_first(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of a number at the beginning that is no part of a date, a clock time or a duration."""
    months = any_of(name[:3] for code in languages for name in find_language(code).months)
    units = any_of(unit for code in languages for unit in find_language(code).sentence_words.units)
    return re.compile(
        rf"\s*#?(\d{{1,6}})(?![\w:/-])(?!\.\s*(?:\d|{months}))(?!\s*{months})(?!\s*{units}\w*(?!\w|\s*\d))", re.I
    )


def _is_equal(word: str, name: str) -> bool:
    return word == name


@lru_cache(maxsize=64)
def _is_inflected_in(languages: tuple[str, ...]) -> IsSameWord:
    """Return a function that tells whether two words differ only in an ending of one of the languages.

    A number has no endings.
    """
    endings = frozenset(map(fold, collect_phrases(languages, lambda phrases: phrases.endings)))

    def _is_inflected(word: str, name: str) -> bool:
        if word == name:
            return True
        shorter, longer = sorted((word, name), key=len)
        is_stem = len(shorter) >= _MIN_STEM_LENGTH and not name.isdigit() and longer.startswith(shorter)
        return is_stem and longer[len(shorter) :] in endings

    return _is_inflected


def _is_misspelled(word: str, name: str) -> bool:
    """Return whether a word is a name with one error, or two in a long one. The first letter is nearly never wrong."""
    if word == name:
        return True
    if len(name) < _MIN_LENGTH_FOR_ONE_ERROR or name.isdigit() or word[:1] != name[:1]:
        return False
    return OSA.distance(word, name) <= (1 if len(name) < _MIN_LENGTH_FOR_TWO_ERRORS else 2)


_LINK = re.compile(r"(?:https?:)?/*(?:www\.)?matrix\.to/+#/*|\bmatrix:/*(?=u/|user/|r/|room/|roomid/)", re.I)


def quotable(text: str, limit: int = 300) -> str:
    """Return somebody's words as one line of at most so many characters, safe to repeat in a message of the bot.

    It has no invisible characters, which turn, hide or overlay what stands around them, and no links to people and
    rooms, which clients show as a name on a coloured background, as if the bot had mentioned somebody (client-server
    API, "User, room, and group mentions").
    """
    line = " ".join("".join(map(_visible, _LINK.sub("", text[: limit * 4]))).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _visible(character: str) -> str:
    """Return a character, a blank for a control character or line break, nothing for any other invisible one."""
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    joins_emoji = character == "\u200d"
    return "" if category in ("Cf", "Cs", "Co", "Cn") and not joins_emoji else character
