"""Writes the rule of a recurrence as RFC 5545 does (section 3.3.10), and knows the days it falls on."""

from collections.abc import Iterable
from datetime import date, datetime, time
from itertools import islice, takewhile

from dateutil.rrule import rrulestr

from bot.parsing.when.components import ImpossibleTime, NotUnderstood, Recurrence
from bot.parsing.when.resolve.dates import DAY, nth_weekday

NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

_MOST = 5000  # days looked at for those to leave out


def write_rule(every: Recurrence) -> str:
    """hver anden torsdag: FREQ=WEEKLY;INTERVAL=2;BYDAY=TH"""
    if every.week_parity is not None:
        return _rule_of_parity(every)
    frequency = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}[every.unit]
    days = [f"{count or ''}{NAMES[day]}" for count in every.ordinals or (0,) for day in every.weekdays]
    parts = [
        f"FREQ={frequency}",
        f"INTERVAL={every.interval}" if every.interval > 1 else "",
        write_list("BYMONTH", every.months),
        write_list("BYMONTHDAY", every.month_days),
        write_list("BYDAY", days),
    ]
    return ";".join(filter(None, parts))


def _rule_of_parity(every: Recurrence) -> str:
    """Even weeks are not every other week: a year of 53 weeks ends on an odd one and the next begins with one."""
    if every.interval > 1 or every.unit != "week":
        raise NotUnderstood
    days = [NAMES[day] for day in every.weekdays or (0,)]
    if not every.weekdays:
        raise NotUnderstood
    weeks = range(2 - (every.week_parity or 0), 54, 2)
    return ";".join(("FREQ=YEARLY", write_list("BYWEEKNO", weeks), write_list("BYDAY", days)))


def write_list(name: str, values: Iterable[object]) -> str:
    """One part of a rule, empty when there are no values."""
    joined = ",".join(map(str, values))
    return f"{name}={joined}" if joined else ""


def occurrences(rule: str, start: date, end: date) -> list[date]:
    """The days from the first on, before an end, that a rule falls on."""
    found = rrulestr(rule, dtstart=datetime.combine(start, time()))
    return [at.date() for at in islice(takewhile(lambda at: at.date() < end, found), _MOST)]


def falls_on(every: Recurrence, day: date) -> bool:
    """Whether a recurrence can fall on a day; its interval counts from the first."""
    if every.week_parity is not None and day.isocalendar().week % 2 != every.week_parity:
        return False
    if every.ordinals:
        return any(_is_nth(day, count, weekday) for count in every.ordinals for weekday in every.weekdays)
    if every.month_days and day.day not in every.month_days:
        is_last = (day + DAY).day == 1
        if not (is_last and -1 in every.month_days):
            return False
    if every.months and day.month not in every.months:
        return False
    return not every.weekdays or day.weekday() in every.weekdays


def _is_nth(day: date, count: int, weekday: int) -> bool:
    try:
        return nth_weekday(day.replace(day=1), count, weekday) == day
    except ImpossibleTime:
        return False
