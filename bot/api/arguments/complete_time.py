"""Completes a time with the day or the clock time of an earlier one."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.parsing.rrule import occurrences, split_rule, with_end_and_exceptions
from bot.parsing.when import When

_DAY = timedelta(days=1)
#: No more days are offered to choose from: a question has nine options at most.
_MAX_DAYS = 9


def complete_time(answer: When, earlier: When) -> When:
    """Return the answer with its missing parts taken from the earlier time.

    After "fredag", "kl. 10" is Friday at ten. After "fredag kl. 14", "lørdag" is Saturday at two. Each alternative is
    completed: "kl. 10 eller 11".
    """
    if answer.alternatives:
        first, *others = (
            complete_time(replace(each, alternatives=()), earlier) for each in (answer, *answer.alternatives)
        )
        return answer if first.alternatives else replace(first, alternatives=tuple(others))
    if answer.rrule and _is_days(earlier) and not _has_end(answer.rrule):
        return _series_within(answer, earlier)
    if answer.rrule or answer.deadline:
        return answer
    if earlier.rrule and not earlier.has_clock and not answer.has_day and isinstance(answer.start, datetime):
        return _with_clock(earlier, answer)
    if not answer.has_day and isinstance(answer.start, datetime) and (day := _single_day(earlier)):
        return replace(on_day(answer, day), any_week=earlier.any_week)
    lacks_clock = not answer.has_clock and earlier.has_clock and isinstance(earlier.start, datetime)
    if lacks_clock and (day := _single_day(answer)):
        return _on_day(answer, day, earlier)
    if answer.start is not None and (answer.any_week or not answer.has_day) and _is_days(earlier):
        return _within_days(answer, earlier)
    return answer


def is_within(when: When, days: When) -> bool:
    """Return whether a time is exact, has one meaning, and begins within a day or some days."""
    if not isinstance(when.start, datetime) or when.loose or when.alternatives or days.start is None:
        return False
    first, end = days.dates
    return first <= when.start.date() < end


def _is_days(when: When) -> bool:
    """Return whether a time is whole days, one of which may be chosen: a week, a weekend, a month."""
    return when.has_day and not (when.deadline or when.alternatives or when.rrule) and type(when.start) is date


def _has_end(rrule: str) -> bool:
    return "UNTIL=" in rrule or "COUNT=" in rrule


def _series_within(series: When, days: When) -> When:
    """Return the times of a series within some days: after "uge 33", "alle dage undtagen fredag" is six days of it.

    Without any, the days are asked about again.
    """
    assert series.rrule is not None, "a recurring time"
    first, end = days.dates
    clock = series.start.time() if isinstance(series.start, datetime) else time()
    starts = occurrences(datetime.combine(first, clock), series.rrule, end)
    if not starts:
        return days
    length = series.end - series.start if series.end and isinstance(series.start, datetime) else None
    start = starts[0] if isinstance(series.start, datetime) else starts[0].date()
    rule, left_out = split_rule(series.rrule)
    kept = [day for day in left_out if first <= day < end]
    rrule = with_end_and_exceptions(rule, end - _DAY, kept) if len(starts) > 1 else None
    return replace(series, start=start, end=start + length if length else None, rrule=rrule)


def _within_days(answer: When, days: When) -> When:
    """Return a weekday or a clock time as a time within some days: after "uge 33", "onsdag kl. 9" is in that week.

    Where it may be several of them, the others are alternatives; of too many to choose from, the days are asked about
    again.
    """
    assert answer.start is not None, "a weekday or a clock time"
    first, end = days.dates
    each = [first + timedelta(days=number) for number in range((end - first).days)]
    if answer.has_day:
        weekday = answer.start.weekday()
        each = [day for day in each if day.weekday() == weekday]
        if not each:
            return answer
    if not each or len(each) > _MAX_DAYS:
        return days
    times = [_move_to_day(answer, day) for day in each]
    return replace(times[0], alternatives=tuple(times[1:]))


def _move_to_day(when: When, day: date) -> When:
    if isinstance(when.start, datetime):
        return replace(on_day(when, day), any_week=False)
    return replace(when, start=day, end=day + _DAY if when.end else None, any_week=False)


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
