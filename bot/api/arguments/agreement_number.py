"""Arguments that name an agreement by its number."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.api.arguments.kind import Kind
from bot.api.request.reading_context import ReadingContext
from bot.languages.phrase_patterns import any_of, pattern_of
from bot.languages.registry import find_language
from bot.parsing.sentences.finder import finder_of
from bot.parsing.unread_words import Sentence, split_words

#: "1-9" names no more agreements than this.
_MAX_RANGE = 11


class AgreementNumberKind(Kind[int]):
    """The number of an agreement, at the beginning of the sentence: `!accepter 7`."""

    question, reading_order = "ask-number", 0

    def read(self, sentence: Sentence, context: ReadingContext) -> int | None:
        """Return a number that the sentence begins with."""
        return sentence.take_number()


@dataclass(frozen=True)
class EveryAgreement:
    """All agreements that fit the message: "alle mine aftaler", "begge" (`count` is 2), "alle undtagen aftale 2"."""

    count: int | None = None
    excepted: tuple[int, ...] = ()


#: What a message says of the number of an agreement.
AgreementReference = int | EveryAgreement


class AgreementReferenceKind(Kind[AgreementReference]):
    """Agreements by their numbers, at the beginning or anywhere with a word for it: "7", "aftale 7", "toeren", "begge".

    With `bare_ranges`, "1-3" at the beginning is the agreements 1, 2 and 3. Without, it may be a time.
    """

    question, reading_order = "ask-number", 1

    def __init__(self, *, bare_ranges: bool) -> None:
        self.bare_ranges = bare_ranges

    def to_json(self, value: AgreementReference) -> Any:
        """Return the number, or a dictionary for several agreements."""
        return value if isinstance(value, int) else {"count": value.count, "excepted": list(value.excepted)}

    def from_json(self, stored: Any, context: ReadingContext) -> AgreementReference:
        """Return the value that `to_json` wrote."""
        return EveryAgreement(stored["count"], tuple(stored["excepted"])) if isinstance(stored, dict) else int(stored)

    def read(self, sentence: Sentence, context: ReadingContext) -> AgreementReference | None:
        """Return the number; a number alone counts only at the beginning."""
        values = self.read_several(sentence, context)
        return values[0] if values else None

    def read_several(self, sentence: Sentence, context: ReadingContext) -> list[AgreementReference]:
        """Return all numbers that are named together: "1 og 2", "aftale 1, 2 og 4", "1-3"."""
        if every := _read_every(sentence, context, with_exception=True):
            return [every]
        if numbers := self._read_numbers(sentence, context):
            return list(numbers)
        every = _read_every(sentence, context)
        return [every] if every else []

    def _read_numbers(self, sentence: Sentence, context: ReadingContext) -> list[int]:
        languages = context.languages
        allows_range = self.bare_ranges and not context.is_under_card
        if found := _list_of_numbers(languages).search(sentence.unread):
            sentence.cross_out(found.start(), found.end(1))
            number, end = int(found[1]), found.end(1)
        elif found := _reference(languages).search(sentence.unread):
            sentence.cross_out(*found.span())
            number, end, allows_range = int(found[1]), found.end(), True
        elif found := _nicknames(languages).search(sentence.unread):
            sentence.cross_out(*found.span())
            number, end = _nickname_values(languages)[found[1].casefold()], found.end()
        elif allows_range and (found := _bare_range(languages).match(sentence.unread)):
            sentence.cross_out(*found.span(1))
            number, end = int(found[1]), found.end(1)
        elif (first := sentence.take_number()) is not None:
            number, end = first, len(sentence.text) - len(sentence.unread.lstrip())
        else:
            return []
        return _read_list(sentence, languages, number, end, allows_range=allows_range)


def _read_list(
    sentence: Sentence, languages: tuple[str, ...], first: int, end: int, *, allows_range: bool = True
) -> list[int]:
    """Return the numbers of a list whose first one ends at `end`, and cross the others out."""
    numbers = [first]
    while True:
        to = _range_to(languages).match(sentence.unread, end) if allows_range else None
        if to and numbers[-1] < int(to[1]) <= numbers[-1] + _MAX_RANGE:
            numbers += range(numbers[-1] + 1, int(to[1]) + 1)
            found = to
        elif more := _one_more(languages).match(sentence.unread, end):
            numbers.append(int(more[1]))
            found = more
        else:
            return list(dict.fromkeys(numbers))
        sentence.cross_out(*found.span())
        end = found.end()


def _read_every(sentence: Sentence, context: ReadingContext, *, with_exception: bool = False) -> EveryAgreement | None:
    """Return the agreements of "alle", "begge" and "alle mine aftaler", and cross the words out.

    Without the word "aftaler" they stand alone, or before words that say which: "alle på fredag". `with_exception`:
    only "alle undtagen 2" is read.
    """
    for code in context.languages:
        for found in _every(code).finditer(sentence.unread):
            between = [word.folded for word in split_words(found["between"] or "")]
            if any(word not in finder_of(code).filler for word in between):
                continue
            if not found["noun"] and not (_stands_alone(sentence.unread[found.end() :], code, context)):
                continue
            if with_exception and _excepting(context.languages).match(sentence.unread, found.end()) is None:
                continue
            sentence.cross_out(*found.span())
            count = 2 if found["both"] else find_language(code).sentence_words.numbers.get(found["count"] or "")
            return EveryAgreement(count, _read_excepted(sentence, context.languages, found.end()))
    return None


def _stands_alone(rest: str, code: str, context: ReadingContext) -> bool:
    """Return whether no noun follows "alle": "alle onsdage" and "alle baner" are no agreements."""
    words = split_words(rest)
    if context.is_under_card:
        return False
    if not words or rest[: words[0].start].strip():
        return True
    if _excepting(context.languages).match(rest):
        return True
    finder, first = finder_of(code), words[0]
    return first.folded in finder.filler and finder.risky.find(rest[first.start : first.end]) is None


def _read_excepted(sentence: Sentence, languages: tuple[str, ...], end: int) -> tuple[int, ...]:
    """Return the numbers behind "undtagen", and cross them out."""
    found = _excepting(languages).match(sentence.unread, end)
    if found is None:
        return ()
    sentence.cross_out(*found.span())
    return tuple(_read_list(sentence, languages, int(found[1]), found.end()))


@lru_cache(maxsize=64)
def _every(code: str) -> re.Pattern[str]:
    language = find_language(code)
    words, agreement = language.sentence_words, any_of(language.phrases.agreement)
    both, every, number = any_of(words.both_of), any_of(words.all_of), any_of(words.numbers)
    between = r"(?P<between>(?:\s+[^\W\d_]+){0,2}?)"
    noun = rf"{between}\s+(?P<noun>{agreement}(?:e?rne|e?r|s)?)\b"
    alone = rf"(?:\s+{any_of(words.all_alone)})?(?!\w)"
    return re.compile(rf"(?<!\w)(?:(?P<both>{both})|{every}(?:\s+(?P<count>{number}))?)(?!\w)(?:{noun}|{alone})", re.I)


@lru_cache(maxsize=64)
def _excepting(languages: tuple[str, ...]) -> re.Pattern[str]:
    words = any_of(each for code in languages for each in find_language(code).sentence_words.excepting)
    return re.compile(rf"\s*,?\s*\b{words}\s+(?:{_sign(languages)})?(\d{{1,6}})(?![\d.:/-])", re.I)


def _sign(languages: tuple[str, ...]) -> str:
    """Return the pattern of words before the number of an agreement: "aftale nr. ", "#"."""
    agreement = pattern_of(languages, lambda phrases: phrases.agreement)
    sign = pattern_of(languages, lambda phrases: phrases.number_sign)
    return rf"(?:{agreement}(?:s|ne|rne)?\s+)?(?:{sign}\s*)?#?"


@lru_cache(maxsize=64)
def _list_of_numbers(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of the first number of a list: at the beginning, or behind "både"."""
    both = any_of(each for code in languages for each in find_language(code).sentence_words.before_list)
    start = rf"(?:^\s*(?:{both}\s+)?|\b{both}\s+)(?:{_sign(languages)})?"
    return re.compile(rf"{start}(\d{{1,6}})(?={_one_more(languages).pattern})", re.I)


@lru_cache(maxsize=64)
def _bare_range(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of the first number of a range at the beginning: of "1-3", but not of "1-3. juni"."""
    return re.compile(rf"^\s*#?(\d{{1,6}})(?={_range_to(languages).pattern})", re.I)


@lru_cache(maxsize=64)
def _range_to(languages: tuple[str, ...]) -> re.Pattern[str]:
    to = any_of(words for code in languages for words in find_language(code).phrases.moved_to)
    return re.compile(rf"\s*(?:[-–]|\b{to}\b)\s*(?:{_sign(languages)})?(\d{{1,6}}){_no_time(languages)}", re.I)


def _no_time(languages: tuple[str, ...]) -> str:
    """Return a pattern for "not the beginning of a date, a clock time or a duration"."""
    months = any_of(name[:3] for code in languages for name in find_language(code).months)
    units = any_of(unit for code in languages for unit in find_language(code).sentence_words.units)
    return rf"(?![\d:/-]|\.\d)(?!\.?\s*{months})(?!\s*{units})(?=\W|$)"


@lru_cache(maxsize=64)
def _reference(languages: tuple[str, ...]) -> re.Pattern[str]:
    agreement = pattern_of(languages, lambda phrases: phrases.agreement)
    sign = pattern_of(languages, lambda phrases: phrases.number_sign)
    named = rf"\b{agreement}(?:s|ne|rne)?\s+(?:{sign}\s*)?#?|\b{sign}\s*#?|#"
    return re.compile(rf"(?:{named})(\d{{1,6}})(?![\d:/])(?!-\D)", re.I)


@lru_cache(maxsize=64)
def _one_more(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of the next number of a list: ", 2", " og 3". A number that begins a date is none."""
    words = [find_language(code) for code in languages]
    conjunctions = any_of(
        each for one in words for each in (one.writing.time.conjunction, *one.sentence_words.list_joints)
    )
    joint = rf"\s*(?:,\s*{conjunctions}\b|[,+&]|\b{conjunctions}\b)\s*"
    number = rf"(\d{{1,6}})(?:{_no_time(languages)}|(?={_range_to(languages).pattern}))"
    return re.compile(rf"{joint}(?:{_sign(languages)})?{number}", re.I)


@lru_cache(maxsize=64)
def _nickname_values(languages: tuple[str, ...]) -> dict[str, int]:
    return {name: number for code in languages for name, number in find_language(code).sentence_words.nicknames.items()}


@lru_cache(maxsize=64)
def _nicknames(languages: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b({any_of(_nickname_values(languages))})\b", re.I)


AGREEMENT_NUMBER = AgreementNumberKind()
AGREEMENT_REFERENCE = AgreementReferenceKind(bare_ranges=True)
#: Of a command with a time of its own: "!flyt 14-16" names no agreements.
AGREEMENT_BEFORE_TIME = AgreementReferenceKind(bare_ranges=False)
