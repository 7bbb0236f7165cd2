"""Decides by the tokens around a match whether it is part of a time: "14-16" is, "14-16 spillere" (players) is not.

A number in a text may count or name anything. It is read as a time only when tokens near it say so.
"""

from collections.abc import Callable, Mapping, Sequence

from bot.parsing.when.clock_time import ClockTime
from bot.parsing.when.components import PartOfDay, Weekday
from bot.parsing.when.grammar import Context, Match, Matcher
from bot.parsing.when.segments import DAY_COMPONENTS, Segment
from bot.parsing.when.series_components import Recurrence
from bot.parsing.when.tokenizing.tokens import Token

_OR = frozenset(("or",))
_EXCEPT = frozenset(("except",))
_LIMITS = frozenset(("before", "prior", "by", "after"))
_BOUNDS = _LIMITS | {"from", "through", "until", "to", "except"}

_DAYS_AND_PARTS = (*DAY_COMPONENTS, PartOfDay)
_TIMES = (*DAY_COMPONENTS, PartOfDay, ClockTime)

_COUNTED_ROLES = frozenset(("Number", "Unit", "times", "Hhmm", "Decimal", "half", "countable"))
_NUMERIC_ROLES = frozenset(("Hour", "Ordinal", "SlashPair", "DottedTime", "DottedPair"))
_LIST_ROLES = frozenset(("to", "and", "or"))
_NOT_NOUN_ROLES = frozenset(("subject", "not_countable"))
_FULL_STOPS = frozenset(".!?")

#: Minutes since midnight. Earlier than that, "lørdag 2-3 spader" are spades and no clock times.
_EARLIEST_BESIDE_NOUN = 6 * 60


class Surroundings:
    """The tokens of a text, and the segments that were found in them so far, from left to right.

    `previous` is the last segment that is not skipped. Positions are indexes of tokens. `whole`: the text is a time and
    nothing else.
    """

    def __init__(self, tokens: Sequence[Token], matcher: Matcher, *, whole: bool) -> None:
        self.tokens = tokens
        self.matcher = matcher
        self.whole = whole
        self.previous: Segment | None = None
        self._last_but_one: Segment | None = None
        self._has_recurrence = False

    def add(self, segment: Segment) -> None:
        """Add the next segment, and continue behind it."""
        if not segment.is_skipped:
            self._last_but_one, self.previous = self.previous, segment
        self._has_recurrence = self._has_recurrence or isinstance(segment.component, Recurrence)

    def allow(self, context: Context, position: int, match: Match) -> bool:
        """Return whether the context that a rule requires is there for a match that begins at a position."""
        return _CONDITIONS[context](self, position, match)

    def is_unread_number(self, position: int) -> bool:
        """Return whether a token is a number that was not understood, and may say more about the time before it.

        Behind a day the number may be the date or a clock time, and the day alone would be wrong. Behind a connective
        it may be the second part of a pair.
        """
        if not self._is_numeric(position):
            return False
        if self.previous is not None and self.previous.connective:
            return self.tokens[position - 1].is_word and self._is_unread_half(position, self.previous.connective)
        if not self._follows(_DAYS_AND_PARTS) or self.tokens[position - 1].text in _FULL_STOPS:
            return False
        end = position + 1
        while end + 1 < len(self.tokens) and _LIST_ROLES & self.tokens[end].roles.keys() and self._is_numeric(end + 1):
            end += 2  # "12, 13 og 14"
        if end == len(self.tokens) or not self.tokens[end].is_word or _has_gap(self.tokens[end - 1], self.tokens[end]):
            return False
        if "Ordinal" in self.tokens[position].roles and "countable" in self.tokens[end].roles:
            return True
        return not self.tokens[end].roles

    def _is_unread_half(self, position: int, connective: str) -> bool:
        """Return whether a token is the second part of a pair, which no rule has read.

        It is the 10 of "fra 10 på fredag", the 15. of "den 1. og 15.", the 14 of "kl. 10 og 14".
        """
        token, following = self.tokens[position], self._token(position + 1)
        is_last = following is None or _has_gap(token, following) or not _may_belong_to_number(following)
        last_but_one = self._last_but_one.component if self._last_but_one else None
        is_second = isinstance(last_but_one, (*_DAYS_AND_PARTS, ClockTime))
        is_ordinal = "Ordinal" in token.roles
        if connective in ("and", "or"):
            return is_second and (is_last or is_ordinal)
        is_before_unknown = is_second and following is not None and not following.roles
        return (is_last or is_before_unknown) and not is_ordinal and token.roles.get("Hour", 0) <= 24

    def _is_numeric(self, position: int) -> bool:
        token = self.tokens[position]
        return token.text[:1].isdigit() and not _NUMERIC_ROLES.isdisjoint(token.roles)

    def _token(self, position: int) -> Token | None:
        return self.tokens[position] if position < len(self.tokens) else None

    # Before the match.

    def _follows(self, kinds: tuple[type, ...]) -> bool:
        return self.previous is not None and isinstance(self.previous.component, kinds)

    def _follows_connective(self, connectives: frozenset[str]) -> bool:
        return self.previous is not None and self.previous.connective in connectives

    def _follows_no_noun(self, position: int) -> bool:
        """Return whether a number at a position belongs to no noun before it: the 14 of "bane 14-16" is the pitch's."""
        if position == 0 or _has_gap(self.tokens[position - 1], self.tokens[position]):
            return True
        return not _may_have_number(self.tokens[position - 1])

    def _follows_day_or_except(self, position: int) -> bool:
        """Return whether directly before the position is a day, "undtagen", or a day and then "før" or "efter"."""
        if self._follows_connective(_LIMITS) and self._last_but_one is not None:
            return isinstance(self._last_but_one.component, _DAYS_AND_PARTS)
        if self._follows_connective(_EXCEPT):
            return True
        return self._follows(_DAYS_AND_PARTS) and position > 0 and self.tokens[position - 1].is_word

    # Behind the match.

    def _precedes(self, kinds: type | tuple[type, ...], match: Match) -> bool:
        following = self.matcher.longest_match(Context.ANYWHERE, match.end)
        return following is not None and isinstance(following.value, kinds)

    def _precedes_clock_time(self, match: Match) -> bool:
        """Return whether a clock time is behind a match that does not count it: "17/6 18-20", "den 12. halv tre"."""
        if self._precedes(ClockTime, match):
            return True
        following = self.matcher.longest_match(Context.NOT_BESIDE_NOUN, match.end)
        return (
            following is not None
            and isinstance(following.value, ClockTime)
            and self._precedes_no_noun(match.end, following, is_after_day=isinstance(match.value, DAY_COMPONENTS))
        )

    def _precedes_clock_word(self, match: Match) -> bool:
        """Return whether a clock time with a word for it is behind a match: "12-5 kl. 8", "12-5 at 8"."""
        contexts = (Context.ANYWHERE, Context.NOT_BEFORE_NOUN)
        following = (self.matcher.longest_match(context, match.end) for context in contexts)
        return any(found is not None and isinstance(found.value, ClockTime) for found in following)

    def _precedes_no_noun(self, position: int, match: Match, *, is_after_day: bool = False) -> bool:
        """Return whether no word behind a match may be counted by it: in "14-16 spillere" the players are counted."""
        following = self._token(match.end)
        if following is None or _has_gap(self.tokens[match.end - 1], following):
            return True
        if not following.is_word or self._precedes_clock_time(match) or self._is_clearly_date(match):
            return True
        if following.roles and not self._has_own_number(match.end):
            return not _is_counted(following)
        is_after_day = is_after_day or self._follows_day_or_except(position)
        clock_time = match.value if isinstance(match.value, ClockTime) else None
        if self._is_verb(match.end):
            return is_after_day or clock_time is None or self._follows_connective(_LIMITS)
        return is_after_day and (clock_time is None or clock_time.start >= _EARLIEST_BESIDE_NOUN)

    def _precedes_end(self, position: int, match: Match) -> bool:
        """Return whether a match is not the beginning of something longer, and no noun is behind it: "fredag 7-mands".

        A single number may count any word, also one that is not known.
        """
        following = self._token(match.end)
        if following is None or _has_gap(self.tokens[match.end - 1], following):
            return True
        if "dash" in following.roles:
            return False
        last_roles = self.tokens[match.end - 1].roles
        is_single_number = "Digits" in last_roles and "Ordinal" not in last_roles
        is_known = bool(following.roles) or not following.is_word or self._is_verb(match.end)
        return self._precedes_no_noun(position, match) and (is_known or not is_single_number)

    def _is_clearly_date(self, match: Match) -> bool:
        """Return whether a match can only be a date: "lørdag den 12.", "d. 12.", "den 12." before a sentence."""
        last = self.tokens[match.end - 1]
        article = self.tokens[match.end - 2] if match.end > 1 else last
        if "Ordinal" not in last.roles or "the" not in article.roles:
            return False
        return self.tokens[match.end].is_capital or "the_date" in article.roles or self._follows((Weekday,))

    def _has_own_number(self, position: int) -> bool:
        """Return whether a noun has a number behind it, and is not counted by one before it: the "hold" of "hold 2"."""
        token, following = self.tokens[position], self._token(position + 1)
        if token.roles.keys() != {"countable"} or following is None:
            return False
        return "Digits" in following.roles and not _has_gap(token, following)

    def _is_verb(self, position: int) -> bool:
        """Return whether a token is a verb with its subject behind it: "spiller vi" (we play), "kommer Karen"."""
        following = self._token(position + 1)
        has_subject = following is not None and ("subject" in following.roles or following.is_capital)
        return self.tokens[position].text.endswith("r") and has_subject

    # The contexts.

    def _is_beside_time(self, match: Match) -> bool:
        return self._follows(_TIMES) or self._precedes(_TIMES, match)

    def _is_between_no_nouns(self, position: int, match: Match) -> bool:
        return self._follows_no_noun(position) and self._precedes_no_noun(position, match)

    def _is_after(self, connectives: frozenset[str], position: int, match: Match) -> bool:
        return self._follows_connective(connectives) and self._precedes_no_noun(position, match)

    def _is_at_edge(self, position: int, match: Match) -> bool:
        return self.whole and (position == 0 or match.end == len(self.tokens))


def _has_gap(first: Token, second: Token) -> bool:
    """Return whether a part of the text that another reader understood was blanked out between two tokens."""
    return second.start - first.end > 1


def _may_belong_to_number(token: Token) -> bool:
    """Return whether the number before a token may count it, or make a compound with it: "14 spillere", "7-mands"."""
    return "dash" in token.roles or _is_counted(token) or (token.is_word and not token.roles)


def _is_counted(token: Token) -> bool:
    """Return whether a token is a word that is known to be counted, a number or a unit."""
    return token.is_word and not _COUNTED_ROLES.isdisjoint(token.roles)


def _may_have_number(token: Token) -> bool:
    """Return whether a token may be a noun with a number behind it, because it has no other role: "bane 14"."""
    return token.is_word and (not token.roles.keys() - _NOT_NOUN_ROLES or _is_counted(token))


_Condition = Callable[[Surroundings, int, Match], bool]
_CONDITIONS: Mapping[Context, _Condition] = {
    Context.ANYWHERE: lambda around, position, match: True,
    Context.NOT_BEFORE_NOUN: Surroundings._precedes_no_noun,
    Context.NOT_BESIDE_NOUN: Surroundings._is_between_no_nouns,
    Context.BESIDE_TIME: lambda around, position, match: around._is_beside_time(match),
    Context.BESIDE_TIME_NOT_BEFORE_NOUN: lambda around, position, match: (
        around._is_beside_time(match) and around._precedes_no_noun(position, match)
    ),
    Context.AFTER_DAY: lambda around, position, match: (
        around._follows(DAY_COMPONENTS) and around._precedes_end(position, match)
    ),
    Context.BEFORE_CLOCK: lambda around, position, match: around._precedes(ClockTime, match),
    Context.BEFORE_CLOCK_NOT_AFTER_NOUN: lambda around, position, match: (
        around._follows_no_noun(position) and around._precedes_clock_word(match)
    ),
    Context.BEFORE_PART_OF_DAY: lambda around, position, match: (
        around._follows_no_noun(position) and around._precedes(PartOfDay, match)
    ),
    Context.IN_RECURRENCE: lambda around, position, match: around._has_recurrence,
    Context.NOT_IN_RECURRENCE: lambda around, position, match: not around._has_recurrence,
    Context.AFTER_BOUND: lambda around, position, match: around._is_after(_BOUNDS, position, match),
    Context.AFTER_LIMIT: lambda around, position, match: around._is_after(_LIMITS, position, match),
    Context.AFTER_OR: lambda around, position, match: around._is_after(_OR, position, match),
    Context.WHOLE_TEXT: lambda around, position, match: (
        around.whole and position == 0 and match.end == len(around.tokens)
    ),
    Context.EDGE_OF_TIME_PHRASE: Surroundings._is_at_edge,
}
