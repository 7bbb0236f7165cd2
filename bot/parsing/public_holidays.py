"""Finds the public holidays of Denmark by date, with their names in each language, to warn of them."""

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache

from bot.languages.registry import FALLBACK, find_language
from bot.parsing.when.resolve.named_days import named_days


def holiday_on(day: date, language: str) -> str | None:
    """Return the name of the public holiday on a day, in a language; None for any other day."""
    if day not in _public_holidays():
        return None
    names = {**find_language(FALLBACK).holidays, **find_language(language).holidays}
    return names.get(_keys(day.year).get(day, ""))


@cache
def _public_holidays() -> Mapping[date, str]:
    from holidays.countries.denmark import Denmark  # imported when needed: it is slow, and seldom used

    calendar: Mapping[date, str] = Denmark()  # type: ignore[no-untyped-call]
    return calendar


@lru_cache(maxsize=16)
def _keys(year: int) -> Mapping[date, str]:
    """Return the keys (`named_days`) of the named days of a year that are public holidays, by their dates."""
    return {day: key for key, day in named_days(year).items() if key in find_language(FALLBACK).holidays}
