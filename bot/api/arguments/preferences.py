"""Arguments with which people say how they want to be treated: one of a few words, when to be told, how long."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

from bot.api.arguments.kind import Kind
from bot.api.arguments.text import AgreementNumberKind
from bot.api.arguments.time import find_time
from bot.api.request.question import Option
from bot.api.request.reading_context import ReadingContext
from bot.languages.phrase_patterns import pattern_of
from bot.languages.registry import collect_phrases
from bot.parsing.command import Sentence, Vocabulary
from bot.parsing.when import FoundTime, When, reminder_phrases
from bot.parsing.when.reminder_phrases import FoundValue
from bot.reminder_times import LeadTime, QuietHours

V = TypeVar("V")


class CommunityDefault(Enum):
    """What everybody has who wished for nothing."""

    USUAL = "usual"


COMMUNITY_DEFAULT = CommunityDefault.USUAL


@dataclass(frozen=True)
class WordKind(Kind[str]):
    """One of a few words: `words` are how each value is said in each language, the first as it is offered to be tapped.

    `ask` is the sentence that asks for it.
    """

    words: Mapping[str, Mapping[str, tuple[str, ...]]]
    question: str = "ask-text"
    reading_order = 5

    def read(self, sentence: Sentence, about: ReadingContext) -> str | None:
        """Said in any language."""
        choices = self.choices(about)
        spoken = {value: [w for words in said.values() for w in words] for value, said in choices.items()}
        return sentence.take(Vocabulary(spoken.items()))

    def options(self, about: ReadingContext) -> list[Option]:
        """All of them."""
        return [Option(_first_word(said, about.languages), value) for value, said in self.choices(about).items()]

    def choices(self, about: ReadingContext) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """Return the words of each value; a kind whose values depend on the community says so here."""
        return self.words


class AgreementReferenceKind(AgreementNumberKind):
    """An agreement by its number, first or further on in the sentence: "7", "påmindelser om aftale 7"."""

    reading_order = 1

    def read(self, sentence: Sentence, about: ReadingContext) -> int | None:
        """The number alone only at the beginning."""
        if found := _named_agreement(about.languages).search(sentence.unread):
            sentence.cross_out(*found.span())
            return int(found[1])
        return super().read(sentence, about)


class ReminderTimesKind(Kind[tuple[LeadTime, ...] | CommunityDefault]):
    """When before something begins: "aftenen før og 3 timer før"; () for never, USUAL for what everybody has."""

    question, reading_order = "ask-before", 4

    def read(self, sentence: Sentence, about: ReadingContext) -> tuple[LeadTime, ...] | CommunityDefault | None:
        """All the times said; a "never" beside a time is no answer."""
        found = _take(sentence, about, reminder_phrases.find_reminder_times)
        otherwise = sentence.take(_otherwise(about.languages))
        return otherwise if found is None else found if otherwise is None else None

    def to_json(self, value: tuple[LeadTime, ...] | CommunityDefault) -> Any:
        """As lists of numbers."""
        return value.value if isinstance(value, CommunityDefault) else [ahead.to_json() for ahead in value]

    def from_json(self, kept: Any, about: ReadingContext) -> tuple[LeadTime, ...] | CommunityDefault:
        """From those."""
        return CommunityDefault(kept) if isinstance(kept, str) else tuple(map(LeadTime.from_json, kept))


class QuietHoursKind(Kind[QuietHours | tuple[()] | CommunityDefault]):
    """A part of the day: "22-7"; () for none, USUAL for what everybody has."""

    question, reading_order = "ask-quiet", 4

    def read(self, sentence: Sentence, about: ReadingContext) -> QuietHours | tuple[()] | CommunityDefault | None:
        """The first one said."""
        return _take(sentence, about, reminder_phrases.find_quiet_hours) or sentence.take(_otherwise(about.languages))

    def to_json(self, value: QuietHours | tuple[()] | CommunityDefault) -> Any:
        """As two clock times."""
        if isinstance(value, CommunityDefault):
            return value.value
        return value.to_json() if value else []

    def from_json(self, kept: Any, about: ReadingContext) -> QuietHours | tuple[()] | CommunityDefault:
        """From those."""
        if isinstance(kept, str):
            return CommunityDefault(kept)
        return QuietHours.from_json(kept) if kept else ()


class UntilKind(Kind[datetime]):
    """How long: "1 time", "i 2 uger", "til i morgen", "til fredag kl. 12"; the local time (naive) when it is over."""

    question, reading_order = "ask-until", -1

    def read(self, sentence: Sentence, about: ReadingContext) -> datetime | None:
        """A length from now on, or the beginning of what is named; of today, its end."""
        found = find_time(sentence.unread, about) or find_time(
            _end_from_now(about.languages).sub(_blank, sentence.unread), about
        )
        until = _until(found.when, about, _text_of(sentence, found)) if found else None
        if found and until:
            for span in found.char_ranges:
                sentence.cross_out(*span)
            return until
        length = _take(sentence, about, reminder_phrases.find_duration)
        return reminder_phrases.add_duration(about.now, length) if length else None

    def to_json(self, value: datetime) -> str:
        """In ISO 8601."""
        return value.isoformat()

    def from_json(self, kept: str, about: ReadingContext) -> datetime:
        """From that."""
        return datetime.fromisoformat(kept)


def _first_word(words: Mapping[str, tuple[str, ...]], languages: tuple[str, ...]) -> str:
    """Return the first word in the first of the languages that has one, else in any language."""
    in_order = [words[code] for code in languages if code in words] or list(words.values())
    return in_order[0][0]


@lru_cache(maxsize=64)
def _otherwise(languages: tuple[str, ...]) -> Vocabulary[CommunityDefault | tuple[()]]:
    as_everybody = collect_phrases(languages, lambda phrases: phrases.as_everybody)
    never = collect_phrases(languages, lambda phrases: phrases.never)
    return Vocabulary([(COMMUNITY_DEFAULT, as_everybody), ((), never)])


@lru_cache(maxsize=64)
def _named_agreement(languages: tuple[str, ...]) -> re.Pattern[str]:
    agreement = pattern_of(languages, lambda phrases: phrases.agreement)
    sign = pattern_of(languages, lambda phrases: phrases.number_sign)
    return re.compile(rf"\b{agreement}\s+(?:{sign}\s*)?#?(\d{{1,6}})\b", re.I)


@lru_cache(maxsize=64)
def _end_from_now(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of the word before the end of something that nobody has begun: "til kl. 20"."""
    return re.compile(rf"\b{pattern_of(languages, lambda phrases: phrases.end_from_now)}\b", re.I)


@lru_cache(maxsize=64)
def _included(languages: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b{pattern_of(languages, lambda phrases: phrases.end_included)}\b", re.I)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _until(when: When, about: ReadingContext, text: str) -> datetime | None:
    """ "until Monday" is over when Monday begins; a deadline that is said with the same words holds all Monday."""
    said = when.end or when.start
    if when.error or said is None:
        return None
    if isinstance(said, datetime):
        return said
    if when.deadline and not _included(about.languages).search(text):
        said -= timedelta(days=1)
    is_today = when.end is None and said == about.now.date()
    return datetime.combine(said + timedelta(days=is_today), time())


def _text_of(sentence: Sentence, found: FoundTime) -> str:
    return " ".join(sentence.unread[start:end] for start, end in found.char_ranges)


def _take(sentence: Sentence, about: ReadingContext, find: Callable[[str, str], FoundValue[V] | None]) -> V | None:
    """By the language that understands more of it, as times are read."""
    readings = [find(sentence.unread, language) for language in about.languages]
    best = max((found for found in readings if found), key=lambda found: found.char_count, default=None)
    if best is None:
        return None
    for span in best.char_ranges:
        sentence.cross_out(*span)
    return best.value


AGREEMENT_REFERENCE = AgreementReferenceKind()
REMINDER_TIMES = ReminderTimesKind()
QUIET_HOURS = QuietHoursKind()
UNTIL = UntilKind()
