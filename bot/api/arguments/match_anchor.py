"""The argument of a time relative to a match: "inden kampen lørdag", "efter stævnet", "dagen før kampen"."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.api.arguments.kind import Kind
from bot.api.arguments.time import TIME, find_time
from bot.api.request.reading_context import ReadingContext
from bot.languages.phrase_patterns import any_of
from bot.languages.registry import find_language
from bot.parsing.unread_words import Sentence
from bot.parsing.when import When


@dataclass(frozen=True)
class MatchAnchor:
    """A time before or after a match. `side` is "before", "after" or "day-before"; `day` is the day of the match."""

    side: str
    day: When | None = None


class MatchAnchorKind(Kind[MatchAnchor]):
    """A time before or after the next match, or the match on a day. Read before times: the day is that of the match."""

    reading_order = 4

    def read(self, sentence: Sentence, context: ReadingContext) -> MatchAnchor | None:
        """Return the anchor that the sentence names, with the day right behind it."""
        found = _pattern(context.languages).search(sentence.unread)
        if found is None:
            return None
        sentence.cross_out(*found.span())
        side = str(found.lastgroup).replace("_", "-")
        inside = find_time(found[0], context)  # "before saturday's match"
        if inside is not None and inside.when.has_day and not inside.when.error:
            return MatchAnchor(side, inside.when)
        day = find_time(sentence.unread[found.end() :], context)
        if day is None or sentence.unread[found.end() : found.end() + day.char_ranges[0][0]].strip():
            return MatchAnchor(side)
        when = day.when
        if when.error or when.rrule or when.deadline or when.has_clock or not when.has_day:
            return MatchAnchor(side)
        for start, end in day.char_ranges:
            sentence.cross_out(found.end() + start, found.end() + end)
        return MatchAnchor(side, when)

    def to_json(self, value: MatchAnchor) -> list[Any]:
        """Return the side, and the day as a time or None."""
        return [value.side, TIME.to_json(value.day) if value.day else None]

    def from_json(self, stored: list[Any], context: ReadingContext) -> MatchAnchor:
        """Return the anchor that `to_json` wrote."""
        side, day = stored
        return MatchAnchor(side, TIME.from_json(day, context) if day else None)


@lru_cache(maxsize=64)
def _pattern(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of "inden kampen", with a group for each side."""
    words = [find_language(code).sentence_words for code in languages]
    weekdays = (name for code in languages for name in find_language(code).weekdays)
    between = any_of((*(each for one in words for each in one.before_match), *weekdays))
    match = any_of(each for one in words for each in one.match)
    sides = (
        ("day_before", [each for one in words for each in one.day_before]),
        ("before", [each for one in words for each in one.before]),
        ("after", [each for one in words for each in one.after]),
    )
    named = "|".join(rf"(?P<{name}>{any_of(phrases)})" for name, phrases in sides)
    return re.compile(rf"\b(?:{named})\s+(?:{between}\s+)*{match}\w*", re.I)


MATCH_ANCHOR = MatchAnchorKind()
