"""Reads the definition of a time zone in a calendar (VTIMEZONE; RFC 5545, section 3.6.5), and repairs its values."""

import re
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from icalendar import Timezone

from bot.ical.components import RawComponent, RawZone

#: What changes in a zone changes once a year; a more frequent rule is a mistake or an attack.
_YEARLY = re.compile(r"(?=.*\bFREQ\s*=\s*YEARLY\b)[\w=;,+\- ]*", re.I)
_MOMENT = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2})?:?(\d{2})?)?", re.I)
_OFFSET = re.compile(r"([+-]?)(\d{2}):?(\d{2})?:?(?:\d{2})?")
#: Earlier changes of a zone are moved to this year, a leap year: nobody asks about them, and they cost time.
_FIRST_YEAR = "1972"
#: Times of change in one part of a definition. A zone with more of them is a mistake or an attack.
_MAX_CHANGES = 300
#: The zones that a definition in doubt may mean, after the community's own.
_EUROPEAN = ("Europe/Copenhagen", "Europe/London", "Europe/Helsinki")


def is_in_doubt(definition: RawZone) -> bool:
    """Return whether a part of a definition is missing or cannot be read, so a change of the clocks may be lost."""
    parts = [(kind, part) for kind, part in definition.parts if part.lines]
    if any(line.name in ("TZOFFSETFROM", "TZOFFSETTO") for line in definition.lines):
        return True  # the BEGIN of a part is missing
    if any(not _offset(part, "TZOFFSETTO") or (part.all("RRULE") and not _yearly_rule(part)) for _, part in parts):
        return True
    recurring = {kind for kind, part in parts if (rule := _yearly_rule(part)) and "UNTIL" not in rule}
    changes_to = {_offset(part, "TZOFFSETTO") for _, part in parts}
    comes_from = {_offset(part, "TZOFFSETFROM") for _, part in parts} - {""}
    return len(recurring) == 1 or not comes_from <= changes_to


def find_similar_zone(definition: RawZone, home: tzinfo) -> tzinfo | None:
    """Return a zone that has all offsets of a definition, by preference `home`; None when there is none."""
    components = [definition, *(part for _, part in definition.parts)]
    lines = [line for part in components for name in ("TZOFFSETFROM", "TZOFFSETTO") for line in part.all(name)]
    offsets = {_write_offset(line.value) for line in lines} - {""}
    for zone in (home, *map(ZoneInfo, _EUROPEAN)):
        if offsets and offsets <= {f"{datetime(2026, month, 1, tzinfo=zone):%z}" for month in (1, 7)}:
            return zone
    return None


def make_zone(definition: RawZone) -> tzinfo | None:
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
    offset_to = _offset(part, "TZOFFSETTO")
    if not offset_to:
        return ""
    offset_from = _offset(part, "TZOFFSETFROM") or offset_to
    lines = [f"TZOFFSETFROM:{offset_from}", f"TZOFFSETTO:{offset_to}"]
    starts = _write_moments(part.text("DTSTART")) or [f"{_FIRST_YEAR}0101T000000"]
    lines.append(f"DTSTART:{starts[0]}")
    changes = [moment for line in part.all("RDATE") for moment in _write_moments(line.value)]
    if changes:
        lines.append(f"RDATE:{','.join(changes[:_MAX_CHANGES])}")
    if rule := _yearly_rule(part):
        lines.append(f"RRULE:{rule}")
    return "".join(f"{line}\r\n" for line in (f"BEGIN:{kind}", *lines, f"END:{kind}"))


def _yearly_rule(part: RawComponent) -> str:
    rule = part.first("RRULE")
    return re.sub(r"\s", "", rule.value).upper() if rule and _YEARLY.fullmatch(rule.value) else ""


def _write_moments(text: str) -> list[str]:
    """Return the times in a text in the form of RFC 5545, section 3.3.5, without a zone."""
    return [
        max(match[1], _FIRST_YEAR) + match[2] + match[3] + "T" + "".join(match[n] or "00" for n in range(4, 7))
        for match in _MOMENT.finditer(text)
    ]


def _offset(part: RawComponent, name: str) -> str:
    return _write_offset(part.text(name))


def _write_offset(text: str) -> str:
    """Return an offset from UTC as +HHMM, read also from “+01:00”, “+01” and “0100”; empty when it is none."""
    match = _OFFSET.fullmatch(text.replace(" ", ""))
    return f"{match[1] or '+'}{match[2]}{match[3] or '00'}" if match and int(match[2]) < 15 else ""
