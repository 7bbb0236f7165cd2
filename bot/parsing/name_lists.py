"""Reads lists of names: "bane 1 og 2", "bane 1, bane 2 og hallen", "bane 1-3", "begge baner", "alle baner"."""

import re
from functools import lru_cache

from bot.languages.phrase_patterns import any_of
from bot.languages.registry import find_language
from bot.parsing.sentences.signals import finder_of
from bot.parsing.unread_words import Sentence, Vocabulary, split_words

#: A list is cut here; nobody books more at once, and each value is a question to somebody.
MAX_NAMES = 12


def read_names(sentence: Sentence, vocabulary: Vocabulary[int]) -> list[int]:
    """Return the values of the names that a sentence lists, and cross their words out; an empty list without names.

    Only names joined by "og", a comma, "+" and the like are a list. "1-3" and "1 til 3" are all numbers between. What
    the list names and nobody knows ("bane 1 og 9") is left unread.
    """
    if _has_all_word(sentence.languages).search(sentence.unread) and (values := _read_all(sentence, vocabulary)):
        return values
    found = sentence.take_at(vocabulary)
    if found is None:
        return []
    start = found[1]
    values, end = [found[0]], found[2]
    stem = _stem_of(found[0], vocabulary, sentence.text[found[1] : end])
    while len(values) < MAX_NAMES:
        added = _read_next(sentence, vocabulary, stem, end)
        if added is None:
            break
        values += [value for value in added[0] if value not in values]
        end = added[1]
        stem = _stem_of(values[-1], vocabulary, "") or stem
    if len(values) > 1 and (both := _before_list(sentence.languages).search(sentence.unread[:start])):
        sentence.cross_out(*both.span())
    return values


def _read_all(sentence: Sentence, vocabulary: Vocabulary[int]) -> list[int]:
    """Return all values whose names begin with one word, after "alle" or "begge": "alle baner", "begge haller"."""
    for code in sentence.languages:
        finder = finder_of(code)
        for patterns, count in ((finder.both_of, 2), (finder.all_of, None)):
            for found in patterns.find_all(sentence.unread):
                words = [word for word in split_words(sentence.unread) if word.start >= found.end]
                if not words or sentence.unread[found.end : words[0].start].strip():
                    continue
                plural = words[0]
                values = [
                    value
                    for name, value in vocabulary.values.items()
                    if len(name) > 1 and name[-1].isdigit() and sentence.is_inflected(plural.folded, name[0])
                ]
                values = sorted(dict.fromkeys(values))
                if len(values) > 1 and count in (None, len(values)) and plural.folded not in vocabulary.first_words:
                    sentence.cross_out(found.start, found.end)
                    sentence.cross_out(plural.start, plural.end)
                    return values[:MAX_NAMES]
    return []


@lru_cache(maxsize=64)
def _has_all_word(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of the first words of "alle" and "begge", which tells fast that a text has none."""
    words = [find_language(code).sentence_words for code in languages]
    return re.compile(rf"\b{any_of(each.split()[0] for one in words for each in (*one.both_of, *one.all_of))}\b", re.I)


def _stem_of(value: int, vocabulary: Vocabulary[int], written: str) -> tuple[str, ...]:
    """Return the words of a numbered name without the number: ("bane",) of "bane 1"; () of a name without one."""
    spoken = tuple(word.folded for word in split_words(written))
    of_value = [name for name, other in vocabulary.values.items() if other == value]
    names = [name for name in of_value if name[-1].isdigit() and len(name) > 1]
    names.sort(key=lambda name: name != spoken)
    return names[0][:-1] if names else ()


def _read_next(
    sentence: Sentence, vocabulary: Vocabulary[int], stem: tuple[str, ...], end: int
) -> tuple[list[int], int] | None:
    """Return the values of the next item of a list that ends at `end`, and where the list ends then."""
    text = sentence.unread
    joint = _joints(sentence.languages).match(text, end)
    if joint is None:
        return None
    if found := sentence.take_next(vocabulary, joint.end()):
        sentence.cross_out(end, joint.end())
        return [found[0]], found[2]
    number = _number(sentence.languages).match(text, joint.end())
    if number is None or not stem:
        return None
    last = int(number[1])
    if joint["range"]:
        first = _last_number(sentence.text[:end])
        numbers = range(first + 1, last + 1) if first is not None and first < last <= first + MAX_NAMES else range(0)
    else:
        numbers = range(last, last + 1)
    values = [vocabulary.values.get((*stem, str(each))) for each in numbers]
    if not values or None in values:
        return None
    sentence.cross_out(end, number.end())
    return [value for value in values if value is not None], number.end()


def _last_number(text: str) -> int | None:
    found = re.search(r"(\d{1,4})\s*$", text)
    return int(found[1]) if found else None


@lru_cache(maxsize=64)
def _joints(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of what joins two names of a list; the group `range` for "1-3" and "1 til 3"."""
    writing = [find_language(code).writing.time.conjunction for code in languages]
    to = any_of(words for code in languages for words in find_language(code).phrases.moved_to)
    articles = any_of(each for code in languages for each in find_language(code).sentence_words.list_articles)
    joint = rf"(?:\s*,?\s*\b{any_of(writing)}\b\s*|\s*(?:[,+&/])\s*)(?:{articles}\s+)*"
    return re.compile(rf"(?P<range>\s*[-–]\s*(?=\d)|\s+{to}\s+(?=\d))|(?:{joint})", re.I)


@lru_cache(maxsize=64)
def _before_list(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of words before a list of names, at the end of a text: "både", "both the"."""
    words = [find_language(code).sentence_words for code in languages]
    both = any_of(each for one in words for each in one.before_list)
    articles = any_of(each for one in words for each in one.list_articles)
    return re.compile(rf"\b{both}\s+(?:{articles}\s+)*$", re.I)


@lru_cache(maxsize=64)
def _number(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of a number that is no part of a date, a clock time or a duration."""
    months = any_of(name[:3] for code in languages for name in find_language(code).months)
    units = any_of(each for code in languages for each in find_language(code).phrases.hours)
    return re.compile(rf"(\d{{1,4}})(?![\d:])(?!\.\d)(?!\s*(?:[-–/]\s*\d|\.?\s*{months}|{units}\b))", re.I)
