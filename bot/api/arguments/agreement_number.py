"""Arguments that name an agreement by its number."""

import re
from functools import lru_cache

from bot.api.arguments.kind import Kind
from bot.api.request.reading_context import ReadingContext
from bot.languages.phrase_patterns import any_of, pattern_of
from bot.languages.registry import find_language
from bot.parsing.unread_words import Sentence


class AgreementNumberKind(Kind[int]):
    """The number of an agreement, at the beginning of the sentence: `!accepter 7`."""

    question, reading_order = "ask-number", 0

    def read(self, sentence: Sentence, context: ReadingContext) -> int | None:
        """Return a number that the sentence begins with."""
        return sentence.take_number()


class AgreementReferenceKind(AgreementNumberKind):
    """The number of an agreement, at the beginning, or anywhere with a word for it: "7", "aftale 7", "toeren"."""

    reading_order = 1

    def read(self, sentence: Sentence, context: ReadingContext) -> int | None:
        """Return the number; a number alone counts only at the beginning."""
        numbers = self.read_several(sentence, context)
        return numbers[0] if numbers else None

    def read_several(self, sentence: Sentence, context: ReadingContext) -> list[int]:
        """Return all numbers that are named together: "1 og 2", "aftale 1, 2 og 4"."""
        if found := _reference(context.languages).search(sentence.unread):
            sentence.cross_out(*found.span())
            number, end = int(found[1]), found.end()
        elif found := _nicknames(context.languages).search(sentence.unread):
            sentence.cross_out(*found.span())
            return [_nickname_values(context.languages)[found[1].casefold()]]
        elif (first := sentence.take_number()) is not None:
            number, end = first, len(sentence.text) - len(sentence.unread.lstrip())
        else:
            return []
        numbers = [number]
        while more := _one_more(context.languages).match(sentence.unread, end):
            sentence.cross_out(*more.span())
            numbers.append(int(more[1]))
            end = more.end()
        return list(dict.fromkeys(numbers))


@lru_cache(maxsize=64)
def _reference(languages: tuple[str, ...]) -> re.Pattern[str]:
    agreement = pattern_of(languages, lambda phrases: phrases.agreement)
    sign = pattern_of(languages, lambda phrases: phrases.number_sign)
    named = rf"\b{agreement}(?:s|ne|rne)?\s+(?:{sign}\s*)?#?|\b{sign}\s*#?|#"
    return re.compile(rf"(?:{named})(\d{{1,6}})(?![\d:/-])", re.I)


@lru_cache(maxsize=64)
def _one_more(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of the next number of a list: ", 2", " og 3". A number that begins a date is none."""
    conjunctions = any_of(find_language(code).writing.time.conjunction for code in languages)
    sign = pattern_of(languages, lambda phrases: phrases.number_sign)
    months = any_of(name[:3] for code in languages for name in find_language(code).months)
    joint = rf"\s*(?:,\s*{conjunctions}\b|[,+&]|\b{conjunctions}\b)\s*"
    return re.compile(rf"{joint}(?:{sign}\s*|#)?(\d{{1,6}})(?![\d.:/-])(?!\s*{months})(?=\W|$)", re.I)


@lru_cache(maxsize=64)
def _nickname_values(languages: tuple[str, ...]) -> dict[str, int]:
    return {name: number for code in languages for name, number in find_language(code).sentence_words.nicknames.items()}


@lru_cache(maxsize=64)
def _nicknames(languages: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b({any_of(_nickname_values(languages))})\b", re.I)


AGREEMENT_NUMBER = AgreementNumberKind()
AGREEMENT_REFERENCE = AgreementReferenceKind()
