"""Times with a beginning and an end: "i uge 30", "til søndag" (from now on), "fra mandag" (the end is asked for)."""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from bot.api.arguments.complete_time import end_on_day
from bot.api.arguments.time import TimeKind, find_time
from bot.api.request.reading_context import ReadingContext
from bot.languages.phrase_patterns import pattern_of
from bot.parsing.unread_words import Sentence
from bot.parsing.when import When, WhenError

_DAY = timedelta(days=1)


class PeriodKind(TimeKind):
    """A time with an end.

    When only the beginning was written, `end` is None: the feature asks, and the answer is the end.
    """

    def read(self, sentence: Sentence, context: ReadingContext) -> When | None:
        """Return the time that the sentence names; the word before it ("til", "fra") is part of it."""
        periods = self._read(sentence, context, several=False)
        return periods[0] if periods else None

    def read_several(self, sentence: Sentence, context: ReadingContext) -> list[When]:
        """Return all times that the sentence names together: two for "uge 33+35"."""
        return self._read(sentence, context, several=True)

    def _read(self, sentence: Sentence, context: ReadingContext, *, several: bool) -> list[When]:
        text = sentence.unread
        found, begins_only = find_time(text, context, several=several), False
        if found is None:  # "fra i morgen" is no time
            without_start = _start_pattern(context.languages).sub(_blank, text)
            found, begins_only = find_time(without_start, context, several=several), True
        if found is None:
            return []
        first = found.char_ranges[0][0]
        before, at_start = _lead_patterns(context.languages)
        preceding = before.search(text, 0, first)
        match = preceding or at_start.match(text, first)
        if found.when.deadline and not match:
            return []  # "senest fredag" is when it begins at the latest, or when it ends
        sentence.cross_out_all(found.char_ranges)
        if preceding:
            sentence.cross_out(preceding.start(), first)
        lead = (match.lastgroup or "") if match else ""
        if found.when.several:
            return [_apply_lead(when, "", context.now) for when in found.when.several]
        ends = [_last_moment(each) for each in found.when.alternatives] if lead == "until" else []
        if any(end is not None and _is_over(end, context.now) for end in ends):
            said = " ".join(text[start:end] for start, end in found.char_ranges)
            return [When(None, None, error=WhenError("when-passed", {"said": said}))]
        when, *others = (
            period
            for each in (found.when, *found.when.alternatives)
            for period in _find_periods(_without_end(each) if begins_only and lead == "from" else each, lead, context)
        )
        return [replace(when, alternatives=tuple(others))]

    def complete(self, earlier: When, answer: When) -> When:
        """Return the earlier time with its end: after "fra mandag", both "fredag" and "til fredag" are the end."""
        if earlier.end is None and earlier.start is not None:
            return replace(earlier, end=_last_moment(answer))
        return super().complete(earlier, answer)


@lru_cache(maxsize=64)
def _start_pattern(languages: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b{pattern_of(languages, lambda phrases: phrases.start)}\b", re.I)


@lru_cache(maxsize=64)
def _lead_patterns(languages: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of "til" or "fra": standing before a time, and as the first word of a time."""
    start, end = (pattern_of(languages, choose) for choose in (lambda each: each.start, lambda each: each.end))
    lead = rf"(?:(?P<until>{end})|(?P<from>{start}))"
    return re.compile(rf"\b{lead}\s*$", re.I), re.compile(rf"{lead}\b", re.I)


def _blank(word: re.Match[str]) -> str:
    return " " * len(word[0])


def _without_end(when: When) -> When:
    """Return the beginning of a time: "fra uge 42" (from week 42 on) begins with the week, and does not end with it."""
    return when if when.start is None else replace(when, end=None)


def _find_periods(when: When, lead: str, context: ReadingContext) -> list[When]:
    """Return the period that a time and the word before it mean: two for "frem til kl. 12 i morgen".

    That lasts from now on, or is only on the day that was named behind the clock time.
    """
    period = _apply_lead(when, lead, context.now)
    if not (when.clock_came_first and lead == "until") or when.error or not isinstance(period.end, datetime):
        return [period]
    on_day = end_on_day(replace(when, start=None, end=period.end), context.now)
    return [period] if on_day.start == period.start else [period, on_day]


def _apply_lead(when: When, lead: str, now: datetime) -> When:
    """Return the period that a time and the word before it mean. The word is "until", "from" or missing.

    Without such a word, a day stands for that whole day, and "efter kl. 14" lasts until midnight.
    """
    if when.error or when.rrule or (when.start is None and when.end is None):
        return when
    if when.ends_on_day:
        return end_on_day(when, now)
    if lead == "until" or when.start is None:
        end = _last_moment(when)
        now = now.replace(second=0, microsecond=0)
        return replace(when, start=now if isinstance(end, datetime) else now.date(), end=end)
    if lead == "from" or when.end is not None:
        return when
    day = when.start.date() if isinstance(when.start, datetime) else when.start
    midnight = datetime.combine(day + _DAY, time())
    return replace(when, end=midnight if isinstance(when.start, datetime) else midnight.date())


def _is_over(end: datetime | date, now: datetime) -> bool:
    return end <= now if isinstance(end, datetime) else end <= now.date()


def _last_moment(when: When) -> datetime | date | None:
    """Return the end of a period that lasts until a time: a day is included, a clock time is the end."""
    if when.end is not None or when.start is None or isinstance(when.start, datetime):
        return when.end or when.start
    return when.start + _DAY


PERIOD = PeriodKind()
