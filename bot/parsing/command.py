"""Takes a sentence apart: what has been understood is crossed out, what is left is still there to be read."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar

from rapidfuzz.distance import OSA

from bot.languages.registry import DEFAULT_LANGUAGES, collect_phrases, find_language
from bot.parsing.normalise import fold
from bot.parsing.phrases import any_of

V = TypeVar("V")
Alike = Callable[[str, str], bool]

_TOKEN = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True)
class Token:
    """A word or a number of the sentence, folded, and where it stands."""

    word: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The words and numbers of a text; "bane1" is two of them."""
    return [Token(fold(m.group()), m.start(), m.end()) for m in _TOKEN.finditer(text)]


class Vocabulary(Generic[V]):
    """Names and aliases, and what they stand for."""

    def __init__(self, names: Iterable[tuple[V, Iterable[str]]]) -> None:
        spelled = ((tuple(t.word for t in tokens(said)), value) for value, all_ in names for said in all_)
        self.names = {words: value for words, value in spelled if words}
        # However a word is bent or mistyped, it begins with the letter it should begin with; longest names first.
        self._by_letter: dict[str, list[tuple[str, ...]]] = {}
        for name in sorted(self.names, key=len, reverse=True):
            self._by_letter.setdefault(name[0][:1], []).append(name)

    @property
    def first_words(self) -> frozenset[str]:
        """The words names begin with: "bane", when there is a "bane 1"."""
        return frozenset(name[0] for name in self.names if not name[0].isdigit())

    def find(self, said: list[Token], alike: Alike) -> tuple[V, Token, Token] | None:
        """The first name said, with its first and last word."""
        for at, first in enumerate(said):
            for name in self._by_letter.get(first.word[:1], ()):
                words = said[at : at + len(name)]
                if len(words) == len(name) and all(alike(t.word, n) for t, n in zip(words, name, strict=True)):
                    return self.names[name], first, words[-1]
        return None


@dataclass
class Sentence:
    """What somebody wrote in one of some languages, with what is understood crossed out."""

    text: str
    languages: tuple[str, ...] = DEFAULT_LANGUAGES
    left: str = field(init=False)  # crossed out parts are blanks, so that places stay the same

    def __post_init__(self) -> None:
        self.left = self.text

    @property
    def rest(self) -> str:
        """What is not understood yet, tidied."""
        return " ".join(self.left.split()).strip(" ,;:-–")

    def cross_out(self, start: int, end: int) -> None:
        """This part is understood."""
        self.left = self.left[:start] + " " * (end - start) + self.left[end:]

    def take(self, vocabulary: Vocabulary[V]) -> V | None:
        """The first name of a vocabulary in the sentence; exact ones before bent ones, slips forgiven last."""
        said = tokens(self.left)
        for alike in (_same, _inflected_in(self.languages), _slipped):
            if found := vocabulary.find(said, alike):
                value, first, last = found
                called = self.left[: first.start].endswith("@")
                self.cross_out(first.start - called, last.end)
                return value
        return None

    def take_number(self) -> int | None:
        """A number that the sentence begins with, if it does not begin a date or a time."""
        if found := _number_first(self.languages).match(self.left):
            self.cross_out(found.start(), found.end())
            return int(found.group(1))
        return None


@lru_cache(maxsize=64)
def _number_first(languages: tuple[str, ...]) -> re.Pattern[str]:
    months = any_of(name[:3] for code in languages for name in find_language(code).months)
    return re.compile(rf"\s*#?(\d{{1,6}})(?![\d.:/-])(?!\s*{months})", re.I)


def _same(word: str, name: str) -> bool:
    return word == name


@lru_cache(maxsize=64)
def _inflected_in(languages: tuple[str, ...]) -> Alike:
    endings = frozenset(map(fold, collect_phrases(languages, lambda phrases: phrases.endings)))

    def _inflected(word: str, name: str) -> bool:
        """Numbers never bend; words may end differently."""
        if word == name:
            return True
        shorter, longer = sorted((word, name), key=len)
        is_stem = len(shorter) >= 3 and not name.isdigit() and longer.startswith(shorter)
        return is_stem and longer[len(shorter) :] in endings

    return _inflected


def _slipped(word: str, name: str) -> bool:
    """One slip in a word of five letters, two from nine on; the first letter is nearly never the wrong one."""
    if word == name:
        return True
    if len(name) < 5 or name.isdigit() or word[:1] != name[:1]:
        return False
    return OSA.distance(word, name) <= (1 if len(name) < 9 else 2)


_LINK = re.compile(r"(?:https?:)?/*(?:www\.)?matrix\.to/+#/*|\bmatrix:/*(?=u/|user/|r/|room/|roomid/)", re.I)


def quotable(text: str, limit: int = 300) -> str:
    """Somebody's words on one line, without the invisible characters that turn, hide or overlay what stands around.

    Neither do they hold links to people and rooms, which clients show as a name on a coloured ground, as if we had
    mentioned somebody (client-server API, "User, room, and group mentions").
    """
    line = " ".join("".join(map(_visible, _LINK.sub("", text[: limit * 4]))).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    joins_emoji = character == "\u200d"
    return "" if category in ("Cf", "Cs", "Co", "Cn") and not joins_emoji else character
