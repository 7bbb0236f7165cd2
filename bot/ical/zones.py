"""Finds the time zone that a calendar means by a name of IANA or Windows, by a definition in it, or by an offset."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar import Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from bot.ical.components import RawComponent, RawZone

_UTC_NAMES = {"utc", "gmt", "z", "zulu", "coordinated universal time"}
#: “UTC+1”, “GMT+0100”, “(UTC+01:00) Brussels, Copenhagen”, “+01”.
_OFFSET = re.compile(r"\(?(?:UTC|GMT)?\s*([+-])(\d{1,2})[:.]?(\d{2})?\)?(?:\s|$)", re.I)
_WORD = re.compile(r"[^\W\d_]+(?:[ .]+[^\W\d_]+)?")
#: What changes in a zone changes once a year, or on a day of each year; a more frequent rule is a mistake or an attack.
_YEARLY = re.compile(r"(?=.*\bFREQ\s*=\s*YEARLY\b)[\w=;,+\- ]*", re.I)
_MOMENT = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2})?:?(\d{2})?)?", re.I)
#: Earlier changes of a zone are moved to this year, a leap year: nobody asks about them, and they cost time.
_FIRST_YEAR = "1972"
#: Times of change in one part of a definition. A zone with more of them is a mistake or an attack.
_MAX_CHANGES = 300


class Zones:
    """The time zones of a file. `definitions` are its VTIMEZONE components."""

    def __init__(self, definitions: Iterable[RawZone] = ()) -> None:
        self._definitions: dict[str, RawZone] = {}
        for definition in definitions:
            self._definitions.setdefault(_fold(definition.text("TZID")), definition)
        self._found: dict[str, tzinfo | None] = {}

    def find(self, name: str) -> tzinfo | None:
        """Return the time zone with a name as a calendar writes it; None for one that nobody knows."""
        key = _fold(name)
        if key not in self._found:
            self._found[key] = self._find(key)
        return self._found[key]

    def _find(self, name: str) -> tzinfo | None:
        if found := _find_by_name(name):
            return found
        definition = self._definitions.get(name)
        if definition and (defined := _make_zone(definition)):
            return defined
        location = definition.text("X-LIC-LOCATION") if definition else ""
        return (_find_by_name(_fold(location)) if location else None) or _find_by_city(name) or _find_by_offset(name)


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


def _find_by_offset(name: str) -> tzinfo | None:
    match = _OFFSET.match(name)
    if match is None:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    if offset >= timedelta(hours=15):
        return None
    return timezone(-offset if match[1] == "-" else offset)


def _make_zone(definition: RawZone) -> tzinfo | None:
    """Return the zone that a VTIMEZONE defines, with its offsets and rules repaired; None when that is not possible."""
    parts = [text for kind, part in definition.parts if (text := _write_part(kind, part))]
    if not parts:
        return None
    text = f"BEGIN:VTIMEZONE\r\nTZID:defined\r\n{''.join(parts)}END:VTIMEZONE\r\n"
    try:
        component = Timezone.from_ical(text)
        zone = component.to_tz(lookup_tzid=False) if isinstance(component, Timezone) else None
        datetime(2026, 7, 1, tzinfo=zone).utcoffset()
    except Exception:  # the library raises anything for rules that nobody has foreseen
        return None
    return zone if isinstance(zone, tzinfo) else None


def _write_part(kind: str, part: RawComponent) -> str:
    """Return a STANDARD or DAYLIGHT in the form of RFC 5545, section 3.6.5; empty when its offsets cannot be read."""
    offset_to = _write_offset(part.text("TZOFFSETTO"))
    if not offset_to:
        return ""
    offset_from = _write_offset(part.text("TZOFFSETFROM")) or offset_to
    lines = [f"TZOFFSETFROM:{offset_from}", f"TZOFFSETTO:{offset_to}"]
    starts = _write_moments(part.text("DTSTART")) or [f"{_FIRST_YEAR}0101T000000"]
    lines.append(f"DTSTART:{starts[0]}")
    changes = [moment for line in part.all("RDATE") for moment in _write_moments(line.value)]
    if changes:
        lines.append(f"RDATE:{','.join(changes[:_MAX_CHANGES])}")
    rule = part.first("RRULE")
    if rule and _YEARLY.fullmatch(rule.value):
        lines.append("RRULE:" + re.sub(r"\s", "", rule.value).upper())
    return "".join(f"{line}\r\n" for line in (f"BEGIN:{kind}", *lines, f"END:{kind}"))


def _write_moments(text: str) -> list[str]:
    """Return the times in a text in the form of RFC 5545, section 3.3.5, without a zone."""
    return [
        max(match[1], _FIRST_YEAR) + match[2] + match[3] + "T" + "".join(match[n] or "00" for n in range(4, 7))
        for match in _MOMENT.finditer(text)
    ]


def _write_offset(text: str) -> str:
    """Return an offset from UTC as +HHMM, read also from “+01:00”, “+01” and “0100”; empty when it is none."""
    match = re.fullmatch(r"([+-]?)(\d{2}):?(\d{2})?:?(?:\d{2})?", text.replace(" ", ""))
    return f"{match[1] or '+'}{match[2]}{match[3] or '00'}" if match and int(match[2]) < 15 else ""
