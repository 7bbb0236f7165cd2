"""Fills in what a time leaves open from one that was said before it: the day or the clock."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.parsing.when import When


def complete_time(said: When, earlier: When) -> When:
    """After "fredag", "kl. 10" is Friday at ten; after "fredag kl. 14", "lørdag" is Saturday at two."""
    if said.alternatives or said.rrule or said.deadline:
        return said
    if earlier.rrule and not earlier.has_clock and not said.has_day and isinstance(said.start, datetime):
        return _timed(earlier, said)
    if not said.has_day and isinstance(said.start, datetime) and (day := _day_of(earlier)):
        return replace(_placed(said, day, said), any_week=earlier.any_week)
    if not said.has_clock and earlier.has_clock and isinstance(earlier.start, datetime) and (day := _day_of(said)):
        return _placed(said, day, earlier)
    return said


def _timed(series: When, clock: When) -> When:
    """After "hver fredag", "kl. 9-11" is that time of each."""
    assert isinstance(clock.start, datetime), "a clock time was said"
    first = series.start.date() if isinstance(series.start, datetime) else series.start
    assert first is not None, "what comes again has a first time"
    return replace(_placed(clock, first, clock), rrule=series.rrule)


def _day_of(when: When) -> date | None:
    """The one day it is on; None for a week, and where no day was said."""
    if not when.has_day or when.deadline or when.alternatives or when.start is None:
        return None
    if isinstance(when.start, datetime):
        return when.start.date()
    return when.start if when.end in (None, when.start + timedelta(days=1)) else None


def _placed(said: When, day: date, clock: When) -> When:
    assert isinstance(clock.start, datetime), "a clock time was said"
    start = datetime.combine(day, clock.start.time())
    end = start + (clock.end - clock.start) if isinstance(clock.end, datetime) else None
    return replace(said, start=start, end=end, has_day=True, has_clock=clock.has_clock, loose=clock.loose)
