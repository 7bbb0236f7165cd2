"""Finds what takes place of the events under one UID: one event in versions, a series with changes, or several events.

RFC 5545 and 5546 allow one event or series under a UID. Some programs write the same UID, or none, for every match.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from bot.ical.calendar_entry import CalendarEntry
from bot.ical.read_event import Event, FurtherTime

#: Looked through on each side of the window, since a time zone moves a time by less than that.
_MARGIN = timedelta(days=2)


@dataclass(frozen=True)
class Window:
    """The time that is read, from `start` to `end`: two aware moments."""

    start: datetime
    end: datetime


def expand(events: list[Event], window: Window) -> Iterator[CalendarEntry]:
    """Yield what takes place of the events under one UID, some of it up to days outside the window."""
    changes = [event for event in events if event.replaces is not None]
    mains = [event for event in events if event.replaces is None]
    if not mains:  # some programs give the series itself a RECURRENCE-ID
        mains = [replace(change, replaces=None) for change in changes if _is_series_itself(change)]
        changes = [change for change in changes if not _is_series_itself(change)]
    mains = newest_versions(mains)
    cancelled = [main.version for main in mains if main.is_cancelled]
    if cancelled and all(main.is_cancelled for main in mains):
        changes = [change for change in changes if change.version > max(cancelled)]
    changed = _Changes(changes)
    for main in mains:
        if not main.is_cancelled:
            yield from _occurrences(main, changed, window)
    yield from changed.entries()


def _is_series_itself(change: Event) -> bool:
    return (
        change.is_series and change.replaces is not None and _moment_key(change.replaces) == _moment_key(change.start)
    )


def newest_versions(events: list[Event]) -> list[Event]:
    """Return the events without their older versions.

    Events under one UID of which each has another SEQUENCE are versions of one event, of which the newest counts. Those
    with the same SEQUENCE are different events, unless they begin at the same time and are called the same.
    """
    if len(events) < 2:
        return events
    if not events[0].uid:  # nothing says that they are the same event
        return [group[-1] for group in _group(events, _what_it_is)]
    if (versions := _as_versions(events)) is not None:
        return versions
    by_title = [_as_versions(group) or group for group in _group(events, lambda event: (event.title,))]
    by_start = _group([event for group in by_title for event in group], lambda event: (_moment_key(event.start),))
    newest = [event for group in by_start for event in _without_older(group)]
    return [group[-1] for group in _group(newest, _what_it_is)]


def _without_older(events: list[Event]) -> list[Event]:
    """Return, of events that begin at one time, those with the highest SEQUENCE that were not cancelled later."""
    highest = max(event.version[0] for event in events)
    cancelled = {event.location: event.version for event in events if event.is_cancelled}
    return [
        event
        for event in events
        if event.version[0] == highest
        and (event.is_cancelled or event.version > cancelled.get(event.location, (-1, "")))
    ]


def _as_versions(events: list[Event]) -> list[Event] | None:
    """Return only the newest of events that have a different SEQUENCE each; None for others."""
    ordered = sorted(events, key=lambda event: event.version)
    numbers = [event.version[0] for event in ordered]
    return ordered[-1:] if len(set(numbers)) == len(numbers) else None


def _what_it_is(event: Event) -> tuple[str, ...]:
    return (_moment_key(event.start), event.title, event.location)


def _group(events: Iterable[Event], key: Callable[[Event], tuple[str, ...]]) -> list[list[Event]]:
    """Return the events in groups with the same key, each from the oldest to the newest version."""
    ordered = sorted(events, key=lambda event: (key(event), event.version, event.is_cancelled))
    return [list(group) for _, group in groupby(ordered, key)]


class _Changes:
    """The changed occurrences of a series: one for each planned time, in its newest version."""

    def __init__(self, changes: Iterable[Event]) -> None:
        ordered = sorted(changes, key=lambda change: change.version)
        self._newest = {_moment_key(change.replaces): change for change in ordered if change.replaces is not None}
        #: By every name of the occurrence: its moment, and its day when only that or its midnight is given.
        self._by_name = {
            name: change for change in self._newest.values() for name in _names_of_replaced(change.replaces)
        }
        self._planned: dict[int, datetime | date] = {}  # by the id of a change: the planned time that it is for
        self._left_out: set[int] = set()
        self._later = sorted((change for change in self._newest.values() if change.and_later), key=_replaced_moment)
        self._later_from = [_replaced_moment(change) for change in self._later]

    def find(self, planned: datetime | date) -> Event | None:
        """Return the change of the occurrence that was planned for a time."""
        for name in (_moment_key(planned), _day_key(planned)):
            change = self._by_name.get(name)
            if change is not None and self._planned.setdefault(id(change), planned) == planned:
                return change
        return None

    def leave_out(self, planned: datetime | date) -> None:
        """Forget the change of an occurrence that does not take place at all."""
        if (change := self.find(planned)) is not None:
            self._left_out.add(id(change))

    def later_than(self, planned: datetime | date) -> Event | None:
        """Return the last change that holds for all later occurrences and comes before a planned time."""
        number = bisect_left(self._later_from, _moment_of(planned))
        return self._later[number - 1] if number else None

    def entries(self) -> Iterator[CalendarEntry]:
        """Yield the changed occurrences that take place, also those whose series is not known."""
        for change in self._newest.values():
            if not change.is_cancelled and id(change) not in self._left_out and change.replaces is not None:
                planned = self._planned.get(id(change), change.replaces)
                yield make_entry(change, change.start, change.length, planned)


def _occurrences(main: Event, changes: _Changes, window: Window) -> Iterator[CalendarEntry]:
    """Yield the occurrences of an event or series that are not changed."""
    if not main.is_series:
        if changes.find(main.start) is None and not _names(main.start) & main.left_out:
            yield make_entry(main, main.start, main.length, None)
        return
    seen = set()
    for planned, length in _planned_times(main, window):
        if planned in seen:
            continue
        seen.add(planned)
        if _names(planned) & main.left_out:
            changes.leave_out(planned)
        elif changes.find(planned) is None:
            later = changes.later_than(planned)
            if later is None or later.replaces is None:
                yield make_entry(main, planned, length, planned)
            elif not later.is_cancelled:
                yield make_entry(later, _moved(planned, later), later.length or length, planned)


def _planned_times(main: Event, window: Window) -> Iterator[tuple[datetime | date, timedelta]]:
    """Yield each time of a series near the window, and its length: the first, further times, and those of rules."""
    further = [FurtherTime(main.start), *main.further] if _is_first_time_meant(main) else main.further
    for time_of in further:
        yield time_of.start, main.length if time_of.length is None else time_of.length
    zone = main.start.tzinfo if isinstance(main.start, datetime) else None
    first = (window.start - main.length - _MARGIN).replace(tzinfo=None)
    last = (window.end + _MARGIN).replace(tzinfo=None)
    for rule in main.rules:
        for local in rule.between(main.start, first, last):
            yield (local.replace(tzinfo=zone) if isinstance(main.start, datetime) else local.date()), main.length


def _is_first_time_meant(main: Event) -> bool:
    """Return whether the first time takes place: RFC 5545 counts it, but a rule may have ended before it."""
    return not main.rules or any(rule.begins_by(main.start) for rule in main.rules)


def _moved(planned: datetime | date, change: Event) -> datetime | date:
    """Return a planned time moved as far as `change` moves the occurrence that it replaces, by the local clock."""
    if isinstance(planned, datetime) and isinstance(change.start, datetime):
        replaced = change.replaces
        local = change.start.astimezone(planned.tzinfo).replace(tzinfo=None)
        if isinstance(replaced, datetime):
            by = local - replaced.astimezone(planned.tzinfo).replace(tzinfo=None)
            return (planned.replace(tzinfo=None) + by).replace(tzinfo=planned.tzinfo)
        days = (local.date() - replaced) if replaced else timedelta()
        return datetime.combine(planned.date() + days, local.time(), planned.tzinfo)
    if not isinstance(planned, datetime) and not isinstance(change.start, datetime) and change.replaces is not None:
        replaced_day = change.replaces.date() if isinstance(change.replaces, datetime) else change.replaces
        return planned + (change.start - replaced_day)
    return planned


def make_entry(
    event: Event, start: datetime | date, length: timedelta, planned: datetime | date | None
) -> CalendarEntry:
    """Return what takes place at a time. `planned` names an occurrence of a series."""
    key = event.uid if planned is None else f"{event.uid}/{_moment_key(planned)}"
    guesses = tuple(dict.fromkeys(event.guesses))
    if not isinstance(start, datetime):
        return CalendarEntry(start, start + max(length, timedelta(days=1)), key, event.title, event.location, guesses)
    moment = start.astimezone(UTC)
    return CalendarEntry(moment, moment + length, key, event.title, event.location, guesses)


def _names(planned: datetime | date) -> set[datetime | date]:
    """Return what EXDATE may call a time: the moment in UTC, or its day."""
    return {planned.astimezone(UTC), planned.date()} if isinstance(planned, datetime) else {planned}


def _names_of_replaced(replaced: datetime | date | None) -> set[str]:
    """Return what RECURRENCE-ID names: the moment or day, and for a midnight also its day."""
    if replaced is None:
        return set()
    is_day = not isinstance(replaced, datetime) or replaced.time() == time()
    return {_moment_key(replaced), _day_key(replaced)} if is_day else {_moment_key(replaced)}


def _moment_key(value: datetime | date) -> str:
    return (value.astimezone(UTC) if isinstance(value, datetime) else value).isoformat()


def _day_key(value: datetime | date) -> str:
    return (value.date() if isinstance(value, datetime) else value).isoformat()


def _moment_of(value: datetime | date) -> datetime:
    return value.astimezone(UTC) if isinstance(value, datetime) else datetime.combine(value, time(), UTC)


def _replaced_moment(change: Event) -> datetime:
    return _moment_of(change.start if change.replaces is None else change.replaces)
