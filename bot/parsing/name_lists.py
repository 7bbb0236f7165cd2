"""Reads lists of names: "bane 1 og 2", "bane 1, bane 2 og hallen", "bane 1-3", "begge baner", "alle baner"."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from bot.languages.phrase_patterns import any_of
from bot.languages.registry import find_language
from bot.parsing.normalise import fold
from bot.parsing.unread_words import Sentence, Vocabulary, split_words

#: A list is cut here; nobody books more at once, and each value is a question to somebody.
MAX_NAMES = 12


def read_names(sentence: Sentence, vocabulary: Vocabulary[int]) -> list[int]:
    """Return the values of the names that a sentence lists, and cross their words out; an empty list without names.

    Only names joined by "og", a comma, "+" and the like are a list. "1-3" and "1 til 3" are all numbers between. What
    the list names and nobody knows ("bane 1 og 9") is left unread, and so is a plural of which there are not so many
    ("begge baner" where there are three).
    """
    if values := _read_all(sentence, vocabulary):
        return values
    found = sentence.take_at(vocabulary)
    if found is None:
        return []
    values, _ = _read_list(sentence, vocabulary, found)
    if len(values) > 1 and (both := _before_list(sentence.languages).search(sentence.unread[: found[1]])):
        sentence.cross_out(*both.span())
    return values


def find_choices(sentence: Sentence, vocabulary: Vocabulary[int]) -> tuple[str, list[tuple[int, ...]]] | None:
    """Return the words that leave open which values they mean, and all values they may mean; cross the words out.

    "begge baner" are two of three: bane 1 and 2, 1 and 3, or 2 and 3. None where no words are so.
    """
    for found, values, _ in _find_plurals(sentence, vocabulary):
        count = _count_of(found, sentence.languages)
        if count is not None and 1 < count < len(values):
            sentence.cross_out(*found.span())
            return found[0], list(combinations(values, count))
    return None


def _read_list(sentence: Sentence, vocabulary: Vocabulary[int], first: tuple[int, int, int]) -> tuple[list[int], int]:
    """Return the values of a list whose first name was found (its value, start and end), and where the list ends."""
    values, end = [first[0]], first[2]
    stem = _stem_of(first[0], vocabulary, sentence.text[first[1] : end])
    while len(values) < MAX_NAMES:
        added = _read_next(sentence, vocabulary, stem, end)
        if added is None:
            break
        values += [value for value in added[0] if value not in values]
        end = added[1]
        stem = _stem_of(values[-1], vocabulary, "") or stem
    return values, end


def _read_all(sentence: Sentence, vocabulary: Vocabulary[int]) -> list[int]:
    """Return all values whose names begin with one word, after "alle" or "begge": "alle baner", "begge haller".

    Those that are named behind "undtagen" are left out: "alle baner undtagen bane 2".
    """
    for found, values, stem in _find_plurals(sentence, vocabulary):
        if _count_of(found, sentence.languages) not in (None, len(values)):
            continue
        sentence.cross_out(*found.span())
        excepted = _read_excepted(sentence, vocabulary, stem, found.end())
        return [value for value in values if value not in excepted][:MAX_NAMES]
    return []


def _find_plurals(
    sentence: Sentence, vocabulary: Vocabulary[int]
) -> Iterator[tuple[re.Match[str], list[int], tuple[str, ...]]]:
    """Yield each plural behind "alle" or "begge", the values whose names begin with its word, and that beginning."""
    for found in _all_of(sentence.languages).finditer(sentence.unread):
        plural = fold(found["plural"])
        names = [name for name in vocabulary.values if len(name) > 1 and name[-1].isdigit()]
        names = [name for name in names if sentence.is_inflected(plural, name[0])]
        values = list(dict.fromkeys(sorted(vocabulary.values[name] for name in names)))
        if len(values) > 1 and plural not in vocabulary.first_words:
            yield found, values, names[0][:-1]


def _count_of(plural: re.Match[str], languages: tuple[str, ...]) -> int | None:
    """Return how many a plural says there are: 2 for "begge", 3 for "alle tre", None for "alle"."""
    return 2 if plural["both"] else _value_of(plural["count"] or plural["counted"], languages)


def _read_excepted(sentence: Sentence, vocabulary: Vocabulary[int], stem: tuple[str, ...], end: int) -> list[int]:
    """Return the values that are excepted from a plural that ends at `end`: "undtagen bane 2", "på nær 1 og 2"."""
    lead = _excepting(sentence.languages).match(sentence.unread, end)
    if lead is None:
        return []
    first = sentence.take_next(vocabulary, lead.end()) or _take_number(sentence, vocabulary, stem, lead.end())
    if first is None:
        return []
    sentence.cross_out(*lead.span())
    return _read_list(sentence, vocabulary, first)[0]


def _take_number(
    sentence: Sentence, vocabulary: Vocabulary[int], stem: tuple[str, ...], start: int
) -> tuple[int, int, int] | None:
    """Cross out a number at a position that is the last word of a name. Return its value, its start and its end."""
    found = _number(sentence.languages).match(sentence.unread, start)
    value = vocabulary.values.get((*stem, str(_value_of(found[1], sentence.languages)))) if found else None
    if found is None or value is None:
        return None
    sentence.cross_out(*found.span())
    return value, found.start(), found.end()


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
    number = (_range_end if joint["range"] else _number)(sentence.languages).match(text, joint.end())
    if number is None or not stem:
        return None
    last = _value_of(number[1], sentence.languages)
    assert last is not None, "the pattern matches numbers"
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


def _value_of(number: str | None, languages: tuple[str, ...]) -> int | None:
    """Return the value of a number in figures or letters; None without a number."""
    if number is None:
        return None
    if number.isdigit():
        return int(number)
    words = (find_language(code).sentence_words.numbers for code in languages)
    return next((one[number.casefold()] for one in words if number.casefold() in one), None)


@lru_cache(maxsize=64)
def _all_of(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of "alle baner", "begge baner", "alle tre baner" and "de tre baner"."""
    words = [find_language(code).sentence_words for code in languages]
    both = any_of(each for one in words for each in one.both_of)
    every = any_of(each for one in words for each in one.all_of)
    them = any_of(each for one in words for each in one.the_counted)
    number = rf"\d|{any_of(each for one in words for each in one.numbers)}"
    counts = rf"{every}(?:\s+(?P<count>{number}))?|{them}\s+(?P<counted>{number})"
    return re.compile(rf"\b(?:(?P<both>{both})|{counts})\s+(?P<plural>[^\W\d_]+)", re.I)


@lru_cache(maxsize=64)
def _excepting(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of words behind a plural and before what is not meant: "undtagen", "på nær"."""
    words = any_of(each for code in languages for each in find_language(code).sentence_words.excepting)
    return re.compile(rf"\s*,?\s*\b{words}\s+", re.I)


@lru_cache(maxsize=64)
def _joints(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of what joins two names of a list; the group `range` for "1-3" and "1 til 3"."""
    words = [find_language(code).sentence_words for code in languages]
    conjunctions = [find_language(code).writing.time.conjunction for code in languages]
    joining = any_of((*conjunctions, *(each for one in words for each in one.list_joints)))
    to = any_of(words for code in languages for words in find_language(code).phrases.moved_to)
    articles = any_of(each for one in words for each in one.list_articles)
    joint = rf"(?:\s*,?\s*\b{joining}\b\s*|\s*(?:[,+&/])\s*)(?:{articles}\s+)*"
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
    """Return the pattern of a number that is no part of a date, a clock time or a duration.

    It may be written in letters. A one is often an article: "bane 2 og et par timer".
    """
    numbers = [
        (word, value) for code in languages for word, value in find_language(code).sentence_words.numbers.items()
    ]
    ones, others = ([word for word, value in numbers if (value == 1) == is_one] for is_one in (True, False))
    words = rf"{any_of(others)}\b|{any_of(ones)}\b(?=\s*$|{_joints(languages).pattern})"
    figures = r"\d{1,4}(?![\d:])(?!\.\d)(?!\s*[-–/]\s*\d)"
    return re.compile(rf"({figures}|{words.replace('?P<range>', '')}){_no_unit(languages)}", re.I)


@lru_cache(maxsize=64)
def _range_end(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of the number behind a dash, which may go on: the 2 of "1-2-3"."""
    return re.compile(rf"(\d{{1,4}})(?![\d:])(?!\.\d){_no_unit(languages)}", re.I)


def _no_unit(languages: tuple[str, ...]) -> str:
    """Return a pattern for "not before a month or a unit of time"."""
    months = any_of(name[:3] for code in languages for name in find_language(code).months)
    units = any_of(each for code in languages for each in find_language(code).sentence_words.units)
    hours = any_of(each for code in languages for each in find_language(code).phrases.hours)
    return rf"(?!\.?\s*{months})(?!\s*(?:{units}|{hours}\b))"
