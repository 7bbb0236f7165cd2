"""Makes the time that is proposed instead of another one: what is left out is as it was."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.api import Request, Terms, When, at_clock, at_weekday, series_of, without


def in_that_week(request: Request, when: When, terms: Terms) -> When:
    """A weekday alone is one of the week of the time that is to be moved; when that is over, the coming one."""
    if not when.any_week or when.start is None:
        return when
    said = when.start.date() if isinstance(when.start, datetime) else when.start
    later = _monday(request.local(terms.start).date()) - _monday(said)
    if later <= timedelta():
        return when
    return replace(when, start=when.start + later, end=when.end + later if when.end else None)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def moved_terms(request: Request, before: Terms, when: When) -> Terms | None:
    """A counter's time: what it leaves out it takes from the time before. None where it leaves a choice.

    "kl. 9 passer bedre" keeps the day, "hellere torsdag" the clock and the week; without an end it takes as long as
    before.
    """
    when = in_that_week(request, when, before)
    if before.is_series:
        return _moved_series(request, before, when)
    old = request.local(before.start)
    if when.rrule or when.alternatives or when.deadline or when.start is None:
        return None
    if isinstance(when.start, datetime):
        if when.loose:
            return None
        start = when.start if when.has_day else datetime.combine(old.date(), when.start.time())
        given = when.end - when.start if isinstance(when.end, datetime) else None
    else:
        if when.end is not None and when.end != when.start + timedelta(days=1):
            return None
        start, given = datetime.combine(when.start, old.time()), None
    begins = request.moment(start)
    return Terms(begins, begins + (given or before.end - before.start))


def _on_another_day(request: Request, before: Terms, when: When) -> Terms | None:
    if when.loose and isinstance(when.start, datetime):  # a part of the day
        return None
    exact = when.start if isinstance(when.start, datetime) else None
    given = when.end - exact if exact and isinstance(when.end, datetime) else before.end - before.start
    assert when.start is not None, "a weekday was said"
    clock = exact.time() if exact else request.local(before.start).time()
    return at_weekday(request, before, when.start.weekday(), clock, given)


def _moved_series(request: Request, before: Terms, when: When) -> Terms | None:
    """ "kl. 10 passer bedre" is another clock on all days, "torsdag" another day of each week.

    "hver torsdag kl. 10" goes from the first to the last.
    """
    if when.any_week and when.start is not None:
        return _on_another_day(request, before, when)
    if when.alternatives or when.deadline or when.loose or not isinstance(when.start, datetime):
        return None
    given = when.end - when.start if isinstance(when.end, datetime) else before.end - before.start
    if not when.rrule:
        return None if when.has_day else at_clock(request, before, when.start.time(), given)
    after = series_of(request, when, given)
    if "UNTIL=" in when.rrule or "COUNT=" in when.rrule:
        return after
    first, last = (request.local(before.spans[at].start).date() for at in (0, -1))
    starts = [span.start for span in after.spans]
    beyond = [start for start in starts if not first <= request.local(start).date() <= last]
    return without(request, after, beyond)
