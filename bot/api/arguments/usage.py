"""Arguments that measure a thing: the part of every year it is used in, and for how many hours a week."""

import re
from collections.abc import Callable
from enum import Enum
from functools import lru_cache
from typing import Any

from bot.api.arguments.kind import Kind
from bot.api.arguments.names import THING
from bot.api.request.reading_context import ReadingContext
from bot.config.usage_rules import Season
from bot.languages.phrases import Phrases, Words
from bot.languages.registry import collect_phrases, find_language
from bot.parsing.command import Sentence
from bot.parsing.phrases import any_of, pattern_of
from bot.parsing.season import find_season
from bot.parsing.when import reminder_phrases


class ResetChoice(Enum):
    """What can be said instead of a season or a number: that there is none, that what the community's file says holds
    again, and that what held before the last change does."""

    NONE = "none"
    FILE = "file"
    BEFORE = "before"


_BARE_NUMBER = re.compile(r"\d+\s")


class SeasonKind(Kind[Season | ResetChoice]):
    """A part of every year, both days included: "april til oktober", "1/4-31/10", "hele året" (`Bound.NONE`).

    It is only taken where it is all that is said beside what others take: half understood, it would be another one.
    """

    question, reading_order = "ask-season", 6

    def read(self, sentence: Sentence, about: ReadingContext) -> Season | ResetChoice | None:
        """Two days or months, or a word for none; whatever else is said of time is no season."""
        left = _left(sentence, about)
        if bound := _bound(sentence, left, about.languages, lambda phrases: phrases.all_year):
            return bound
        found = find_season(left, about.languages)
        if found is None:
            return None
        first, last, (start, end) = found
        if _one_more(about.languages).search(left[:start]) and _BARE_NUMBER.match(left[start:end]):
            return None
        return Season(first, last) if _took(sentence, left, about.languages, (start, end)) else None

    def to_json(self, value: Season | ResetChoice) -> Any:
        """As two lists of month and day, or a word."""
        return value.value if isinstance(value, ResetChoice) else [list(value.first), list(value.last)]

    def from_json(self, kept: Any, about: ReadingContext) -> Season | ResetChoice:
        """From those."""
        if isinstance(kept, str):
            return ResetChoice(kept)
        first, last = kept
        return Season((first[0], first[1]), (last[0], last[1]))


class HoursPerWeekKind(Kind[float | ResetChoice]):
    """A number of hours a week: "20", "20 timer om ugen", "12,5 hours a week", "ingen grænse" (`Bound.NONE`).

    Like a season it is only taken where it is all that is said.
    """

    question, reading_order = "ask-hours", 6

    def read(self, sentence: Sentence, about: ReadingContext) -> float | ResetChoice | None:
        """In figures or in words."""
        left = _left(sentence, about)
        if bound := _bound(sentence, left, about.languages, lambda phrases: phrases.no_limit):
            return bound
        hours_pattern, week_pattern = _hours(about.languages), _per_week(about.languages)
        week = week_pattern.search(left)
        also = [week.span()] if week else []
        if found := hours_pattern.search(left):
            hours = float(found["number"].replace(",", ".")) + (0.5 if found["half"] else 0.0)
            return hours if _took(sentence, left, about.languages, found.span(), *also) else None
        for language in about.languages:
            said = reminder_phrases.find_duration(left, language)
            if said and said.value.minutes and not (said.value.days or said.value.months):
                return (
                    said.value.minutes / 60
                    if _took(sentence, left, about.languages, *said.char_ranges, *also)
                    else None
                )
        return None

    def to_json(self, value: float | ResetChoice) -> Any:
        """The number, or a word."""
        return value.value if isinstance(value, ResetChoice) else value

    def from_json(self, kept: Any, about: ReadingContext) -> float | ResetChoice:
        """From those."""
        return ResetChoice(kept) if isinstance(kept, str) else float(kept)


def _left(sentence: Sentence, about: ReadingContext) -> str:
    """What is left to be read. The 9 of a "bane 9" that there is not is no number of hours, and no day."""
    left = sentence.left
    if named := THING.find_unknown(left, about):
        pattern = r"\s+".join(map(re.escape, named.split()))
        left = re.sub(pattern, lambda found: " " * len(found[0]), left, count=1)
    return left


def _took(sentence: Sentence, left: str, languages: tuple[str, ...], *spans: tuple[int, int]) -> bool:
    """Cross these out, where nothing that means something would be left beside them. A question settles nothing."""
    around = _around(languages)
    for start, end in spans:
        left = left[:start] + " " * (end - start) + left[end:]
    if around.sub(" ", left).strip(" ,.:;!"):
        return False
    for span in spans:
        sentence.cross_out(*span)
    for found in around.finditer(left):
        sentence.cross_out(*found.span())
    return True


def _bound(
    sentence: Sentence, left: str, languages: tuple[str, ...], choose_none: Callable[[Phrases], Words]
) -> ResetChoice | None:
    """A word for it, letter by letter: "igen" is not "ingen"."""
    choices: tuple[tuple[ResetChoice, Callable[[Phrases], Words]], ...] = (
        (ResetChoice.NONE, choose_none),
        (ResetChoice.FILE, lambda phrases: phrases.as_in_file),
        (ResetChoice.BEFORE, lambda phrases: phrases.undo),
    )
    for bound, choose in choices:
        for said in collect_phrases(languages, choose):
            found = re.search(rf"(?<!\w){re.escape(said)}(?!\w)", left, re.I)
            if found and _took(sentence, left, languages, found.span()):
                return bound
    return None


@lru_cache(maxsize=64)
def _around(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of what people put around a rule: "skal kun bruges april til oktober hvert år, tak"."""
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
    """Return the pattern behind which a bare number may be one more thing: "bane 1, 2 maj til oktober"."""
    conjunctions = any_of(find_language(code).writing.time.conjunction for code in languages)
    return re.compile(rf"(?:[,&+-]|\b{conjunctions})\s*$", re.I)


SEASON, HOURS_PER_WEEK = SeasonKind(), HoursPerWeekKind()
