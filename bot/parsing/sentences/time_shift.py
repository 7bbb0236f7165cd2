"""Reads a time relative to another: "en halv time tidligere", "fjorten dage senere", "en dag frem"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.languages.registry import find_language
from bot.parsing.sentences.finder import finder_of
from bot.parsing.when.components import Duration
from bot.parsing.when.reminder_phrases import add_duration, find_duration


class Direction(StrEnum):
    """Which way a time is moved. UNCLEAR: "en time frem" is earlier for some people and later for others."""

    EARLIER = "earlier"
    LATER = "later"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class TimeShift:
    """How far a time is moved, and which way."""

    minutes: int
    days: int
    months: int
    direction: Direction

    @classmethod
    def by(cls, duration: Duration, direction: Direction) -> "TimeShift":
        """Return the shift by a duration in a direction."""
        return cls(duration.minutes, duration.days, duration.months, direction)

    def apply(self, start: datetime, direction: Direction) -> datetime | None:
        """Return a local time moved in a direction; None beyond the first or the last year that a date can have."""
        sign = -1 if direction is Direction.EARLIER else 1
        return add_duration(start, Duration(sign * self.months, sign * self.days, sign * self.minutes))


@dataclass(frozen=True)
class FoundShift:
    """A shift in a text, and the characters that say it."""

    shift: TimeShift
    char_ranges: tuple[tuple[int, int], ...]


_DAYS_OF_WEEK = 7


def find_time_shift(text: str, languages: Sequence[str]) -> FoundShift | None:
    """Return how a text moves a time; None when it names no duration with a direction.

    The direction stands behind the duration ("en time senere"), or is in a verb ("vent en uge"). A text that has
    nothing but a duration moves a time without saying which way.
    """
    words = [find_language(code).sentence_words for code in languages]
    from_now = {word for one in words for word in one.from_now}
    shift_by = {word for one in words for word in one.shift_by}
    for language in languages:
        found = _find_day_shift(text, language) or _find_duration_shift(text, language, from_now, shift_by)
        if found is not None:
            return found
    return None


def _find_day_shift(text: str, language: str) -> FoundShift | None:
    finder = finder_of(language)
    for direction, patterns in ((Direction.EARLIER, finder.day_earlier), (Direction.LATER, finder.day_later)):
        if match := patterns.find(text):
            return FoundShift(TimeShift(0, 1, 0, direction), ((match.start, match.end),))
    if match := finder.week_later.find(text):
        return FoundShift(TimeShift(0, _DAYS_OF_WEEK, 0, Direction.LATER), ((match.start, match.end),))
    return None


def _find_duration_shift(text: str, language: str, from_now: set[str], shift_by: set[str]) -> FoundShift | None:
    found = find_duration(text, language)
    if found is None:
        return None
    finder, value, (start, end) = finder_of(language), found.value, found.char_ranges[-1]
    of_time = str(find_language(language).time_words.roles.get("of_time", "")).split(", ")  # "en times tid før"
    for direction, patterns in (
        (Direction.EARLIER, finder.earlier),
        (Direction.LATER, finder.later),
        (Direction.UNCLEAR, finder.either_way),
    ):
        match = patterns.find(text[end:])
        if match is not None and text[end : end + match.start].strip(" ,").casefold() in {"", *of_time}:
            shift = TimeShift.by(value, direction)
            return FoundShift(shift, (*found.char_ranges, (end, end + match.end)))
    if text[start:end].split()[0].casefold() in from_now:
        return None
    for direction, verbs in ((Direction.LATER, finder.delays), (Direction.EARLIER, finder.advances)):
        if verbs.find(text):
            return FoundShift(TimeShift.by(value, direction), found.char_ranges)
    if (text[:start] + text[end:]).strip(" ,.!?").casefold() in {"", *shift_by}:
        return FoundShift(TimeShift.by(value, Direction.UNCLEAR), ((0, end),))
    return None
