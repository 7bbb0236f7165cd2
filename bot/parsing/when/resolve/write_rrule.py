"""Writes the recurrence rule (RFC 5545, section 3.3.10) of a phrase that is being resolved, and finds its days.

`bot.parsing.rrule` finds the times of a rule that is finished.
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from itertools import islice, takewhile

from dateutil.rrule import rrulestr

from bot.parsing.when.errors import ImpossibleTime, NotUnderstood
from bot.parsing.when.resolve.dates import DAY, nth_weekday_of_month
from bot.parsing.when.series_components import Recurrence

_WEEKDAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}

_MAX_OCCURRENCES = 5000


def write_rrule(recurrence: Recurrence) -> str:
    """Return the rule of a recurrence: "hver anden torsdag" → FREQ=WEEKLY;INTERVAL=2;BYDAY=TH."""
    if recurrence.week_parity is not None:
        return _rule_of_week_parity(recurrence, recurrence.week_parity)
    days = [
        f"{ordinal or ''}{_WEEKDAY_CODES[weekday]}"
        for ordinal in recurrence.ordinals or (0,)
        for weekday in recurrence.weekdays
    ]
    parts = [
        f"FREQ={_FREQUENCIES[recurrence.unit]}",
        f"INTERVAL={recurrence.interval}" if recurrence.interval > 1 else "",
        write_rule_part("BYMONTH", recurrence.months),
        write_rule_part("BYMONTHDAY", recurrence.month_days),
        write_rule_part("BYDAY", days),
    ]
    return ";".join(filter(None, parts))


def write_rule_part(name: str, values: Iterable[object]) -> str:
    """Return one part of a rule ("BYDAY=MO,TU"), empty when there are no values."""
    joined = ",".join(map(str, values))
    return f"{name}={joined}" if joined else ""


def occurrence_days(rule: str, start: date, end: date) -> list[date]:
    """Return the days of a rule from its first day `start` to `end`, which is not included."""
    moments = rrulestr(rule, dtstart=datetime.combine(start, time()))
    before_end = takewhile(lambda moment: moment.date() < end, moments)
    return [moment.date() for moment in islice(before_end, _MAX_OCCURRENCES)]


def may_fall_on(recurrence: Recurrence, day: date) -> bool:
    """Return whether a recurrence can begin on a day.

    Its interval does not matter: it is counted from the first day.
    """
    if recurrence.week_parity is not None and day.isocalendar().week % 2 != recurrence.week_parity:
        return False
    if recurrence.ordinals:
        return any(
            _is_nth_weekday(day, ordinal, weekday) for ordinal in recurrence.ordinals for weekday in recurrence.weekdays
        )
    if recurrence.month_days and day.day not in recurrence.month_days:
        is_last_of_month = (day + DAY).day == 1
        if not (is_last_of_month and -1 in recurrence.month_days):
            return False
    if recurrence.months and day.month not in recurrence.months:
        return False
    return not recurrence.weekdays or day.weekday() in recurrence.weekdays


def _rule_of_week_parity(recurrence: Recurrence, week_parity: int) -> str:
    """Return a rule for all even or all odd weeks of the year.

    They are not every other week: a year of 53 weeks ends with an odd week, and the next year begins with one. "hver
    anden torsdag i lige uger" (every other Thursday in even weeks) says the same twice.
    """
    if recurrence.interval > 2 or recurrence.unit != "week" or not recurrence.weekdays:
        raise NotUnderstood
    days = [_WEEKDAY_CODES[weekday] for weekday in recurrence.weekdays]
    weeks = range(2 - week_parity, 54, 2)
    return ";".join(("FREQ=YEARLY", write_rule_part("BYWEEKNO", weeks), write_rule_part("BYDAY", days)))


def _is_nth_weekday(day: date, ordinal: int, weekday: int) -> bool:
    try:
        return nth_weekday_of_month(day.replace(day=1), ordinal, weekday) == day
    except ImpossibleTime:
        return False
