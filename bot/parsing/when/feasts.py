"""Knows when the movable feasts of Denmark fall."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

#: Feasts that are no public holidays (store bededag was one until 2023), in days from Easter Sunday.
_FROM_EASTER = {
    "Fastelavn": -49,
    "Fastelavnsmandag": -48,
    "Palmesøndag": -7,
    "Påskelørdag": -1,
    "Store bededag": 26,
    "Pinselørdag": 48,
}


@lru_cache(maxsize=16)
def feasts(year: int) -> Mapping[str, date]:
    """The feasts of a year by their Danish names; public holidays as the package `holidays` names them."""
    from holidays.countries.denmark import (
        Denmark,
    )  # slow to import, and seldom needed: not at the start of the program

    calendar = Denmark(years=year, language="da")  # type: ignore[no-untyped-call]
    public = {name: day for day, name in calendar.items()}
    from_easter = {name: public["Påskedag"] + timedelta(days) for name, days in _FROM_EASTER.items()}
    sundays = {"Mors dag": _sunday(year, 5, 2), "Allehelgensdag": _sunday(year, 11, 1)}
    return {**public, **from_easter, **sundays}


def _sunday(year: int, month: int, count: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(6 - first.weekday() + 7 * (count - 1))
