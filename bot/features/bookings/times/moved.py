"""Makes the terms of a counter-offer. The parts that the written time lacks are taken from the terms before."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.api import Request, Terms, When
from bot.api.agreements import drop_occurrences, make_series, move_to_clock, move_to_weekday


def move_to_week_of(request: Request, when: When, terms: Terms) -> When:
    """Return a weekday moved to the week of the terms, when it was written alone and that week is later."""
    if not when.any_week or when.start is None:
        return when
    day = when.start.date() if isinstance(when.start, datetime) else when.start
    delay = _monday(request.local(terms.start).date()) - _monday(day)
    if delay <= timedelta():
        return when
    return replace(when, start=when.start + delay, end=when.end + delay if when.end else None)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def move_terms(request: Request, before: Terms, when: When) -> Terms | None:
    """Return the terms moved to the written time; None when several times are possible.

    "kl. 9 passer bedre" keeps the day, "hellere torsdag" keeps the clock time and the week. Without an end the duration
    stays.
    """
    when = move_to_week_of(request, when, before)
    if before.is_series:
        return _move_series(request, before, when)
    local_start = request.local(before.start)
    if when.rrule or when.alternatives or when.deadline or when.start is None:
        return None
    if isinstance(when.start, datetime):
        if when.loose:
            return None
        start = when.start if when.has_day else datetime.combine(local_start.date(), when.start.time())
        duration = when.end - when.start if isinstance(when.end, datetime) else None
    else:
        if when.end is not None and when.end != when.start + timedelta(days=1):
            return None
        start, duration = datetime.combine(when.start, local_start.time()), None
    moment = request.moment(start)
    return Terms(moment, moment + (duration or before.end - before.start))


def _move_to_weekday(request: Request, before: Terms, when: When) -> Terms | None:
    if when.loose and isinstance(when.start, datetime):  # a part of a day, which leaves a choice
        return None
    exact = when.start if isinstance(when.start, datetime) else None
    duration = when.end - exact if exact and isinstance(when.end, datetime) else before.end - before.start
    assert when.start is not None, "a weekday was said"
    clock = exact.time() if exact else request.local(before.start).time()
    return move_to_weekday(request, before, when.start.weekday(), clock, duration)


def _move_series(request: Request, before: Terms, when: When) -> Terms | None:
    """Return the series at another clock time ("kl. 10 passer bedre"), or on another day of each week ("torsdag").

    "hver torsdag kl. 10" lasts from the day of the first time to the day of the last time.
    """
    if when.any_week and when.start is not None:
        return _move_to_weekday(request, before, when)
    if when.alternatives or when.deadline or when.loose or not isinstance(when.start, datetime):
        return None
    duration = when.end - when.start if isinstance(when.end, datetime) else before.end - before.start
    if not when.rrule:
        return None if when.has_day else move_to_clock(request, before, when.start.time(), duration)
    after = make_series(request, when, duration)
    if "UNTIL=" in when.rrule or "COUNT=" in when.rrule:
        return after
    first, last = (request.local(before.spans[index].start).date() for index in (0, -1))
    starts = [span.start for span in after.spans]
    outside = [start for start in starts if not first <= request.local(start).date() <= last]
    return drop_occurrences(request, after, outside)
