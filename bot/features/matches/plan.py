"""Plans a week: chooses times for the tasks that each thing needs, by its free times, matches and load. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from bot.api import Match, Span, Task, Thing
from bot.api.availability import BestHours, count_hours


@dataclass(frozen=True)
class Need:
    """A task that a thing needs every `interval`, or before each match (None), and the times at which it can be done.

    `booked_spans` are the times at which the task is booked, before, in and after the week. `best_spans` are the best
    hours before matches, and `free_spans` the times of the week without any obstacle.
    """

    thing: Thing
    task: Task
    interval: timedelta | None
    booked_spans: Sequence[Span] = ()
    best_spans: Sequence[BestHours] = ()
    free_spans: Sequence[Span] = ()


@dataclass(frozen=True)
class Proposal:
    """A proposed time for a task: before a `match`, or because the task was last done `days` ago (None: unknown)."""

    need: Need
    span: Span
    match: Match | None = None
    days: int | None = None


@dataclass(frozen=True)
class Unmet:
    """A task that is due and gets no time: it would exceed the load of the thing, or no time is free."""

    need: Need
    match: Match | None
    exceeds_load: bool


@dataclass
class Plan:
    """The plan of a `week`, which `schedule` fills.

    `uses_by_thing` has the times at which each thing is used, `max_hours_by_thing` its load in hours a week (None: no
    limit), both by the key of the thing. `busy_by_role` has the times at which the only person with a role is busy.
    """

    week: Span
    zone: tzinfo
    uses_by_thing: dict[str, list[Span]] = field(default_factory=dict)
    max_hours_by_thing: dict[str, float | None] = field(default_factory=dict)
    busy_by_role: dict[str, list[Span]] = field(default_factory=dict)
    proposals: list[Proposal] = field(default_factory=list)
    unmet: list[Unmet] = field(default_factory=list)

    def schedule(self, needs: Iterable[Need]) -> "Plan":
        """Propose times for the needs in their order.

        Needs before matches come first, because they have the fewest times.
        """
        for need in sorted(needs, key=lambda need: not need.best_spans):
            if need.interval is None:
                self._schedule_before_matches(need)
            else:
                self._schedule_by_interval(need, need.interval.days)
        self.proposals.sort(key=lambda proposal: (proposal.span.start, proposal.need.thing.key, proposal.need.task.key))
        return self

    def _schedule_before_matches(self, need: Need) -> None:
        """Propose a time in the best hours before each match for which no time is booked."""
        for best in need.best_spans:
            if any(span.start < best.match.start and best.start < span.end for span in need.booked_spans):
                continue
            candidates = [span for span in need.free_spans if _is_in(span, best)]
            proposal = self._propose_first_possible(need, candidates, 0, None)
            if proposal is None and best.start >= self.week.start and best.end <= self.week.end:
                self._add_unmet(need, candidates, best.match)

    def _schedule_by_interval(self, need: Need, interval: int) -> None:
        """Propose a time for each day of the week on which the task is due; `interval` is in days.

        The task is due an interval after it was last done. A booking up to half an interval after that day is soon
        enough. A proposal keeps half an interval from the times before and after it. It is in the best hours before a
        match if there are any, else near the day on which the task is due.
        """
        first, last = self._local_day(self.week.start), self._local_day(self.week.end - timedelta.resolution)
        done_days = sorted({self._local_day(span.start) for span in need.booked_spans})
        previous = max((day for day in done_days if day < first), default=None)
        while True:
            due = previous + timedelta(days=interval) if previous else first
            following = next((day for day in done_days if previous is None or day > previous), None)
            tolerated = max(due + timedelta(days=interval // 2), first if previous else last)
            if following is not None and following <= tolerated:
                previous = following
                continue
            if due > last:
                return
            earliest = previous + timedelta(days=(interval + 1) // 2) if previous else first
            latest = following - timedelta(days=(interval + 1) // 2) if following else last
            candidates = [span for span in need.free_spans if earliest <= self._local_day(span.start) <= latest]
            candidates.sort(key=lambda span: self._sort_key(need, span, max(due, first)))
            proposal = self._propose_first_possible(need, candidates, interval, previous)
            if proposal is None:
                self._add_unmet(need, candidates, None)
                return
            previous = self._local_day(proposal.span.start)

    def _sort_key(self, need: Need, span: Span, due: date) -> tuple[bool, int, datetime]:
        is_best = any(_is_in(span, best) for best in need.best_spans)
        return not is_best, abs((self._local_day(span.start) - due).days), span.start

    def _propose_first_possible(
        self, need: Need, candidates: Sequence[Span], interval: int, previous: date | None
    ) -> Proposal | None:
        """Propose the first candidate that fits into the plan, and count it as a use of the thing."""
        span = next((span for span in candidates if self._is_free(need, span) and self._fits_load(need, span)), None)
        if span is None:
            return None
        match = next((best.match for best in need.best_spans if _is_in(span, best)), None)
        days = (self._local_day(span.start) - previous).days if previous and interval else None
        proposal = Proposal(need, span, match, days)
        self.proposals.append(proposal)
        self.uses_by_thing.setdefault(need.thing.key, []).append(span)
        self.busy_by_role.setdefault(need.task.role, []).append(span)
        return proposal

    def _add_unmet(self, need: Need, candidates: Sequence[Span], match: Match | None) -> None:
        exceeds_load = any(self._is_free(need, span) for span in candidates)
        self.unmet.append(Unmet(need, match, exceeds_load))

    def _is_free(self, need: Need, span: Span) -> bool:
        """Return whether the only person with the role is free, and no other proposed work on the thing dries then."""
        if any(span.overlaps(busy) for busy in self.busy_by_role.get(need.task.role, ())):
            return False
        return not any(
            span.start < other.span.end + _drying_time(other.need) and other.span.start < span.end + _drying_time(need)
            for other in self._proposals_on(need.thing)
        )

    def _fits_load(self, need: Need, span: Span) -> bool:
        limit = self.max_hours_by_thing.get(need.thing.key)
        uses = [*self.uses_by_thing.get(need.thing.key, ()), span]
        return limit is None or count_hours(self.week, uses) <= limit

    def _proposals_on(self, thing: Thing) -> Iterator[Proposal]:
        return (proposal for proposal in self.proposals if proposal.need.thing.key == thing.key)

    def _local_day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


def _drying_time(need: Need) -> timedelta:
    return need.task.dry_after or timedelta()


def _is_in(span: Span, best: BestHours) -> bool:
    return best.span.contains(span)
