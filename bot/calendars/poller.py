"""Polls the calendars of every community: fetches each one when it is due, and stores its matches.

The matches of the last successful read stay in use while a calendar cannot be read. The log tells the administrator
once when a calendar cannot be read, and once when it can be read again. Meanwhile `/ready` has a warning, and the
community is served. `/ready` also says what in a calendar had to be guessed at.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.calendars.address_filter import TrustedHosts
from bot.calendars.doubts import describe_doubts
from bot.calendars.fetch import Fetcher
from bot.calendars.files import read_calendar_file
from bot.calendars.parse import DEFAULT_LIMITS, ParserLimits, parse_in_child_process
from bot.calendars.schedule import delay_until_next_poll, is_due
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

#: Seconds between two checks for calendars that are due.
POLL_INTERVAL_SECONDS = 60.0
#: Sources that are fetched at the same time. Their contents are parsed one after the other.
MAX_CONCURRENT_FETCHES = 4
#: An unchanged calendar is parsed again after this time, because the window of time that is read has moved on.
FULL_READ_INTERVAL = timedelta(days=1)
#: So many reads in a row must find a calendar empty before its coming matches are dropped with the next one. A calendar
#: that is suddenly empty is more often a mistake at its source than the end of a season.
MAX_DOUBTED_EMPTY_READS = 3
#: Seconds within which fetching and parsing one calendar must end; else the heartbeat is overdue.
READ_TIMEOUT_SECONDS = 300.0


@dataclass(frozen=True)
class _Source:
    """One calendar of the community in a place."""

    place: str
    community: Community
    url_or_path: str

    @property
    def key(self) -> tuple[str, str]:
        """What the state of the calendar is stored under: community and source."""
        return self.community.key, self.url_or_path

    @property
    def name(self) -> tuple[str, str]:
        """What the calendar is called in metrics and warnings: community and a name without secrets."""
        return self.community.key, loggable_name(self.url_or_path)

    def __str__(self) -> str:
        things = [thing.name for thing in self.community.things if self.url_or_path in _sources_of([thing])]
        return f"the calendar {self.name[1]} ({', '.join(things)} in {self.community.name})"


class CalendarPoller:
    """Fetches, parses and stores all calendars. `wake` is called with each place whose inbox has a new calendar row.

    `trusted` are hosts in the bot's own network that may be fetched from; `limits` hold for the parsing process.
    """

    def __init__(
        self,
        context: Context,
        wake: Callable[[str], None],
        trusted: Collection[str] = (),
        limits: ParserLimits = DEFAULT_LIMITS,
    ) -> None:
        self._context, self._wake, self._limits = context, wake, limits
        self.fetcher = Fetcher(TrustedHosts(trusted), context.clock)
        self._states: dict[tuple[str, str], CalendarState] = {}
        self._reported: set[tuple[str, str]] = set()  # names of calendars whose failure is in the log
        self._parse_lock = asyncio.Lock()

    async def run(self) -> None:
        """Read the calendars that are due, every POLL_INTERVAL_SECONDS, until cancelled."""
        async with self.fetcher:
            await retry_forever("the list of calendars", self.load_states)
            while True:
                await retry_forever("the calendars", self.read_due)
                self._context.health.pause_heartbeat("calendars")
                await asyncio.sleep(POLL_INTERVAL_SECONDS)

    async def load_states(self) -> None:
        """Load the stored state of each calendar. Delete calendars that no community names any more."""
        named = {community.key: _sources_of(community.things) for community in self._context.rooms.current().values()}
        async with self._context.store.read() as connection:
            states = await calendars.find_calendar_states(connection)
        removed = [(key, source) for key, source in states if key in named and source not in named[key]]
        if removed:
            async with self._context.store.write() as connection:
                for key, source in removed:
                    await calendars.delete_calendar(connection, key, source)
        self._states = {key: state for key, state in states.items() if key not in removed}
        for named_source in self._sources():
            self._show_doubts(named_source)

    async def read_due(self) -> None:
        """Read every calendar that is due."""
        semaphore = asyncio.Semaphore(MAX_CONCURRENT_FETCHES)

        async def read_with_semaphore(source: _Source) -> None:
            async with semaphore:
                self._context.health.record_heartbeat("calendars", within_seconds=READ_TIMEOUT_SECONDS)
                await self._read(source)

        async with asyncio.TaskGroup() as group:
            for source in self._sources():
                if is_due(self._state_of(source).due_at, self._context.clock()):
                    group.create_task(read_with_semaphore(source))

    def _sources(self) -> Iterator[_Source]:
        for place, community in self._context.rooms.current().items():
            for url_or_path in sorted(_sources_of(community.things)):
                yield _Source(place, community, url_or_path)

    def _state_of(self, source: _Source) -> CalendarState:
        return self._states.get(source.key) or CalendarState(*source.key)

    async def _read(self, source: _Source) -> None:
        state = self._state_of(source)
        try:
            fetched = await self._fetch(source.url_or_path, state)
            if fetched is not None:
                state = await self._parse_and_store(source, state, fetched)
        except CalendarUnavailable as error:
            await self._record_failure(source, error)
        else:
            await self._record_success(source, state, is_changed=fetched is not None)

    async def _fetch(self, url_or_path: str, state: CalendarState) -> FetchedCalendar | None:
        """Return the calendar; None when it has not changed and its window is still recent enough."""
        version, changed = (state.version, state.changed) if self._is_window_recent(state) else ("", "")
        if is_url(url_or_path):
            return await self.fetcher.fetch(url_or_path, version, changed)
        return await asyncio.to_thread(read_calendar_file, Path(url_or_path), version)

    def _is_window_recent(self, state: CalendarState) -> bool:
        """Whether the calendar was parsed less than FULL_READ_INTERVAL ago, for a window that ends late enough."""
        return state.until is not None and state.until >= self._context.clock() + READ_AHEAD - FULL_READ_INTERVAL

    async def _parse_and_store(self, source: _Source, state: CalendarState, fetched: FetchedCalendar) -> CalendarState:
        """Parse and store what was fetched, unless the same bytes were parsed recently. Return the new state."""
        now, zone = self._context.clock(), source.community.time_zone
        digest = hashlib.sha256(zone.key.encode() + b"\n" + fetched.content).hexdigest()
        state = replace(state, version=fetched.version, changed=fetched.last_modified)
        if digest == state.digest and self._is_window_recent(state):
            return state
        window = calendar_window(now)
        async with self._parse_lock:
            # again, since waiting for the lock may have taken several other calendars' time
            self._context.health.record_heartbeat("calendars", within_seconds=READ_TIMEOUT_SECONDS)
            feed = await parse_in_child_process(fetched.content, zone, window.start, window.end, self._limits)
        is_doubted = not feed.entries and state.failures < MAX_DOUBTED_EMPTY_READS
        if is_doubted and await self._has_upcoming_matches(source, now):
            raise CalendarUnavailable("nothing is in it any more, which is believed when that is still so later")
        doubts = describe_doubts(feed, zone)
        if doubts and doubts != state.doubts:
            log.warning("%s", _describe_doubtful(source, doubts))
        state = self._mark_read(replace(state, digest=digest, doubts=doubts), source.url_or_path)
        if await store_feed(self._context, source.place, state, feed, window):
            self._wake(source.place)
        return replace(state, until=window.end)

    async def _has_upcoming_matches(self, source: _Source, now: datetime) -> bool:
        """Whether the last successful read of the calendar left matches that are still to come."""
        async with self._context.store.read() as connection:
            window = Span(now, now + READ_AHEAD)
            return bool(await find_matches(connection, source.community.key, [source.url_or_path], window))

    def _mark_read(self, state: CalendarState, url_or_path: str) -> CalendarState:
        now = self._context.clock()
        due_at = now + delay_until_next_poll(url_or_path)
        return replace(state, read_at=now, due_at=due_at, failures=0, failing_since=None)

    async def _record_success(self, source: _Source, state: CalendarState, *, is_changed: bool) -> None:
        """Store that the calendar was read, and withdraw its warning.

        An unchanged file is checked every minute, so its state is not written to the database each time.
        """
        before, state = self._state_of(source), self._mark_read(state, source.url_or_path)
        self._states[source.key] = state
        if is_url(source.url_or_path) or before.failures or is_changed:
            async with self._context.store.write() as connection:
                await calendars.save_calendar_state(connection, state)
        if state.read_at:
            self._context.health.calendar_checked_at[source.name] = state.read_at.timestamp()
        self._context.health.set_warning(_warning_key(source), None)
        self._show_doubts(source)
        if before.failures:
            self._reported.discard(source.name)
            log.info("%s can be read again", source)

    def _show_doubts(self, source: _Source) -> None:
        """Let `/ready` say what had to be guessed at when the calendar was last read; nothing when it was clear."""
        doubts = self._state_of(source).doubts
        sentence = _describe_doubtful(source, doubts) if doubts else None
        self._context.health.set_warning(f"guesses in {_warning_key(source)}", sentence)

    async def _record_failure(self, source: _Source, error: CalendarUnavailable) -> None:
        """Store that the calendar could not be read, plan the next attempt, and warn. Its matches stay."""
        now, before = self._context.clock(), self._state_of(source)
        failures = before.failures + 1
        pause = delay_until_next_poll(source.url_or_path, failures, error.retry_after_seconds)
        failing_since = before.failing_since or now
        state = replace(before, failures=failures, failing_since=failing_since, due_at=now + pause)
        self._states[source.key] = state
        async with self._context.store.write() as connection:
            await calendars.save_calendar_state(connection, state)
        if state.read_at:
            self._context.health.calendar_checked_at[source.name] = state.read_at.timestamp()
        sentence = _describe_failure(source, error, state, failing_since)
        self._context.health.set_warning(_warning_key(source), sentence)
        if source.name not in self._reported:
            self._reported.add(source.name)
            log.warning("%s", sentence)


def _sources_of(things: Collection[Thing]) -> set[str]:
    return {calendar.source for thing in things for calendar in thing.calendars}


def _warning_key(source: _Source) -> str:
    return f"calendar {' '.join(source.name)}"


def _describe_doubtful(source: _Source, doubts: str) -> str:
    return f"{source} was read, but {doubts}"


def _describe_failure(source: _Source, error: CalendarUnavailable, state: CalendarState, since: datetime) -> str:
    consequence = "nothing of it is known"
    if state.read_at:
        consequence = f"what was read on {state.read_at:%Y-%m-%d %H:%M} UTC is still used"
    return f"{source} cannot be read since {since:%Y-%m-%d %H:%M} UTC: {error}; {consequence}"
