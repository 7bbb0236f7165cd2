"""Finds patterns of words in a text: "kan (du|i) .. aflys*" is a regular expression for whole words.

A pattern is a list of parts with blanks between them:

- `word`: that word, however it is written ("loerdag"); `word*`: any word that begins so
- `..`: up to five other words
- `[x]`: x or nothing; `(a|b c)`: one of several
- `<name>`: one of the patterns of a group
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.parsing.normalise import blank_range, fold

_TOKEN = re.compile(r"\.\.|<[\w-]+>|[\[\]()|]|[^\s\[\]()|<>]+")
#: A word of a message. An apostrophe is no end of a word, and "1." and "½" count as words.
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|½")
_GAP = r"(?:\S+ ){0,5}?"
#: How many letters of a word are compared first.
_INITIALS = 2


@dataclass(frozen=True)
class FoundPattern:
    """A match of a pattern in a text. `parts` are the start and end of each matched word, without words in gaps."""

    parts: tuple[tuple[int, int], ...]

    @property
    def start(self) -> int:
        """The position of its first character."""
        return self.parts[0][0]

    @property
    def end(self) -> int:
        """The position behind its last character."""
        return self.parts[-1][1]

    def overlaps(self, other: "FoundPattern") -> bool:
        """Return whether two matches in the same text share a character, words in gaps included."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class WordList:
    """The folded words of a text in one line, and the position of each word in the text and in the line.

    `initials` are the first letters of the words: none, one and two of each.
    """

    line: str
    spans: tuple[tuple[int, int], ...]
    offsets: tuple[int, ...]
    words: frozenset[str]
    initials: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "WordList":
        """Return the words of a text."""
        words, spans, offsets, length = [], [], [], 1
        for found in _WORD.finditer(text):
            word = shorten_drawl(fold(found[0]))
            words.append(word)
            spans.append(found.span())
            offsets.append(length)
            length += len(word) + 1
        line = " " + "".join(f"{word} " for word in words)
        initials = frozenset(word[:count] for word in words for count in range(_INITIALS + 1))
        return cls(line, tuple(spans), tuple(offsets), frozenset(words), initials)

    def chars_of(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the characters of the text for a part of the line; None for a part without words."""
        inside = [at for at, offset in enumerate(self.offsets) if start <= offset < end]
        return (self.spans[inside[0]][0], self.spans[inside[-1]][1]) if inside else None


_DRAWL = re.compile(r"([^\W\d_])\1{2,}")


@lru_cache(maxsize=4096)
def shorten_drawl(word: str) -> str:
    """Return a word without letters that are drawn out: "jaaaa" is "ja"."""
    return _DRAWL.sub(r"\1", word)


@lru_cache(maxsize=256)
def read_words(text: str) -> WordList:
    """Return the words of a text. Cached, because many patterns are looked for in one text."""
    return WordList.of(text)


class PatternSet:
    """Patterns that are looked for together."""

    def __init__(self, patterns: Iterable[str], groups: Mapping[str, tuple[str, ...]] | None = None) -> None:
        patterns = tuple(patterns)
        compiled = [_compile(pattern, groups or {}) for pattern in patterns]
        compiled.sort(key=len, reverse=True)
        # Apart, because a gap would swallow the words of another pattern.
        both = ([each for each in compiled if _GAP not in each], [each for each in compiled if _GAP in each])
        self._patterns = [re.compile(f"(?<= )(?:{'|'.join(each)})") for each in both if each]
        first = set().union(*(_find_first_words(iter(_TOKEN.findall(each)), groups or {})[0] for each in patterns))
        self._first_words = frozenset(word for word in first if not word.endswith("*"))
        self._beginnings = tuple(word.removesuffix("*") for word in first if word.endswith("*"))
        self._initials = frozenset(word[:_INITIALS] for word in self._beginnings)

    def find_all(self, text: str) -> list[FoundPattern]:
        """Return where the patterns stand in a text, in order."""
        words = read_words(text)
        if self._first_words.isdisjoint(words.words) and not self._has_beginning(words):
            return []
        found = []
        for match in (match for pattern in self._patterns for match in pattern.finditer(words.line)):
            spans = sorted(span for span in match.regs[1:] if span[0] >= 0 and span[1] > span[0])
            parts = tuple(chars for span in spans if (chars := words.chars_of(*span)))
            if parts:
                found.append(FoundPattern(parts))
        return sorted(found, key=lambda each: (each.start, -each.end))

    def _has_beginning(self, words: WordList) -> bool:
        if self._initials.isdisjoint(words.initials):
            return False
        return any(word.startswith(self._beginnings) for word in words.words)

    def find(self, text: str) -> FoundPattern | None:
        """Return the first of the patterns in a text."""
        found = self.find_all(text)
        return found[0] if found else None


def _compile(pattern: str, groups: Mapping[str, tuple[str, ...]]) -> str:
    """Return the regular expression of a pattern. Each word ends with a blank, and is a group of its own."""
    tokens = _TOKEN.findall(pattern)
    out, depth = [], []
    for token in tokens:
        if token == "..":
            out.append(_GAP)
        elif token.startswith("<"):
            out.append(f"(?:{'|'.join(_compile(each, groups) for each in groups[token[1:-1]])})")
        elif token in "([":
            depth.append(token)
            out.append("(?:")
        elif token in ")]":
            out.append(")?" if depth.pop() == "[" else ")")
        elif token == "|":
            out.append("|")
        else:
            word = fold(token.rstrip("*"))
            out.append(f"({re.escape(word)}{r'[^ ]*' if token.endswith('*') else ''} )")
    if depth:
        raise ValueError(f"a bracket is not closed in the pattern: {pattern}")
    return "".join(out)


def _find_first_words(tokens: Iterator[str], groups: Mapping[str, tuple[str, ...]]) -> tuple[set[str], bool]:
    """Return the folded words with which a pattern can begin ("flyt*" for beginnings), and whether it may be empty.

    Reads the tokens up to the bracket that closes the pattern. Most texts have none of these words, and looking for
    words costs much less than a regular expression.
    """
    words: set[str] = set()
    empty_alternatives, is_empty = False, True
    for token in tokens:
        if token in ")]":
            break
        if token == "|":
            empty_alternatives, is_empty = empty_alternatives or is_empty, True
            continue
        first, may_be_empty = {fold(token.rstrip("*")).partition(" ")[0] + "*" * token.endswith("*")}, False
        if token == "..":
            first, may_be_empty = {"*"}, True
        elif token.startswith("<"):
            each = [_find_first_words(iter(_TOKEN.findall(one)), groups) for one in groups[token[1:-1]]]
            first, may_be_empty = set().union(*(one for one, _ in each)), any(empty for _, empty in each)
        elif token in "([":
            first, may_be_empty = _find_first_words(tokens, groups)
            may_be_empty = may_be_empty or token == "["
        words |= first if is_empty else set()
        is_empty = is_empty and may_be_empty
    return words, empty_alternatives or is_empty


def words_of_patterns(patterns: Iterable[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the folded words of some patterns, and the beginnings of words ("flyt*") in them."""
    tokens = {token for pattern in patterns for token in _TOKEN.findall(pattern) if token[0].isalnum()}
    words = frozenset(fold(token) for token in tokens if not token.endswith("*"))
    return words, tuple(sorted(fold(token.rstrip("*")) for token in tokens if token.endswith("*")))


def blank_out(text: str, found: Iterable[FoundPattern]) -> str:
    """Return a text with blanks in place of the words of some patterns."""
    for match in found:
        for start, end in match.parts:
            text = blank_range(text, start, end)
    return text
