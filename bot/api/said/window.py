"""The stretch of time that somebody said, from moment to moment."""

from datetime import datetime, timedelta

from bot.api.request import Request
from bot.parsing.when import When
from bot.span import Span


def to_span(request: Request, when: When) -> Span:
    """The stretch of time that was said, a deadline's from now on.

    A day ends with itself; a time without an end, such as "efter kl. 14", with its day.
    """
    return Span(request.now if when.start is None else request.moment(when.start), _end(request, when))


def _end(request: Request, when: When) -> datetime:
    if when.end is not None:
        return request.moment(when.end)
    assert when.start is not None, "a time that has no end has a start"
    day = when.start.date() if isinstance(when.start, datetime) else when.start
    return request.moment(day + timedelta(days=1))
