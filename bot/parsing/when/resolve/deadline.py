"""Resolves a deadline: "inden fredag" is before Friday begins, "senest fredag" before Friday ends."""

from dataclasses import replace
from datetime import date, datetime

from bot.parsing.when.components import EndOf, Month
from bot.parsing.when.errors import NotUnderstood
from bot.parsing.when.phrase import Moment
from bot.parsing.when.resolve.dates import DAY, resolve_period
from bot.parsing.when.resolve.moment import resolve_moment
from bot.parsing.when.resolve.ranges import day_of
from bot.parsing.when.resolve.reference import ReferenceTime
from bot.parsing.when.result import When


def resolve_deadline(main: Moment, moment: Moment, reference: ReferenceTime, *, is_before: bool) -> When:
    """Return a deadline: the start of the moment with `is_before`, otherwise its end.

    `main` may name the day: "fredag senest kl. 12". Raises NotUnderstood, ImpossibleTime.
    """
    if not main.is_empty:
        if moment.has_day or main.clock_time or main.part_of_day or main.duration:
            raise NotUnderstood
        moment = main.merge(moment)
    if moment.clock_time and moment.clock_time.end is not None:
        raise NotUnderstood
    return When(
        None,
        _start_of(moment, reference) if is_before else _end_of(moment, reference),
        deadline=True,
        has_day=moment.has_day or bool(moment.time_from_now),
        has_clock=bool(moment.clock_time or moment.time_from_now),
        loose=True,
        ends_on_day=main.has_day,
        clock_came_first=moment.clock_came_first and moment.has_day,
    )


def _start_of(moment: Moment, reference: ReferenceTime) -> datetime | date:
    """Return the start of a moment. In June, "inden juni" means the next June, because this one has begun."""
    if isinstance(moment.period, EndOf):
        return _end_of(moment, reference)
    start, _ = resolve_moment(moment, reference)
    is_month_of_any_year = isinstance(moment.period, Month) and moment.period.number and not moment.period.year
    if is_month_of_any_year and day_of(start) <= reference.today:
        return start.replace(year=start.year + 1)
    return start


def _end_of(moment: Moment, reference: ReferenceTime) -> datetime | date:
    if isinstance(moment.period, EndOf):
        if not replace(moment, period=None).is_empty:
            raise NotUnderstood
        return resolve_period(moment.period, reference.today)[1]
    start, end = resolve_moment(moment, reference)
    if end is not None:
        return end
    return start if isinstance(start, datetime) else start + DAY
