"""Walks through a text and picks out the pieces that say a time, with the small words that tie them together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

# the rules write themselves into the grammar
from bot.language.when.rules import clock, day, length, period, repeat  # noqa: F401
from bot.language.when.rules.grammar import GRAMMAR
from bot.language.when.rules.pattern import Match, Reading
from bot.language.when.said import (
    Beside,
    Clock,
    Date,
    DayPart,
    Every,
    Feast,
    Month,
    Nth,
    Offset,
    Part,
    Weekday,
    Weekend,
    Weeks,
)
from bot.language.when.words.signs import Sign

#: Words that say how the next piece belongs to the others; a word with two such roles has the earlier one.
TIES = ("from", "through", "until", "to", "before", "prior", "by", "after", "and", "or", "except", "between")
LIMITS = frozenset(("before", "prior", "by", "after"))
_OR = frozenset(("or",))
BOUNDS = frozenset(("from", "through", "until", "to", "before", "prior", "by", "after", "except"))

DAYS = (Weekday, Date, Offset, Nth, Feast, Beside, DayPart, Every, Weeks, Month, Weekend)
_TOUCHING = (*DAYS, Clock, Part)
_COUNTING = frozenset(("Number", "Unit", "times", "Hhmm", "Decimal", "half", "counted"))


@dataclass(frozen=True)
class Item:
    """A stretch of the text: a piece of time, a tie, a word to pass over, or a word that is not known (nothing set)."""

    start: int
    end: int
    piece: Any = None
    tie: str = ""
    passed: bool = False
    filler: bool = False
    refuses: bool = False
    every: bool = False


def items(signs: Sequence[Sign], *, whole: bool) -> list[Item]:
    """Everything in the text, in order. With `whole`, the text is nothing but a time."""
    return list(_Walk(signs, whole).items())


class _Walk:
    def __init__(self, signs: Sequence[Sign], whole: bool) -> None:
        self.signs = signs
        self.whole = whole
        self.reading = Reading(GRAMMAR, signs)
        self.before: Item | None = None
        self.habit = False

    def items(self) -> Iterator[Item]:
        at = 0
        while at < len(self.signs):
            match = self.piece(at) or Match(None, at + 1)
            item = self.item(at, match)
            self.before = self.before if item.passed else item
            self.habit = self.habit or isinstance(item.piece, Every)
            yield item
            at = match.end

    def item(self, at: int, match: Match) -> Item:
        first, last = self.signs[at], self.signs[match.end - 1]
        if match.value is not None:
            return Item(first.start, last.end, piece=match.value)
        tie = next((name for name in TIES if name in first.roles), "")
        filler, polite = "filler" in first.roles, "polite" in first.roles
        begins = at == 0 or not self.signs[at - 1].is_word
        passed = filler or (not first.is_word and not tie) or (polite and begins)
        refuses = "not" in first.roles or (polite and not begins)
        every = "every" in first.roles
        return Item(first.start, last.end, tie=tie, passed=passed, filler=filler, refuses=refuses, every=every)

    def piece(self, at: int) -> Match | None:
        found = (
            match for name, holds in self.groups() if (match := self.reading.longest(name, at)) and holds(at, match)
        )
        return max(found, key=lambda match: match.end, default=None)

    def groups(self) -> Any:
        return (
            ("Piece", lambda at, match: True),
            ("IfEnds", lambda at, match: self.ends(match)),
            ("IfFree", lambda at, match: self.begins(at) and self.ends(match)),
            ("IfTouching", lambda at, match: self.beside(match)),
            ("IfBeforeClock", lambda at, match: self.before_clock(match)),
            ("IfBeside", lambda at, match: self.beside(match) and self.ends(match)),
            ("IfHabit", lambda at, match: self.habit),
            ("IfNoHabit", lambda at, match: not self.habit),
            ("IfAfterDay", lambda at, match: self.after(DAYS) and self.stops(match)),
            ("IfAfterBound", lambda at, match: self.after_tie(BOUNDS) and self.ends(match)),
            ("IfAfterLimit", lambda at, match: self.after_tie(LIMITS) and self.ends(match)),
            ("IfAfterOr", lambda at, match: self.after_tie(_OR) and self.ends(match)),
            ("IfBeforePart", lambda at, match: self.begins(at) and self.before_part(match)),
            ("IfAlone", lambda at, match: self.whole and (at == 0 or match.end == len(self.signs))),
        )

    def begins(self, at: int) -> bool:
        """No word before it that it could number: "bane 14-16"."""
        return at == 0 or _apart(self.signs[at - 1], self.signs[at]) or not _counts(self.signs[at - 1])

    def ends(self, match: Match) -> bool:
        """No word behind it that it could count: "14-16 spillere"."""
        if match.end == len(self.signs) or _apart(self.signs[match.end - 1], self.signs[match.end]):
            return True
        return not _counts(self.signs[match.end]) or self.before_time(match)

    def stops(self, match: Match) -> bool:
        """Like `ends`, and it is not the beginning of something longer: "fredag 7-mands"."""
        return self.ends(match) and (match.end == len(self.signs) or "dash" not in self.signs[match.end].roles)

    def after(self, kinds: tuple[type, ...]) -> bool:
        return self.before is not None and isinstance(self.before.piece, kinds)

    def after_tie(self, ties: frozenset[str]) -> bool:
        return self.before is not None and self.before.tie in ties

    def before_part(self, match: Match) -> bool:
        following = self.reading.longest("Piece", match.end)
        return following is not None and isinstance(following.value, Part)

    def before_clock(self, match: Match) -> bool:
        """A clock time that says that it is one, behind it: "17.06 kl. 18"."""
        following = self.reading.longest("Piece", match.end)
        return following is not None and isinstance(following.value, Clock)

    def before_time(self, match: Match) -> bool:
        """What could be counted by it is a clock time of its own: "17/6 18-20", "den 12. halv tre"."""
        bare = self.reading.longest("IfFree", match.end)
        return self.before_clock(match) or (bare is not None and isinstance(bare.value, Clock) and self.ends(bare))

    def beside(self, match: Match) -> bool:
        following = self.reading.longest("Piece", match.end)
        return self.after(_TOUCHING) or (following is not None and isinstance(following.value, _TOUCHING))


def _apart(first: Sign, second: Sign) -> bool:
    """Something that was understood before has been blanked out between them."""
    return second.start - first.end > 1


def _counts(sign: Sign) -> bool:
    return sign.is_word and (not sign.roles or not _COUNTING.isdisjoint(sign.roles))
