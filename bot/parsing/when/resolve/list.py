"""Resolves a list of days: "torsdag og fredag kl. 8" is two times, "lørdag og søndag" is one that lasts two days."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bot.parsing.when.components import WEEKEND_DAYS, Date, Weeks
from bot.parsing.when.errors import NotUnderstood
from bot.parsing.when.phrase import Moment
from bot.parsing.when.resolve.dates import DAY, DayInterval
from bot.parsing.when.resolve.moment import resolve_days, resolve_single
from bot.parsing.when.resolve.reference import ReferenceTime
from bot.parsing.when.result import When

#: More times than this in one message are a mistake, or a series.
_MAX_TIMES = 12


def is_list(moment: Moment) -> bool:
    """Return whether a moment is a list by itself: "uge 28 og 30"."""
    return len(_each_week(moment)) > 1


def resolve_list(moments: Sequence[Moment], reference: ReferenceTime, *, may_be_choice: bool = False) -> When:
    """Return the days of a list as one time where they follow each other, otherwise as several times.

    Two clock times on one day are a choice: "fredag kl. 9 og 14" is the first, with the second as an alternative. With
    `may_be_choice` ("ons/tors") each day by itself is an alternative, unless they are a weekend ("lø/sø"). Raises
    NotUnderstood where a moment of the list is no day.
    """
    first, *others = moments
    if len(others) == 1 and not others[0].has_day and first.clock_time and others[0].clock_time:
        second = replace(first, clock_time=others[0].clock_time, duration=others[0].duration or first.duration)
        return replace(resolve_single(first, reference), alternatives=(resolve_single(second, reference),))
    if not all(moment.has_day for moment in moments):
        raise NotUnderstood
    days = [day for moment in _with_shared_parts(moments) for day in _each_week(moment)]
    if len(days) > _MAX_TIMES:
        raise NotUnderstood
    if not any(moment.clock_time or moment.part_of_day or moment.duration for moment in days):
        in_a_row = _resolve_in_a_row(days, reference)
        if in_a_row is not None and not may_be_choice:
            return in_a_row
        if in_a_row is not None and _are_weekend(days):
            return replace(in_a_row, each=())
    when = _resolve_several(days, reference)
    return when if not may_be_choice or _are_weekend(days) else replace(when, alternatives=when.several)


def _with_shared_parts(moments: Sequence[Moment]) -> list[Moment]:
    """Return the moments, each with what was said once for all: "mandag og onsdag i uge 30 kl. 8".

    A clock time that stands behind several days is that of all of them; a later day without one has that of the day
    before it.
    """
    shared: list[Moment] = []
    following: Moment | None = None
    for moment in reversed(moments):
        if following is not None:
            moment = _with_date_parts(_with_clock_of(moment, following), following)
        shared.insert(0, moment)
        following = moment
    for position in range(1, len(shared)):
        shared[position] = _with_clock_of(shared[position], shared[position - 1])
        if shared[position].weekday and not shared[position].period and shared[position - 1].period:
            shared[position] = replace(shared[position], period=shared[position - 1].period)
    return shared


def _with_clock_of(moment: Moment, other: Moment) -> Moment:
    if moment.clock_time or moment.part_of_day or moment.duration:
        return moment
    return replace(moment, clock_time=other.clock_time, part_of_day=other.part_of_day, duration=other.duration)


def _with_date_parts(moment: Moment, following: Moment) -> Moment:
    """Return a day with the week of the one behind it, or its month: the 12 of "den 12. og 14. juni"."""
    if moment.weekday and following.weekday and not moment.period and not moment.day:
        return replace(moment, period=following.period)
    day, next_day = moment.day, following.day
    if isinstance(day, Date) and isinstance(next_day, Date) and day.month is None and next_day.month:
        return replace(moment, day=Date(day.day, next_day.month, next_day.year))
    return moment


def _each_week(moment: Moment) -> list[Moment]:
    """Return a moment for each week of “mandag i uge 28 og 30”."""
    period = moment.period
    if not isinstance(period, Weeks) or period.is_range or len(period.numbers) < 2:
        return [moment]
    return [replace(moment, period=replace(period, numbers=(number,))) for number in period.numbers]


def _resolve_in_a_row(moments: Sequence[Moment], reference: ReferenceTime) -> When | None:
    """Return the days as one time, None where they do not follow each other."""
    intervals = _intervals_in_order(moments, reference)
    if any(before[1] != after[0] for before, after in pairwise(intervals)):
        return None
    each = tuple(When(start, end, has_day=True, loose=True) for start, end in intervals)
    return replace(each[0], end=each[-1].end, each=each)


def _resolve_several(moments: Sequence[Moment], reference: ReferenceTime) -> When:
    """Return the days as several times.

    On a Tuesday, "mandag og onsdag" is the coming Monday and the Wednesday behind it, or the coming Wednesday: the
    other meaning is an alternative.
    """
    coming = _as_one([resolve_single(moment, reference) for moment in moments])
    in_order = _as_one(_resolve_in_order(moments, reference))
    if coming == in_order:
        return coming
    first, second = (in_order, coming) if _are_neighbours(moments) else (coming, in_order)
    return replace(first, alternatives=(second,))


def _as_one(times: Sequence[When]) -> When:
    if len({(when.start, when.end) for when in times}) < len(times):
        raise NotUnderstood
    return When(
        None,
        None,
        has_day=True,
        has_clock=all(when.has_clock for when in times),
        loose=any(when.loose for when in times),
        several=tuple(replace(when, any_week=False) for when in times),
    )


def _resolve_in_order(moments: Sequence[Moment], reference: ReferenceTime) -> list[When]:
    """Return the times, each as seen from the day before it in the list."""
    days = [interval[0] for interval in _intervals_in_order(moments, reference)]
    seen_from = (reference, *(reference.moved_to(day) for day in days))
    return [resolve_single(moment, seen) for moment, seen in zip(moments, seen_from, strict=False)]


def _intervals_in_order(moments: Sequence[Moment], reference: ReferenceTime) -> list[DayInterval]:
    intervals: list[DayInterval] = []
    for moment in moments:
        is_weekday = moment.is_weekday_alone or (moment.period is not None and moment.day is None)
        days = resolve_days(moment, reference.moved_to(intervals[-1][0]) if intervals and is_weekday else reference)
        if days is None:
            raise NotUnderstood
        intervals.append((days[0], days[1] or days[0] + DAY))
    return intervals


def _are_weekend(moments: Sequence[Moment]) -> bool:
    return tuple(moment.weekday and moment.weekday.number for moment in moments) == WEEKEND_DAYS


def _are_neighbours(moments: Sequence[Moment]) -> bool:
    """Return whether each is the weekday behind the one before it: "lørdag og søndag", also on a Saturday."""
    numbers = [moment.weekday.number for moment in moments if moment.weekday]
    return len(numbers) == len(moments) and all((first + 1) % 7 == second for first, second in pairwise(numbers))
