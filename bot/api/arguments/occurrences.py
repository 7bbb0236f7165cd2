"""Which times of a series somebody means: "den 17. juli", "i uge 29", "fra og med uge 30", "næste gang"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from bot.api.arguments.kind import Kind
from bot.api.arguments.time import TIME, find_time
from bot.api.request.reading_context import ReadingContext
from bot.parsing.command import Sentence
from bot.parsing.phrases import pattern_of
from bot.parsing.when import When

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Patterns:
    """What is looked for, in some languages at once."""

    all_times: re.Pattern[str]
    next_time: re.Pattern[str]
    lead: re.Pattern[str]
    from_time_on: re.Pattern[str]
    skip_over: re.Pattern[str]
    moved_to: re.Pattern[str]

    @classmethod
    @lru_cache(maxsize=64)
    def of(cls, languages: tuple[str, ...]) -> "_Patterns":
        """Return the patterns of some languages."""
        from_time = pattern_of(languages, lambda phrases: phrases.from_time)
        from_time_on = pattern_of(languages, lambda phrases: phrases.from_time_on)
        patterns = (
            rf"\s*{pattern_of(languages, lambda phrases: phrases.all_times)}\b",
            rf"\s*{pattern_of(languages, lambda phrases: phrases.next_time)}\b",
            rf"\s*(?:{from_time_on}|{from_time})\s+",
            rf"\s*{from_time_on}\s+",
            rf"\s*{pattern_of(languages, lambda phrases: phrases.skip_over)}\s+",
            rf"\s+{pattern_of(languages, lambda phrases: phrases.moved_to)}\s+",
        )
        return cls(*(re.compile(pattern, re.I) for pattern in patterns))


@dataclass(frozen=True)
class Occurrences:
    """Some times of a series: those on the days of `when`, and with `onward` every later one; without it the next.

    `every` means all of them.
    """

    when: When | None = None
    onward: bool = False
    every: bool = False

    def select(self, starts: Sequence[datetime]) -> list[datetime]:
        """Those of some local times that are meant."""
        if self.every:
            return list(starts)
        if self.when is None:
            return list(starts[:1])
        first, last = _days(self.when)
        return [start for start in starts if first <= start.date() and (self.onward or start.date() < last)]


class OccurrencesKind(Kind[Occurrences]):
    """Times of a series, said before anything else. To be `moved`, they stand before a "til" and the new time."""

    question, reading_order = "ask-which-time", 4

    def __init__(self, *, moved: bool = False) -> None:
        self.moved = moved

    def read(self, sentence: Sentence, about: ReadingContext) -> Occurrences | None:
        """Read it where the sentence begins, and cross it out."""
        return self._moved(sentence, about) if self.moved else self._left_out(sentence, about)

    def to_json(self, value: Occurrences) -> dict[str, Any]:
        """Its parts."""
        return {
            "when": TIME.to_json(value.when) if value.when else None,
            "onward": value.onward,
            "every": value.every,
        }

    def from_json(self, kept: dict[str, Any], about: ReadingContext) -> Occurrences:
        """From its parts."""
        when = TIME.from_json(kept["when"], about) if kept["when"] else None
        return Occurrences(when, kept["onward"], kept["every"])

    def _moved(self, sentence: Sentence, about: ReadingContext) -> Occurrences | None:
        """ "fra den 17. juli til torsdag kl. 9"; but "kl. 9 til kl. 11" is one time."""
        patterns = _Patterns.of(about.languages)
        for to in patterns.moved_to.finditer(sentence.left):
            lead, which, at = _led(sentence.left[: to.start()], about)
            new = find_time(sentence.left[to.end() :], about)
            if which is not None and at == to.start() and new is not None and not new.when.error:
                sentence.cross_out(0, to.end())
                return Occurrences(which, onward=patterns.from_time_on.match(lead) is not None)
        return None

    def _left_out(self, sentence: Sentence, about: ReadingContext) -> Occurrences | None:
        text = sentence.left
        patterns = _Patterns.of(about.languages)
        over = patterns.skip_over.match(text)
        begins = over.end() if over else 0
        for pattern, which in ((patterns.all_times, Occurrences(every=True)), (patterns.next_time, Occurrences())):
            if found := pattern.match(text, begins):
                sentence.cross_out(0, found.end())
                return which
        lead, when, at = _led(text[begins:], about)
        if when is None:
            return None
        sentence.cross_out(0, begins + at)
        return Occurrences(when, onward=bool(lead))


def _led(text: str, about: ReadingContext) -> tuple[str, When | None, int]:
    """The word that leads a time at the beginning of a text, the time if it names days, and where it ends."""
    led = _Patterns.of(about.languages).lead.match(text)
    lead, begins = (led[0], led.end()) if led else ("", 0)
    found = find_time(text[begins:], about)
    if found is None or text[begins : begins + found.char_ranges[0][0]].strip():
        return lead, None, 0
    when, end = found.when, found.char_ranges[0][1]
    for start, stop in found.char_ranges[1:]:
        if text[begins + end : begins + start].strip():
            return lead, None, 0
        end = stop
    names_days = when.start is not None and when.has_day and not (when.error or when.rrule or when.has_clock)
    return lead, when if names_days else None, begins + end


def _days(when: When) -> tuple[date, date]:
    assert when.start is not None, "it names days"
    first = when.start.date() if isinstance(when.start, datetime) else when.start
    if when.end is None:
        return first, first + _DAY
    if isinstance(when.end, datetime):
        return first, (when.end.date() if when.end.time() == time() else when.end.date() + _DAY)
    return first, when.end


OCCURRENCES, OCCURRENCES_TO_MOVE = OccurrencesKind(), OccurrencesKind(moved=True)
