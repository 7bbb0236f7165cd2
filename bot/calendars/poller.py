"""Keeps the calendars of every community: asks for each when it is time, and lets the flow take in what it holds.

What was read last is kept as long as its source is down. The caretaker is told once when a calendar cannot be had, and
once when it can again; meanwhile everybody is served, and `/ready` says so.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.calendars.address_filter import AddressFilter
from bot.calendars.fetch import Fetcher
from bot.calendars.files import read_calendar_file
from bot.calendars.parse import DEFAULT_LIMITS, ParserLimits, parse_in_child_process
from bot.calendars.schedule import delay_until_next_poll
from bot.calendars.source import CalendarUnavailable, FetchedCalendar
from bot.concurrency.retry import retry_forever
from bot.config.calendar import is_url, loggable_name
from bot.config.community import Community, Thing
from bot.pipeline.context import Context
from bot.pipeline.inbound.calendar_changes import READ_AHEAD, calendar_window, store_feed
from bot.span import Span
from bot.store.calendars import calendars
from bot.store.calendars.calendars import CalendarState
from bot.store.calendars.matches import find_matches

log = logging.getLogger(__name__)

#: Seconds between two looks at what is due.
POLL_INTERVAL_SECONDS = 60.0
#: As many sources are asked at the same time; they are read one after the other.
MAX_CONCURRENT_FETCHES = 4
#: Also a calendar that does not change is read anew so often: the year ahead of us is another one by then.
FULL_READ_INTERVAL = timedelta(days=1)
#: A calendar that is empty all of a sudden is more often a mistake somewhere than the end of a season.
EMPTY_READS_BEFORE_BELIEVED = 3
#: Seconds after which a read that has begun must have come to an end.
READ_TIMEOUT_SECONDS = 300.0


@dataclass(frozen=True)
class _Source:
    """One calendar of one community, which lives in `place`."""

    place: str
    community: Community
    url_or_path: str

    @property
    def name(self) -> tuple[str, str]:
        return self.community.key, loggable_name(self.url_or_path)

    def __str__(self) -> str:
        about = [thing.name for thing in self.community.things if self.url_or_path in _sources_of([thing])]
        return f"the calendar {self.name[1]} ({', '.join(about)} in {self.community.name})"


class CalendarPoller:
    """Sees to all calendars. `awaken` is called with every place in which something is to be done about one."""

    def __init__(
        self,
        context: Context,
        wake: Callable[[str], None],
        trusted: Collection[str] = (),
        limits: ParserLimits = DEFAULT_LIMITS,
    ) -> None:
        self._context, self._wake, self._limits = context, wake, limits
        self.fetcher = Fetcher(AddressFilter(trusted), context.clock)
        self._known: dict[tuple[str, str], CalendarState] = {}
        self._reported: set[tuple[str, str]] = set()
        self._parse_lock = asyncio.Lock()

    async def run(self) -> None:
        """Look at what is due, every minute, until cancelled."""
        async with self.fetcher:
            await retry_forever("the list of calendars", self.load_known)
            while True:
                await retry_forever("the calendars", self.read_due)
                self._context.health.pause_heartbeat("calendars")
                await asyncio.sleep(POLL_INTERVAL_SECONDS)

    async def load_known(self) -> None:
        """What is known from before; calendars that no file names any more are forgotten."""
        named = {community.key: _sources_of(community.things) for community in self._context.rooms.current().values()}
        async with self._context.store.read() as connection:
            known = await calendars.find_calendar_states(connection)
        gone = [(key, source) for key, source in known if key in named and source not in named[key]]
        if gone:
            async with self._context.store.write() as connection:
                for one in gone:
                    await calendars.delete_calendar(connection, *one)
        self._known = {name: one for name, one in known.items() if name not in gone}

    async def read_due(self) -> None:
        """Read every calendar that it is time for."""
        semaphore = asyncio.Semaphore(MAX_CONCURRENT_FETCHES)

        async def read_with_semaphore(sheet: _Source) -> None:
            async with semaphore:
                self._context.health.record_heartbeat("calendars", within_seconds=READ_TIMEOUT_SECONDS)
                await self._read(sheet)

        async with asyncio.TaskGroup() as group:
            for sheet in self._sources():
                due_at = self._known_state(sheet).due_at
                if due_at is None or due_at <= self._context.clock():
                    group.create_task(read_with_semaphore(sheet))

    def _sources(self) -> Iterator[_Source]:
        for place, community in self._context.rooms.current().items():
            for source in sorted(_sources_of(community.things)):
                yield _Source(place, community, source)

    def _known_state(self, sheet: _Source) -> CalendarState:
        key = sheet.community.key, sheet.url_or_path
        return self._known.get(key) or CalendarState(*key)

    async def _read(self, sheet: _Source) -> None:
        known = self._known_state(sheet)
        try:
            fetched = await self._fetch(sheet.url_or_path, known)
            if fetched is not None:
                known = await self._parse_and_store(sheet, known, fetched)
        except CalendarUnavailable as why:
            await self._record_failure(sheet, why)
        else:
            await self._record_success(sheet, known, fetched is not None)

    async def _fetch(self, source: str, known: CalendarState) -> FetchedCalendar | None:
        anew = known.until is None or known.until < self._context.clock() + READ_AHEAD - FULL_READ_INTERVAL
        version, changed = ("", "") if anew else (known.version, known.changed)
        if is_url(source):
            return await self.fetcher.fetch(source, version, changed)
        return await asyncio.to_thread(read_calendar_file, Path(source), version)

    async def _parse_and_store(self, sheet: _Source, known: CalendarState, fetched: FetchedCalendar) -> CalendarState:
        """Read what was fetched, unless it is what we have."""
        now, zone = self._context.clock(), sheet.community.time_zone
        digest = hashlib.sha256(zone.key.encode() + b"\n" + fetched.content).hexdigest()
        known = replace(known, version=fetched.version, changed=fetched.last_modified)
        if digest == known.digest and known.until and known.until >= now + READ_AHEAD - FULL_READ_INTERVAL:
            return known
        window = calendar_window(now)
        async with self._parse_lock:
            # we may have waited for several others
            self._context.health.record_heartbeat("calendars", within_seconds=READ_TIMEOUT_SECONDS)
            feed = await parse_in_child_process(fetched.content, zone, window.first, window.last, self._limits)
        if (
            not feed.entries
            and known.failures < EMPTY_READS_BEFORE_BELIEVED
            and await self._has_upcoming_matches(sheet, now)
        ):
            raise CalendarUnavailable("nothing is in it any more, which is believed when that is still so later")
        if feed.unreadable_uids and digest != known.digest:
            log.warning("%s: %s entries cannot be read; what was known of them stays", sheet, len(feed.unreadable_uids))
        read = self._mark_read(replace(known, digest=digest), sheet.url_or_path)
        if await store_feed(self._context, sheet.place, read, feed, window):
            self._wake(sheet.place)
        return replace(read, until=window.last)

    async def _has_upcoming_matches(self, sheet: _Source, now: datetime) -> bool:
        """Whether matches that stood in the calendar are still to come."""
        async with self._context.store.read() as connection:
            window = Span(now, now + READ_AHEAD)
            return bool(await find_matches(connection, sheet.community.key, [sheet.url_or_path], window))

    def _mark_read(self, known: CalendarState, source: str) -> CalendarState:
        now = self._context.clock()
        return replace(known, read_at=now, due_at=now + delay_until_next_poll(source), failures=0, failing_since=None)

    async def _record_success(self, sheet: _Source, known: CalendarState, is_written: bool) -> None:
        """It is as we have it. A file that is as it was a minute ago is not worth a line in the database."""
        before, known = self._known_state(sheet), self._mark_read(known, sheet.url_or_path)
        self._known[sheet.community.key, sheet.url_or_path] = known
        if is_url(sheet.url_or_path) or before.failures or is_written:
            async with self._context.store.write() as connection:
                await calendars.save_calendar_state(connection, known)
        if known.read_at:
            self._context.health.calendar_checked_at[sheet.name] = known.read_at.timestamp()
        self._context.health.set_warning(_warning_key(sheet), None)
        if before.failures:
            self._reported.discard(sheet.name)
            log.info("%s can be read again", sheet)

    async def _record_failure(self, sheet: _Source, why: CalendarUnavailable) -> None:
        """It cannot be had: what we have of it stays, and it is asked again later."""
        now, before = self._context.clock(), self._known_state(sheet)
        failures = before.failures + 1
        pause = delay_until_next_poll(sheet.url_or_path, failures, why.retry_after_seconds)
        since = before.failing_since or now
        known = replace(before, failures=failures, failing_since=since, due_at=now + pause)
        self._known[sheet.community.key, sheet.url_or_path] = known
        async with self._context.store.write() as connection:
            await calendars.save_calendar_state(connection, known)
        if known.read_at:
            self._context.health.calendar_checked_at[sheet.name] = known.read_at.timestamp()
        sentence = _describe_failure(sheet, why, known, since)
        self._context.health.set_warning(_warning_key(sheet), sentence)
        if sheet.name not in self._reported:
            self._reported.add(sheet.name)
            log.warning("%s", sentence)


def _sources_of(things: Collection[Thing]) -> set[str]:
    return {calendar.source for thing in things for calendar in thing.calendars}


def _warning_key(sheet: _Source) -> str:
    return f"calendar {' '.join(sheet.name)}"


def _describe_failure(sheet: _Source, why: CalendarUnavailable, known: CalendarState, since: datetime) -> str:
    kept = "nothing of it is known"
    if known.read_at:
        kept = f"what was read on {known.read_at:%Y-%m-%d %H:%M} UTC is still used"
    return f"{sheet} cannot be read since {since:%Y-%m-%d %H:%M} UTC: {why}; {kept}"
