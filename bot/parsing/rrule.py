"""Finds the times of a finished recurrence rule (RFC 5545, section 3.3.10), and changes such a rule.

`bot.parsing.when.resolve.write_rrule` writes the rule of a phrase; everything else that needs its times is here.
A rule has the form of `When.rrule`: its `UNTIL` is the last local day, included, and behind it `EXDATE` has the local
days that are left out.
"""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import islice, takewhile

from dateutil.rrule import rrulestr

_WEEKDAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MAX_OCCURRENCES = 5000


def occurrences(start: datetime | date, rrule: str, before: date, max_count: int = _MAX_OCCURRENCES) -> list[datetime]:
    """Return the local times of a rule from its first time `start` on that begin before a day, at most `max_count`."""
    first = start if isinstance(start, datetime) else datetime(start.year, start.month, start.day)
    rule, exceptions = split_rule(rrule)
    moments = rrulestr(_with_whole_last_day(rule), dtstart=first)
    before_end = takewhile(lambda moment: moment.date() < before, moments)
    return list(islice((moment for moment in before_end if moment.date() not in exceptions), max_count))


def last_day(start: datetime | date, rrule: str) -> date | None:
    """Return the day of the last time of a rule; None for a rule without an end."""
    if "UNTIL=" not in rrule and "COUNT=" not in rrule:
        return None
    return occurrences(start, rrule, date.max)[-1].date()


def split_rule(rrule: str) -> tuple[str, list[date]]:
    """Return a rule without its exceptions, and the days that are its exceptions."""
    rule, _, exceptions = rrule.partition(";EXDATE=")
    return rule, [datetime.strptime(day, "%Y%m%d").date() for day in exceptions.split(",") if day]


def with_end_and_exceptions(rule: str, last: date, exceptions: Sequence[date]) -> str:
    """Return a rule that ends with the day `last` and leaves out the days `exceptions`."""
    parts = [part for part in rule.split(";") if not part.startswith(("UNTIL=", "COUNT="))]
    parts.append(f"UNTIL={last:%Y%m%d}")
    if exceptions:
        parts.append("EXDATE=" + ",".join(f"{day:%Y%m%d}" for day in exceptions))
    return ";".join(parts)


def on_weekday(rule: str, weekday: int) -> str | None:
    """Return a weekly rule on another day of the week (Monday is 0); None for a rule of any other kind."""
    parts = dict(part.split("=") for part in rule.split(";"))
    if parts["FREQ"] != "WEEKLY" or "," in parts.get("BYDAY", ""):
        return None
    return ";".join(f"{name}={value}" for name, value in {**parts, "BYDAY": _WEEKDAY_CODES[weekday]}.items())


def _with_whole_last_day(rule: str) -> str:
    """Return the rule with an UNTIL at the end of its day: dateutil reads a date as the midnight at which it begins."""
    return ";".join(
        f"{part}T235959" if part.startswith("UNTIL=") and "T" not in part[6:] else part for part in rule.split(";")
    )
