"""The Norwegian words about time that are understood."""

from typing import Any

from bot.languages import split_words

WEEKDAYS = split_words("mandag, tirsdag, onsdag, torsdag, fredag, lørdag, søndag")
MONTHS = split_words("januar, februar, mars, april, mai, juni, juli, august, september, oktober, november, desember")

_WORDS = split_words("null, en, to, tre, fire, fem, seks, sju, åtte, ni, ti")
_NUMBERS = {word: number for number, word in enumerate(_WORDS)}

ROLES: dict[str, str | dict[str, Any]] = {
    "Weekday": {name: day for day, name in enumerate(WEEKDAYS)},
    "Month": {name if len(name) < 4 else f"{name}, {name[:3]}.": number for number, name in enumerate(MONTHS, 1)},
    "RelativeDay": {"i dag": 0, "i morgen": 1, "i overmorgen": 2},
    "Number": _NUMBERS,
    "Hour": _NUMBERS,
    "Unit": {"time, timer": (60, "minutes"), "dag, dager": (1, "days"), "uke, uker": (7, "days")},
    "week": "uke",
    "next": "neste",
    "clock": "klokken, kl.",
    "the": "den",
    "from": "fra",
    "to": "til",
    "in_future": "om",
}
