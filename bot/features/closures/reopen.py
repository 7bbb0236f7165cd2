"""Opens a thing that was closed by command, for the whole closure or a part of it."""

from dataclasses import replace
from datetime import datetime, timedelta
from datetime import time as clock

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
    opened = await end_closures(request, thing, span) if span else None
    if opened is None:
        lines = _describe_closures(request, closures)
        asked = span or (request.to_span(time) if time else None)
        raise Refused("open-then", thing=thing.name, time=describe_span(request, asked) if asked else "", lines=lines)
    request.confirm("do-open", thing=thing.name, time=describe_span(request, opened))
    remaining = await find_closures(request, thing, _coming_years(request))
    lines = _describe_closures(request, remaining)
    await request.say("opened", thing=thing.name, time=describe_span(request, opened), lines=lines)


def _span_to_open(request: Request, thing: Thing, time: When | None, closures: list[ClosureRow]) -> Span | None:
    """Return the time to open; None when only a start was written, and the thing is not closed then."""
    if time is not None:
        if time.rrule:
            raise Refused("closed-once", thing=thing.name)
        if time.end is None:
            return _closed_on_from(request.to_span(time).start, closures)
        span = request.to_span(time)
        if _is_clock_time_alone(time):
            _ask_how_long(request, thing, time, span, closures)
        return span
    if len(closures) == 1:
        return closures[0].span
    options = [
        Option(_describe_closure(request, closure), request.to_when(closure.span)) for closure in closures[:FEW_LINES]
    ]
    raise Ask("time", "ask-which-closing", options, thing=thing.name)


def _closed_on_from(start: datetime, closures: list[ClosureRow]) -> Span | None:
    """Return the time from a moment to the end of the closure at that moment and of closures that follow directly.

    "Åbn bane 2 fra torsdag" ends the closure that lasts over Thursday, and no later one. None when none is in force.
    """
    end = start
    for closure in closures:
        if closure.start <= end < closure.end:
            end = closure.end
    return Span(start, end) if end > start else None


def _is_clock_time_alone(time: When) -> bool:
    """Return whether a clock time was written without an end: "i morgen kl. 12", which PERIOD ends at midnight."""
    if time.loose or not isinstance(time.start, datetime) or not isinstance(time.end, datetime):
        return False
    return time.end == datetime.combine(time.start.date() + timedelta(days=1), clock())


def _ask_how_long(request: Request, thing: Thing, time: When, span: Span, closures: list[ClosureRow]) -> None:
    """Raise Ask when the closure lasts longer than the span: to open for the span only, or to the closure's end?"""
    onward = _closed_on_from(span.start, closures)
    if onward is None or onward.end <= span.end:
        return
    options = [Option(_describe(request, span), replace(request.to_when(span), loose=True)) for span in (onward, span)]
    raise Ask("time", "ask-how-long-open", options, thing=thing.name)


def _describe(request: Request, span: Span) -> str:
    return str(describe_span(request, span))


def _coming_years(request: Request) -> Span:
    return Span(request.now, request.now + _LOOK_AHEAD)


def _describe_closures(request: Request, closures: list[ClosureRow]) -> list[object]:
    return shorten_list(request, [_describe_closure(request, closure) for closure in closures], max_lines=FEW_LINES)


def _describe_closure(request: Request, closure: ClosureRow) -> Text:
    return request.text("closing", time=describe_span(request, closure.span), reason=closure.reason)
