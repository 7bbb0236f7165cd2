"""What matches, and work that has to dry, have against a time: an obstacle for each."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from bot.api import (
    Agreement,
    Clash,
    Match,
    Obstacle,
    Request,
    Reservation,
    Span,
    Task,
    Text,
    Thing,
    find_clashes,
    find_matches,
    find_matches_near,
    find_reservations,
    find_reserved_spans,
    write_number,
)


async def find_match_obstacles(
    request: Request, thing: Thing, window: Span, task: Task | None, exclude: Agreement | None
) -> list[Obstacle]:
    """Everything that matches and drying have against a task on a thing; of any task, that there is a match."""
    if task is None:
        return [_obstacle(request, thing, None, _on(match)) for match in await find_matches(request, thing, window)]
    matches = await find_matches_near(request, thing, task, window)
    booked = await find_reserved_spans(request, thing, task, window, exclude) if task.before_match and matches else []
    found = [_obstacle(request, thing, task, clash) for clash in find_clashes(task, matches, booked)]
    return [*found, *await _drying(request, thing, window, task, exclude)]


def _on(match: Match) -> Clash:
    return Clash("during", match.start, match.end, match)


def _obstacle(request: Request, thing: Thing, task: Task | None, clash: Clash) -> Obstacle:
    why = why_of(request, thing, task, clash)
    kind = "match" if clash.kind == "during" else clash.kind
    return Obstacle(kind, clash.start, clash.end, why, forbids=clash.forbids, asks=True)


def why_of(request: Request, thing: Thing, task: Task | None, clash: Clash) -> Text:
    """What a match has against work at a time, in a sentence."""
    match = clash.match
    first, after = (request.local(moment).date() for moment in (match.start, match.end))
    time = request.local_time(first, after) if match.all_day else request.time(match.start, match.end)
    values: dict[str, Any] = {"thing": thing.name, "title": match.title, "time": time}
    if task is not None:
        lengths = {"drying": task.dry_after, "early": task.before_match}
        values |= {"task": task.name, "length": length_of(request, lengths.get(clash.kind) or timedelta())}
    return request.text(f"clash-{clash.kind}", **values)


def length_of(request: Request, length: timedelta) -> Text:
    """A length of time in words, "12 timer"."""
    hours = length.total_seconds() / 3600
    days = int(hours // 24) if hours % 24 == 0 and hours > 24 else 0
    return request.text("length", days=days, hours=write_number(hours, request.language))


async def _drying(
    request: Request, thing: Thing, window: Span, task: Task, exclude: Agreement | None
) -> list[Obstacle]:
    """Other work dries when this would begin, or would begin while this dries; the same work again disturbs nothing."""
    longest = max((one.dry_after or timedelta() for one in request.community.tasks), default=timedelta())
    if not longest:
        return []
    wider = Span(window.start - longest, window.end + (task.dry_after or timedelta()))
    near = await find_reservations(request, thing, wider, exclude=exclude)
    booked = [one for one in near if one.agreement.task != task.key]
    return [*_after_others(request, thing, booked), *_before_others(request, thing, task, booked)]


def _after_others(request: Request, thing: Thing, booked: Sequence[Reservation]) -> Iterator[Obstacle]:
    for one in booked:
        task = request.community.task(one.agreement.task or "")
        if task and task.dry_after:
            until = one.span.end + task.dry_after
            why = _why_drying(request, "clash-dries", thing, task, one, request.time(until, None))
            yield Obstacle("drying", one.span.end, until, why, forbids=False, agreement=one.agreement, asks=True)


def _before_others(request: Request, thing: Thing, task: Task, booked: Sequence[Reservation]) -> Iterator[Obstacle]:
    if task.dry_after:
        for one in booked:
            begins = one.span.start
            why = _why_drying(request, "clash-must-dry", thing, task, one, request.time(begins, one.span.end))
            yield Obstacle(
                "drying", begins - task.dry_after, begins, why, forbids=False, agreement=one.agreement, asks=True
            )


def _why_drying(request: Request, key: str, thing: Thing, task: Task, booking: Reservation, time: object) -> Text:
    other = request.community.task(booking.agreement.task or "")
    return request.text(
        key,
        thing=thing.name,
        task=task.name,
        length=length_of(request, task.dry_after or timedelta()),
        other=other.name if other else booking.agreement.task,
        number=booking.agreement.number,
        time=time,
    )
