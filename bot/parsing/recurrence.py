"""Computes the times of a recurrence rule (RFC 5545, section 3.3.10) and changes such rules."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import islice, takewhile

from dateutil.rrule import rrulestr

_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def occurrences(start: datetime | date, rrule: str, before: date, most: int = 5000) -> list[datetime]:
    """The local times it falls on, from the first on, those left out left out, that begin before a day.

    `rrule` is as `when.read` gives it: `UNTIL` the last local day, included, `EXDATE` the local days left out. No more
    than `most` are looked for.
    """
    first = start if isinstance(start, datetime) else datetime(start.year, start.month, start.day)
    rule, left_out = split_rule(rrule)
    found = takewhile(lambda at: at.date() < before, rrulestr(_until_the_night(rule), dtstart=first))
    return list(islice((at for at in found if at.date() not in left_out), most))


def last_day(start: datetime | date, rrule: str) -> date | None:
    """The day of the last time, None for what has no end."""
    if "UNTIL=" not in rrule and "COUNT=" not in rrule:
        return None
    return occurrences(start, rrule, date.max)[-1].date()


def split_rule(rrule: str) -> tuple[str, list[date]]:
    """The rule by itself, and the days it leaves out."""
    rule, _, left_out = rrule.partition(";EXDATE=")
    return rule, [datetime.strptime(day, "%Y%m%d").date() for day in left_out.split(",") if day]


def with_parts(rule: str, last: date, left_out: Sequence[date]) -> str:
    """A rule that ends with a day, and leaves some days out."""
    kept = [part for part in rule.split(";") if not part.startswith(("UNTIL=", "COUNT="))]
    ends = [*kept, f"UNTIL={last:%Y%m%d}"]
    return ";".join([*ends, "EXDATE=" + ",".join(f"{day:%Y%m%d}" for day in left_out)] if left_out else ends)


def on_weekday(rule: str, weekday: int) -> str | None:
    """A weekly rule on another day of the week, Monday is 0; None for a rule of any other kind."""
    parts = dict(part.split("=") for part in rule.split(";"))
    if parts["FREQ"] != "WEEKLY" or "," in parts.get("BYDAY", ""):
        return None
    return ";".join(f"{name}={value}" for name, value in {**parts, "BYDAY": _CODES[weekday]}.items())


def _until_the_night(rule: str) -> str:
    """The last day counts as a whole; the library takes a day for its beginning."""
    return ";".join(
        f"{part}T235959" if part.startswith("UNTIL=") and "T" not in part[6:] else part for part in rule.split(";")
    )
