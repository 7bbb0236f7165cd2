"""Reads one event of a calendar. What cannot be read costs only itself, and what is taken instead is noted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from bot.ical import guess
from bot.ical.cancelled import is_cancelled_status, is_cancelled_title
from bot.ical.components import RawComponent
from bot.ical.content_lines import ContentLine
from bot.ical.lengths import elapsed, length_of, length_until
from bot.ical.rules import Rule, parse_rule
from bot.ical.times import find_time, has_own_zone, is_time, parse_day, parse_length, parse_time, with_year_first
from bot.ical.zones import Zones

#: Longer titles and locations are cut; nobody reads more.
_MAX_TEXT_CHARACTERS = 200


@dataclass(frozen=True)
class FurtherTime:
    """A further time of a series (RDATE), with a length of its own or None."""

    start: datetime | date
    length: timedelta | None = None


@dataclass
class Event:
    """A VEVENT: a single event, a series (with rules or further times), or a changed occurrence (with `replaces`).

    - `start` is an aware moment in its own time zone, or a day. `length` is zero when it is not known.
    - `version` is greater in a newer version of the same event: SEQUENCE, and then when it was changed.
    - `left_out` are the moments (UTC) and days on which the series does not come (EXDATE).
    - `replaces` is the planned time of the occurrence that is changed (RECURRENCE-ID); with `and_later`, later ones are
      changed too.
    - `is_in_part` says that the event may take place at times that could not be read.
    """

    uid: str
    start: datetime | date
    length: timedelta
    title: str = ""
    location: str = ""
    version: tuple[int, str] = (0, "")
    is_cancelled: bool = False
    rules: list[Rule] = field(default_factory=list)
    further: list[FurtherTime] = field(default_factory=list)
    left_out: set[datetime | date] = field(default_factory=set)
    replaces: datetime | date | None = None
    and_later: bool = False
    is_in_part: bool = False
    guesses: list[str] = field(default_factory=list)

    @property
    def is_series(self) -> bool:
        """Whether the event comes several times."""
        return bool(self.rules or self.further)


class EventReader:
    """Reads the events of one calendar.

    `zone` is that of times without a zone. With `series_in_zone`, the calendar names this zone for all its times
    (X-WR-TIMEZONE), and a series in UTC keeps its local time when the clocks change. With `are_cancelled`, the calendar
    only says which events do not take place (METHOD:CANCEL).
    """

    def __init__(
        self, zones: Zones, zone: tzinfo, *, series_in_zone: bool = False, are_cancelled: bool = False
    ) -> None:
        self._zones, self._zone = zones, zone
        self._series_in_zone, self._are_cancelled = series_in_zone, are_cancelled

    def read(self, raw: RawComponent) -> Event | None:
        """Return the event, or None when it does not say when it takes place."""
        guesses: list[str] = [] if raw.closed else [guess.NOT_CLOSED]
        replaces = self._read_first(raw, "RECURRENCE-ID", guesses)
        if replaces is None and raw.text("RECURRENCE-ID"):
            guesses.append(guess.REPLACED_UNREADABLE)
        start = self._read_start(raw, guesses)
        if start is None and replaces is not None:
            start = replaces
            if raw.all("DTSTART"):
                guesses.append(guess.START_AS_PLANNED)
        if start is None:
            return None
        length = self._read_length(raw, start, guesses)
        if not length and (day := self._day_of_midnight(start)) is not None:
            start, length = day, timedelta(days=1)
            guesses.append(guess.MIDNIGHT)
        title = raw.text("SUMMARY")[:_MAX_TEXT_CHARACTERS]
        event = Event(
            uid=raw.text("UID"),
            start=start,
            length=length,
            title=title,
            location=raw.text("LOCATION")[:_MAX_TEXT_CHARACTERS],
            version=_read_version(raw),
            is_cancelled=self._are_cancelled or is_cancelled_status(raw.text("STATUS")) or is_cancelled_title(title),
            replaces=replaces,
            and_later=_replaces_later_ones(raw),
            guesses=guesses,
        )
        self._read_repetition(raw, event)
        return event

    def _read_start(self, raw: RawComponent, guesses: list[str]) -> datetime | date | None:
        lines = [line for line in raw.all("DTSTART") if line.value.strip()]
        starts = [(line, self._read_time(line, [])) for line in lines]
        readable = [(line, start) for line, start in starts if start is not None]
        if readable:
            line, start = readable[0]
            self._read_time(line, guesses)
            if any(_differ(start, other) for _, other in readable):
                guesses.append(guess.TWO_STARTS)
            return start
        for line in lines:
            if (day := parse_day(line.value)) is not None:
                guesses.append(guess.START_ONLY_DAY)
                return day
        return self._day_of_end(raw, guesses)

    def _day_of_midnight(self, start: datetime | date) -> date | None:
        """Return the day that begins at a moment, in the zone of the moment or of the calendar; None for other ones."""
        if not isinstance(start, datetime):
            return None
        return next((local.date() for local in (start, start.astimezone(self._zone)) if local.time() == time()), None)

    def _day_of_end(self, raw: RawComponent, guesses: list[str]) -> date | None:
        """Return the last day of an event whose start cannot be read; None when its end cannot be read either."""
        end = self._read_first(raw, "DTEND", [])
        if end is None:
            return None
        guesses.append(guess.START_FROM_END)
        if isinstance(end, datetime):
            return (end - timedelta(seconds=1)).astimezone(self._zone).date()
        return end - timedelta(days=1)

    def _read_first(self, raw: RawComponent, name: str, guesses: list[str]) -> datetime | date | None:
        return next((found for line in raw.all(name) if (found := self._read_time(line, guesses)) is not None), None)

    def _read_time(self, line: ContentLine, guesses: list[str], value: str | None = None) -> datetime | date | None:
        """Return the time in a line; `value` is one of several in it."""
        text = line.value if value is None else value
        if not is_time(text) and (reordered := with_year_first(text)) is not None:
            guesses.append(guess.DAY_FIRST)
            text = reordered
        elif not is_time(text) and (beginning := find_time(text)) is not None:
            guesses.append(guess.TIME_IN_PART)
            text = beginning
        zone, name = self._zone, line.parameters.get("TZID", "")
        if name:
            found = self._zones.find(name)
            if has_own_zone(text) and found is not UTC:
                guesses.append(guess.ZONE_AND_UTC)
            elif found is None:
                guesses.append(guess.ZONE_UNKNOWN)
            elif self._zones.is_guessed(name):
                guesses.append(guess.ZONE_BY_OFFSET)
            zone = found or zone
        moment = parse_time(text, zone)
        if (
            isinstance(moment, datetime)
            and line.parameters.get("VALUE", "").upper() == "DATE"
            and moment.time() == time()
        ):
            return moment.date()
        return moment

    def _read_length(self, raw: RawComponent, start: datetime | date, guesses: list[str]) -> timedelta:
        end = self._read_first(raw, "DTEND", guesses)
        if end is not None:
            return length_until(end, start, guesses)
        length = next((found for line in raw.all("DURATION") if (found := parse_length(line.value)) is not None), None)
        if length is None and (raw.all("DTEND") or raw.all("DURATION")):
            guesses.append(guess.END_UNREADABLE)
        return length_of(start, length)

    def _read_repetition(self, raw: RawComponent, event: Event) -> None:
        """Read the rules of the event, its further times, and the times that are left out."""
        zone = event.start.tzinfo if isinstance(event.start, datetime) and event.start.tzinfo else self._zone
        for line in raw.all("RRULE"):
            rule = parse_rule(line.value, zone)
            if rule is not None:
                event.rules.append(rule)
            elif line.value.strip():
                event.is_in_part = True
            if line.value.strip() and (rule is None or rule.in_part):
                event.guesses.append(guess.RULE_IN_PART if rule else guess.RULE_UNREADABLE)
        event.further = list(self._read_further(raw, event))
        for line, value in _values(raw, "EXDATE"):
            found = self._read_time(line, event.guesses, value)
            if found is None:
                event.guesses.append(guess.EXCEPTION_UNREADABLE)
            else:
                event.left_out |= _as_named(found)
        if any(line.value.strip() for line in raw.all("EXRULE")):  # of RFC 2445, and not in RFC 5545 any more
            event.guesses.append(guess.EXCEPTION_UNREADABLE)
        if event.is_series and isinstance(event.start, datetime) and self._is_meant_locally(event.start, event.rules):
            event.start = event.start.astimezone(self._zone)

    def _is_meant_locally(self, start: datetime, rules: list[Rule]) -> bool:
        """Return whether a series keeps its local time when the clocks change, though its start has a fixed offset.

        It does with the offset that the zone of the calendar has then (+02:00), and in UTC when the calendar names its
        zone. A rule that names hours, or days that are others there, is meant as it is written.
        """
        local = start.astimezone(self._zone)
        if start.tzinfo is UTC:
            is_fixed = self._series_in_zone
        else:
            is_fixed = isinstance(start.tzinfo, timezone) and start.utcoffset() == local.utcoffset()
        has_same_days = local.date() == start.date() or not any(rule.names_days for rule in rules)
        return is_fixed and has_same_days and not any(rule.names_hours for rule in rules)

    def _read_further(self, raw: RawComponent, event: Event) -> Iterator[FurtherTime]:
        for line, value in _values(raw, "RDATE"):
            text, _, end_text = value.partition("/")
            start = self._read_time(line, event.guesses, text)
            if start is None:
                event.guesses.append(guess.FURTHER_TIME_UNREADABLE)
                event.is_in_part = True
                continue
            length = None
            if end_text and isinstance(start, datetime):
                end = self._read_time(line, event.guesses, end_text)
                length = parse_length(end_text)
                if isinstance(end, datetime) and end > start:
                    length = elapsed(start, end)
                elif length is None:
                    event.guesses.append(guess.END_UNREADABLE)
            if not isinstance(start, datetime) and isinstance(event.start, datetime):
                start = datetime.combine(start, event.start.time(), event.start.tzinfo)
            elif isinstance(start, datetime) and not isinstance(event.start, datetime):
                start = start.date()
            yield FurtherTime(start, length)


def _differ(one: datetime | date, other: datetime | date) -> bool:
    return isinstance(one, datetime) != isinstance(other, datetime) or one != other


def _as_named(value: datetime | date) -> set[datetime | date]:
    """Return what EXDATE or RECURRENCE-ID may name: a day, or a moment in UTC; a midnight may stand for its day."""
    if not isinstance(value, datetime):
        return {value}
    return {value.astimezone(UTC), value.date()} if value.time() == time() else {value.astimezone(UTC)}


def _values(raw: RawComponent, name: str) -> Iterator[tuple[ContentLine, str]]:
    for line in raw.all(name):
        for value in line.value.split(","):
            if value.strip():
                yield line, value


def _read_version(raw: RawComponent) -> tuple[int, str]:
    number = re.fullmatch(r"\s*(\d{1,9})(?:\.0*)?\s*", raw.text("SEQUENCE"))
    return int(number[1]) if number else 0, raw.text("LAST-MODIFIED") or raw.text("DTSTAMP")


def _replaces_later_ones(raw: RawComponent) -> bool:
    line = raw.first("RECURRENCE-ID")
    return line is not None and line.parameters.get("RANGE", "").upper() == "THISANDFUTURE"
