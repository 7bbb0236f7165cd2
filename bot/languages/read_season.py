"""Reads a season: a part of every year, from a day or month to a day or month: "april til oktober", "1/4-31/10".

A season has no years, so it is not read as a time: a time is always the next one of its kind.
"""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from bot.languages.phrase_patterns import any_of, pattern_of
from bot.languages.registry import DEFAULT_LANGUAGES, find_language

#: A month and the day in that month, both counted from 1.
DayOfYear = tuple[int, int]

_LEAP_YEAR = 2000


class FoundSeason(NamedTuple):
    """A season in a text: its first and last day, both included, and its position in the text, in characters."""

    first: DayOfYear
    last: DayOfYear
    char_range: tuple[int, int]


class ImpossibleDay(ValueError):
    """A season begins or ends with a day that no year has, such as "30/2". `written` is the day as it is written."""

    def __init__(self, written: str) -> None:
        super().__init__(written)
        self.written = written


def find_season(text: str, languages: Sequence[str] = DEFAULT_LANGUAGES) -> FoundSeason | None:
    """Return the first season in a text.

    None when there is no season, its days do not exist, or it begins and ends on one day. A month without a day lasts
    from its first day to its last day. All the languages are read at once.
    """
    found = _season_pattern(tuple(languages)).search(text)
    try:
        season = _read(found, tuple(languages)) if found else None
    except ImpossibleDay:
        return None
    return season if season and season.first != season.last else None


def parse_season(text: str, languages: Sequence[str] = DEFAULT_LANGUAGES) -> FoundSeason | None:
    """Return the season when the text is a season and nothing else; None for any other text. Raises ImpossibleDay."""
    found = _season_pattern(tuple(languages)).fullmatch(text)
    return _read(found, tuple(languages)) if found else None


def _read(found: re.Match[str], languages: tuple[str, ...]) -> FoundSeason:
    months = _months(languages)
    return FoundSeason(_day_of_year(found, 1, months), _day_of_year(found, 2, months), found.span())


def _day_of_year(found: re.Match[str], end: int, months: Mapping[str, int]) -> DayOfYear:
    """Return the first day of a season (`end` is 1) or its last day (`end` is 2). Raises ImpossibleDay."""
    if found[f"month_number{end}"]:
        month, day = int(found[f"month_number{end}"]), int(found[f"day_before_number{end}"])
    else:
        month = months[(found[f"month_after_day{end}"] or found[f"month{end}"]).rstrip(".").casefold()]
        whole_month = 1 if end == 1 else monthrange(_LEAP_YEAR, month)[1]
        day = int(found[f"day{end}"] or found[f"day_after_month{end}"] or whole_month)
    if not (1 <= month <= 12 and 1 <= day <= monthrange(_LEAP_YEAR, month)[1]):
        raise ImpossibleDay(found[f"end{end}"].strip())
    return month, day


@lru_cache(maxsize=64)
def _months(languages: tuple[str, ...]) -> Mapping[str, int]:
    """Return the number of each month by its name and its abbreviations, without a dot."""
    tables = [find_language(code).time_words.roles.get("Month") for code in languages]
    return {
        name.strip().rstrip(".").casefold(): number
        for table in tables
        if isinstance(table, Mapping)
        for names, number in table.items()
        for name in names.split(",")
    }


@lru_cache(maxsize=64)
def _season_pattern(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of a season. The word between its two days depends on the word before the first.

    "between" goes with "and", "from" with "to".
    """
    between = pattern_of(languages, lambda phrases: phrases.season_between)
    both = pattern_of(languages, lambda phrases: phrases.season_and)
    lead = pattern_of(languages, lambda phrases: phrases.season_from)
    tie = pattern_of(languages, lambda phrases: phrases.season_to)
    through = pattern_of(languages, lambda phrases: phrases.season_through)
    start_of = pattern_of(languages, lambda phrases: phrases.season_start_of)
    end_of = pattern_of(languages, lambda phrases: phrases.season_end_of)
    first = rf"(?:(?:(?P<between>{between})|{lead})\s+)?(?:{start_of}\s+)?{_end_pattern(1, languages)}"
    to = rf"(?:\s*[-–]\s*|\s+(?:(?(between){both}|{tie})|{through})\s+)"
    return re.compile(rf"(?<![\w.,/-]){first}{to}(?:{end_of}\s+)?{_end_pattern(2, languages)}(?!\w)", re.I)


def _end_pattern(end: int, languages: tuple[str, ...]) -> str:
    """Return the pattern of the first day of a season (`end` is 1) or of its last day (`end` is 2).

    It matches "1. april", "1st of April", "April 1", "april" and "1/4". The names of its groups end with `end`.
    """
    suffix = pattern_of(languages, lambda phrases: phrases.day_suffixes)
    of = pattern_of(languages, lambda phrases: phrases.day_of)
    month = any_of(_months(languages)) + r"\b\.?"
    day_first = rf"(?P<day{end}>\d{{1,2}})(?:\.|{suffix})?\s*(?:{of}\s+)?(?P<month_after_day{end}>{month})"
    month_first = rf"(?P<month{end}>{month})(?:\s+(?P<day_after_month{end}>\d{{1,2}}){suffix}?(?![\w./]))?"
    numbers = rf"(?P<day_before_number{end}>\d{{1,2}})[./]\s?(?P<month_number{end}>\d{{1,2}})(?![\w/])\.?"
    return f"(?P<end{end}>{day_first}|{month_first}|{numbers})"
