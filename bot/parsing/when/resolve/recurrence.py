"""Says what a phrase means that comes again: its first time, how long it goes on, and what is left out."""

from dataclasses import replace
from datetime import date, datetime, time

from dateutil.relativedelta import relativedelta

from bot.parsing.when.assemble import Clause, Phrase
from bot.parsing.when.components import ImpossibleTime, NotUnderstood
from bot.parsing.when.moment import Moment, ReferenceTime, on_day, resolve_clock, resolve_days
from bot.parsing.when.resolve.dates import DAY, delta, resolve_each
from bot.parsing.when.resolve.rrule import falls_on, occurrences, write_list, write_rule
from bot.parsing.when.resolve.series import Plan, both_days, plan_of
from bot.parsing.when.result import When

_SEARCHED = 366 * 9  # the next 29 February


def resolve_recurrence(phrase: Phrase, seen: ReferenceTime) -> When:
    """The first time and the rule. Raises NotUnderstood, Impossible."""
    plan = plan_of(phrase, seen)
    said = _written(phrase, plan, seen)
    others = filter(None, (_under_way(plan, seen.today), _without_the_month(plan, said)))
    return replace(said, alternatives=tuple(_written(phrase, other, seen) for other in others))


def _without_the_month(plan: Plan, said: When) -> Plan | None:
    """ "til oktober" goes on through October as a date that ends it is included, but some mean that it is over then."""
    first = said.start.date() if isinstance(said.start, datetime) else said.start
    if plan.last_before is None or first is None or plan.last_before < first:
        return None
    return replace(plan, last=plan.last_before)


def _under_way(plan: Plan, today: date) -> Plan | None:
    """In June "fra april til oktober" may be the season that has begun as well as the next one."""
    if plan.season is None or plan.season.year or plan.first is None or plan.last is None:
        return None
    year = relativedelta(years=1)
    began, ends = plan.first - year, plan.last - year
    return replace(plan, first=today + DAY, last=ends) if began <= today < ends else None


def _written(phrase: Phrase, plan: Plan, seen: ReferenceTime) -> When:
    minutes = resolve_clock(_with_part(plan))
    start = _first_day(plan, minutes, seen)
    rule = write_rule(plan.every) + _end(phrase, plan, start)
    rrule = None if _is_once(plan, rule, start) else rule + _exceptions(plan, rule, start)
    first, end = on_day(start, minutes) if minutes else (start, None)
    clock = bool(plan.main.clock_time)
    return When(first, end, rrule=rrule, has_day=True, has_clock=clock, loose=not clock or plan.loose_clock)


def _is_once(plan: Plan, rule: str, start: date) -> bool:
    """Whether it is one day after all: om onsdagen i uge 27."""
    if not plan.main_period or plan.last is None or plan.left_out:
        return False
    return len(occurrences(rule, start, plan.last + DAY)) == 1


def _with_part(plan: Plan) -> Moment:
    part = plan.every.part
    return plan.main.with_component(part, plan.main.char_start, plan.main.char_end) if part else plan.main


def _first_day(plan: Plan, minutes: tuple[int, int | None] | None, seen: ReferenceTime) -> date:
    """The first day it falls on. Like a weekday by itself, a weekday of a recurrence is never today."""
    today = seen.today
    by_weekday = bool(plan.every.weekdays) or plan.every.week_parity is not None
    past = minutes is not None and on_day(today, minutes)[0] <= seen.now
    start = max(plan.first or today, today + DAY if past or (by_weekday and not plan.first) else today)
    for days in range(_SEARCHED):
        day = start + days * DAY
        if plan.last and day > plan.last:
            break
        if falls_on(plan.every, day):
            return day
    raise ImpossibleTime("when-no-such-date")


def _end(phrase: Phrase, plan: Plan, start: date) -> str:
    counts = [
        count for count in (phrase.repeat_count and phrase.repeat_count.count, plan.every.count) if count is not None
    ]
    length = (
        phrase.next_duration.duration if phrase.next_duration else plan.main.duration and plan.main.duration.duration
    )
    if length and not length.minutes:
        counts.append(_occurrences_within(write_rule(plan.every), start, start + delta(length)))
    if len(counts) + (plan.last is not None) > 1 or 0 in counts:
        raise NotUnderstood
    if counts:
        return f";COUNT={counts[0]}"
    return f";UNTIL={plan.last:%Y%m%d}" if plan.last else ""


def _occurrences_within(rule: str, start: date, end: date) -> int:
    return len(occurrences(rule, start, end))


def _exceptions(plan: Plan, rule: str, start: date) -> str:
    """The occurrences in the weeks and on the days that are left out."""
    dates = sorted({day for tied in plan.left_out for day in _left_out(tied, rule, start)})
    return write_list(";EXDATE", (f"{day:%Y%m%d}" for day in dates))


def _left_out(tied: Clause, rule: str, start: date) -> list[date]:
    moment, seen = tied.moment, ReferenceTime(datetime.combine(start, time()))
    if tied.recurrence:
        raise NotUnderstood
    if moment.period and not (moment.weekday or moment.day or moment.weekend):
        ranges = resolve_each(moment.period, start)
    else:
        ranges = [both_days(resolve_days(moment, seen))]
    found = occurrences(rule, start, max(end for _, end in ranges))
    return [day for day in found if any(first <= day < end for first, end in ranges)]
