"""Returns as obstacles the times that clash with a match, or with work that has to dry."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from bot.api import Agreement, Match, Obstacle, Request, Span, Task, Text, Thing, find_matches
from bot.api.agreements import name_activity
from bot.api.availability import (
    Clash,
    Reservation,
    find_clashes,
    find_matches_near,
    find_reservations,
    find_reserved_spans,
    write_number,
)


async def find_match_obstacles(
    request: Request, thing: Thing, window: Span, task: Task | None, exclude: Agreement | None
) -> list[Obstacle]:
    """Return the obstacles of matches and of drying work for a task on a thing; without a task, only the matches.

    `exclude` is an agreement that would be moved, and is no obstacle.
    """
    if task is None:
        is_used = thing.use is not None  # then a match is another use of it
        matches = await find_matches(request, thing, window)
        found = [_make_obstacle(request, thing, None, _clash_during(match, is_used)) for match in matches]
        return [*found, *await _find_drying(request, thing, window, None, exclude)] if is_used else found
    matches = await find_matches_near(request, thing, task, window)
    booked = await find_reserved_spans(request, thing, task, window, exclude) if task.before_match and matches else []
    of_matches = [_make_obstacle(request, thing, task, clash) for clash in find_clashes(task, matches, booked)]
    return [*of_matches, *await _find_drying(request, thing, window, task, exclude)]


def _clash_during(match: Match, forbids: bool) -> Clash:
    return Clash("during", match.start, match.end, match, forbids)


def _make_obstacle(request: Request, thing: Thing, task: Task | None, clash: Clash) -> Obstacle:
    why = describe_clash(request, thing, task, clash)
    kind = "match" if clash.kind == "during" else clash.kind
    asks = task is not None or not clash.forbids
    return Obstacle(kind, clash.start, clash.end, why, forbids=clash.forbids, asks=asks)


def describe_clash(request: Request, thing: Thing, task: Task | None, clash: Clash) -> Text:
    """Return a sentence that says how a match clashes with a task."""
    match = clash.match
    first, after = (request.local(moment).date() for moment in (match.start, match.end))
    time = request.local_time(first, after) if match.all_day else request.time(match.start, match.end)
    values: dict[str, Any] = {"thing": thing.name, "title": match.title, "time": time}
    if task is not None:
        durations = {"drying": task.dry_after, "early": task.before_match}
        duration = durations.get(clash.kind) or timedelta()
        values |= {"task": task.name, "length": describe_duration(request, duration)}
    return request.text(f"clash-{clash.kind}", **values)


def describe_duration(request: Request, duration: timedelta) -> Text:
    """Return a duration in words: "12 timer", "2 dage"."""
    hours = duration.total_seconds() / 3600
    days = int(hours // 24) if hours % 24 == 0 and hours > 24 else 0
    return request.text("length", days=days, hours=write_number(hours, request.language))


async def _find_drying(
    request: Request, thing: Thing, window: Span, task: Task | None, exclude: Agreement | None
) -> list[Obstacle]:
    """Return the times at which other work dries, and the times after which the task could not dry before the next use.

    The same task again is no obstacle. Without a task, only the times at which work dries are returned.
    """
    longest = max((other.dry_after or timedelta() for other in request.community.tasks), default=timedelta())
    if not longest:
        return []
    own = (task.dry_after if task else None) or timedelta()
    reservations = await find_reservations(
        request, thing, Span(window.start - longest, window.end + own), exclude=exclude
    )
    if task is None:
        return [*_find_drying_of_others(request, thing, reservations)]
    others = [reservation for reservation in reservations if reservation.agreement.task != task.key]
    return [*_find_drying_of_others(request, thing, others), *_find_drying_before_others(request, thing, task, others)]


def _find_drying_of_others(request: Request, thing: Thing, others: Sequence[Reservation]) -> Iterator[Obstacle]:
    for other in others:
        task = request.community.task(other.agreement.task or "")
        if task and task.dry_after:
            dry_at = other.span.end + task.dry_after
            why = _describe_drying(request, "clash-dries", thing, task, other, request.time(dry_at, None))
            yield Obstacle("drying", other.span.end, dry_at, why, forbids=False, agreement=other.agreement, asks=True)


def _find_drying_before_others(
    request: Request, thing: Thing, task: Task, others: Sequence[Reservation]
) -> Iterator[Obstacle]:
    if task.dry_after:
        for other in others:
            start = other.span.start
            why = _describe_drying(request, "clash-must-dry", thing, task, other, request.time(start, other.span.end))
            yield Obstacle(
                "drying", start - task.dry_after, start, why, forbids=False, agreement=other.agreement, asks=True
            )


def _describe_drying(request: Request, key: str, thing: Thing, task: Task, other: Reservation, time: object) -> Text:
    return request.text(
        key,
        thing=thing.name,
        task=task.name,
        length=describe_duration(request, task.dry_after or timedelta()),
        other=name_activity(request, other.agreement, request.language),
        number=other.agreement.number,
        time=time,
    )
