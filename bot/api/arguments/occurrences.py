"""Reads which times of a series are meant: "den 17. juli", "i uge 29", "fra og med uge 30", "næste gang", "alle"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from bot.api.arguments.kind import Kind
from bot.api.arguments.time import TIME, find_time
from bot.api.request.reading_context import ReadingContext
from bot.languages.phrase_patterns import pattern_of
from bot.parsing.sentences.finder import finder_of
from bot.parsing.sentences.unread import find_content
from bot.parsing.unread_words import Sentence
from bot.parsing.when import When


@dataclass(frozen=True)
class _Patterns:
    """Regular expressions for the words around the times of a series, each for several languages at once."""

    all_times: re.Pattern[str]
    next_time: re.Pattern[str]
    lead: re.Pattern[str]
    from_time_on: re.Pattern[str]
    skip_over: re.Pattern[str]
    moved_to: re.Pattern[str]

    @classmethod
    @lru_cache(maxsize=64)
    def of(cls, languages: tuple[str, ...]) -> "_Patterns":
        """Return the patterns for some languages."""
        from_time = pattern_of(languages, lambda phrases: phrases.from_time)
        part_of = pattern_of(languages, lambda phrases: phrases.all_of)
        from_time_on = pattern_of(languages, lambda phrases: phrases.from_time_on)
        patterns = (
            rf"\s*{pattern_of(languages, lambda phrases: phrases.all_times)}\b(?!\s+{part_of}\b)",
            rf"\s*{pattern_of(languages, lambda phrases: phrases.next_time)}\b",
            rf"\s*(?:{from_time_on}|{from_time})\s+",
            rf"\s*{from_time_on}\s+",
            rf"\s*{pattern_of(languages, lambda phrases: phrases.skip_over)}\s+",
            rf"\s+{pattern_of(languages, lambda phrases: phrases.moved_to)}\s+",
        )
        return cls(*(re.compile(pattern, re.I) for pattern in patterns))


@dataclass(frozen=True)
class Occurrences:
    """A choice of times of a series: the times on the days of `when`, and with `onward` all later times too.

    After a `when` with an open end, such as "efter sommerferien", all later times are meant as well. Without `when` it
    is the next time only, or with `every` all times.
    """

    when: When | None = None
    onward: bool = False
    every: bool = False

    def select(self, starts: Sequence[datetime]) -> list[datetime]:
        """Return the chosen ones of some local start times, which are passed soonest first."""
        if self.every:
            return list(starts)
        if self.when is None:
            return list(starts[:1])
        first, end = self.when.dates
        has_no_end = self.onward or self.when.open_end
        return [start for start in starts if first <= start.date() and (has_no_end or start.date() < end)]


class OccurrencesKind(Kind[Occurrences]):
    """Times of a series, at the beginning of the sentence. With `moved`, a "til" and the new time must follow them."""

    question, reading_order = "ask-which-time", 4

    def __init__(self, *, moved: bool = False) -> None:
        self.moved = moved

    def read(self, sentence: Sentence, context: ReadingContext) -> Occurrences | None:
        """Return the times that the sentence begins with."""
        return self._read_moved(sentence, context) if self.moved else self._read(sentence, context)

    def to_json(self, value: Occurrences) -> dict[str, Any]:
        """Return the occurrences as a dictionary for JSON."""
        return {
            "when": TIME.to_json(value.when) if value.when else None,
            "onward": value.onward,
            "every": value.every,
        }

    def from_json(self, stored: dict[str, Any], context: ReadingContext) -> Occurrences:
        """Return the occurrences that `to_json` wrote."""
        when = TIME.from_json(stored["when"], context) if stored["when"] else None
        return Occurrences(when, stored["onward"], stored["every"])

    def _read_moved(self, sentence: Sentence, context: ReadingContext) -> Occurrences | None:
        """Read "fra den 17. juli til torsdag kl. 9", "fredag kl. 9 til lørdag kl. 10".

        "kl. 9 til kl. 11" is one time and not read.
        """
        patterns = _Patterns.of(context.languages)
        for to in patterns.moved_to.finditer(sentence.unread):
            new = find_time(sentence.unread[to.end() :], context)
            allows_clock = new is not None and new.when.has_day
            lead, days, end = _read_days(sentence.unread[: to.start()], context, allows_clock=allows_clock)
            if days is not None and end == to.start() and new is not None and not new.when.error:
                sentence.cross_out(0, to.end())
                return Occurrences(days, onward=patterns.from_time_on.match(lead) is not None)
        return None

    def _read(self, sentence: Sentence, context: ReadingContext) -> Occurrences | None:
        text = sentence.unread
        patterns = _Patterns.of(context.languages)
        over = patterns.skip_over.match(text)
        start = over.end() if over else 0
        if found := patterns.next_time.match(text, start):
            sentence.cross_out(0, found.end())
            return Occurrences()
        every = patterns.all_times.match(text, start)
        lead, days, end = _read_days(text[start:], context)
        if days is None and every:
            start = every.end()
            lead, days, end = _read_days(text[start:], context)
        if days is not None:
            sentence.cross_out(0, start + end)
            return Occurrences(days, onward=bool(lead))
        if every is None or find_content(text[every.end() :], context.languages):
            return None  # "alle onsdagene" is not all of them
        sentence.cross_out(0, every.end())
        return Occurrences(every=True)


def _read_days(text: str, context: ReadingContext, *, allows_clock: bool = False) -> tuple[str, When | None, int]:
    """Return the word "fra" at the beginning of a text, the days that are named behind it, and where the days end.

    The days are None when the text names no days there, or anything more exact, but with `allows_clock` a clock time.
    """
    match = _Patterns.of(context.languages).lead.match(text)
    lead, offset = (match[0], match.end()) if match else ("", 0)
    found = find_time(text[offset:], context)
    if found is None or find_content(text[offset : offset + found.char_ranges[0][0]], context.languages):
        return lead, None, 0
    when, end = found.when, found.char_ranges[0][1]
    for start, stop in found.char_ranges[1:]:
        if text[offset + end : offset + start].strip():
            return lead, None, 0
        end = stop
    if any(finder_of(code).alternative.find(text[offset : offset + end]) for code in context.languages):
        return lead, None, 0  # "fredag eller lørdag": the argument for a day asks which
    names_days = (
        when.start is not None
        and when.has_day
        and not (when.error or when.rrule)
        and (allows_clock or not when.has_clock)
    )
    return lead, when if names_days else None, offset + end


OCCURRENCES = OccurrencesKind()
OCCURRENCES_TO_MOVE = OccurrencesKind(moved=True)
