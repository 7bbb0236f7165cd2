"""What comes again: all its times, fixed when they are offered, and the same without some of them."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from bot.agreements.negotiation import Terms
from bot.api.request import Request
from bot.errors import Refused
from bot.parsing.holiday import holiday_on
from bot.parsing.recurrence import occurrences, on_weekday, split_rule, with_end_and_exceptions
from bot.parsing.when import When
from bot.span import Span

#: How far ahead a series goes that nobody gave an end, and how many times one may have at most.
HORIZON = timedelta(days=366)
MOST = 200


def make_series(request: Request, when: When, duration: timedelta) -> Terms:
    """Every time of a recurrence that has a clock time; each as long as was said, else `duration`.

    Each keeps the time that clocks show, over both changes of the clock. Raises `Refused` when no time is left, there
    are too many, or one would begin before the last is over.
    """
    assert isinstance(when.start, datetime), "the clock time has been asked about"
    assert when.rrule, "it comes again"
    length = when.end - when.start if isinstance(when.end, datetime) else duration
    starts = occurrences(when.start, when.rrule, when.start.date() + HORIZON, MOST + 1)
    if len(starts) > MOST:
        raise Refused("series-too-long", most=MOST)
    spans = [Span(moment, moment + length) for at in starts if (moment := request.moment(at)) > request.now]
    if not spans:
        raise Refused("time-is-past", time=request.moment(when.start))
    if any(first.overlaps(second) for first, second in pairwise(spans)):
        raise Refused("series-overlaps-itself")
    return _terms(request, when.rrule, spans)


def drop_occurrences(request: Request, terms: Terms, starts: Collection[datetime]) -> Terms | None:
    """A series without the times that begin at some moments, None where nothing is left of it."""
    gone = [request.local(start).date() for start in starts]
    spans = [span for span in terms.spans if span.start not in starts]
    return _terms(request, terms.rule, spans, gone) if spans else None


def move_to_clock(request: Request, terms: Terms, clock: time, length: timedelta) -> Terms:
    """The same days at another time of the day."""
    starts = [request.moment(datetime.combine(request.local(span.start).date(), clock)) for span in terms.spans]
    return _terms(request, terms.rule, [Span(start, start + length) for start in starts if start > request.now])


def move_to_weekday(request: Request, terms: Terms, weekday: int, clock: time, length: timedelta) -> Terms | None:
    """Each time on another day of its own week, Monday is 0; None where that is not one time a week."""
    rule, left_out = split_rule(terms.rule)
    moved = on_weekday(rule, weekday)
    if moved is None:
        return None
    later = timedelta(days=weekday - request.local(terms.start).weekday())
    days = [request.local(span.start).date() + later for span in terms.spans]
    starts = [request.moment(datetime.combine(day, clock)) for day in days]
    spans = [Span(start, start + length) for start in starts if start > request.now]
    return _terms(request, moved, spans, [day + later for day in left_out]) if spans else None


def find_holidays(request: Request, terms: Terms) -> dict[datetime, str]:
    """The times that fall on a public holiday in Denmark, and its name in the language of the person."""
    named = {}
    for span in terms.spans:
        if name := holiday_on(request.local(span.start).date(), request.language):
            named[span.start] = name
    return named


def to_when(request: Request, terms: Terms | Span) -> When:
    """A time or a series as if it had been said."""
    start, end = request.local(terms.start), request.local(terms.end)
    rule = terms.rule if isinstance(terms, Terms) else ""
    return When(start, end, rrule=rule or None, has_day=True, has_clock=True)


def _terms(request: Request, rrule: str, spans: list[Span], gone: Collection[date] = ()) -> Terms:
    """What is left out before the first time or behind the last need not be said."""
    if len(spans) == 1:
        return Terms.once(spans[0])
    first, last = (request.local(spans[at].start).date() for at in (0, -1))
    rule, left_out = split_rule(rrule)
    days = sorted(day for day in {*left_out, *gone} if first < day < last)
    return Terms(spans[0].start, spans[0].end, with_end_and_exceptions(rule, last, days), tuple(spans))
