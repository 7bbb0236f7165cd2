"""The stretch of time that somebody said, from moment to moment."""

from datetime import date, datetime, time, timedelta

from bot.agreements.decide import Terms
from bot.api.request import Request
from bot.language.when import When


def window_of(request: Request, when: When) -> Terms:
    """The stretch of time that was said, a deadline's from now on.

    A day ends with itself; a time without an end, such as "efter kl. 14", with its day.
    """
    return Terms(_moment(request, when.start) or request.now, _end(request, when))


def _end(request: Request, when: When) -> datetime:
    if end := _moment(request, when.end):
        return end
    assert when.start is not None, "a time that has no end has a start"
    day = when.start.date() if isinstance(when.start, datetime) else when.start
    return request.moment(datetime.combine(day + timedelta(days=1), time()))


def _moment(request: Request, said: datetime | date | None) -> datetime | None:
    if said is None:
        return None
    return request.moment(said if isinstance(said, datetime) else datetime.combine(said, time()))
