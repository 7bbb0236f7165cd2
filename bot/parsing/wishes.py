"""Writes when somebody is reminded and when they are left in peace; `when.wishes` reads it back as the same."""

from datetime import date, datetime, time

from bot.parsing.span import write_clock
from bot.reminder_times import Ahead, Quiet

_SOME_DAY = date(2026, 6, 9)


def write_ahead(ahead: Ahead, *, language: str) -> str:
    """ "aftenen før kl. 18", "2 timer før"; "the evening before at 18:00", "2 hours before"."""
    if ahead.at is None:
        return f"{_length(ahead, language)} {'før' if language == 'da' else 'before'}"
    clock = _clock(ahead.at, language) if language == "da" else f"at {_clock(ahead.at, language)}"
    return f"{_day(ahead, language)} {clock}"


def write_quiet(quiet: Quiet, *, language: str) -> str:
    """ "kl. 21 til kl. 8", "21:00 to 8:00"."""
    begins, ends = _clock(quiet.begins, language), _clock(quiet.ends, language)
    return f"{begins} til {ends}" if language == "da" else f"{begins} to {ends}"


def _clock(clock: time, language: str) -> str:
    return write_clock(datetime.combine(_SOME_DAY, clock), language=language)


def _day(ahead: Ahead, language: str) -> str:
    assert ahead.at is not None, "a number of days goes with a clock time"
    is_evening = ahead.at.hour >= 17
    if language == "da":
        before = "aftenen før" if is_evening else "dagen før"
        return {0: "samme dag", 1: before}.get(ahead.days, f"{ahead.days} dage før")
    before = "the evening before" if is_evening else "the day before"
    return {0: "the same day", 1: before}.get(ahead.days, f"{ahead.days} days before")


def _length(ahead: Ahead, language: str) -> str:
    """In two units at most: more cannot be told from two reminders."""
    minutes = int(ahead.long.total_seconds()) // 60
    if minutes % 1440 == 0:
        return _count(minutes // 1440, ("dag", "dage") if language == "da" else ("day", "days"))
    hours, rest = divmod(minutes, 60)
    some = _count(hours, ("time", "timer") if language == "da" else ("hour", "hours")) if hours else ""
    more = _count(rest, ("minut", "minutter") if language == "da" else ("minute", "minutes")) if rest else ""
    return (" og " if language == "da" else " and ").join(filter(None, (some, more)))


def _count(number: int, words: tuple[str, str]) -> str:
    return f"{number} {words[number != 1]}"
