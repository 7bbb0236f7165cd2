"""Writes what comes again as people say it; what is written here, `when.read` reads back as the same times."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from itertools import islice, takewhile

from dateutil.rrule import rrulestr

from bot.languages.da.time_words import MONTHS as DA_MONTHS
from bot.languages.da.time_words import WEEKDAYS as DA_WEEKDAYS
from bot.languages.en.time_words import MONTHS as EN_MONTHS
from bot.languages.en.time_words import WEEKDAYS as EN_WEEKDAYS
from bot.parsing.span import needs_year, write_clock, write_day, write_short

_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WORKDAYS = ["MO", "TU", "WE", "TH", "FR"]

_DA_ORDINALS = ("", "første", "anden", "tredje", "fjerde", "femte", "sjette", "syvende", "ottende", "niende", "tiende")
_EN_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


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


def write_series(
    start: datetime | date,
    end: datetime | date | None,
    rrule: str,
    *,
    language: str,
    now: datetime,
    last: date | None,
    short: bool = False,
) -> str:
    """ "hver fredag kl. 9-11 fra fredag den 2. april 2027 til fredag den 29. oktober 2027 undtagen …".

    `last` is the day of the last time, None for what has no end. A `short` one shortens the days.
    """
    rule, days = split_rule(rrule)
    parts = dict(part.split("=") for part in rule.split(";"))
    first = start.date() if isinstance(start, datetime) else start
    danish = language == "da"
    said = [_how_often(parts, first, danish)]
    if isinstance(start, datetime):
        clock = write_clock(start, end if isinstance(end, datetime) else None, language=language)
        said.append(clock if danish else f"at {clock}")
    year = any(needs_year(day, now) for day in (first, last, *days) if day is not None)
    write = partial(write_short if short else write_day, language=language, year=year)
    written = {day: write(day) for day in (first, last, *days) if day is not None}
    said.append(f"{'fra' if danish else 'from'} {written[first]}")
    if last is not None:
        said.append(f"{'til' if danish else 'to'} {written[last]}")
    if days:
        said.append(f"{'undtagen' if danish else 'except'} {_listed([written[day] for day in days], danish)}")
    return " ".join(said)


def _until_the_night(rule: str) -> str:
    """The last day counts as a whole; the library takes a day for its beginning."""
    return ";".join(
        f"{part}T235959" if part.startswith("UNTIL=") and "T" not in part[6:] else part for part in rule.split(";")
    )


def _how_often(parts: dict[str, str], first: date, danish: bool) -> str:
    interval, days = int(parts.get("INTERVAL", "1")), [day for day in parts.get("BYDAY", "").split(",") if day]
    month_days = [int(day) for day in parts.get("BYMONTHDAY", "").split(",") if day]
    match parts["FREQ"]:
        case "DAILY":
            return _every(interval, "dag" if danish else "day", danish)
        case "WEEKLY":
            return _weekly(interval, days or [_CODES[first.weekday()]], danish)
        case "MONTHLY":
            return _monthly(interval, days, month_days or [first.day], danish)
        case "YEARLY" if "BYWEEKNO" in parts:
            even = int(parts["BYWEEKNO"].split(",")[0]) % 2 == 0
            weeks = ("i lige uger" if even else "i ulige uger") if danish else f"in {'even' if even else 'odd'} weeks"
            return f"{_weekly(1, days, danish)} {weeks}"
    return _yearly(interval, first, danish)


def _every(interval: int, unit: str, danish: bool) -> str:
    if not danish:
        return {1: f"every {unit}", 2: f"every other {unit}"}.get(interval, f"every {interval} {unit}s")
    if unit == "år":
        return {1: "hvert år", 2: "hvert andet år"}.get(interval, f"hvert {_ordinal(interval, danish)} år")
    return f"hver {unit}" if interval == 1 else f"hver {_ordinal(interval, danish)} {unit}"


def _ordinal(number: int, danish: bool) -> str:
    words = _DA_ORDINALS if danish else _EN_ORDINALS
    if number == -1:
        return "sidste" if danish else "last"
    return words[number] if number < len(words) else f"{number}."


def _weekly(interval: int, days: Sequence[str], danish: bool) -> str:
    names = [(DA_WEEKDAYS if danish else EN_WEEKDAYS)[_CODES.index(day)] for day in days]
    if interval == 1 and list(days) == _WORKDAYS:
        return "alle hverdage" if danish else "every weekday"
    if interval == 1:
        return f"{'hver' if danish else 'every'} {_listed(names, danish)}"
    if len(names) == 1:
        return _every(interval, names[0], danish)
    each = [f"{name}en" for name in names] if danish else names
    return f"{_every(interval, 'uge' if danish else 'week', danish)} {'om' if danish else 'on'} {_listed(each, danish)}"


def _monthly(interval: int, days: Sequence[str], month_days: Sequence[int], danish: bool) -> str:
    often = _every(interval, "måned" if danish else "month", danish)
    if days:
        weekday = (DA_WEEKDAYS if danish else EN_WEEKDAYS)[_CODES.index(days[0][-2:])]
        counts = _listed([_ordinal(int(day[:-2]), danish) for day in days], danish)
        return f"den {counts} {weekday} i måneden" if danish else f"the {counts} {weekday} of the month"
    if month_days == [-1]:
        return "den sidste dag i måneden" if danish else "the last day of the month"
    numbers = _listed([f"{day}." if danish else _th(day) for day in month_days], danish)
    if interval == 1:
        return f"den {numbers} i hver måned" if danish else f"the {numbers} of every month"
    return f"{often} den {numbers}" if danish else f"{often} on the {numbers}"


def _yearly(interval: int, first: date, danish: bool) -> str:
    often = _every(interval, "år" if danish else "year", danish)
    if danish:
        return f"{often} den {first.day}. {DA_MONTHS[first.month - 1]}"
    return f"{often} on {first.day} {EN_MONTHS[first.month - 1]}"


def _th(day: int) -> str:
    ending = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _listed(words: Sequence[str], danish: bool) -> str:
    joined = ", ".join(words[:-1])
    return f"{joined} {'og' if danish else 'and'} {words[-1]}" if joined else words[-1]
