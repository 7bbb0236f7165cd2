"""Sorts content lines into calendars, events and time zones (RFC 5545, section 3.6); BEGIN or END may be missing.

Every other component is skipped with all that is in it, so no fault in a reminder or a task costs a match.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from bot.ical.content_lines import ContentLine

#: Components that stand in a calendar side by side. Where one begins inside another, the END of that one is missing.
_SIDE_BY_SIDE = {"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY", "VPOLL"}
_PARTS_OF_ZONE = {"STANDARD", "DAYLIGHT"}
#: Properties that events have, and reminders have not or mean in the same way.
_OF_EVENTS = {"UID", "DTSTART", "DTEND", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS", "SUMMARY", "LOCATION"}
#: Components in components. RFC 5545 needs three; deeper ones are not opened.
_MAX_DEPTH = 20


@dataclass
class RawComponent:
    """The lines of an event, or of one part of a time zone. An event that is not `closed` lacks its BEGIN or END."""

    lines: list[ContentLine] = field(default_factory=list)
    closed: bool = True

    def first(self, name: str) -> ContentLine | None:
        """Return the first line with a name and a value, else the first with the name; None without one."""
        lines = self.all(name)
        return next((line for line in lines if line.value.strip()), lines[0] if lines else None)

    def all(self, name: str) -> list[ContentLine]:
        """Return every line with a name."""
        return [line for line in self.lines if line.name == name]

    def text(self, name: str) -> str:
        """Return the text of the first line with a name, in one line; an empty string without one."""
        line = self.first(name)
        return line.text if line else ""


@dataclass
class RawZone(RawComponent):
    """The lines of a VTIMEZONE, and those of its parts: STANDARD or DAYLIGHT, each with its lines."""

    parts: list[tuple[str, RawComponent]] = field(default_factory=list)


@dataclass
class RawCalendar(RawComponent):
    """The lines of a VCALENDAR outside its components, its events, and its time zones."""

    events: list[RawComponent] = field(default_factory=list)
    zones: list[RawZone] = field(default_factory=list)


@dataclass
class RawFile:
    """The calendars of a file. `is_complete` says whether the last one ends; `bad_line` is one that cannot be read."""

    calendars: list[RawCalendar] = field(default_factory=list)
    is_complete: bool = True
    bad_line: str = ""


def sort_into_components(lines: Iterable[ContentLine]) -> RawFile:
    """Return the calendars that content lines are about."""
    builder = _Builder()
    for line in lines:
        if line.name == "BEGIN":
            builder.begin(line.value.strip().upper())
        elif line.name == "END":
            builder.end(line.value.strip().upper())
        else:
            builder.add(line)
    return builder.file()


class _Builder:
    """Puts each line into the innermost component that is open, when that is one that is read."""

    def __init__(self) -> None:
        #: A calendar whose BEGIN cannot be read.
        self._unnamed = RawCalendar()
        self._calendars: list[RawCalendar] = []
        self._open: list[tuple[str, RawComponent]] = [("VCALENDAR", self._unnamed)]
        self._loose_from = 0  # lines of the calendar from here on stand behind its last component
        self._bad_line = ""

    def file(self) -> RawFile:
        """Return what has been put together."""
        calendars = [self._unnamed, *self._calendars] if self._unnamed.events else self._calendars
        return RawFile(calendars, not self._open, self._bad_line)

    def begin(self, kind: str) -> None:
        """Open a component, and close those that must have ended before it."""
        if kind == "VCALENDAR":
            self._close_down_to(0)
            self._calendars.append(RawCalendar())
            self._open.append((kind, self._calendars[-1]))
            self._loose_from = 0
            return
        if kind in _SIDE_BY_SIDE:
            self._close_down_to(1 if self._open and self._open[0][0] == "VCALENDAR" else 0)
        elif kind in _PARTS_OF_ZONE and self._open and self._open[-1][0] in _PARTS_OF_ZONE:
            self._close_down_to(len(self._open) - 1)
        if len(self._open) < _MAX_DEPTH:
            self._open.append((kind, self._make(kind)))

    def end(self, kind: str) -> None:
        """Close the innermost component of a kind with all that is open in it. An event whose BEGIN is bad is made."""
        position = next((n for n in reversed(range(len(self._open))) if self._open[n][0] == kind), None)
        if position is None:
            if kind == "VEVENT":
                self._add_event_without_begin()
            return
        self._close_down_to(position + 1)
        self._open.pop()
        if kind in _SIDE_BY_SIDE:
            self._loose_from = len(self._calendar().lines)

    def add(self, line: ContentLine) -> None:
        """Add a property to the innermost component. A line without a name continues the property before it."""
        component = self._open[-1][1] if self._open else None
        if line.name:
            if component is not None:
                component.lines.append(line)
            return
        self._bad_line = self._bad_line or line.value
        if component is not None and component.lines:
            component.lines[-1] = component.lines[-1].with_next_line(line.value)

    def _calendar(self) -> RawCalendar:
        return self._calendars[-1] if self._calendars else self._unnamed

    def _add_event_without_begin(self) -> None:
        """Make an event of the lines behind the last component, or of a component that nobody knows: BEGIN:VEVEN."""
        unknown = self._open[1][1] if len(self._open) > 1 else None
        lines = unknown.lines if unknown else self._calendar().lines[self._loose_from :]
        if any(line.name == "DTSTART" for line in lines):
            self._calendar().events.append(RawComponent(lines, closed=False))
        self._close_down_to(1)
        self._loose_from = len(self._calendar().lines)

    def _make(self, kind: str) -> RawComponent:
        calendar, parent = self._calendar(), self._open[-1][1] if self._open else None
        if kind == "VEVENT":
            calendar.events.append(RawComponent())
            return calendar.events[-1]
        if kind == "VTIMEZONE":
            calendar.zones.append(RawZone())
            return calendar.zones[-1]
        if isinstance(parent, RawZone) and kind in _PARTS_OF_ZONE:
            parent.parts.append((kind, RawComponent()))
            return parent.parts[-1][1]
        return RawComponent()

    def _close_down_to(self, depth: int) -> None:
        """Close all but the outermost `depth` components, whose END is missing."""
        for _, component in self._open[depth:]:
            component.closed = False
        for (kind, outer), (_, inner) in reversed(list(pairwise(self._open[max(depth - 1, 0) :]))):
            if kind == "VEVENT":  # what stands behind a reminder without an end belongs to the event
                known = {line.name for line in outer.lines}
                missing = _OF_EVENTS - known
                outer.lines += [line for line in inner.lines if line.name in missing]
        del self._open[depth:]
