"""Reads the moment when something is over: "i 2 uger", "til mandag"."""

import re
from datetime import datetime, time, timedelta
from functools import lru_cache

from bot.api.arguments.kind import Kind
from bot.api.arguments.phrase import read_phrase
from bot.api.arguments.time import find_time
from bot.api.request.reading_context import ReadingContext
from bot.languages.phrase_patterns import pattern_of
from bot.parsing.unread_words import Sentence
from bot.parsing.when import FoundTime, When, reminder_phrases


class UntilKind(Kind[datetime]):
    """The local time (naive) when something is over: "1 time", "i 2 uger", "til i morgen", "til fredag kl. 12".

    With `from_now`, a time that begins later is not read: "på fredag", "fra mandag til onsdag".
    """

    question, reading_order = "ask-until", -1

    def __init__(self, *, from_now: bool = False) -> None:
        self.from_now = from_now

    def read(self, sentence: Sentence, context: ReadingContext) -> datetime | None:
        """Return the end of a duration from now on, or the beginning of the time named. "i dag" ends with the day."""
        text = sentence.unread
        found = find_time(text, context) or find_time(_end_word(context.languages).sub(_blank, text), context)
        until = _end_of(found.when, context, _words_of(text, found)) if found else None
        if self.from_now and found and _begins_later(found, text, context):
            return None
        if found and until and not _is_duration(found, text, context):
            sentence.cross_out_all(found.char_ranges)
            return until
        duration = read_phrase(sentence, context, reminder_phrases.find_duration)
        return reminder_phrases.add_duration(context.now, duration) if duration else None

    def to_json(self, value: datetime) -> str:
        """Return the time in ISO 8601."""
        return value.isoformat()

    def from_json(self, stored: str, context: ReadingContext) -> datetime:
        """Return the local time."""
        return datetime.fromisoformat(stored)


def _end_of(when: When, context: ReadingContext, words: str) -> datetime | None:
    """Return the moment at which something ends that lasts until a time. "until Monday" ends when Monday begins.

    A deadline is written with the same words and includes its day; that day is kept when the words say so.
    """
    end = when.end or when.start
    if when.error or end is None:
        return None
    if isinstance(end, datetime):
        return end
    if when.deadline and not _inclusive_words(context.languages).search(words):
        end -= timedelta(days=1)
    is_today = when.end is None and end == context.now.date()
    return datetime.combine(end + timedelta(days=is_today), time())


def _begins_later(found: FoundTime, text: str, context: ReadingContext) -> bool:
    """Return whether a time has a beginning that is still to come, and no "til" before it."""
    when = found.when
    if when.start is None or when.alternatives or _is_duration(found, text, context):
        return False
    first = when.start if isinstance(when.start, datetime) else datetime.combine(when.start, time())
    ends = _end_words(context.languages)
    has_end_word = ends.match(_words_of(text, found)) or ends.search(text[: found.char_ranges[0][0]])
    return first > context.now and not has_end_word


@lru_cache(maxsize=64)
def _end_words(languages: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b{pattern_of(languages, lambda phrases: phrases.end)}\b", re.I)


def _is_duration(found: FoundTime, text: str, context: ReadingContext) -> bool:
    """Return whether a time is a duration and nothing else: "i 2 uger" ends at this time of the day in two weeks."""
    durations = (reminder_phrases.find_duration(text, language) for language in context.languages)
    return any(duration is not None and duration.char_ranges == found.char_ranges for duration in durations)


@lru_cache(maxsize=64)
def _end_word(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of the word before an end without a beginning: "til kl. 20"."""
    return re.compile(rf"\b{pattern_of(languages, lambda phrases: phrases.end_from_now)}\b", re.I)


@lru_cache(maxsize=64)
def _inclusive_words(languages: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b{pattern_of(languages, lambda phrases: phrases.end_included)}\b", re.I)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _words_of(text: str, found: FoundTime) -> str:
    return " ".join(text[start:end] for start, end in found.char_ranges)


UNTIL, UNTIL_FROM_NOW = UntilKind(), UntilKind(from_now=True)
