"""Relates work to matches: when a match is a reason against work, and in which hours before a match work is best."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.api.availability.matches import find_matches
from bot.api.availability.reservations import find_reservations
from bot.api.feature import Request
from bot.config.community import Task, Thing
from bot.span import Span
from bot.store.agreements.agreements import Agreement
from bot.store.calendars.matches import Match

#: Work that begins at most this long before the best hours of a match is meant for that match, and is too early.
MAX_EARLY = timedelta(days=2)


@dataclass(frozen=True)
class Clash:
    """A time (aware, the end exclusive) in which work clashes with a match, also when only a part of the work is in it.

    `kind` is "during": the match is played. "drying": the work would not be dry when the match begins. "early": the
    work would be too early for the match.
    """

    kind: str
    start: datetime
    end: datetime
    match: Match
    forbids: bool = False


@dataclass(frozen=True)
class BestHours:
    """The hours before a match in which a task is best done, from its beginning to its end."""

    start: datetime
    end: datetime
    match: Match

    @property
    def span(self) -> Span:
        """The span from the first of these hours to the last."""
        return Span(self.start, self.end)


def find_clashes(task: Task, matches: Sequence[Match], reserved: Sequence[Span] = ()) -> Iterator[Clash]:
    """Yield every clash of a task with some matches of a thing; `reserved` are the times at which the task is planned.

    Pass the matches from `max_match_distance` before the first moment that matters to as long after the last one.
    """
    for match in matches:
        yield Clash("during", match.start, match.end, match, task.never_during_match)
        if task.dry_after:
            yield Clash("drying", match.start - task.dry_after, match.start, match)
    for hours in best_hours_before(task, matches):
        if any(span.start < hours.match.start and hours.start < span.end for span in reserved):
            continue  # a reservation in the best hours is early enough for the match
        earlier_matches = [match.start for match in matches if match.start < hours.match.start]
        start = max([hours.start - MAX_EARLY, *earlier_matches])
        if start < hours.start:
            yield Clash("early", start, hours.start, hours.match)


def overlapping_clashes(clashes: Iterable[Clash], spans: Sequence[Span]) -> list[Clash]:
    """Return the clashes that overlap any of these times."""
    return [clash for clash in clashes if any(span.overlaps(clash) for span in spans)]


def best_hours_before(task: Task, matches: Sequence[Match]) -> list[BestHours]:
    """Return the best hours before each match. Matches within `before_match` of each other have the same best hours."""
    if task.before_match is None:
        return []
    drying = task.dry_after or timedelta()
    starts = [match.start for match in matches]
    first_of_each_start = {match.start: match for match in reversed(matches)}
    return [
        BestHours(match.start - task.before_match, match.start - drying, match)
        for match in sorted(first_of_each_start.values(), key=lambda match: match.start)
        if not any(match.start - task.before_match <= start < match.start for start in starts)
    ]


def max_match_distance(task: Task) -> timedelta:
    """Return the longest time between a task and a match that can still clash."""
    return (task.before_match or timedelta()) + (task.dry_after or timedelta()) + MAX_EARLY


async def find_matches_near(request: Request, thing: Thing, task: Task, window: Span) -> list[Match]:
    """Return the matches that may clash with a task in a window, or decide its best hours."""
    # a match before the first one that matters may have the same best hours
    distance = max_match_distance(task) + (task.before_match or timedelta())
    return await find_matches(request, thing, Span(window.start - distance, window.end + distance))


async def find_reserved_spans(
    request: Request, thing: Thing, task: Task, window: Span, exclude: Agreement | None = None
) -> list[Span]:
    """Return the times in or near a window for which a thing is reserved for a task, except those of `exclude`."""
    distance = max_match_distance(task)
    around = Span(window.start - distance, window.end + distance)
    found = await find_reservations(request, thing, around, exclude=exclude)
    return [reservation.span for reservation in found if reservation.agreement.task == task.key]


async def find_best_hours(request: Request, thing: Thing, task: Task, window: Span) -> list[BestHours]:
    """Return the best hours for a task before the matches of a thing, where they overlap a window; soonest first."""
    found = best_hours_before(task, await find_matches_near(request, thing, task, window))
    return [hours for hours in found if window.overlaps(hours)]
