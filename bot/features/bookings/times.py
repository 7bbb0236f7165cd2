"""Makes an exact time out of what somebody said, and asks where what they said leaves a choice."""

from datetime import date, datetime, time, timedelta

from bot.api import TIME, Ask, Option, Refused, Request, Terms, Thing, When, free_times

#: How many free times are offered at once.
CHOICES = 5


async def exact_terms(request: Request, thing: Thing, when: When, duration: timedelta) -> Terms:
    """The time that was said, as long as the task takes where no end was said."""
    if when.rrule:
        raise Refused("only-once")
    if readings := TIME.readings(when, request.about):  # said in a thread, where it was no argument
        raise Ask("time", TIME.which, readings)
    if when.loose or not isinstance(when.start, datetime):
        await _ask_for_clock(request, thing, when, duration)
    assert isinstance(when.start, datetime), "what is not exact has been asked about"
    start = request.moment(when.start)
    return Terms(start, request.moment(when.end) if isinstance(when.end, datetime) else start + duration)


async def _ask_for_clock(request: Request, thing: Thing, when: When, duration: timedelta) -> None:
    """Offers the free times inside what was said: a day, a morning, a week, "inden fredag"."""
    window = Terms(_moment(request, when.start) or request.now, _window_end(request, when))
    if window.end <= request.now:
        raise Refused("time-is-past", time=window)
    free = await free_times(request, thing, window, duration, CHOICES)
    if not free:
        raise Ask("time", "none-free", thing=thing.name, window=window)
    options = [Option(request.time(one.start, one.end).full, as_when(request, one)) for one in free]
    raise Ask("time", "ask-clock", options, thing=thing.name)


def _window_end(request: Request, when: When) -> datetime:
    """A day ends with itself; a time without an end, such as "efter kl. 14", with its day."""
    if end := _moment(request, when.end):
        return end
    assert when.start is not None, "a time that has no end has a start"
    day = when.start.date() if isinstance(when.start, datetime) else when.start
    return request.moment(datetime.combine(day + timedelta(days=1), time()))


def _moment(request: Request, said: datetime | date | None) -> datetime | None:
    if said is None:
        return None
    return request.moment(said if isinstance(said, datetime) else datetime.combine(said, time()))


def as_when(request: Request, terms: Terms) -> When:
    """An exact time, as if it had been said."""
    return When(request.local(terms.start), request.local(terms.end), has_day=True, has_clock=True)


def moved_terms(request: Request, before: Terms, when: When) -> Terms | None:
    """A counter's time: what it leaves out it takes from the time before. None where it leaves a choice.

    "kl. 9 passer bedre" keeps the day, "hellere torsdag" the clock; without an end it takes as long as before.
    """
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
