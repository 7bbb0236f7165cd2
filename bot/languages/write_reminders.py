"""Writes reminder times and quiet hours. The parser reads back what is written here as the same times."""

from datetime import datetime, time

from bot.languages.registry import find_language
from bot.languages.write_time import write_clock, write_clock_after_date
from bot.languages.writing import ReminderWriting
from bot.reminder_times import LeadTime, QuietHours

_ANY_DAY = datetime(2026, 6, 9)
_EVENING_HOUR = 17


def write_lead_time(lead_time: LeadTime, *, language: str) -> str:
    """Return when somebody is reminded: "aftenen før kl. 18", "2 timer før", "the evening before at 18:00"."""
    form = find_language(language).writing.reminders
    if lead_time.at is None:
        return form.before.format(duration=_write_duration(lead_time, language))
    return (
        f"{_write_day_before(lead_time, form)} {write_clock_after_date(_on_any_day(lead_time.at), language=language)}"
    )


def write_quiet_hours(quiet_hours: QuietHours, *, language: str) -> str:
    """Return quiet hours in words: "kl. 21 til kl. 8", "21:00 to 08:00"."""
    start, end = (write_clock(_on_any_day(clock), language=language) for clock in (quiet_hours.start, quiet_hours.end))
    return find_language(language).writing.time.span.format(start=start, end=end)


def _on_any_day(clock: time) -> datetime:
    return datetime.combine(_ANY_DAY, clock)


def _write_day_before(lead_time: LeadTime, form: ReminderWriting) -> str:
    assert lead_time.at is not None, "a number of days goes with a clock time"
    before = form.evening_before if lead_time.at.hour >= _EVENING_HOUR else form.day_before
    return {0: form.same_day, 1: before}.get(lead_time.days, form.days_before.format(days=lead_time.days))


def _write_duration(lead_time: LeadTime, language: str) -> str:
    """Return a duration in at most two units. With more, the parser would read two reminders."""
    units = find_language(language).writing.reminders.units
    minutes = int(lead_time.length.total_seconds()) // 60
    if minutes % 1440 == 0:
        return _write_count(minutes // 1440, units["days"])
    hours, rest = divmod(minutes, 60)
    written = _write_count(hours, units["hours"]) if hours else ""
    more = _write_count(rest, units["minutes"]) if rest else ""
    return f" {find_language(language).writing.time.conjunction} ".join(filter(None, (written, more)))


def _write_count(number: int, words: tuple[str, str]) -> str:
    return f"{number} {words[number != 1]}"
