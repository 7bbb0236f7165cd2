"""Tells parties that a match was added, moved or cancelled and now clashes with their agreement, or no longer does."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from bot.api import (
    FEW_LINES,
    Action,
    Agreement,
    Match,
    Person,
    Request,
    Span,
    State,
    Text,
    Thing,
    When,
    offer_actions,
    shorten_list,
)
from bot.api.agreements import describe_work
from bot.api.arguments import Occurrences
from bot.api.availability import (
    Clash,
    MatchChange,
    find_best_times,
    find_clashes,
    find_matches_near,
    find_reservations,
    find_reserved_spans,
    max_match_distance,
    overlapping_clashes,
)
from bot.features.matches.clash_obstacles import describe_clash

_OPEN = (State.PROPOSED, State.AGREED)


@dataclass(frozen=True)
class _Affected:
    """An agreement, the times of it that clash, and the clashes; without clashes when all are resolved."""

    agreement: Agreement
    thing: Thing
    spans: list[Span]
    clashes: list[Clash]


async def tell_about_changes(request: Request, changes: Sequence[MatchChange]) -> None:
    """Tell parties about the affected agreements: under its card about a single one, in the room about several."""
    clashing: list[_Affected] = []
    resolved: list[_Affected] = []
    by_thing = groupby(sorted(changes, key=lambda change: change.thing.key), lambda change: change.thing.key)
    for _, group in by_thing:
        changes_of_thing = list(group)
        for agreement, spans in await _find_agreements_near(request, changes_of_thing):
            affected = await _compare_clashes(request, changes_of_thing, agreement, spans)
            if affected is not None:
                (clashing if affected.clashes else resolved).append(affected)
    await _tell_about_clashes(request, clashing)
    await _tell_about_resolved(request, resolved)


async def _find_agreements_near(request: Request, changes: list[MatchChange]) -> list[tuple[Agreement, list[Span]]]:
    """Return the open agreements on the thing with times near a changed match, and those times that have not begun."""
    matches = [match for change in changes for match in (change.before, change.after) if match]
    margin = max((max_match_distance(task) for task in request.community.tasks), default=None)
    if margin is None:
        return []
    window = Span(min(match.start for match in matches) - margin, max(match.end for match in matches) + margin)
    agreements: dict[int, tuple[Agreement, list[Span]]] = {}
    for reservation in await find_reservations(request, changes[0].thing, window):
        if reservation.agreement.state in _OPEN and reservation.span.start > request.now:
            agreements.setdefault(reservation.agreement.id, (reservation.agreement, []))[1].append(reservation.span)
    return list(agreements.values())


async def _compare_clashes(
    request: Request, changes: list[MatchChange], agreement: Agreement, spans: list[Span]
) -> _Affected | None:
    """Return the agreement with its new clashes, or without clashes when the last one was resolved.

    None when the changes make no difference to the agreement.
    """
    thing, task = changes[0].thing, request.community.task(agreement.task or "")
    if task is None:
        return None
    window = Span(spans[0].start, spans[-1].end)
    matches = await find_matches_near(request, thing, task, window)
    booked = await find_reserved_spans(request, thing, task, window, exclude=agreement)
    after = overlapping_clashes(find_clashes(task, matches, booked), spans)
    before = overlapping_clashes(find_clashes(task, _matches_before(matches, changes), booked), spans)
    keys_before = {(clash.kind, clash.match.key, clash.match.start) for clash in before}
    new_clashes = [clash for clash in after if (clash.kind, clash.match.key, clash.match.start) not in keys_before]
    if new_clashes:
        return _Affected(
            agreement, thing, [span for span in spans if overlapping_clashes(new_clashes, [span])], new_clashes
        )
    return _Affected(agreement, thing, spans, []) if before and not after else None


def _matches_before(matches: Sequence[Match], changes: list[MatchChange]) -> list[Match]:
    """Return the matches as they were before the changes."""
    changed_keys = {change.after.key for change in changes if change.after}
    replaced = [change.before for change in changes if change.before]
    return sorted([*(match for match in matches if match.key not in changed_keys), *replaced])


async def _tell_about_clashes(request: Request, clashing: list[_Affected]) -> None:
    if len(clashing) == 1:
        affected = clashing[0]
        moves = await _offer_moves(request, affected, "move-to", 3)
        await offer_actions(
            request,
            "hit",
            moves,
            under=affected.agreement.card,
            notify=_parties(request, affected),
            **_text_values(request, affected),
            can_move=bool(moves),
        )
    elif clashing:
        moves = [move for affected in clashing for move in await _offer_moves(request, affected, "move-this-to", 1)]
        lines = [request.text("hit-line", **_text_values(request, affected)) for affected in clashing]
        people = [person for affected in clashing for person in _parties(request, affected)]
        await offer_actions(
            request, "hits", moves, notify=people, lines=shorten_list(request, lines), can_move=bool(moves)
        )


async def _tell_about_resolved(request: Request, resolved: list[_Affected]) -> None:
    if len(resolved) == 1:
        agreement, parties = resolved[0].agreement, _parties(request, resolved[0])
        await request.tell("well", under=agreement.card, notify=parties, **_text_values(request, resolved[0]))
    elif resolved:
        lines = [request.text("well-line", **_text_values(request, affected)) for affected in resolved]
        people = [person for affected in resolved for person in _parties(request, affected)]
        await request.tell("wells", notify=people, lines=shorten_list(request, lines))


async def _offer_moves(request: Request, affected: _Affected, key: str, count: int) -> list[Action]:
    """Return up to `count` better times as actions, each of which proposes its time when tapped.

    None are returned when several times of a series clash.
    """
    task = request.community.task(affected.agreement.task or "")
    if task is None or len(affected.spans) != 1:
        return []
    span, number = affected.spans[0], affected.agreement.number
    arguments: dict[str, Any] = {"number": number}
    if affected.agreement.negotiation.terms.is_series:
        arguments["which"] = Occurrences(When(request.local(span.start).date(), None, has_day=True))
    better = await find_best_times(request, affected.thing, span, task, exclude=affected.agreement)
    return [
        Action(request.text(key, number=number, time=time), "counter", {**arguments, "time": request.to_when(time)})
        for time in better[:count]
    ]


def _text_values(request: Request, affected: _Affected) -> dict[str, Any]:
    agreement = affected.agreement
    task = request.community.task(agreement.task or "")
    lines: list[Text] = [describe_clash(request, affected.thing, task, clash) for clash in affected.clashes]
    return {
        "number": agreement.number,
        "what": describe_work(request, agreement),
        "time": affected.spans[0],
        "more": len(affected.spans) - 1,
        "organizer": request.find_person(agreement.organizer),
        "attendee": request.find_person(agreement.attendee),
        "lines": shorten_list(request, lines, max_lines=FEW_LINES),
        "why": lines[0] if lines else "",
    }


def _parties(request: Request, affected: _Affected) -> list[Person]:
    return [request.find_person(affected.agreement.organizer), request.find_person(affected.agreement.attendee)]
