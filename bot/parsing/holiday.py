"""Knows which days are public holidays in Denmark."""

from datetime import date
from functools import lru_cache


def holiday_on(day: date, language: str) -> str | None:
    """Its name in a language, None for an ordinary day."""
    name: str | None = _holidays(language).get(day)
    return name


@lru_cache(maxsize=2)
def _holidays(language: str) -> dict[date, str]:
    from holidays.countries.denmark import Denmark  # slow to import, and seldom needed: not at the start of the program

    calendar: dict[date, str] = Denmark(language="en_US" if language == "en" else "da")  # type: ignore[no-untyped-call]
    return calendar
