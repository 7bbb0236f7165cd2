"""Puts together what is said about something that comes again: how often, from when to when, and without what."""

from dataclasses import dataclass, field, replace
from datetime import date

from bot.parsing.when.assemble import Clause, Phrase, merge
from bot.parsing.when.components import ClockTime, Date, EndOf, Month, NotUnderstood, Recurrence
from bot.parsing.when.moment import Moment, ReferenceTime, resolve_days
from bot.parsing.when.resolve.dates import DAY, resolve_period
from bot.parsing.when.resolve.parts_of_day import WHOLE_DAY

WEEKEND = (5, 6)


@dataclass(frozen=True)
class Plan:
    """A recurrence being put together. `first` and `last` are the days it may fall on, both included.

    `season` is the month, or the day of one, that it goes from; `last_before` the other reading of "til oktober".
    """

    every: Recurrence
    main: Moment
    first: date | None = None
    last: date | None = None
    season: Month | Date | None = None
    last_before: date | None = None
    left_out: tuple[Clause, ...] = field(default=())
    loose_clock: bool = False
    main_period: bool = False


def plan_of(phrase: Phrase, seen: ReferenceTime) -> Plan:
    """What a phrase says about coming again. Raises NotUnderstood, Impossible."""
    if phrase.recurrence is None or phrase.deadline:
        raise NotUnderstood
    plan = _with_main(Plan(phrase.recurrence, phrase.main), seen)
    before = ""
    for tied in phrase.clauses:
        before = _continued(tied, before)
        plan = _with_tied(plan, replace(tied, connective=before), seen)
    if phrase.rest_of_period:
        plan = replace(plan, last=resolve_period(phrase.rest_of_period.period, seen.today)[1] - DAY)
    return plan


def _continued(tied: Clause, before: str) -> str:
    """What "og" goes on with: another day to leave out, or the end of what began with "mellem"."""
    if tied.connective != "and":
        return tied.connective
    return {"except": "except", "between": "to"}.get(before, "and")


def _with_main(plan: Plan, seen: ReferenceTime) -> Plan:
    """What stands beside the "hver": the weekday of hver uge, the date of hver måned, the month to stay in."""
    main, every = plan.main, plan.every
    if main.time_from_now or main.weekend or isinstance(main.period, EndOf):
        raise NotUnderstood
    if main.weekday:
        if main.weekday.which != "coming" or main.weekday.weeks_ahead:
            raise NotUnderstood
        every = merge(every, Recurrence("week", weekdays=(main.weekday.number,)))
    if main.day:
        every = _on_date(every, main.day)
    if main.period:
        first, end = resolve_period(main.period, seen.today)
        plan = replace(plan, first=first, last=end - DAY, main_period=True)
    return replace(plan, every=every, main=_clock_of(main))


def _on_date(every: Recurrence, day: object) -> Recurrence:
    if not isinstance(day, Date) or day.year or every.weekdays or every.month_days:
        raise NotUnderstood
    if every.unit == "month" and day.month is None and 1 <= day.day <= 31:
        return replace(every, month_days=(day.day,))
    if every.unit == "year" and day.month is not None and _exists(day):
        return replace(every, month_days=(day.day,), months=(day.month,))
    raise NotUnderstood


def _exists(day: Date) -> bool:
    try:
        return bool(date(2000, day.month or 1, day.day))
    except ValueError:
        return False


def _clock_of(moment: Moment) -> Moment:
    """Only the time of the day."""
    return replace(moment, weekday=None, day=None, period=None, weekend=None)


def _day_of(moment: Moment) -> Moment:
    """Only the day."""
    return replace(moment, clock_time=None, part_of_day=None, duration=None)


def _with_tied(plan: Plan, tied: Clause, seen: ReferenceTime) -> Plan:
    moment, tie = tied.moment, tied.connective
    if tie == "except":
        return _with_exception(plan, tied)
    if tied.recurrence:
        raise NotUnderstood
    if tie in ("after", "before", "prior") and moment.clock_time and not moment.has_day:
        return _with_bound(plan, tie, moment.clock_time)
    if not moment.has_day:
        if tie not in ("from", "to"):
            raise NotUnderstood
        return replace(plan, main=plan.main.merge(moment))
    if _names_weekday(moment) and tie in ("and", "to", "through") and plan.every.unit == "week" and plan.every.weekdays:
        return _with_weekday(plan, moment, together=tie == "and")
    return _with_limit(_with_clock(plan, moment), tie, moment, seen)


def _with_exception(plan: Plan, tied: Clause) -> Plan:
    """A weekday is left out of the rule, everything else is a list of dates."""
    plan, moment = _with_clock(plan, tied.moment), _day_of(tied.moment)
    tied = replace(tied, moment=moment)
    weekdays = tied.recurrence.weekdays if tied.recurrence and tied.recurrence.interval == 1 else ()
    if moment.weekend and not moment.weekend.weeks_ahead and not (moment.period or moment.weekday or moment.day):
        weekdays = WEEKEND
    if _names_weekday(moment) and moment.weekday:
        weekdays = (moment.weekday.number,)
    if not weekdays:
        return replace(plan, left_out=(*plan.left_out, tied))
    whole_week = plan.every.unit == "day" and plan.every.interval == 1
    kept = set(range(7)) if whole_week else set(plan.every.weekdays)
    if plan.every.ordinals or not kept > set(weekdays):
        raise NotUnderstood
    every = replace(plan.every, unit="week", weekdays=tuple(sorted(kept - set(weekdays))))
    return replace(plan, every=every)


def _with_clock(plan: Plan, moment: Moment) -> Plan:
    """A clock time behind a limit is that of each time: hver fredag til 1. oktober kl. 14."""
    clock = _clock_of(moment)
    return plan if clock.is_empty else replace(plan, main=plan.main.merge(clock))


def _with_bound(plan: Plan, tie: str, clock: ClockTime) -> Plan:
    """hver fredag efter kl. 14"""
    if plan.main.clock_time or clock.end is not None or plan.main.part_of_day:
        raise NotUnderstood
    bound = ClockTime(clock.start, WHOLE_DAY) if tie == "after" else ClockTime(0, clock.start)
    return replace(plan, main=replace(plan.main, clock_time=bound), loose_clock=True)


def _names_weekday(moment: Moment) -> bool:
    only_weekday = moment.weekday and not (moment.day or moment.period or moment.weekend)
    return bool(only_weekday and moment.weekday and moment.weekday.which == "coming")


def _with_weekday(plan: Plan, moment: Moment, *, together: bool) -> Plan:
    """hver mandag og onsdag, hver mandag til fredag"""
    if moment.weekday is None:
        raise NotUnderstood
    last = moment.weekday.number
    days = {*plan.every.weekdays, last}
    if not together:
        if len(plan.every.weekdays) != 1 or plan.every.weekdays[0] >= last:
            raise NotUnderstood
        days = set(range(plan.every.weekdays[0], last + 1))
    return _with_clock(replace(plan, every=replace(plan.every, weekdays=tuple(sorted(days)))), moment)


def _with_limit(plan: Plan, tie: str, moment: Moment, seen: ReferenceTime) -> Plan:
    """fra 1. august, til 1. oktober; a date that ends it is included"""
    limit = _day_of(moment)
    if isinstance(limit.period, EndOf):
        first, end = resolve_period(limit.period, plan.first or seen.today)
    else:
        days = resolve_days(limit, seen.moved_to(plan.first) if plan.first else seen)
        first, end = both_days(days)
    match tie:
        case "from" | "between":
            return replace(plan, first=first, season=_season(limit))
        case "after":
            return replace(plan, first=end)
        case "to" | "until" if isinstance(limit.period, Month) and not isinstance(plan.season, Month):
            return replace(plan, last=end - DAY, last_before=first - DAY)
        case "to" | "until" | "through" | "by":
            return replace(plan, last=end - DAY)
        case "and" if plan.main_period and plan.last and plan.last + DAY == first:
            return replace(plan, last=end - DAY)
        case "before" | "prior":
            return replace(plan, last=(end if isinstance(limit.period, EndOf) else first) - DAY)
        case _:
            raise NotUnderstood


def _season(limit: Moment) -> Month | Date | None:
    """The month, or the day of one, that begins it."""
    if isinstance(limit.day, Date) and limit.day.month:
        return limit.day
    return limit.period if isinstance(limit.period, Month) and limit.period.number else None


def both_days(days: tuple[date, date | None] | None) -> tuple[date, date]:
    """The first day and the one after the last. Raises NotUnderstood for none."""
    if days is None:
        raise NotUnderstood
    return days[0], days[1] or days[0] + DAY
