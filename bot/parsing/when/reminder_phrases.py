"""Reads reminder times, quiet hours and durations: "aftenen før kl. 20", "22-7", "1 time".

The same tokens and rules as for times are used. The methods of `_Reader` are the patterns around them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Generic, TypeVar

from bot.languages.registry import find_language
from bot.parsing.normalise import fold
from bot.parsing.when import MAX_TEXT_LENGTH, lexicon_of
from bot.parsing.when.clock_time import ClockTime
from bot.parsing.when.components import Duration
from bot.parsing.when.grammar import Match, Matcher
from bot.parsing.when.resolve.dates import to_relativedelta
from bot.parsing.when.rules import GRAMMAR
from bot.parsing.when.tokenizing.tokens import Token, tokenize
from bot.reminder_times import LeadTime, QuietHours

V = TypeVar("V")

#: The hour of a reminder in a part of the day, when no clock time is named.
_REMINDER_HOURS = {"morning": 7, "forenoon": 9, "midday": 12, "afternoon": 15, "evening": 18}
_EVENING = time(_REMINDER_HOURS["evening"])
_MORNING = time(_REMINDER_HOURS["morning"])
_DAYS_OF_MONTH = 31


@dataclass(frozen=True)
class FoundValue(Generic[V]):
    """A value that was read in a text. `char_ranges` are the parts of the text that name it: start and end of each."""

    value: V
    char_ranges: tuple[tuple[int, int], ...]

    @property
    def char_count(self) -> int:
        """The number of characters of the text that name the value."""
        return sum(end - start for start, end in self.char_ranges)


def find_reminder_times(text: str, language: str) -> FoundValue[tuple[LeadTime, ...]] | None:
    """Return all lead times in a text: "aftenen før kl. 20 og 3 timer før".

    None for "1 dag og 3 timer før", which may be one lead time or two.
    """
    reader = _Reader(text, language)
    found: list[LeadTime] = []
    ranges: list[tuple[int, int]] = []
    position = 0
    while position < len(reader.tokens):
        match = reader.match_reminder(position)
        if match is None:
            position += 1
            continue
        if match.value is None:
            return None
        found.extend(match.value if isinstance(match.value, tuple) else (match.value,))
        ranges.append(reader.char_range(position, match.end))
        position = match.end
    return FoundValue(tuple(dict.fromkeys(found)), tuple(ranges)) if found else None


def find_quiet_hours(text: str, language: str) -> FoundValue[QuietHours] | None:
    """Return the first quiet hours in a text: "22-7", "fra kl. 22 til 7", "10pm to 7am"."""
    reader = _Reader(text, language)
    for position in range(len(reader.tokens)):
        if match := reader.match_quiet_hours(position):
            return FoundValue(match.value, (reader.char_range(position, match.end),))
    return None


def find_duration(text: str, language: str) -> FoundValue[Duration] | None:
    """Return the first duration in a text, including the word before it: "1 time", "i 2 uger"."""
    reader = _Reader(text, language)
    for position in range(len(reader.tokens)):
        start = position + 1 if reader.has_role(position, "for", "in_future") else position
        if match := reader.match("Duration", start):
            return FoundValue(match.value, (reader.char_range(position, match.end),))
    return None


def add_duration(now: datetime, duration: Duration) -> datetime | None:
    """Return a local time plus a duration; None beyond the last year that a date can have."""
    try:
        return now + to_relativedelta(duration)
    except (OverflowError, ValueError):
        return None


def _lead_time(duration: Duration) -> LeadTime:
    days = duration.days + _DAYS_OF_MONTH * duration.months
    return LeadTime(length=timedelta(days=days, minutes=duration.minutes))


def _two_lead_times(first: Duration, second: Duration) -> tuple[LeadTime, LeadTime] | None:
    """Return the lead times of "3 timer og 1 dag"; None for "1 dag og 3 timer", which may be one of 27 hours."""
    is_ascending = not (first.days or first.months)
    return (_lead_time(first), _lead_time(second)) if is_ascending else None


class _Reader:
    """Matches the tokens of one text against patterns, one method for each pattern. Positions are indexes of tokens."""

    def __init__(self, text: str, language: str) -> None:
        is_readable = len(text) <= MAX_TEXT_LENGTH
        self.tokens: Sequence[Token] = tokenize(text, lexicon_of(language)) if is_readable else ()
        self.matcher = Matcher(GRAMMAR, self.tokens)
        phrases = find_language(language).phrases
        self.words_for_same = set(map(fold, phrases.same))
        self.words_for_early_morning = set(map(fold, phrases.early_morning))

    def char_range(self, position: int, end: int) -> tuple[int, int]:
        return self.tokens[position].start, self.tokens[end - 1].end

    def match(self, nonterminal: str, position: int) -> Match | None:
        return self.matcher.longest_match(nonterminal, position)

    def has_role(self, position: int, *roles: str) -> bool:
        return position < len(self.tokens) and not self.tokens[position].roles.keys().isdisjoint(roles)

    def match_reminder(self, position: int) -> Match | None:
        return (
            self._match_duration_before(position)
            or self._match_day_before(position)
            or self._match_part_of_day_before(position)
            or self._match_same_day(position)
        )

    def match_quiet_hours(self, position: int) -> Match | None:
        """“22-7”, “fra kl. 22 til 7”, “10pm to 7am”"""
        first = position + 1 if self.has_role(position, "from", "between") else position
        start = self._match_clock_time(first, "ClockTime", "BareTime")
        if start is None or not self.has_role(start.end, "to", "until", "and"):
            return None
        end = self._match_clock_time(start.end + 1, "ClockTime", "BareTime")
        if end is None or end.value == start.value:
            return None
        return Match(QuietHours(start.value, end.value), end.end)

    def _match_duration_before(self, position: int) -> Match | None:
        """“3 timer før” (3 hours before), “2 dage før kl. 12” (2 days before at 12)"""
        match = self.match("Duration", position) or self._match_one_day(position)
        if match is None or match.value.seconds or not self.has_role(match.end, "before", "prior", "day_before"):
            return None
        duration = match.value
        if parts := self._split_at_conjunction(position, match):
            return Match(_two_lead_times(*parts), match.end + 1)
        clock_time = self._match_clock_time(match.end + 1)
        if clock_time and duration.days and not duration.months and not duration.minutes:
            return Match(LeadTime(days=duration.days, at=clock_time.value), clock_time.end)
        return Match(_lead_time(duration), match.end + 1)

    def _split_at_conjunction(self, position: int, match: Match) -> tuple[Duration, Duration] | None:
        """Return both parts of "3 timer og 1 dag", where one is in days and the other in hours; None otherwise."""
        for at in range(position, match.end):
            second = self.match("Duration", at + 1) if self.has_role(at, "and") else None
            if second is not None and second.end == match.end:
                whole, last = match.value, second.value
                first = Duration(whole.months - last.months, whole.days - last.days, whole.minutes - last.minutes)
                has_days = [bool(each.days or each.months) for each in (first, last)]
                return (first, last) if has_days[0] != has_days[1] else None
        return None

    def _match_one_day(self, position: int) -> Match | None:
        """The “1” of “1 day before”: “day before” is one token, so the number is matched here."""
        is_one = self.has_role(position, "Number") and self.tokens[position].roles["Number"] == 1
        return Match(Duration(days=1), position + 1) if is_one and self.has_role(position + 1, "day_before") else None

    def _match_day_before(self, position: int) -> Match | None:
        """“dagen før kl. 17” (the day before at 17)"""
        if not self.has_role(position, "day_before"):
            return None
        return self._with_clock_time(1, position + 1, _EVENING)

    def _match_part_of_day_before(self, position: int) -> Match | None:
        """“aftenen før kl. 8” (the evening before at 8)"""
        position += self.has_role(position, "the")
        part = self._part_of_day(position)
        if part is None or not self.has_role(position + 1, "before", "prior"):
            return None
        hour = _REMINDER_HOURS[part]
        return self._with_clock_time(1, position + 2, time(hour), is_afternoon=hour > 12)

    def _match_same_day(self, position: int) -> Match | None:
        """“samme morgen” (the same morning), “samme dag kl. 7”, “om morgenen” (in the morning)"""
        same = position + self.has_role(position, "the")
        if same < len(self.tokens) and self.tokens[same].text in self.words_for_same:
            part = self._part_of_day(same + 1)
            if part or self.has_role(same + 1, "day"):
                return self._with_clock_time(0, same + 2, time(_REMINDER_HOURS[part]) if part else _MORNING)
        if self.has_role(position, "on_each", "in", "on"):
            position += 1 + self.has_role(position + 1, "the")
            part = self._part_of_day(position)
            if part in ("morning", "forenoon"):
                return self._with_clock_time(0, position + 1, time(_REMINDER_HOURS[part]))
        return None

    def _part_of_day(self, position: int) -> str | None:
        if position < len(self.tokens) and self.tokens[position].text in self.words_for_early_morning:
            return "morning"
        for role in ("PartOfDay", "DefinitePartOfDay"):
            if self.has_role(position, role) and (name := str(self.tokens[position].roles[role])) in _REMINDER_HOURS:
                return name
        return None

    def _with_clock_time(self, days: int, position: int, default: time, *, is_afternoon: bool = False) -> Match:
        """Return the reminder at the clock time at a position; at `default` when there is none.

        With `is_afternoon`, "kl. 8" is eight in the evening.
        """
        match = self._match_clock_time(position)
        if match is None:
            return Match(LeadTime(days=days, at=default), position)
        clock_time = match.value
        if is_afternoon and clock_time.hour < 12:
            clock_time = clock_time.replace(hour=clock_time.hour + 12)
        return Match(LeadTime(days=days, at=clock_time), match.end)

    def _match_clock_time(self, position: int, *nonterminals: str) -> Match | None:
        for nonterminal in nonterminals or ("ClockTime",):
            match = self.match(nonterminal, position)
            if match and isinstance(match.value, ClockTime) and match.value.end is None:
                return Match(time(*divmod(match.value.start % 1440, 60)), match.end)
        return None
