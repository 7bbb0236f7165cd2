"""Finds the time zone that a calendar means by a name of IANA or Windows, by a definition in it, or by an offset."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from bot.ical.components import RawZone
from bot.ical.zone_definition import find_similar_zone, is_in_doubt, make_zone

_UTC_NAMES = {"utc", "gmt", "z", "zulu", "coordinated universal time"}
#: “UTC+1”, “GMT+0100”, “(UTC+01:00) Brussels, Copenhagen”, “+01”.
_OFFSET = re.compile(r"\(?(?:UTC|GMT)?\s*([+-])(\d{1,2})[:.]?(\d{2})?\)?(?:\s|$)", re.I)
_WORD = re.compile(r"[^\W\d_]+(?:[ .]+[^\W\d_]+)?")


class Zones:
    """The time zones of a file. `definitions` are its VTIMEZONE components, `home` is the zone of the community."""

    def __init__(self, definitions: Iterable[RawZone], home: tzinfo) -> None:
        self._home = home
        self._definitions: dict[str, RawZone] = {}
        for definition in definitions:
            self._definitions.setdefault(_fold(definition.text("TZID")), definition)
        self._found: dict[str, tzinfo | None] = {}
        self._guessed: set[str] = set()

    def find(self, name: str) -> tzinfo | None:
        """Return the time zone with a name as a calendar writes it; None for one that nobody knows."""
        key = _fold(name)
        if key not in self._found:
            self._found[key] = self._find(key)
        return self._found[key]

    def is_guessed(self, name: str) -> bool:
        """Return whether the zone that `find` returned was chosen by its offsets only."""
        return _fold(name) in self._guessed

    def _find(self, name: str) -> tzinfo | None:
        definition = self._definitions.get(name)
        return (
            _find_by_name(name)
            or (definition and self._find_defined(name, definition))
            or _find_by_city(name)
            or self._find_by_offset(name)
        )

    def _find_by_offset(self, name: str) -> tzinfo | None:
        """Return the zone of an offset from UTC: “UTC+1” is the community's own where that is UTC+1 in winter."""
        offset = _read_offset(name)
        if offset is None:
            return None
        self._guessed.add(name)
        offsets_at_home = {datetime(2026, month, 1, tzinfo=self._home).utcoffset() for month in (1, 7)}
        return self._home if offset in offsets_at_home else timezone(offset)

    def _find_defined(self, name: str, definition: RawZone) -> tzinfo | None:
        location = definition.text("X-LIC-LOCATION")
        if location and (found := _find_by_name(_fold(location))):
            return found
        if not is_in_doubt(definition):
            return make_zone(definition)
        found = find_similar_zone(definition, self._home) or make_zone(definition)
        if found:
            self._guessed.add(name)
        return found


def _fold(name: str) -> str:
    return " ".join(name.strip().strip('"').casefold().split())


@cache
def _iana_names() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones() - {"localtime", "Factory"}}


@cache
def _windows_names() -> dict[str, str]:
    return {name.casefold(): iana for name, iana in WINDOWS_TO_OLSON.items()}


@cache
def _cities() -> dict[str, str]:
    """Return the zones of Europe, by the city that they are named after: “copenhagen”."""
    return {
        name.rpartition("/")[2].replace("_", " "): iana
        for name, iana in _iana_names().items()
        if name.startswith("europe/")
    }


def _find_by_name(name: str) -> tzinfo | None:
    """Return the zone of a folded name: IANA's, Windows's, UTC, or one behind a prefix such as “/mozilla.org/2005/”."""
    parts = name.replace("\\", "/").split("/")
    if parts[-1] in _UTC_NAMES:
        return UTC
    candidates = ["/".join(parts[start:]) for start in range(len(parts))] if len(parts) < 10 else [name]
    candidates.append({"cest": "cet", "mesz": "cet", "mez": "cet"}.get(name, ""))
    for candidate in candidates:
        if iana := _iana_names().get(candidate.replace(" ", "_")):
            return ZoneInfo(iana)
    in_winter = re.sub(r"\b(daylight|summer)\b", "standard", name)
    return ZoneInfo(windows) if (windows := _windows_names().get(in_winter)) else None


def _find_by_city(name: str) -> tzinfo | None:
    """Return the zone of the first city that a name lists, as Windows shows its zones to people."""
    for words in _WORD.findall(name):
        for city in (words, words.split()[0]):
            if iana := _cities().get(city):
                return ZoneInfo(iana)
    return None


def _read_offset(name: str) -> timedelta | None:
    match = _OFFSET.match(name)
    if match is None:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    if offset >= timedelta(hours=15):
        return None
    return -offset if match[1] == "-" else offset
