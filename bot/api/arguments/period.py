"""How long something lasts, as people say it: a time, "til søndag", which is from now on, or "fra mandag", and on."""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from bot.api.arguments.time import TimeKind, find_time
from bot.api.request.reading_context import ReadingContext
from bot.parsing.command import Sentence
from bot.parsing.phrases import pattern_of
from bot.parsing.when import When

_DAY = timedelta(days=1)


class PeriodKind(TimeKind):
    """A stretch of time. One without an end was only said to begin: ask for its end, and the answer is put to it."""

    def read(self, sentence: Sentence, about: ReadingContext) -> When | None:
        """Read it, and the word that leads it, and cross both out."""
        text = sentence.left
        found = find_time(text, about)
        if found is None:  # "fra i morgen" is no time
            found = find_time(_start_pattern(about.languages).sub(_blank, text), about)
        if found is None:
            return None
        for start, end in found.char_ranges:
            sentence.cross_out(start, end)
        first = found.char_ranges[0][0]
        before, at_start = _lead_patterns(about.languages)
        if led := before.search(text, 0, first):
            sentence.cross_out(led.start(), first)
        led = led or at_start.match(text, first)
        lead = (led.lastgroup or "") if led else ""
        others = tuple(_meant(other, lead, about.now) for other in found.when.alternatives)
        return replace(_meant(found.when, lead, about.now), alternatives=others)

    def complete(self, earlier: When, said: When) -> When:
        """After "fra mandag", "fredag" and "til fredag" are its end."""
        if earlier.end is None and earlier.start is not None:
            return replace(earlier, end=_end(said))
        return super().complete(earlier, said)


@lru_cache(maxsize=64)
def _start_pattern(languages: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b{pattern_of(languages, lambda phrases: phrases.start)}\b", re.I)


@lru_cache(maxsize=64)
def _lead_patterns(languages: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of the word before a time, and of the one that a time may begin with."""
    start, end = (pattern_of(languages, choose) for choose in (lambda each: each.start, lambda each: each.end))
    lead = rf"(?:(?P<until>{end})|(?P<from>{start}))"
    return re.compile(rf"\b{lead}\s*$", re.I), re.compile(rf"{lead}\b", re.I)


def _blank(word: re.Match[str]) -> str:
    return " " * len(word[0])


def _meant(when: When, lead: str, now: datetime) -> When:
    """What the word before it makes of a time; without one a day is a day, and "efter kl. 14" lasts until midnight."""
    if when.error or when.rrule or (when.start is None and when.end is None):
        return when
    if lead == "until" or when.start is None:
        end = _end(when)
        now = now.replace(second=0, microsecond=0)
        return replace(when, start=now if isinstance(end, datetime) else now.date(), end=end)
    if lead == "from" or when.end is not None:
        return when
    day = when.start.date() if isinstance(when.start, datetime) else when.start
    midnight = datetime.combine(day + _DAY, time())
    return replace(when, end=midnight if isinstance(when.start, datetime) else midnight.date())


def _end(when: When) -> datetime | date | None:
    """A day belongs to what lasts until it; a clock time is where it ends."""
    if when.end is not None or when.start is None or isinstance(when.start, datetime):
        return when.end or when.start
    return when.start + _DAY


PERIOD = PeriodKind()
