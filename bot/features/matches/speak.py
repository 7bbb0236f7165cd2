"""A match that is moved, new or gone speaks up in the agreements it hits, or does not hit any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from bot.api import (
    FEW_LINES,
    Action,
    Agreement,
    Clash,
    Match,
    MatchChange,
    Occurrences,
    Person,
    Request,
    Span,
    State,
    Text,
    Thing,
    When,
    find_best_times,
    find_clashes,
    find_matches_near,
    find_reservations,
    find_reserved_spans,
    max_match_distance,
    offer_actions,
    overlapping_clashes,
    shorten_list,
    to_when,
)
from bot.features.matches.clash import why_of

_OPEN = (State.PROPOSED, State.AGREED)


@dataclass(frozen=True)
class _Hit:
    """An agreement, the times of it that clash, and with what; of one that is well again, nothing."""

    agreement: Agreement
    thing: Thing
    spans: list[Span]
    found: list[Clash]


async def speak_up(request: Request, changes: Sequence[MatchChange]) -> None:
    """Say it once of everything that changed: under the card of the one agreement it hits, or of several together."""
    hit: list[_Hit] = []
    well: list[_Hit] = []
    for _, grouped in groupby(sorted(changes, key=lambda change: change.thing.key), lambda change: change.thing.key):
        on_one = list(grouped)
        for agreement, spans in await _agreements_near(request, on_one):
            now, clashing = await _look(request, on_one, agreement, spans)
            if now is not None:
                (hit if clashing else well).append(now)
    await _tell_of_hits(request, hit)
    await _tell_of_well(request, well)


async def _agreements_near(request: Request, changes: list[MatchChange]) -> list[tuple[Agreement, list[Span]]]:
    """What is agreed or proposed on the thing near the matches that changed, and has not begun."""
    moments = [match for change in changes for match in (change.before, change.after) if match]
    far = max((max_match_distance(task) for task in request.community.tasks), default=None)
    if far is None:
        return []
    window = Span(min(one.start for one in moments) - far, max(one.end for one in moments) + far)
    found: dict[int, tuple[Agreement, list[Span]]] = {}
    for booking in await find_reservations(request, changes[0].thing, window):
        if booking.agreement.state in _OPEN and booking.span.start > request.now:
            found.setdefault(booking.agreement.id, (booking.agreement, []))[1].append(booking.span)
    return list(found.values())


async def _look(
    request: Request, changes: list[MatchChange], agreement: Agreement, spans: list[Span]
) -> tuple[_Hit | None, bool]:
    """What it has become of: hit by something that it was not hit by before, or well again. None: nothing has."""
    thing, task = changes[0].thing, request.community.task(agreement.task or "")
    if task is None:
        return None, False
    window = Span(spans[0].start, spans[-1].end)
    matches = await find_matches_near(request, thing, task, window)
    booked = await find_reserved_spans(request, thing, task, window, exclude=agreement)
    after = overlapping_clashes(find_clashes(task, matches, booked), spans)
    before = overlapping_clashes(find_clashes(task, _as_before(matches, changes), booked), spans)
    known = {(clash.kind, clash.match.key, clash.match.start) for clash in before}
    new = [clash for clash in after if (clash.kind, clash.match.key, clash.match.start) not in known]
    if new:
        hit = [span for span in spans if overlapping_clashes(new, [span])]
        return _Hit(agreement, thing, hit, new), True
    return (_Hit(agreement, thing, spans, []), False) if before and not after else (None, False)


def _as_before(matches: Sequence[Match], changes: list[MatchChange]) -> list[Match]:
    """The matches as they were before these changes."""
    changed = {change.after.key for change in changes if change.after}
    was = [change.before for change in changes if change.before]
    return sorted([*(match for match in matches if match.key not in changed), *was])


async def _tell_of_hits(request: Request, hits: list[_Hit]) -> None:
    if len(hits) == 1:
        hit = hits[0]
        doings = await _moves(request, hit, "move-to", 3)
        await offer_actions(
            request,
            "hit",
            doings,
            under=hit.agreement.card,
            notify=_parties(request, hit),
            **_told(request, hit),
            can_move=bool(doings),
        )
    elif hits:
        doings = [move for hit in hits for move in await _moves(request, hit, "move-this-to", 1)]
        lines = [request.text("hit-line", **_told(request, hit)) for hit in hits]
        people = [person for hit in hits for person in _parties(request, hit)]
        await offer_actions(
            request, "hits", doings, notify=people, lines=shorten_list(request, lines), can_move=bool(doings)
        )


async def _tell_of_well(request: Request, well: list[_Hit]) -> None:
    if len(well) == 1:
        one = well[0]
        await request.tell("well", under=one.agreement.card, notify=_parties(request, one), **_told(request, one))
    elif well:
        lines = [request.text("well-line", **_told(request, one)) for one in well]
        people = [person for one in well for person in _parties(request, one)]
        await request.tell("wells", notify=people, lines=shorten_list(request, lines))


async def _moves(request: Request, hit: _Hit, key: str, most: int) -> list[Action]:
    """Better times, each a tap away from being proposed; of a series, where one of its times is hit."""
    task = request.community.task(hit.agreement.task or "")
    if task is None or len(hit.spans) != 1:
        return []
    span, number = hit.spans[0], hit.agreement.number
    said: dict[str, Any] = {"number": number}
    if hit.agreement.negotiation.terms.is_series:
        said["which"] = Occurrences(When(request.local(span.start).date(), None, has_day=True))
    better = await find_best_times(request, hit.thing, span, task, exclude=hit.agreement)
    return [
        Action(request.text(key, number=number, time=one), "counter", {**said, "time": to_when(request, one)})
        for one in better[:most]
    ]


def _told(request: Request, hit: _Hit) -> dict[str, Any]:
    agreement = hit.agreement
    task = request.community.task(agreement.task or "")
    lines: list[Text] = [why_of(request, hit.thing, task, clash) for clash in hit.found]
    return {
        "number": agreement.number,
        "task": task.name if task else agreement.task,
        "thing": hit.thing.name,
        "time": hit.spans[0],
        "more": len(hit.spans) - 1,
        "organizer": request.find_person(agreement.organizer),
        "attendee": request.find_person(agreement.attendee),
        "lines": shorten_list(request, lines, max_lines=FEW_LINES),
        "why": lines[0] if lines else "",
    }


def _parties(request: Request, hit: _Hit) -> list[Person]:
    return [request.find_person(hit.agreement.organizer), request.find_person(hit.agreement.attendee)]
