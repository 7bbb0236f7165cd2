"""Arguments that set the usage rules of a thing: its season, the part of every year, and its load, in hours a week."""

import re
from collections.abc import Callable
from enum import Enum
from functools import lru_cache
from typing import Any

from bot.api.arguments.kind import Kind
from bot.api.arguments.names import THING
from bot.api.request.reading_context import ReadingContext
from bot.config.usage_rules import Season
from bot.languages.phrase_patterns import any_of, pattern_of
from bot.languages.phrases import Phrases, Words
from bot.languages.read_season import find_season
from bot.languages.registry import collect_phrases, find_language
from bot.parsing.normalise import blank_range
from bot.parsing.unread_words import Sentence
from bot.parsing.when import reminder_phrases


class ResetChoice(Enum):
    """What people can write instead of a season or a number of hours.

    NO_LIMIT: all year, or any number of hours. FILE: the value in the community's file. PREVIOUS: the value before the
    last change.
    """

    NO_LIMIT = "none"
    FILE = "file"
    PREVIOUS = "before"


_BARE_NUMBER = re.compile(r"\d+\s")


class SeasonKind(Kind[Season | ResetChoice]):
    """A part of every year, both days included: "april til oktober", "1/4-31/10", "hele året" (NO_LIMIT).

    A season is only read when no words but filler words are left beside it: a part of a sentence could be another
    season.
    """

    question, reading_order = "ask-season", 6

    def read(self, sentence: Sentence, context: ReadingContext) -> Season | ResetChoice | None:
        """Return the season from two days or months, or a choice. No other kind of time is read as a season."""
        text = _unread_text(sentence, context)
        if choice := _read_choice(sentence, text, context.languages, lambda phrases: phrases.all_year):
            return choice
        found = find_season(text, context.languages)
        if found is None:
            return None
        first, last, (start, end) = found
        if _one_more(context.languages).search(text[:start]) and _BARE_NUMBER.match(text[start:end]):
            return None
        return Season(first, last) if _cross_out_all(sentence, text, context.languages, (start, end)) else None

    def to_json(self, value: Season | ResetChoice) -> Any:
        """Return two lists of month and day, or the word of a choice."""
        return value.value if isinstance(value, ResetChoice) else [list(value.first), list(value.last)]

    def from_json(self, stored: Any, context: ReadingContext) -> Season | ResetChoice:
        """Return the season, or the choice."""
        if isinstance(stored, str):
            return ResetChoice(stored)
        first, last = stored
        return Season((first[0], first[1]), (last[0], last[1]))


class HoursPerWeekKind(Kind[float | ResetChoice]):
    """A number of hours a week: "20", "20 timer om ugen", "12,5 hours a week", "ingen grænse" (NO_LIMIT).

    Like a season, it is only read when no words but filler words are left beside it.
    """

    question, reading_order = "ask-hours", 6

    def read(self, sentence: Sentence, context: ReadingContext) -> float | ResetChoice | None:
        """Return the number, in figures or in words, or a choice."""
        text, languages = _unread_text(sentence, context), context.languages
        if choice := _read_choice(sentence, text, languages, lambda phrases: phrases.no_limit):
            return choice
        per_week = _per_week(languages).search(text)
        also = [per_week.span()] if per_week else []
        if number := _hours(languages).search(text):
            hours = float(number["number"].replace(",", ".")) + (0.5 if number["half"] else 0.0)
            return hours if _cross_out_all(sentence, text, languages, number.span(), *also) else None
        for language in languages:
            found = reminder_phrases.find_duration(text, language)
            if found and found.value.minutes and not (found.value.days or found.value.months):
                is_all = _cross_out_all(sentence, text, languages, *found.char_ranges, *also)
                return found.value.minutes / 60 if is_all else None
        return None

    def to_json(self, value: float | ResetChoice) -> Any:
        """Return the number, or the word of a choice."""
        return value.value if isinstance(value, ResetChoice) else value

    def from_json(self, stored: Any, context: ReadingContext) -> float | ResetChoice:
        """Return the number, or the choice."""
        return ResetChoice(stored) if isinstance(stored, str) else float(stored)


def _unread_text(sentence: Sentence, context: ReadingContext) -> str:
    """Return the rest of the sentence without the name of an unknown thing: the 9 of "bane 9" is no number of hours."""
    text = sentence.unread
    if unknown := THING.find_unknown(text, context):
        pattern = r"\s+".join(map(re.escape, unknown.split()))
        text = re.sub(pattern, lambda found: " " * len(found[0]), text, count=1)
    return text


def _cross_out_all(sentence: Sentence, text: str, languages: tuple[str, ...], *char_ranges: tuple[int, int]) -> bool:
    """Cross out these parts and the filler words, unless other words would be left.

    Return whether they were crossed out. A question mark counts as such another word: a question changes nothing.
    """
    filler = _around(languages)
    for start, end in char_ranges:
        text = blank_range(text, start, end)
    if filler.sub(" ", text).strip(" ,.:;!"):
        return False
    sentence.cross_out_all(char_ranges)
    for found in filler.finditer(text):
        sentence.cross_out(*found.span())
    return True


def _read_choice(
    sentence: Sentence, text: str, languages: tuple[str, ...], no_limit: Callable[[Phrases], Words]
) -> ResetChoice | None:
    """Return the choice whose words are in the text. No misspellings are accepted: "igen" is not "ingen"."""
    words_of_choices: tuple[tuple[ResetChoice, Callable[[Phrases], Words]], ...] = (
        (ResetChoice.NO_LIMIT, no_limit),
        (ResetChoice.FILE, lambda phrases: phrases.as_in_file),
        (ResetChoice.PREVIOUS, lambda phrases: phrases.undo),
    )
    for choice, words_of in words_of_choices:
        for words in collect_phrases(languages, words_of):
            found = re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.I)
            if found and _cross_out_all(sentence, text, languages, found.span()):
                return choice
    return None


@lru_cache(maxsize=64)
def _around(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of filler words: "skal kun bruges april til oktober hvert år, tak"."""
    return re.compile(rf"(?<!\w){pattern_of(languages, lambda phrases: phrases.around_rule)}(?!\w)", re.I)


@lru_cache(maxsize=64)
def _hours(languages: tuple[str, ...]) -> re.Pattern[str]:
    unit = pattern_of(languages, lambda phrases: phrases.hours)
    number = r"(?<![\w.,/-])(?P<number>\d{1,4}(?:[.,]\d{1,2})?)(?P<half>½)?(?![\w.,]*\d)"
    return re.compile(rf"{number}\s*{unit}?(?!\w)", re.I)


@lru_cache(maxsize=64)
def _per_week(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of "om ugen", "a week", "/uge"."""
    words = pattern_of(languages, lambda phrases: phrases.per_week)
    week = pattern_of(languages, lambda phrases: phrases.week)
    return re.compile(rf"(?:\b{words}|/\s*{week})(?!\w)", re.I)


@lru_cache(maxsize=64)
def _one_more(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern behind which a bare number may name a second thing: "bane 1, 2 maj til oktober"."""
    conjunctions = any_of(find_language(code).writing.time.conjunction for code in languages)
    return re.compile(rf"(?:[,&+-]|\b{conjunctions})\s*$", re.I)


SEASON = SeasonKind()
HOURS_PER_WEEK = HoursPerWeekKind()
