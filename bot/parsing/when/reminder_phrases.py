"""Reads what people wish of the clock: when to be reminded, when to be left in peace, and how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Generic, TypeVar

from dateutil.relativedelta import relativedelta

from bot.languages.registry import find_language
from bot.parsing.normalise import fold
from bot.parsing.when import MAX_TEXT_LENGTH, lexicon_of
from bot.parsing.when.components import ClockTime, Duration
from bot.parsing.when.grammar import Match, Matcher
from bot.parsing.when.rules.grammar import GRAMMAR
from bot.parsing.when.tokens import Token, tokenize
from bot.reminder_times import LeadTime, QuietHours

V = TypeVar("V")

_DAY = timedelta(days=1)
#: What a part of the day means where somebody is to be told something in it.
_PARTS = {"morning": 7, "forenoon": 9, "midday": 12, "afternoon": 15, "evening": 18}
_EVENING = time(18)
_MORNING = time(7)


@dataclass(frozen=True)
class Heard(Generic[V]):
    """What was understood, and where it stands in the text, in characters."""

    value: V
    spans: tuple[tuple[int, int], ...]

    @property
    def understood(self) -> int:
        """How many characters are accounted for."""
        return sum(end - start for start, end in self.spans)


def find_ahead(text: str, language: str) -> Heard[tuple[LeadTime, ...]] | None:
    """Every "so long before" in a text: "aftenen før kl. 20 og 3 timer før"."""
    reader = _Reader(text, language)
    found, spans = [], []
    at = 0
    while at < len(reader.signs):
        match = reader.ahead(at)
        if match is None:
            at += 1
            continue
        found.append(match.value)
        spans.append(reader.span(at, match.end))
        at = match.end
    return Heard(tuple(dict.fromkeys(found)), tuple(spans)) if found else None


def find_quiet(text: str, language: str) -> Heard[QuietHours] | None:
    """The first part of the day in a text: "22-7", "fra kl. 22 til 7", "10pm to 7am"."""
    reader = _Reader(text, language)
    for at in range(len(reader.signs)):
        if match := reader.quiet(at):
            return Heard(match.value, (reader.span(at, match.end),))
    return None


def find_length(text: str, language: str) -> Heard[Duration] | None:
    """The first length of time in a text, with the word that leads to it: "1 time", "i 2 uger"."""
    reader = _Reader(text, language)
    for at in range(len(reader.signs)):
        begin = at + 1 if {"for", "ahead"} & reader.signs[at].roles.keys() else at
        if match := reader.read("Length", begin):
            return Heard(match.value, (reader.span(at, match.end),))
    return None


def later(now: datetime, length: Duration) -> datetime | None:
    """A local time so long after another; None when that is beyond all calendars."""
    try:
        return now + relativedelta(months=length.months, days=length.days, minutes=length.minutes)
    except (OverflowError, ValueError):
        return None


class _Reader:
    """The signs of one text, and the small phrases found in them."""

    def __init__(self, text: str, language: str) -> None:
        self.signs: Sequence[Token] = tokenize(text, lexicon_of(language)) if len(text) <= MAX_TEXT_LENGTH else ()
        self.reading = Matcher(GRAMMAR, self.signs)
        phrases = find_language(language).phrases
        self.same, self.early_morning = (set(map(fold, words)) for words in (phrases.same, phrases.early_morning))

    def span(self, at: int, end: int) -> tuple[int, int]:
        return self.signs[at].start, self.signs[end - 1].end

    def read(self, group: str, at: int) -> Match | None:
        return self.reading.longest_match(group, at) if at < len(self.signs) else None

    def has(self, at: int, *roles: str) -> bool:
        return at < len(self.signs) and not self.signs[at].roles.keys().isdisjoint(roles)

    def ahead(self, at: int) -> Match | None:
        return self._long_before(at) or self._day_before(at) or self._part_before(at) or self._same_day(at)

    def _long_before(self, at: int) -> Match | None:
        """3 timer før, 2 dage før kl. 12"""
        match = self.read("Length", at)
        if match is None and self.has(at, "Number") and self.has(at + 1, "day_before"):  # "1 day before" in one word
            match = Match(Duration(days=1), at + 1) if self.signs[at].roles["Number"] == 1 else None
        if match is None or not self.has(match.end, "before", "prior", "day_before"):
            return None
        length = match.value
        clock = self._clock(match.end + 1)
        if clock and length.days and not length.months and not length.minutes:
            return Match(LeadTime(days=length.days, at=clock.value), clock.end)
        whole = timedelta(days=length.days + 31 * length.months, minutes=length.minutes)
        return Match(LeadTime(length=whole), match.end + 1)

    def _day_before(self, at: int) -> Match | None:
        """dagen før kl. 17"""
        if not self.has(at, "day_before"):
            return None
        return self._at(Match(1, at + 1), _EVENING, late=False)

    def _part_before(self, at: int) -> Match | None:
        """aftenen før kl. 8"""
        place = at + 1 if self.has(at, "the") else at
        part = self._part(place)
        if part is None or not self.has(place + 1, "before", "prior"):
            return None
        return self._at(Match(1, place + 2), time(_PARTS[part]), late=_PARTS[part] > 12)

    def _same_day(self, at: int) -> Match | None:
        """samme morgen, samme dag kl. 7, om morgenen"""
        place = at + 1 if self.has(at, "the") else at
        if place < len(self.signs) and self.signs[place].text in self.same:
            part = self._part(place + 1)
            if part or self.has(place + 1, "day"):
                return self._at(Match(0, place + 2), time(_PARTS.get(part or "", _MORNING.hour)), late=False)
        if self.has(at, "habit", "in", "on") and (part := self._part(at + 2 if self.has(at + 1, "the") else at + 1)):
            end = (at + 2 if self.has(at + 1, "the") else at + 1) + 1
            return self._at(Match(0, end), time(_PARTS[part]), late=False) if part in ("morning", "forenoon") else None
        return None

    def _part(self, at: int) -> str | None:
        if at < len(self.signs) and self.signs[at].text in self.early_morning:
            return "morning"
        for role in ("Part", "PartHabit"):
            if self.has(at, role) and (name := str(self.signs[at].roles[role])) in _PARTS:
                return name
        return None

    def _at(self, days: Match, else_at: time, *, late: bool) -> Match:
        """With the clock time behind it; after "aftenen før", "kl. 8" is eight in the evening."""
        clock = self._clock(days.end)
        if clock is None:
            return Match(LeadTime(days=days.value, at=else_at), days.end)
        said = clock.value
        if late and said.hour < 12:
            said = said.replace(hour=said.hour + 12)
        return Match(LeadTime(days=days.value, at=said), clock.end)

    def _clock(self, at: int, *groups: str) -> Match | None:
        for group in groups or ("Clock",):
            match = self.read(group, at)
            if match and isinstance(match.value, ClockTime) and match.value.end is None:
                return Match(time(*divmod(match.value.start % 1440, 60)), match.end)
        return None

    def quiet(self, at: int) -> Match | None:
        place = at + 1 if self.has(at, "from", "between") else at
        begins = self._clock(place, "Clock", "Bare")
        if begins is None or not self.has(begins.end, "to", "until", "and"):
            return None
        ends = self._clock(begins.end + 1, "Clock", "Bare")
        if ends is None or ends.value == begins.value:
            return None
        return Match(QuietHours(begins.value, ends.value), ends.end)
