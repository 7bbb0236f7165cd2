"""How work stands to matches: when it had better not be done because of them, and when it is best done for them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.api.availability.booking import find_reservations
from bot.api.availability.matches import find_matches
from bot.api.request import Request
from bot.config.community import Task, Thing
from bot.span import Span
from bot.store.agreements.agreements import Agreement
from bot.store.calendars.matches import Match

#: So long before the hours that are best for a match, work is taken to be meant for it, and done too early.
EARLY = timedelta(days=2)


@dataclass(frozen=True)
class Clash:
    """A time (aware, the end exclusive) at which work clashes with a match, however little of the work is in it.

    `kind` is "during" the match, "drying" when it would have to dry into it, or "early" for it.
    """

    kind: str
    start: datetime
    end: datetime
    match: Match
    forbids: bool = False


def find_clashes(task: Task, matches: Sequence[Match], booked: Sequence[Span] = ()) -> Iterator[Clash]:
    """Every clash of a task with some matches of a thing; `booked` are the times it is already done at.

    Give the matches from `reach` before the first moment to `reach` behind the last one that matters.
    """
    for match in matches:
        yield Clash("during", match.start, match.end, match, task.never_during_match)
        if task.dry_after:
            yield Clash("drying", match.start - task.dry_after, match.start, match)
    for best in best_hours_before(task, matches):
        if any(span.start < best.match.start and best.start < span.end for span in booked):
            continue
        begun = [other.start for other in matches if other.start < best.match.start]
        since = max([best.start - EARLY, *begun])
        if since < best.start:
            yield Clash("early", since, best.start, best.match)


@dataclass(frozen=True)
class BestHours:
    """The hours before a match in which a task is best done, all of it."""

    start: datetime
    end: datetime
    match: Match


def best_hours_before(task: Task, matches: Sequence[Match]) -> list[BestHours]:
    """The best hours before each match; matches that follow each other within `before_match` are served at once."""
    if task.before_match is None:
        return []
    dry = task.dry_after or timedelta()
    starts = [match.start for match in matches]
    return [
        BestHours(match.start - task.before_match, match.start - dry, match)
        for match in sorted({match.start: match for match in reversed(matches)}.values(), key=lambda m: m.start)
        if not any(match.start - task.before_match <= start < match.start for start in starts)
    ]


def max_match_distance(task: Task) -> timedelta:
    """How far from a match a task may still have to do with it."""
    return (task.before_match or timedelta()) + (task.dry_after or timedelta()) + EARLY


async def find_matches_near(request: Request, thing: Thing, task: Task, window: Span) -> list[Match]:
    """The matches that work in a window may have to do with."""
    far = max_match_distance(task) + (
        task.before_match or timedelta()
    )  # a match before the first one may be served with it
    return await find_matches(request, thing, Span(window.start - far, window.end + far))


async def find_reserved_spans(
    request: Request, thing: Thing, task: Task, window: Span, exclude: Agreement | None = None
) -> list[Span]:
    """When a task is booked on a thing, in or near a window, by others than `exclude`."""
    wider = Span(window.start - max_match_distance(task), window.end + max_match_distance(task))
    found = await find_reservations(request, thing, wider, exclude=exclude)
    return [one.span for one in found if one.agreement.task == task.key]


async def find_best_hours(request: Request, thing: Thing, task: Task, window: Span) -> list[BestHours]:
    """The best hours before the matches of a thing, as far as they begin or end in a window; soonest first."""
    found = best_hours_before(task, await find_matches_near(request, thing, task, window))
    return [best for best in found if window.overlaps(best)]


def overlapping_clashes(clash: Iterable[Clash], spans: Sequence[Span]) -> list[Clash]:
    """Those that some times run into."""
    return [one for one in clash if any(span.overlaps(one) for span in spans)]
