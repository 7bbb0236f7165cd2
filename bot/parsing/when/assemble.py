"""Sorts the items of a sentence: the main moment, the moments tied to it, and what is said about coming again."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.parsing.when.components import (
    Date,
    ImpossibleTime,
    Invalid,
    NextDuration,
    NotUnderstood,
    Recurrence,
    RepeatCount,
    RestOfPeriod,
    Vague,
    Weekday,
    WithinDuration,
)
from bot.parsing.when.match import DAY_COMPONENTS, Segment
from bot.parsing.when.moment import Moment

NOTHING = Moment()

_FIELDS_OF_COMPONENTS = (
    (RepeatCount, "repeat_count"),
    (NextDuration, "next_duration"),
    (RestOfPeriod, "rest_of_period"),
    (WithinDuration, "deadline"),
)


@dataclass(frozen=True)
class Clause:
    """A moment and the word that ties it: fra … til …"""

    connective: str
    moment: Moment = NOTHING
    recurrence: Recurrence | None = None


@dataclass(frozen=True)
class Phrase:
    """Everything a sentence says about time. `spans` is where, in characters."""

    main: Moment = NOTHING
    clauses: tuple[Clause, ...] = ()
    recurrence: Recurrence | None = None
    repeat_count: RepeatCount | None = None
    next_duration: NextDuration | None = None
    rest_of_period: RestOfPeriod | None = None
    deadline: WithinDuration | None = None
    char_ranges: tuple[tuple[int, int], ...] = field(default=())

    @property
    def moments(self) -> tuple[Moment, ...]:
        """All of them."""
        return self.main, *(tied.moment for tied in self.clauses)


def assemble(items: Sequence[Segment], *, whole: bool) -> Phrase | None:
    """The phrase that items make up, None when they say nothing about time.

    Raises NotUnderstood where they say too much or too little, Impossible for a time that cannot be.
    """
    said = _said(items, whole)
    if not any(item.component for item in said):
        return None
    _refuse_vague(said, whole)
    phrase, open_tie = Phrase(), False
    for at, item in enumerate(said):
        if item.connective:
            phrase = replace(phrase, clauses=(*phrase.clauses, Clause(item.connective)))
            open_tie = True
        elif isinstance(item.component, Vague):
            continue
        elif item.component:
            apart = at and not _touch(said[at - 1], item, items)
            phrase, open_tie = _add(phrase, item, open_tie and not apart)
    return replace(phrase, char_ranges=_spans(items, said))


def _said(items: Sequence[Segment], whole: bool) -> list[Segment]:
    """The pieces, and the ties that a piece follows. A "senest" behind the last piece ties it as well."""
    words = [item for item in items if not item.is_skipped]
    said: list[Segment] = []
    for at, item in enumerate(words):
        if item.connective == "and" and at + 1 < len(words) and words[at + 1].connective:
            continue  # "efter kl. 9 og før kl. 12"
        following = words[at + 1] if at + 1 < len(words) else None
        live = bool(item.connective and following and following.component) and not _is_bullet(item, said, following)
        if item.connective == "by" and following is None and said:
            if all(one.connective != "by" for one in said):  # "by monday at the latest" says it twice
                said.insert(len(said) - 1, item)
        elif item.component or live:
            said.append(item)
        elif item.is_blocking or (whole and not _is_mark(item)) or _is_of_every(item, words[at + 1 : at + 3]):
            raise NotUnderstood
    return said


def _is_of_every(item: Segment, following: Sequence[Segment]) -> bool:
    """ "hver tørre fredag" is not one Friday."""
    return item.is_every and len(following) == 2 and isinstance(following[1].component, DAY_COMPONENTS)


def _is_bullet(item: Segment, said: list[Segment], following: Segment | None) -> bool:
    """A dash between a day and its clock time, or before the first: it divides, it does not mean "til"."""
    days = [one for one in said if isinstance(one.component, DAY_COMPONENTS)]
    return _is_mark(item) and not (days and following and isinstance(following.component, DAY_COMPONENTS))


def _is_mark(item: Segment) -> bool:
    return item.connective == "to" and item.end - item.start == 1


def _touch(first: Segment, second: Segment, items: Sequence[Segment]) -> bool:
    """Only words that are passed over stand between them."""
    between = [item for item in items if first.end <= item.start and item.end <= second.start]
    return all(item.is_skipped for item in between)


def _refuse_vague(said: list[Segment], whole: bool) -> None:
    for at, item in enumerate(said):
        if isinstance(item.component, Vague) and (whole or len(said) > 1):
            near = said[max(at - 1, 0) : at + 2]
            if whole or len(near) > 1:
                raise NotUnderstood


def _add(phrase: Phrase, item: Segment, open_tie: bool) -> tuple[Phrase, bool]:
    """The phrase with one piece more, and whether the next piece still belongs to the last tie."""
    piece = item.component
    if isinstance(piece, Invalid):
        raise ImpossibleTime(piece.error_key, said=(item.start, item.end), meant=piece.intended_word)
    if isinstance(piece, Recurrence):
        return _add_every(phrase, piece, open_tie), False
    for kind, slot in _FIELDS_OF_COMPONENTS:
        if isinstance(piece, kind):
            if getattr(phrase, slot):
                raise NotUnderstood
            return replace(phrase, **{slot: piece}), False  # type: ignore[arg-type]
    if (
        not open_tie
        and phrase.recurrence
        and phrase.main.weekday
        and isinstance(piece, Weekday)
        and piece == Weekday(piece.number)
    ):
        return _add_every(phrase, Recurrence("week", weekdays=(piece.number,)), open_tie), False  # hver mandag, tirsdag
    if not open_tie:
        return replace(phrase, main=phrase.main.with_component(piece, item.start, item.end)), False
    last = phrase.clauses[-1]
    if isinstance(piece, Weekday | Date) and _is_another_left_out(phrase.clauses, piece):
        last = Clause("and")
        phrase = replace(phrase, clauses=(*phrase.clauses, last))
    moment = last.moment.with_component(piece, item.start, item.end)
    return replace(phrase, clauses=(*phrase.clauses[:-1], replace(last, moment=moment))), True


def _is_another_left_out(tied: tuple[Clause, ...], piece: Weekday | Date) -> bool:
    """undtagen den 17. juli, den 24. juli og den 31. juli: a comma is no tie, and the day is no part of the last one"""
    last = tied[-1].moment
    complete = last.day is not None or (last.weekday is not None and isinstance(piece, Weekday))
    leaves_out = next((one.connective for one in reversed(tied) if one.connective != "and"), "") == "except"
    return complete and leaves_out


def _add_every(phrase: Phrase, every: Recurrence, open_tie: bool) -> Phrase:
    if open_tie and phrase.clauses[-1].moment.is_empty:
        last = phrase.clauses[-1]
        if last.connective != "and":
            return replace(phrase, clauses=(*phrase.clauses[:-1], replace(last, recurrence=every)))
        phrase = replace(phrase, clauses=phrase.clauses[:-1])
    return replace(phrase, recurrence=every if phrase.recurrence is None else merge(phrase.recurrence, every))


def merge(first: Recurrence, second: Recurrence) -> Recurrence:
    """Two halves of a recurrence as one: hver fjortende dag + om torsdagen. Raises NotUnderstood if they are not."""
    if _is_bare(second) and not _is_bare(first):
        first, second = second, first
    if first.interval > 1 and second.interval > 1:
        raise NotUnderstood
    both = first.unit == second.unit and first.ordinals == second.ordinals == ()
    if not both and not _is_bare(first):
        raise NotUnderstood
    if first.unit != second.unit and not (first.unit == "month" and second.ordinals):
        raise NotUnderstood
    return replace(
        second,
        interval=first.interval * second.interval,
        weekdays=tuple(sorted({*first.weekdays, *second.weekdays})),
        month_days=tuple(sorted({*first.month_days, *second.month_days})),
        week_parity=second.week_parity if first.week_parity is None else first.week_parity,
        count=first.count or second.count,
        part=first.part or second.part,
    )


def _is_bare(every: Recurrence) -> bool:
    return not (every.weekdays or every.month_days or every.ordinals)


def _spans(items: Sequence[Segment], said: list[Segment]) -> tuple[tuple[int, int], ...]:
    """Where the time stands: pieces and ties, and the fillers that touch them."""
    kept = {(item.start, item.end) for item in said if not isinstance(item.component, Vague)}
    near = [
        (item.start, item.end)
        for at, item in enumerate(items)
        if item.is_filler
        and any((other.start, other.end) in kept for other in (*items[at - 1 : at], *items[at + 1 : at + 2]))
    ]
    joined: list[tuple[int, int]] = []
    for start, end in sorted((*kept, *near)):
        if joined and start - joined[-1][1] <= 1:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)
