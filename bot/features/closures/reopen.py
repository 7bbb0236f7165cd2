"""Opens a thing that was closed by command, for all of the time or a part of it."""

from datetime import timedelta

from bot.api import A_FEW, Ask, Option, Refused, Request, Span, Thing, When, as_said, in_brief, window_of
from bot.features.closures.closings import Closing, closings_in, open_again
from bot.features.closures.keeper import check_keeper
from bot.features.closures.times import span_of

#: Beyond this nothing is closed by command.
_AHEAD = timedelta(days=3 * 366)


async def reopen(request: Request, thing: Thing, time: When | None) -> None:
    """`!åbn bane 2 i uge 30`; without a time, what is closed, where that is only one time."""
    check_keeper(request, thing)
    known = await closings_in(request, thing, _ahead(request))
    if not known:
        raise Refused("open-already", thing=thing.name, fixed=bool(thing.usage.closures))
    window = _which(request, thing, time, known)
    if not await open_again(request, thing, window):
        raise Refused("open-then", thing=thing.name, time=span_of(request, window), lines=_lines(request, known))
    left = await closings_in(request, thing, _ahead(request))
    opened = Span(max(window.start, request.now), window.end) if window.start < request.now else window
    await request.say("opened", thing=thing.name, time=span_of(request, opened), lines=_lines(request, left))


def _which(request: Request, thing: Thing, time: When | None, known: list[Closing]) -> Span:
    if time is not None:
        if time.rrule:
            raise Refused("closed-once", thing=thing.name)
        if time.end is None:  # "fra onsdag": all that is closed from then on
            return Span(window_of(request, time).start, _ahead(request).end)
        return window_of(request, time)
    if len(known) == 1:
        return known[0].span
    options = [
        Option(request.text("closing", time=span_of(request, one.span), reason=one.reason), _said(request, one))
        for one in known[:A_FEW]
    ]
    raise Ask("time", "ask-which-closing", options, thing=thing.name)


def _ahead(request: Request) -> Span:
    return Span(request.now, request.now + _AHEAD)


def _said(request: Request, closing: Closing) -> When:
    return as_said(request, closing.span)


def _lines(request: Request, known: list[Closing]) -> list[object]:
    lines = [request.text("closing", time=span_of(request, one.span), reason=one.reason) for one in known]
    return in_brief(request, lines, most=A_FEW)
