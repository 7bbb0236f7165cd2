"""Walks through a text and picks out the pieces that say a time, with the small words that tie them together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.parsing.when.components import (
    ClockTime,
    Date,
    DayAndPart,
    Month,
    NamedDay,
    NthWeekday,
    PartOfDay,
    Recurrence,
    RelativeDay,
    ShiftedDay,
    Weekday,
    Weekend,
    Weeks,
)
from bot.parsing.when.grammar import Match, Matcher

# the rules write themselves into the grammar
from bot.parsing.when.rules import clock, day, duration, period, recurrence  # noqa: F401  # noqa: F401  # noqa: F401  # noqa: F401
from bot.parsing.when.rules.grammar import GRAMMAR
from bot.parsing.when.tokens import Token

#: Words that say how the next piece belongs to the others; a word with two such roles has the earlier one.
CONNECTIVES = ("from", "through", "until", "to", "before", "prior", "by", "after", "and", "or", "except", "between")
LIMIT_CONNECTIVES = frozenset(("before", "prior", "by", "after"))
_OR = frozenset(("or",))
BOUND_CONNECTIVES = frozenset(("from", "through", "until", "to", "before", "prior", "by", "after", "except"))

DAY_COMPONENTS = (
    Weekday,
    Date,
    RelativeDay,
    NthWeekday,
    NamedDay,
    ShiftedDay,
    DayAndPart,
    Recurrence,
    Weeks,
    Month,
    Weekend,
)
_TOUCHING = (*DAY_COMPONENTS, ClockTime, PartOfDay)
_ANCHORS = (*DAY_COMPONENTS, PartOfDay)
_COUNTING = frozenset(("Number", "Unit", "times", "Hhmm", "Decimal", "half", "counted"))
_FIGURES = frozenset(("Hour", "Ordinal", "Slash", "Dotted", "DottedDate"))
_EXCEPT = frozenset(("except",))
_JOINTS = frozenset(("to", "and", "or"))
_NO_NOUNS = frozenset(("who", "uncounted"))
_FULL_STOPS = frozenset(".!?")
_EARLIEST = 6 * 60  # before that, "lørdag 2-3 spader" are spades


@dataclass(frozen=True)
class Segment:
    """A stretch of the text: a piece of time, a tie, a word to pass over, or a word that is not known (nothing set)."""

    start: int
    end: int
    component: Any = None
    connective: str = ""
    is_skipped: bool = False
    is_filler: bool = False
    is_blocking: bool = False
    is_every: bool = False


def match_components(signs: Sequence[Token], *, whole: bool) -> list[Segment]:
    """Everything in the text, in order. With `whole`, the text is nothing but a time."""
    return list(_Walk(signs, whole).items())


class _Walk:
    def __init__(self, signs: Sequence[Token], whole: bool) -> None:
        self.signs = signs
        self.whole = whole
        self.reading = Matcher(GRAMMAR, signs)
        self.before: Segment | None = None
        self.earlier: Segment | None = None
        self.habit = False

    def items(self) -> Iterator[Segment]:
        at = 0
        while at < len(self.signs):
            match = self.piece(at) or Match(None, at + 1)
            item = self.item(at, match)
            if not item.is_skipped:
                self.earlier, self.before = self.before, item
            self.habit = self.habit or isinstance(item.component, Recurrence)
            yield item
            at = match.end

    def item(self, at: int, match: Match) -> Segment:
        first, last = self.signs[at], self.signs[match.end - 1]
        if match.value is not None:
            return Segment(first.start, last.end, component=match.value)
        tie = next((name for name in CONNECTIVES if name in first.roles), "")
        filler, polite = "filler" in first.roles, "polite" in first.roles
        begins = at == 0 or not self.signs[at - 1].is_word
        passed = filler or (not first.is_word and not tie) or (polite and begins)
        refuses = "not" in first.roles or (polite and not begins) or self.is_dropped(at)
        every = "every" in first.roles
        return Segment(
            first.start,
            last.end,
            connective=tie,
            is_skipped=passed,
            is_filler=filler,
            is_blocking=refuses,
            is_every=every,
        )

    def piece(self, at: int) -> Match | None:
        if not self.signs[at].roles:
            return None
        found = (
            match
            for name, holds in self.groups()
            if (match := self.reading.longest_match(name, at)) and holds(at, match)
        )
        return max(found, key=lambda match: match.end, default=None)

    def groups(self) -> Any:
        return (
            ("Piece", lambda at, match: True),
            ("IfEnds", lambda at, match: self.ends(at, match)),
            ("IfFree", lambda at, match: self.begins(at) and self.ends(at, match)),
            ("IfTouching", lambda at, match: self.beside(match)),
            ("IfBeforeClock", lambda at, match: self.before_clock(match)),
            ("IfBeside", lambda at, match: self.beside(match) and self.ends(at, match)),
            ("IfHabit", lambda at, match: self.habit),
            ("IfNoHabit", lambda at, match: not self.habit),
            ("IfAfterDay", lambda at, match: self.after(DAY_COMPONENTS) and self.stops(at, match)),
            ("IfAfterBound", lambda at, match: self.after_tie(BOUND_CONNECTIVES) and self.ends(at, match)),
            ("IfAfterLimit", lambda at, match: self.after_tie(LIMIT_CONNECTIVES) and self.ends(at, match)),
            ("IfAfterOr", lambda at, match: self.after_tie(_OR) and self.ends(at, match)),
            ("IfBeforePart", lambda at, match: self.begins(at) and self.before_part(match)),
            ("IfAlone", lambda at, match: self.whole and (at == 0 or match.end == len(self.signs))),
        )

    def begins(self, at: int) -> bool:
        """No word before it that it could number: "bane 14-16"."""
        return at == 0 or _apart(self.signs[at - 1], self.signs[at]) or not _numbers(self.signs[at - 1])

    def ends(self, at: int, match: Match, *, after_day: bool = False) -> bool:
        """No word behind it that it could count: "14-16 spillere". Behind a day it says more about that day."""
        if match.end == len(self.signs) or _apart(self.signs[match.end - 1], self.signs[match.end]):
            return True
        following = self.signs[match.end]
        if not following.is_word or self.before_time(match) or self.is_date(match):
            return True
        if following.roles and not self.is_name(match.end):
            return not _counts(following)
        anchored = after_day or self.anchored(at)
        hours = match.value if isinstance(match.value, ClockTime) else None
        if self.is_verb(match.end):
            return anchored or hours is None or self.after_tie(LIMIT_CONNECTIVES)
        return anchored and (hours is None or hours.start >= _EARLIEST)

    def is_date(self, match: Match) -> bool:
        """ "lørdag den 12.", "d. 12." and the end of a sentence are dates, whatever follows."""
        last = self.signs[match.end - 1]
        the = self.signs[match.end - 2] if match.end > 1 else last
        if "Ordinal" not in last.roles or "the" not in the.roles:
            return False
        return self.signs[match.end].is_capital or the.text == "d" or self.after((Weekday,))

    def anchored(self, at: int) -> bool:
        """A day directly before it, or "undtagen"."""
        if self.after_tie(LIMIT_CONNECTIVES) and self.earlier is not None:
            return isinstance(self.earlier.component, _ANCHORS)
        return self.after_tie(_EXCEPT) or (self.after(_ANCHORS) and at > 0 and self.signs[at - 1].is_word)

    def is_name(self, at: int) -> bool:
        """ "hold 2": what has a number of its own is not counted."""
        behind = self.signs[at + 1 : at + 2]
        counted = self.signs[at].roles.keys() == {"counted"}
        return counted and any("Digits" in one.roles and not _apart(self.signs[at], one) for one in behind)

    def is_verb(self, at: int) -> bool:
        """ "spiller vi", "kommer Karen": who does it stands behind what is done."""
        behind = self.signs[at + 1 : at + 2]
        return self.signs[at].text.endswith("r") and any("who" in one.roles or one.is_capital for one in behind)

    def stops(self, at: int, match: Match) -> bool:
        """Like `ends`, and not the beginning of something longer: "fredag 7-mands". One number may count anything."""
        following = self.signs[match.end : match.end + 1]
        if not following or _apart(self.signs[match.end - 1], following[0]):
            return True
        if "dash" in following[0].roles:
            return False
        last = self.signs[match.end - 1].roles
        alone = "Digits" in last and "Ordinal" not in last
        known = bool(following[0].roles) or not following[0].is_word or self.is_verb(match.end)
        return self.ends(at, match) and (known or not alone)

    def is_dropped(self, at: int) -> bool:
        """A number behind a day that may be its date or clock time and was not read: the day alone may be wrong."""
        first = self.signs[at]
        if not self.is_figure(at):
            return False
        if self.before is not None and self.before.connective:
            return self.signs[at - 1].is_word and self.is_lost(at, self.before.connective)
        if not self.after(_ANCHORS) or self.signs[at - 1].text in _FULL_STOPS:
            return False
        end = at + 1
        while end + 1 < len(self.signs) and _JOINTS & self.signs[end].roles.keys() and self.is_figure(end + 1):
            end += 2
        following = self.signs[end : end + 1]
        if not following or not following[0].is_word or _apart(self.signs[end - 1], following[0]):
            return False
        if "Ordinal" in first.roles and "counted" in following[0].roles:
            return True
        return not following[0].roles

    def is_lost(self, at: int, tie: str) -> bool:
        """The other half of something: "fra 10 på fredag", "den 1. og 15.", "kl. 10 og 14"."""
        ordinal = "Ordinal" in self.signs[at].roles
        following = self.signs[at + 1 : at + 2]
        ends = not following or _apart(self.signs[at], following[0]) or not _goes_on(following[0])
        beside = self.earlier is not None and isinstance(self.earlier.component, (*_ANCHORS, ClockTime))
        if tie in ("and", "or"):
            return beside and (ends or ordinal)
        return (
            (ends or (beside and not following[0].roles)) and not ordinal and self.signs[at].roles.get("Hour", 0) <= 24
        )

    def is_figure(self, at: int) -> bool:
        sign = self.signs[at]
        return sign.text[:1].isdigit() and not _FIGURES.isdisjoint(sign.roles)

    def after(self, kinds: tuple[type, ...]) -> bool:
        return self.before is not None and isinstance(self.before.component, kinds)

    def after_tie(self, ties: frozenset[str]) -> bool:
        return self.before is not None and self.before.connective in ties

    def before_part(self, match: Match) -> bool:
        following = self.reading.longest_match("Piece", match.end)
        return following is not None and isinstance(following.value, PartOfDay)

    def before_clock(self, match: Match) -> bool:
        """A clock time that says that it is one, behind it: "17.06 kl. 18"."""
        following = self.reading.longest_match("Piece", match.end)
        return following is not None and isinstance(following.value, ClockTime)

    def before_time(self, match: Match) -> bool:
        """What could be counted by it is a clock time of its own: "17/6 18-20", "den 12. halv tre"."""
        bare = self.reading.longest_match("IfFree", match.end)
        return self.before_clock(match) or (
            bare is not None
            and isinstance(bare.value, ClockTime)
            and self.ends(match.end, bare, after_day=isinstance(match.value, DAY_COMPONENTS))
        )

    def beside(self, match: Match) -> bool:
        following = self.reading.longest_match("Piece", match.end)
        return self.after(_TOUCHING) or (following is not None and isinstance(following.value, _TOUCHING))


def _apart(first: Token, second: Token) -> bool:
    """Something that was understood before has been blanked out between them."""
    return second.start - first.end > 1


def _goes_on(sign: Token) -> bool:
    """It may be counted by the number before it, or be a part of it: "14 spillere", "7-mands"."""
    return "dash" in sign.roles or _counts(sign) or (sign.is_word and not sign.roles)


def _counts(sign: Token) -> bool:
    """A word that is known to be counted, a number or a unit."""
    return sign.is_word and not _COUNTING.isdisjoint(sign.roles)


def _numbers(sign: Token) -> bool:
    """A word that is not known may have a number of its own: "bane 14"."""
    return sign.is_word and (not sign.roles.keys() - _NO_NOUNS or _counts(sign))
