"""Closes a thing.

The person first sees the affected agreements, and chooses: cancel them, move them, or close nothing.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.api import FEW_LINES, Ask, Option, Refused, Request, Span, Text, Thing, When, shorten_list
from bot.api.arguments import strip_because
from bot.api.availability import (
    AffectedAgreement,
    ClearedAgreement,
    clear_agreements,
    find_affected_agreements,
    find_reservations,
)
from bot.features.closures.affected import describe_affected
from bot.features.closures.closure_table import add_closure, find_closures
from bot.features.closures.maintainer import check_maintainer
from bot.features.closures.spans import describe_span, is_covered

#: A longer closure belongs in the community's file.
MAX_DURATION = timedelta(days=366)
#: Every moved time is a question to two parties, so one closure moves no more times than this.
MAX_MOVED_TIMES = 12

#: Values of the argument `how`: whether the affected agreements are cancelled, moved, or nothing is closed.
CANCEL, MOVE, DO_NOT_CLOSE = "cancel", "move", "neither"


async def close(request: Request, thing: Thing, time: When, reason: str | None, how: str | None) -> None:
    """`!luk bane 2 i uge 30 gødning`: close a thing for a time.

    `how` is the answer about the affected agreements, followed by a digest of the list that the person was shown.
    """
    check_maintainer(request, thing)
    answer, _, listed_digest = (how or "").partition(" ")
    if answer == DO_NOT_CLOSE:
        await request.say("closed-nothing", thing=thing.name)
        return
    span = await _read_span(request, thing, time)
    reason = strip_because(reason or "", request.community.languages)
    affected_list = await find_affected_agreements(request, thing, span)
    if not affected_list:  # otherwise the question about the agreements is the confirmation
        request.confirm("do-close", thing=thing.name, time=describe_span(request, span), reason=reason)
    if affected_list and listed_digest != _digest(affected_list):
        raise _ask_about_affected(request, thing, span, affected_list, again=bool(listed_digest))
    await add_closure(request, thing, span, reason)
    why = _describe_closure(request, thing, span, reason, request.community.language)
    cleared = await clear_agreements(request, thing, span, affected_list, why, move=answer == MOVE)
    has_begun = any(
        reservation.span.start <= request.now < reservation.span.end
        for reservation in await find_reservations(request, thing, span)
    )
    why = _describe_closure(request, thing, span, reason, request.language)
    await request.say("closed", why=why, begun=has_begun, **_count_outcomes(cleared))


async def _read_span(request: Request, thing: Thing, time: When) -> Span:
    """Return the span to close. Raise Refused when it cannot be closed, Ask when its end is missing."""
    if time.rrule:
        raise Refused("closed-once", thing=thing.name)
    if time.end is None:
        raise Ask("time", "ask-until", thing=thing.name)
    span = request.to_span(time)
    if span.end <= max(request.now, span.start):
        raise Refused("closed-too-late", time=describe_span(request, span))
    if span.duration > MAX_DURATION:
        raise Refused("closed-too-long", time=describe_span(request, span))
    closures = await find_closures(request, thing, span)
    if is_covered(Span(max(span.start, request.now), span.end), [closure.span for closure in closures]):
        lines = [
            request.text("closing", time=describe_span(request, closure.span), reason=closure.reason)
            for closure in closures
        ]
        raise Refused("closed-already", thing=thing.name, lines=shorten_list(request, lines, max_lines=FEW_LINES))
    return span


def _ask_about_affected(
    request: Request, thing: Thing, span: Span, affected_list: Sequence[AffectedAgreement], *, again: bool
) -> Ask:
    """Return the question about the affected agreements.

    Its options carry the digest of the list, so that the answer counts only for this list. When the list has changed,
    the question is asked again.
    """
    count_of_times, digest = sum(len(affected.times) for affected in affected_list), _digest(affected_list)
    options = [Option(request.text("close-cancel"), f"{CANCEL} {digest}")]
    if count_of_times <= MAX_MOVED_TIMES:
        options.append(Option(request.text("close-move"), f"{MOVE} {digest}"))
    options.append(Option(request.text("close-neither"), DO_NOT_CLOSE))
    return Ask(
        "how",
        "close-hits",
        options,
        thing=thing.name,
        time=describe_span(request, span),
        count=len(affected_list),
        lines=shorten_list(request, [describe_affected(request, affected) for affected in affected_list]),
        anew=again,
        movable=count_of_times <= MAX_MOVED_TIMES,
    )


def _digest(affected_list: Sequence[AffectedAgreement]) -> str:
    """Return a digest of the affected agreements. It is different when an agreement was changed, added or ended."""
    listed = [
        (
            affected.agreement.id,
            str(affected.agreement.state),
            affected.agreement.negotiation.revision,
            [str(time.start) for time in affected.times],
        )
        for affected in affected_list
    ]
    return hashlib.sha256(repr(listed).encode()).hexdigest()[:16]


def _describe_closure(request: Request, thing: Thing, span: Span, reason: str, language: str) -> Text:
    return request.text(
        "closed-why", language, thing=thing.name, time=describe_span(request, span, language), reason=reason
    )


def _count_outcomes(cleared: Sequence[ClearedAgreement]) -> dict[str, Any]:
    """Return how many agreements were cancelled, moved and shortened.

    A series is not counted when its affected times were detached: the new agreements are counted instead.
    """
    cancelled, moved = sum(one.is_cancelled for one in cleared), sum(one.is_moved for one in cleared)
    shortened = sum(bool(one.lost) and not one.is_cancelled and not one.is_moved for one in cleared)
    return {"cancelled": cancelled, "moved": moved, "some": shortened}
