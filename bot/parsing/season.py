"""Reads a part of every year, from a day or month to a day or month: "april til oktober", "1/4-31/10".

Such a part has no years, so it is not read as a time, which is always the next of its kind (`when`).
"""

import re
from calendar import monthrange

from bot.languages.registry import find_language
from bot.parsing.normalise import fold

#: A month and a day of it.
DayOfYear = tuple[int, int]

#: The year in which every day there is exists.
_LEAP_YEAR = 2000

_MONTHS = {
    fold(said): at
    for names in (find_language("da").months, find_language("en").months)
    for at, name in enumerate(names, 1)
    for said in (name, name[:3])
} | {"sept": 9, "febr": 2}
_MONTH = r"(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"


def _day(number: int) -> str:
    names = f"(?P<day{number}>\\d{{1,2}})(?:\\.|st|nd|rd|th)?\\s*(?:of\\s+)?(?P<month{number}>{_MONTH})"
    turned = f"(?P<name{number}>{_MONTH})(?:\\s+(?P<date{number}>\\d{{1,2}})(?:st|nd|rd|th)?(?![\\w./]))?"
    numbers = f"(?P<d{number}>\\d{{1,2}})[./]\\s?(?P<m{number}>\\d{{1,2}})(?![\\w/])\\.?"
    return f"(?:{names}|{turned}|{numbers})"


_LEAD = r"(?:(?:(?P<between>mellem|between)|fra(?:\s+og\s+med)?|from)\s+)?"
_LEAD += r"(?:(?:den|d\.|the|primo|starten af|begyndelsen af|the start of)\s+)?"
_TIE = (
    r"(?:\s*[-–]\s*|\s+(?:(?(between)og|til)(?:\s+og\s+med)?|(?(between)and|to)|t\.o\.m\.|through|until)\s+)"
    r"(?:(?:den|d\.|the|ultimo|slutningen af|udgangen af|ud|(?:the )?end of)\s+)?"
)
_SEASON = re.compile(rf"(?<![\w.,/-]){_LEAD}{_day(1)}{_TIE}{_day(2)}(?!\w)", re.I)


def find_season(text: str) -> tuple[DayOfYear, DayOfYear, tuple[int, int]] | None:
    """The first part of a year in a text, both its days included, and where it stands; None when there is none.

    A month alone is meant from its first day to its last. Both languages are understood at once.
    """
    found = _SEASON.search(text)
    if found is None:
        return None
    first, last = _said(found, 1), _said(found, 2)
    if first is None or last is None or first == last:
        return None
    return first, last, found.span()


def _said(found: re.Match[str], number: int) -> DayOfYear | None:
    """The first of two ends begins with its month, the second ends with it."""
    said = {name: found[f"{name}{number}"] for name in ("day", "month", "name", "date", "d", "m")}
    if said["m"]:
        month, day = int(said["m"]), int(said["d"])
    else:
        month = _MONTHS[fold(said["month"] or said["name"]).rstrip(".")]
        whole = 1 if number == 1 else monthrange(_LEAP_YEAR, month)[1]
        day = int(said["day"] or said["date"] or whole)
    exists = 1 <= month <= 12 and 1 <= day <= monthrange(_LEAP_YEAR, month)[1]
    return (month, day) if exists else None
