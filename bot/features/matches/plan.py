"""Pure: makes a week's plan out of what each thing needs, when it is free, its matches, and how much it bears."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from bot.api import BestHours, Match, Span, Task, Thing, count_hours


@dataclass(frozen=True)
class Need:
    """Work that a thing needs: how often (None: before each match), and what is known of it.

    `booked` is when it is done, before the week, in it and after it; `best` the hours before matches; `free` the times
    in the week that nothing speaks against.
    """

    thing: Thing
    task: Task
    every: timedelta | None
    booked: Sequence[Span] = ()
    best: Sequence[BestHours] = ()
    free: Sequence[Span] = ()


@dataclass(frozen=True)
class Proposal:
    """One piece of work at one time: for a `match`, or because it was last done `days` ago (None: not that we know)."""

    need: Need
    span: Span
    match: Match | None = None
    days: int | None = None


@dataclass(frozen=True)
class Unmet:
    """Work that is due and has no good time: because the thing would not bear it (`load`), or there is none."""

    need: Need
    match: Match | None
    load: bool


@dataclass
class Plan:
    """The plan of a `week` as it is being made.

    `uses` are the times each thing is used, by key, and `bears` how many hours a week it may be (None: any); `busy`
    those at which whoever does the work of a role is taken.
    """

    week: Span
    zone: tzinfo
    uses: dict[str, list[Span]] = field(default_factory=dict)
    bears: dict[str, float | None] = field(default_factory=dict)
    busy: dict[str, list[Span]] = field(default_factory=dict)
    proposals: list[Proposal] = field(default_factory=list)
    unmet: list[Unmet] = field(default_factory=list)

    def make(self, needs: Iterable[Need]) -> "Plan":
        """In the order of the needs; but what there are matches for comes first, since it has the fewest times."""
        for need in sorted(needs, key=lambda need: not need.best):
            if need.every is None:
                self._for_matches(need)
            else:
                self._when_due(need, need.every.days)
        self.proposals.sort(key=lambda one: (one.span.start, one.need.thing.key, one.need.task.key))
        return self

    def _for_matches(self, need: Need) -> None:
        for best in need.best:
            if any(span.start < best.match.start and best.start < span.end for span in need.booked):
                continue
            fitting = [span for span in need.free if _is_in(span, best)]
            placed = self._place(need, fitting, 0, None)
            if placed is None and best.start >= self.week.start and best.end <= self.week.end:
                self._miss(need, fitting, best.match)

    def _when_due(self, need: Need, every: int) -> None:
        """Not sooner than half the interval after the last time, in the hours before a match where there are some."""
        first, last = self._day(self.week.start), self._day(self.week.end - timedelta.resolution)
        done = sorted({self._day(span.start) for span in need.booked})
        before = max((day for day in done if day < first), default=None)
        while True:
            due = before + timedelta(days=every) if before else first
            then = next((day for day in done if before is None or day > before), None)
            if then is not None and then <= max(due + timedelta(days=every // 2), first if before else last):
                before = then
                continue
            if due > last:
                return
            earliest = before + timedelta(days=(every + 1) // 2) if before else first
            latest = then - timedelta(days=(every + 1) // 2) if then else last
            fitting = [span for span in need.free if earliest <= self._day(span.start) <= latest]
            fitting.sort(key=lambda span: self._rank(need, span, max(due, first)))
            placed = self._place(need, fitting, every, before)
            if placed is None:
                self._miss(need, fitting, None)
                return
            before = self._day(placed.span.start)

    def _rank(self, need: Need, span: Span, due: date) -> tuple[bool, int, datetime]:
        at_best = any(_is_in(span, best) for best in need.best)
        return not at_best, abs((self._day(span.start) - due).days), span.start

    def _place(self, need: Need, spans: Sequence[Span], every: int, before: date | None) -> Proposal | None:
        span = next((span for span in spans if self._is_free(need, span) and self._bears(need, span)), None)
        if span is None:
            return None
        match = next((best.match for best in need.best if _is_in(span, best)), None)
        days = (self._day(span.start) - before).days if before and every else None
        made = Proposal(need, span, match, days)
        self.proposals.append(made)
        self.uses.setdefault(need.thing.key, []).append(span)
        self.busy.setdefault(need.task.role, []).append(span)
        return made

    def _miss(self, need: Need, spans: Sequence[Span], match: Match | None) -> None:
        load = any(self._is_free(need, span) for span in spans)
        self.unmet.append(Unmet(need, match, load))

    def _is_free(self, need: Need, span: Span) -> bool:
        """Whoever does it is in one place at a time, and what dries is left alone."""
        if any(span.overlaps(busy) for busy in self.busy.get(need.task.role, ())):
            return False
        return not any(
            span.start < other.span.end + _dry(other.need) and other.span.start < span.end + _dry(need)
            for other in self._on(need.thing)
        )

    def _bears(self, need: Need, span: Span) -> bool:
        limit = self.bears.get(need.thing.key)
        uses = [*self.uses.get(need.thing.key, ()), span]
        return limit is None or count_hours(self.week, uses) <= limit

    def _on(self, thing: Thing) -> Iterator[Proposal]:
        return (one for one in self.proposals if one.need.thing.key == thing.key)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


def _dry(need: Need) -> timedelta:
    return need.task.dry_after or timedelta()


def _is_in(span: Span, best: BestHours) -> bool:
    return Span(best.start, best.end).contains(span)
