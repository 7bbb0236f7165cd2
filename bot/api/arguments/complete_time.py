"""Completes a time with the day or the clock time of an earlier one."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.parsing.when import When


def complete_time(answer: When, earlier: When) -> When:
    """Return the answer with its missing parts taken from the earlier time.

    After "fredag", "kl. 10" is Friday at ten. After "fredag kl. 14", "lørdag" is Saturday at two.
    """
    if answer.alternatives or answer.rrule or answer.deadline:
        return answer
    if earlier.rrule and not earlier.has_clock and not answer.has_day and isinstance(answer.start, datetime):
        return _with_clock(earlier, answer)
    if not answer.has_day and isinstance(answer.start, datetime) and (day := _single_day(earlier)):
        return replace(on_day(answer, day), any_week=earlier.any_week)
    lacks_clock = not answer.has_clock and earlier.has_clock and isinstance(earlier.start, datetime)
    if lacks_clock and (day := _single_day(answer)):
        return _on_day(answer, day, earlier)
    return answer


def _with_clock(series: When, clock: When) -> When:
    """Return a recurring time with a clock time. After "hver fredag", "kl. 9-11" is that time on each Friday."""
    assert isinstance(clock.start, datetime), "the answer has a clock time"
    first = series.start.date() if isinstance(series.start, datetime) else series.start
    assert first is not None, "a recurring time has a first day"
    return replace(on_day(clock, first), rrule=series.rrule)


def _single_day(when: When) -> date | None:
    """Return the only day of a time; None for a week, and when no day was written."""
    if not when.has_day or when.deadline or when.alternatives or when.start is None:
        return None
    if isinstance(when.start, datetime):
        return when.start.date()
    return when.start if when.end in (None, when.start + timedelta(days=1)) else None


def on_day(when: When, day: date) -> When:
    """Return a time with its clock time and length on another day."""
    return _on_day(when, day, when)


def _on_day(when: When, day: date, clock: When) -> When:
    """Return a time moved to a day, with the clock time and the length of `clock`."""
    assert isinstance(clock.start, datetime), "there is a clock time"
    start = datetime.combine(day, clock.start.time())
    end = start + (clock.end - clock.start) if isinstance(clock.end, datetime) else None
    return replace(when, start=start, end=end, has_day=True, has_clock=clock.has_clock, loose=clock.loose)


def end_on_day(when: When, now: datetime) -> When:
    """Return the time from the beginning of a day, or from now on when that is today, until a clock time on it.

    `when` is the clock time: "fredag til kl. 12" is Friday from midnight to 12.
    """
    end = when.end if isinstance(when.end, datetime) else when.start
    assert isinstance(end, datetime), "a clock time was said"
    first = when.start if when.end and isinstance(when.start, datetime) else datetime.combine(end.date(), time())
    now = now.replace(second=0, microsecond=0)
    start = now if first < now < end else first
    return replace(when, start=start, end=end, deadline=False, has_day=True, has_clock=True, loose=True)
