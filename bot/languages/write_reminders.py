"""Writes when somebody is reminded and when they are left in peace; the parser reads it back as the same."""

from datetime import datetime, time

from bot.languages.registry import find_language
from bot.languages.write_time import write_clock, write_clock_after_date
from bot.languages.writing import ReminderWriting
from bot.reminder_times import LeadTime, QuietHours

_SOME_DAY = datetime(2026, 6, 9)
_EVENING_HOUR = 17


def write_ahead(ahead: LeadTime, *, language: str) -> str:
    """ "aftenen før kl. 18", "2 timer før"; "the evening before at 18:00", "2 hours before"."""
    form = find_language(language).writing.reminders
    if ahead.at is None:
        return form.before.format(duration=_duration(ahead, language))
    return f"{_day(ahead, form)} {write_clock_after_date(_on_some_day(ahead.at), language=language)}"


def write_quiet(quiet: QuietHours, *, language: str) -> str:
    """ "kl. 21 til kl. 8", "21:00 to 8:00"."""
    start, end = (write_clock(_on_some_day(clock), language=language) for clock in (quiet.start, quiet.end))
    return find_language(language).writing.time.span.format(start=start, end=end)


def _on_some_day(clock: time) -> datetime:
    return datetime.combine(_SOME_DAY, clock)


def _day(ahead: LeadTime, form: ReminderWriting) -> str:
    assert ahead.at is not None, "a number of days goes with a clock time"
    before = form.evening_before if ahead.at.hour >= _EVENING_HOUR else form.day_before
    return {0: form.same_day, 1: before}.get(ahead.days, form.days_before.format(days=ahead.days))


def _duration(ahead: LeadTime, language: str) -> str:
    """Write a duration in two units at most: more cannot be told from two reminders."""
    units = find_language(language).writing.reminders.units
    minutes = int(ahead.length.total_seconds()) // 60
    if minutes % 1440 == 0:
        return _count(minutes // 1440, units["days"])
    hours, rest = divmod(minutes, 60)
    written = _count(hours, units["hours"]) if hours else ""
    more = _count(rest, units["minutes"]) if rest else ""
    return f" {find_language(language).writing.time.conjunction} ".join(filter(None, (written, more)))


def _count(number: int, words: tuple[str, str]) -> str:
    return f"{number} {words[number != 1]}"
