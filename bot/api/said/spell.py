"""How long something lasts, as people say it: a time, "til søndag", which is from now on, or "fra mandag", and on."""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.api.arguments import ReadingContext, TimeKind, find_time
from bot.parsing.command import Sentence
from bot.parsing.when import When

_DAY = timedelta(days=1)
_UNTIL = r"(?:frem til|(?:ind)?til(?: og med)?|up to|to|until|till|through)"
_FROM = r"(?:fra(?: og med)?|from|starting)"
#: The word before a time, and the one that a time may begin with.
_BEFORE = re.compile(rf"\b(?:(?P<until>{_UNTIL})|(?P<from>{_FROM}))\s*$", re.I)
_FIRST = re.compile(rf"(?:(?P<until>{_UNTIL})|(?P<from>{_FROM}))\b", re.I)
_ANYWHERE = re.compile(rf"\b{_FROM}\b", re.I)


class PeriodKind(TimeKind):
    """A stretch of time. One without an end was only said to begin: ask for its end, and the answer is put to it."""

    def read(self, sentence: Sentence, about: ReadingContext) -> When | None:
        """Read it, and the word that leads it, and cross both out."""
        text = sentence.left
        found = find_time(text, about) or find_time(_ANYWHERE.sub(_blank, text), about)  # "fra i morgen" is no time
        if found is None:
            return None
        for start, end in found.char_ranges:
            sentence.cross_out(start, end)
        first = found.char_ranges[0][0]
        if led := _BEFORE.search(text, 0, first):
            sentence.cross_out(led.start(), first)
        led = led or _FIRST.match(text, first)
        lead = (led.lastgroup or "") if led else ""
        others = tuple(_meant(other, lead, about.now) for other in found.when.alternatives)
        return replace(_meant(found.when, lead, about.now), alternatives=others)

    def complete(self, earlier: When, said: When) -> When:
        """After "fra mandag", "fredag" and "til fredag" are its end."""
        if earlier.end is None and earlier.start is not None:
            return replace(earlier, end=_end(said))
        return super().complete(earlier, said)


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
