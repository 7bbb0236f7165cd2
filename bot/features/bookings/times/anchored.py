"""Finds the time that is meant with a match: "inden kampen lørdag" ends when the match begins."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.api import Refused, Request, Span, Thing, When, find_matches
from bot.api.arguments import MatchAnchor, on_day

#: How far ahead a match is looked for.
_LOOK_AHEAD = timedelta(days=60)


async def complete_with_match(request: Request, thing: Thing, anchor: MatchAnchor | None, time: When | None) -> When:
    """Return the written time, with what it lacks taken from the match: "dagen før kampen, kl. 15".

    One of `anchor` and `time` is set. Raises Refused when there is no such match on the thing.
    """
    if anchor is None or (time is not None and time.has_day and time.has_clock):
        assert time is not None, "without an anchor there is a time"
        return time
    if time is not None and time.has_day and anchor.day is None:
        anchor, time = replace(anchor, day=time), None
    anchored = await find_anchored_time(request, thing, anchor)
    if time is None or not isinstance(time.start, datetime):
        return anchored
    moment = anchored.start or anchored.end
    assert moment is not None, "an anchored time has a day"
    day = moment.date() if isinstance(moment, datetime) else moment
    return on_day(time, day)


async def find_anchored_time(request: Request, thing: Thing, anchor: MatchAnchor) -> When:
    """Return the time that an anchor means: a deadline, the rest of the day of the match, or the day before.

    Raises Refused when there is no such match on the thing.
    """
    window = request.to_span(anchor.day) if anchor.day else Span(request.now, request.now + _LOOK_AHEAD)
    matches = [match for match in await find_matches(request, thing, window) if match.end > request.now]
    if not matches:
        raise Refused("no-match-to-anchor", thing=thing.name, time=request.time_of(window) if anchor.day else "")
    first, last = request.local(matches[0].start), request.local(matches[-1].end if anchor.day else matches[0].end)
    if anchor.side == "day-before":
        return When(first.date() - timedelta(days=1), None, has_day=True)
    if anchor.side == "before":
        return When(None, first, deadline=True, has_day=True)
    midnight = datetime.combine(last.date() + timedelta(days=1), time())
    return When(last, midnight, has_day=True, has_clock=True, loose=True)
