"""How work stands to matches: when it had better not be done because of them, and when it is best done for them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.api.availability.booking import bookings_of
from bot.api.availability.matches import matches_in
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


def clashes(task: Task, matches: Sequence[Match], booked: Sequence[Span] = ()) -> Iterator[Clash]:
    """Every clash of a task with some matches of a thing; `booked` are the times it is already done at.

    Give the matches from `reach` before the first moment to `reach` behind the last one that matters.
    """
    for match in matches:
        yield Clash("during", match.start, match.end, match, task.never_during_match)
        if task.dry_after:
            yield Clash("drying", match.start - task.dry_after, match.start, match)
    for best in best_before(task, matches):
        if any(span.start < best.match.start and best.start < span.end for span in booked):
            continue
        begun = [other.start for other in matches if other.start < best.match.start]
        since = max([best.start - EARLY, *begun])
        if since < best.start:
            yield Clash("early", since, best.start, best.match)


@dataclass(frozen=True)
class Best:
    """The hours before a match in which a task is best done, all of it."""

    start: datetime
    end: datetime
    match: Match


def best_before(task: Task, matches: Sequence[Match]) -> list[Best]:
    """The best hours before each match; matches that follow each other within `before_match` are served at once."""
    if task.before_match is None:
        return []
    dry = task.dry_after or timedelta()
    starts = [match.start for match in matches]
    return [
        Best(match.start - task.before_match, match.start - dry, match)
        for match in sorted({match.start: match for match in reversed(matches)}.values(), key=lambda m: m.start)
        if not any(match.start - task.before_match <= start < match.start for start in starts)
    ]


def reach(task: Task) -> timedelta:
    """How far from a match a task may still have to do with it."""
    return (task.before_match or timedelta()) + (task.dry_after or timedelta()) + EARLY


async def matches_near(request: Request, thing: Thing, task: Task, window: Span) -> list[Match]:
    """The matches that work in a window may have to do with."""
    far = reach(task) + (task.before_match or timedelta())  # a match before the first one may be served with it
    return await matches_in(request, thing, Span(window.start - far, window.end + far))


async def booked_for(
    request: Request, thing: Thing, task: Task, window: Span, besides: Agreement | None = None
) -> list[Span]:
    """When a task is booked on a thing, in or near a window, by others than `besides`."""
    wider = Span(window.start - reach(task), window.end + reach(task))
    found = await bookings_of(request, thing, wider, besides=besides)
    return [one.span for one in found if one.agreement.task == task.key]


async def best_hours(request: Request, thing: Thing, task: Task, window: Span) -> list[Best]:
    """The best hours before the matches of a thing, as far as they begin or end in a window; soonest first."""
    found = best_before(task, await matches_near(request, thing, task, window))
    return [best for best in found if window.overlaps(best)]


def touching(clash: Iterable[Clash], spans: Sequence[Span]) -> list[Clash]:
    """Those that some times run into."""
    return [one for one in clash if any(span.overlaps(one) for span in spans)]
