"""Sorts the items of a sentence: the main moment, the moments tied to it, and what is said about coming again."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.parsing.when.moment import Moment
from bot.parsing.when.said import (
    Date,
    Every,
    Impossible,
    Next,
    NotUnderstood,
    RestOf,
    Times,
    Vague,
    Weekday,
    Within,
    Wrong,
)
from bot.parsing.when.sentence import DAYS, Item

NOTHING = Moment()


@dataclass(frozen=True)
class Tied:
    """A moment and the word that ties it: fra … til …"""

    tie: str
    moment: Moment = NOTHING
    every: Every | None = None


@dataclass(frozen=True)
class Phrase:
    """Everything a sentence says about time. `spans` is where, in characters."""

    main: Moment = NOTHING
    tied: tuple[Tied, ...] = ()
    every: Every | None = None
    times: Times | None = None
    length: Next | None = None
    rest: RestOf | None = None
    within: Within | None = None
    spans: tuple[tuple[int, int], ...] = field(default=())

    @property
    def moments(self) -> tuple[Moment, ...]:
        """All of them."""
        return self.main, *(tied.moment for tied in self.tied)


def arrange(items: Sequence[Item], *, whole: bool) -> Phrase | None:
    """The phrase that items make up, None when they say nothing about time.

    Raises NotUnderstood where they say too much or too little, Impossible for a time that cannot be.
    """
    said = _said(items, whole)
    if not any(item.piece for item in said):
        return None
    _refuse_vague(said, whole)
    phrase, open_tie = Phrase(), False
    for at, item in enumerate(said):
        if item.tie:
            phrase = replace(phrase, tied=(*phrase.tied, Tied(item.tie)))
            open_tie = True
        elif isinstance(item.piece, Vague):
            continue
        elif item.piece:
            apart = at and not _touch(said[at - 1], item, items)
            phrase, open_tie = _add(phrase, item, open_tie and not apart)
    return replace(phrase, spans=_spans(items, said))


def _said(items: Sequence[Item], whole: bool) -> list[Item]:
    """The pieces, and the ties that a piece follows. A "senest" behind the last piece ties it as well."""
    words = [item for item in items if not item.passed]
    said: list[Item] = []
    for at, item in enumerate(words):
        if item.tie == "and" and at + 1 < len(words) and words[at + 1].tie:
            continue  # "efter kl. 9 og før kl. 12"
        following = words[at + 1] if at + 1 < len(words) else None
        live = bool(item.tie and following and following.piece) and not _is_bullet(item, said, following)
        if item.tie == "by" and following is None and said:
            if all(one.tie != "by" for one in said):  # "by monday at the latest" says it twice
                said.insert(len(said) - 1, item)
        elif item.piece or live:
            said.append(item)
        elif item.refuses or (whole and not _is_mark(item)) or _is_of_every(item, words[at + 1 : at + 3]):
            raise NotUnderstood
    return said


def _is_of_every(item: Item, following: Sequence[Item]) -> bool:
    """ "hver tørre fredag" is not one Friday."""
    return item.every and len(following) == 2 and isinstance(following[1].piece, DAYS)


def _is_bullet(item: Item, said: list[Item], following: Item | None) -> bool:
    """A dash between a day and its clock time, or before the first: it divides, it does not mean "til"."""
    days = [one for one in said if isinstance(one.piece, DAYS)]
    return _is_mark(item) and not (days and following and isinstance(following.piece, DAYS))


def _is_mark(item: Item) -> bool:
    return item.tie == "to" and item.end - item.start == 1


def _touch(first: Item, second: Item, items: Sequence[Item]) -> bool:
    """Only words that are passed over stand between them."""
    between = [item for item in items if first.end <= item.start and item.end <= second.start]
    return all(item.passed for item in between)


def _refuse_vague(said: list[Item], whole: bool) -> None:
    for at, item in enumerate(said):
        if isinstance(item.piece, Vague) and (whole or len(said) > 1):
            near = said[max(at - 1, 0) : at + 2]
            if whole or len(near) > 1:
                raise NotUnderstood


def _add(phrase: Phrase, item: Item, open_tie: bool) -> tuple[Phrase, bool]:
    """The phrase with one piece more, and whether the next piece still belongs to the last tie."""
    piece = item.piece
    if isinstance(piece, Wrong):
        raise Impossible(piece.key, said=(item.start, item.end), meant=piece.meant)
    if isinstance(piece, Every):
        return _add_every(phrase, piece, open_tie), False
    for kind, slot in ((Times, "times"), (Next, "length"), (RestOf, "rest"), (Within, "within")):
        if isinstance(piece, kind):
            if getattr(phrase, slot):
                raise NotUnderstood
            return replace(phrase, **{slot: piece}), False  # type: ignore[arg-type]
    if (
        not open_tie
        and phrase.every
        and phrase.main.weekday
        and isinstance(piece, Weekday)
        and piece == Weekday(piece.number)
    ):
        return _add_every(phrase, Every("week", weekdays=(piece.number,)), open_tie), False  # hver mandag, tirsdag, …
    if not open_tie:
        return replace(phrase, main=phrase.main.add(piece, item.start, item.end)), False
    last = phrase.tied[-1]
    if isinstance(piece, Weekday | Date) and _is_another_left_out(phrase.tied, piece):
        last = Tied("and")
        phrase = replace(phrase, tied=(*phrase.tied, last))
    moment = last.moment.add(piece, item.start, item.end)
    return replace(phrase, tied=(*phrase.tied[:-1], replace(last, moment=moment))), True


def _is_another_left_out(tied: tuple[Tied, ...], piece: Weekday | Date) -> bool:
    """undtagen den 17. juli, den 24. juli og den 31. juli: a comma is no tie, and the day is no part of the last one"""
    last = tied[-1].moment
    complete = last.day is not None or (last.weekday is not None and isinstance(piece, Weekday))
    leaves_out = next((one.tie for one in reversed(tied) if one.tie != "and"), "") == "except"
    return complete and leaves_out


def _add_every(phrase: Phrase, every: Every, open_tie: bool) -> Phrase:
    if open_tie and phrase.tied[-1].moment.is_empty:
        last = phrase.tied[-1]
        if last.tie != "and":
            return replace(phrase, tied=(*phrase.tied[:-1], replace(last, every=every)))
        phrase = replace(phrase, tied=phrase.tied[:-1])
    return replace(phrase, every=every if phrase.every is None else merge(phrase.every, every))


def merge(first: Every, second: Every) -> Every:
    """Two halves of a recurrence as one: hver fjortende dag + om torsdagen. Raises NotUnderstood if they are not."""
    if _is_bare(second) and not _is_bare(first):
        first, second = second, first
    if first.interval > 1 and second.interval > 1:
        raise NotUnderstood
    both = first.unit == second.unit and first.counts == second.counts == ()
    if not both and not _is_bare(first):
        raise NotUnderstood
    if first.unit != second.unit and not (first.unit == "month" and second.counts):
        raise NotUnderstood
    return replace(
        second,
        interval=first.interval * second.interval,
        weekdays=tuple(sorted({*first.weekdays, *second.weekdays})),
        monthdays=tuple(sorted({*first.monthdays, *second.monthdays})),
        parity=second.parity if first.parity is None else first.parity,
        times=first.times or second.times,
        part=first.part or second.part,
    )


def _is_bare(every: Every) -> bool:
    return not (every.weekdays or every.monthdays or every.counts)


def _spans(items: Sequence[Item], said: list[Item]) -> tuple[tuple[int, int], ...]:
    """Where the time stands: pieces and ties, and the fillers that touch them."""
    kept = {(item.start, item.end) for item in said if not isinstance(item.piece, Vague)}
    near = [
        (item.start, item.end)
        for at, item in enumerate(items)
        if item.filler
        and any((other.start, other.end) in kept for other in (*items[at - 1 : at], *items[at + 1 : at + 2]))
    ]
    joined: list[tuple[int, int]] = []
    for start, end in sorted((*kept, *near)):
        if joined and start - joined[-1][1] <= 1:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)
