"""Closes a thing: what that hits is listed first, and then gives way or nothing is closed."""

import hashlib
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.api import (
    A_FEW,
    Ask,
    Cleared,
    Hit,
    Option,
    Refused,
    Request,
    Span,
    Text,
    Thing,
    When,
    bookings_of,
    clear,
    hits,
    in_brief,
    window_of,
)
from bot.features.closures.closings import closings_in, keep
from bot.features.closures.hit import line_of_hit
from bot.features.closures.keeper import check_keeper
from bot.features.closures.times import covered, span_of

#: Longer than this is a matter for the community's file.
LONGEST = timedelta(days=366)
#: So many times are moved at once: each is a question to two parties.
MOST_MOVED = 12

#: What can be answered about the agreements that are hit.
CANCEL, MOVE, NEITHER = "cancel", "move", "neither"

_BECAUSE = re.compile(r"^(?:pga\.?|på grund af|grundet|fordi|because(?: of)?|due to|for)\s+", re.I)


async def close(request: Request, thing: Thing, time: When, reason: str | None, how: str | None) -> None:
    """`!luk bane 2 i uge 30 gødning`; `how` is what was answered about the agreements that were listed."""
    check_keeper(request, thing)
    answer, _, listed = (how or "").partition(" ")
    if answer == NEITHER:
        await request.say("closed-nothing", thing=thing.name)
        return
    window = await _window(request, thing, time)
    said = _BECAUSE.sub("", reason or "")
    hit = await hits(request, thing, window)
    if hit and listed != _digest(hit):
        raise _asking(request, thing, window, hit, anew=bool(listed))
    await keep(request, thing, window, said)
    why = _why(request, thing, window, said, request.community.language)
    cleared = await clear(request, thing, window, hit, why, move=answer == MOVE)
    begun = [one for one in await bookings_of(request, thing, window) if one.span.start <= request.now < one.span.end]
    told = _why(request, thing, window, said, request.language)
    await request.say("closed", why=told, begun=bool(begun), **_counted(cleared))


async def _window(request: Request, thing: Thing, time: When) -> Span:
    """The stretch that was said. Raises `Refused` for one that cannot be closed, `Ask` where its end is missing."""
    if time.rrule:
        raise Refused("closed-once", thing=thing.name)
    if time.end is None:
        raise Ask("time", "ask-until", thing=thing.name)
    window = window_of(request, time)
    if window.end <= max(request.now, window.start):
        raise Refused("closed-too-late", time=span_of(request, window))
    if window.duration > LONGEST:
        raise Refused("closed-too-long", time=span_of(request, window))
    before = await closings_in(request, thing, window)
    if covered(Span(max(window.start, request.now), window.end), [one.span for one in before]):
        times = [request.text("closing", time=span_of(request, one.span), reason=one.reason) for one in before]
        raise Refused("closed-already", thing=thing.name, lines=in_brief(request, times, most=A_FEW))
    return window


def _asking(request: Request, thing: Thing, window: Span, hit: Sequence[Hit], *, anew: bool) -> Ask:
    """Whoever answers says yes to this list and no other; a longer one is put to them again."""
    times, digest = sum(len(one.times) for one in hit), _digest(hit)
    options = [Option(request.text("close-cancel"), f"{CANCEL} {digest}")]
    if times <= MOST_MOVED:
        options.append(Option(request.text("close-move"), f"{MOVE} {digest}"))
    options.append(Option(request.text("close-neither"), NEITHER))
    return Ask(
        "how",
        "close-hits",
        options,
        thing=thing.name,
        time=span_of(request, window),
        count=len(hit),
        lines=in_brief(request, [line_of_hit(request, one) for one in hit]),
        anew=anew,
        movable=times <= MOST_MOVED,
    )


def _digest(hit: Sequence[Hit]) -> str:
    """Stands for what was listed: an agreement that is changed, made or ended meanwhile makes another one."""
    listed = [
        (
            one.agreement.id,
            str(one.agreement.state),
            one.agreement.negotiation.revision,
            [str(time.start) for time in one.times],
        )
        for one in hit
    ]
    return hashlib.sha256(repr(listed).encode()).hexdigest()[:16]


def _why(request: Request, thing: Thing, window: Span, reason: str, language: str) -> Text:
    return request.text(
        "closed-why", language, thing=thing.name, time=span_of(request, window, language), reason=reason
    )


def _counted(cleared: Sequence[Cleared]) -> dict[str, Any]:
    """How many were cancelled, moved and shortened; of a series whose times were moved those alone count."""
    cancelled, moved = sum(one.is_cancelled for one in cleared), sum(one.is_moved for one in cleared)
    some = sum(bool(one.lost) and not one.is_cancelled and not one.is_moved for one in cleared)
    return {"cancelled": cancelled, "moved": moved, "some": some}
