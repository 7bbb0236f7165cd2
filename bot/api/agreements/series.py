"""Makes the terms of a series, with all its times, which are fixed when they are offered; removes and moves times."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from bot.agreements.negotiation import Terms
from bot.api.feature import Request
from bot.errors import Refused
from bot.parsing.public_holidays import holiday_on
from bot.parsing.rrule import occurrences, on_weekday, split_rule, with_end_and_exceptions
from bot.parsing.when import When
from bot.span import Span

#: A series without an end is cut after this time. `MAX_OCCURRENCES` limits the number of its times.
MAX_LOOK_AHEAD = timedelta(days=366)
MAX_OCCURRENCES = 200


def make_series(request: Request, when: When, duration: timedelta) -> Terms:
    """Return the terms of a recurring time with a clock time; each time lasts `duration` if no end was written.

    Each time keeps its local clock time when clocks are changed. Raises `Refused` when no time is left, when there are
    too many times, or when a time would begin before the time before it has ended.
    """
    assert isinstance(when.start, datetime), "the clock time has been asked about"
    assert when.rrule, "the time recurs"
    length = when.end - when.start if isinstance(when.end, datetime) else duration
    starts = occurrences(when.start, when.rrule, when.start.date() + MAX_LOOK_AHEAD, MAX_OCCURRENCES + 1)
    if len(starts) > MAX_OCCURRENCES:
        raise Refused("series-too-long", most=MAX_OCCURRENCES)
    spans = [Span(start, start + length) for local in starts if (start := request.moment(local)) > request.now]
    if not spans:
        raise Refused("time-is-past", time=request.moment(when.start))
    if any(first.overlaps(second) for first, second in pairwise(spans)):
        raise Refused("series-overlaps-itself")
    return _make_terms(request, when.rrule, spans)


def drop_occurrences(request: Request, terms: Terms, starts: Collection[datetime]) -> Terms | None:
    """Return the terms without the times that have these starts; None when no time is left."""
    dropped_days = [request.local(start).date() for start in starts]
    spans = [span for span in terms.spans if span.start not in starts]
    return _make_terms(request, terms.rule, spans, dropped_days) if spans else None


def move_to_clock(request: Request, terms: Terms, clock: time, duration: timedelta) -> Terms:
    """Return the terms with the same days at another clock time."""
    starts = [request.moment(datetime.combine(request.local(span.start).date(), clock)) for span in terms.spans]
    return _make_terms(request, terms.rule, [Span(start, start + duration) for start in starts if start > request.now])


def move_to_weekday(request: Request, terms: Terms, weekday: int, clock: time, duration: timedelta) -> Terms | None:
    """Return the terms with each time on another weekday of its week (Monday is 0).

    Returns None unless the series is weekly and on one day of the week.
    """
    rule, excluded_days = split_rule(terms.rule)
    moved_rule = on_weekday(rule, weekday)
    if moved_rule is None:
        return None
    later = timedelta(days=weekday - request.local(terms.start).weekday())
    days = [request.local(span.start).date() + later for span in terms.spans]
    starts = [request.moment(datetime.combine(day, clock)) for day in days]
    spans = [Span(start, start + duration) for start in starts if start > request.now]
    return _make_terms(request, moved_rule, spans, [day + later for day in excluded_days]) if spans else None


def find_holidays(request: Request, terms: Terms) -> dict[datetime, str]:
    """Return the starts that fall on a public holiday, each with the holiday's name in the person's language."""
    found = {}
    for span in terms.spans:
        if name := holiday_on(request.local(span.start).date(), request.language):
            found[span.start] = name
    return found


def _make_terms(request: Request, rrule: str, spans: list[Span], dropped_days: Collection[date] = ()) -> Terms:
    """Return the terms of these times.

    Of the dropped days, the rule names only those between the first and the last time.
    """
    if len(spans) == 1:
        return Terms.once(spans[0])
    first, last = (request.local(spans[at].start).date() for at in (0, -1))
    rule, excluded_days = split_rule(rrule)
    excluded = sorted(day for day in {*excluded_days, *dropped_days} if first < day < last)
    return Terms(spans[0].start, spans[0].end, with_end_and_exceptions(rule, last, excluded), tuple(spans))
