"""Opens a thing that was closed by command, for the whole closure or a part of it."""

from datetime import timedelta

from bot.api import FEW_LINES, Ask, Option, Refused, Request, Span, Text, Thing, When, shorten_list
from bot.features.closures.closure_table import ClosureRow, end_closures, find_closures
from bot.features.closures.maintainer import check_maintainer
from bot.features.closures.spans import describe_span

#: How far ahead closures are searched. One that was made by command lasts a year at most.
_LOOK_AHEAD = timedelta(days=3 * 366)


async def reopen(request: Request, thing: Thing, time: When | None) -> None:
    """`!åbn bane 2 i uge 30`.

    Without a time the only closure is ended; when there are several, the person is asked which.
    """
    check_maintainer(request, thing)
    closures = await find_closures(request, thing, _coming_years(request))
    if not closures:
        raise Refused("open-already", thing=thing.name, fixed=bool(thing.usage.closures))
    span = _span_to_open(request, thing, time, closures)
    if not await end_closures(request, thing, span):
        lines = _describe_closures(request, closures)
        raise Refused("open-then", thing=thing.name, time=describe_span(request, span), lines=lines)
    request.confirm("do-open", thing=thing.name, time=describe_span(request, span))
    remaining = await find_closures(request, thing, _coming_years(request))
    opened = Span(max(span.start, request.now), span.end) if span.start < request.now else span
    lines = _describe_closures(request, remaining)
    await request.say("opened", thing=thing.name, time=describe_span(request, opened), lines=lines)


def _span_to_open(request: Request, thing: Thing, time: When | None, closures: list[ClosureRow]) -> Span:
    if time is not None:
        if time.rrule:
            raise Refused("closed-once", thing=thing.name)
        if time.end is None:  # "fra onsdag": all closures from then on
            return Span(request.to_span(time).start, _coming_years(request).end)
        return request.to_span(time)
    if len(closures) == 1:
        return closures[0].span
    options = [
        Option(_describe_closure(request, closure), request.to_when(closure.span)) for closure in closures[:FEW_LINES]
    ]
    raise Ask("time", "ask-which-closing", options, thing=thing.name)


def _coming_years(request: Request) -> Span:
    return Span(request.now, request.now + _LOOK_AHEAD)


def _describe_closures(request: Request, closures: list[ClosureRow]) -> list[object]:
    return shorten_list(request, [_describe_closure(request, closure) for closure in closures], max_lines=FEW_LINES)


def _describe_closure(request: Request, closure: ClosureRow) -> Text:
    return request.text("closing", time=describe_span(request, closure.span), reason=closure.reason)
