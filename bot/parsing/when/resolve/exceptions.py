"""Finds the exceptions of a series that last from one day to another: "undtagen fra 3. juli til 17. juli"."""

from collections.abc import Sequence
from dataclasses import replace

from bot.parsing.when.components import Date, Month, Weekday, Weeks
from bot.parsing.when.phrase import Clause, Moment, Phrase

_UNTIL = frozenset(("to", "until", "through"))
#: What the end of an exception is joined with, by the word before its beginning.
_END_OF_RANGE = {"from": _UNTIL, "between": frozenset(("and",))}
_ENDS = _UNTIL | {"by", "before", "prior"}


def join_exceptions(phrase: Phrase) -> tuple[Phrase, ...]:
    """Return the phrase with each exception and its end in one clause, and its other meaning where it has two.

    "undtagen den 3. juli til den 17. juli" leaves out these two weeks, or the series ends on 17 July. When the phrase
    has an end of its own, only the first is meant.
    """
    joined = replace(phrase, clauses=_join(phrase.clauses, with_bare_ends=True))
    apart = replace(phrase, clauses=_join(phrase.clauses, with_bare_ends=False))
    return (joined,) if joined == apart or _has_end(joined) else (joined, apart)


def _join(clauses: Sequence[Clause], *, with_bare_ends: bool) -> tuple[Clause, ...]:
    """Return the clauses with "fra … til" joined, and with `with_bare_ends` also "den 3. juli til den 17. juli"."""
    joined: list[Clause] = []
    rest, in_exception = list(clauses), False
    while rest:
        clause = rest.pop(0)
        in_exception = clause.connective == "except" or (in_exception and clause.connective == "and")
        first = rest[0] if rest else None
        is_bare = in_exception and clause.moment.is_empty and clause.recurrence is None
        if first and is_bare and rest[1:] and rest[1].connective in _END_OF_RANGE.get(first.connective, ()):
            joined.append(replace(clause, moment=first.moment, last=rest[1].moment))
            del rest[:2]
        elif first and in_exception and with_bare_ends and _is_range(clause.moment, first):
            joined.append(replace(clause, last=rest.pop(0).moment))
        else:
            joined.append(clause)
    return tuple(joined)


def _is_range(first: Moment, end: Clause) -> bool:
    """Return whether an end is of the same kind as the day before it: both dates, weeks, months or weekdays."""
    return end.connective in _UNTIL and _kind_of(first) is not None and _kind_of(first) is _kind_of(end.moment)


def _kind_of(moment: Moment) -> type | None:
    named = moment.day or moment.period or moment.weekday
    return type(named) if isinstance(named, Date | Weeks | Month | Weekday) else None


def _has_end(phrase: Phrase) -> bool:
    """Return whether the phrase says how long the series lasts."""
    is_counted = phrase.repeat_count or phrase.next_duration or phrase.rest_of_period
    has_count = phrase.recurrence is not None and phrase.recurrence.count is not None
    has_bound = any(clause.connective in _ENDS and clause.moment.has_day for clause in phrase.clauses)
    return bool(is_counted or has_count or has_bound or phrase.main.period)
