"""Reads a part of every year, from a day or month to a day or month: "april til oktober", "1/4-31/10".

Such a part has no years, so it is not read as a time, which is always the next of its kind (`when`).
"""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from functools import lru_cache

from bot.languages.registry import DEFAULT_LANGUAGES, collect_phrases, find_language
from bot.parsing.phrases import any_of

#: A month and a day of it.
DayOfYear = tuple[int, int]

#: The year in which every day there is exists.
_LEAP_YEAR = 2000


def find_season(
    text: str, languages: Sequence[str] = DEFAULT_LANGUAGES
) -> tuple[DayOfYear, DayOfYear, tuple[int, int]] | None:
    """The first part of a year in a text, both its days included, and where it stands; None when there is none.

    A month alone is meant from its first day to its last. All the languages are understood at once.
    """
    found = _season_pattern(tuple(languages)).search(text)
    if found is None:
        return None
    months = _months(tuple(languages))
    first, last = _said(found, 1, months), _said(found, 2, months)
    if first is None or last is None or first == last:
        return None
    return first, last, found.span()


def _said(found: re.Match[str], number: int, months: Mapping[str, int]) -> DayOfYear | None:
    """The first of two ends begins with its month, the second ends with it."""
    said = {name: found[f"{name}{number}"] for name in ("day", "month", "name", "date", "d", "m")}
    if said["m"]:
        month, day = int(said["m"]), int(said["d"])
    else:
        month = months[(said["month"] or said["name"]).rstrip(".").casefold()]
        whole = 1 if number == 1 else monthrange(_LEAP_YEAR, month)[1]
        day = int(said["day"] or said["date"] or whole)
    exists = 1 <= month <= 12 and 1 <= day <= monthrange(_LEAP_YEAR, month)[1]
    return (month, day) if exists else None


@lru_cache(maxsize=64)
def _months(languages: tuple[str, ...]) -> Mapping[str, int]:
    """Return the number of each month by its name and its abbreviations, without a dot."""
    tables = [find_language(code).time_words.roles["Month"] for code in languages]
    return {
        name.strip().rstrip(".").casefold(): number
        for table in tables
        if isinstance(table, Mapping)
        for names, number in table.items()
        for name in names.split(",")
    }


@lru_cache(maxsize=64)
def _season_pattern(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of a part of a year. The second word between its ends depends on the one before the first."""
    lead, start, tie, through, both, end = (
        any_of(collect_phrases(languages, choose))
        for choose in (
            lambda phrases: phrases.season_from,
            lambda phrases: phrases.season_start_of,
            lambda phrases: phrases.season_to,
            lambda phrases: phrases.season_through,
            lambda phrases: phrases.season_and,
            lambda phrases: phrases.season_end_of,
        )
    )
    between = any_of(collect_phrases(languages, lambda phrases: phrases.season_between))
    first = rf"(?:(?:(?P<between>{between})|{lead})\s+)?(?:{start}\s+)?{_day(1, languages)}"
    to = rf"(?:\s*[-–]\s*|\s+(?:(?(between){both}|{tie})|{through})\s+)"
    return re.compile(rf"(?<![\w.,/-]){first}{to}(?:{end}\s+)?{_day(2, languages)}(?!\w)", re.I)


def _day(number: int, languages: tuple[str, ...]) -> str:
    """Return the pattern of a day of the year: "1. april", "1st of April", "April 1", "april", "1/4"."""
    suffix = any_of(collect_phrases(languages, lambda phrases: phrases.day_suffixes))
    of = any_of(collect_phrases(languages, lambda phrases: phrases.day_of))
    month = any_of(_months(languages)) + r"\b\.?"
    names = rf"(?P<day{number}>\d{{1,2}})(?:\.|{suffix})?\s*(?:{of}\s+)?(?P<month{number}>{month})"
    turned = rf"(?P<name{number}>{month})(?:\s+(?P<date{number}>\d{{1,2}}){suffix}?(?![\w./]))?"
    numbers = rf"(?P<d{number}>\d{{1,2}})[./]\s?(?P<m{number}>\d{{1,2}})(?![\w/])\.?"
    return f"(?:{names}|{turned}|{numbers})"
