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

from bot.calendars.address_filter import Guard
from bot.calendars.fetch import Fetcher
from bot.calendars.files import read_file
from bot.calendars.parse import LEASH, Leash, parse
from bot.calendars.schedule import until_next
from bot.calendars.source import Fetched, Unavailable
from bot.concurrency.retry import retry_forever
from bot.config.calendar import is_url, loggable_name
from bot.config.community import Community, Thing
from bot.pipeline.context import Context
from bot.pipeline.inbound.calendar_changes import AHEAD, take_in, window_at
from bot.store.calendars import calendars
from bot.store.calendars.calendars import CalendarState
from bot.store.calendars.matches import find_matches

log = logging.getLogger(__name__)

#: Seconds between two looks at what is due.
LOOK = 60.0
#: As many sources are asked at the same time; they are read one after the other.
AT_ONCE = 4
#: Also a calendar that does not change is read anew so often: the year ahead of us is another one by then.
STALE = timedelta(days=1)
#: A calendar that is empty all of a sudden is more often a mistake somewhere than the end of a season.
DOUBTS = 3
#: Seconds after which a read that has begun must have come to an end.
PATIENCE = 300.0


@dataclass(frozen=True)
class _Sheet:
    """One calendar of one community, which lives in `place`."""

    place: str
    community: Community
    source: str

    @property
    def name(self) -> tuple[str, str]:
        return self.community.key, loggable_name(self.source)

    def __str__(self) -> str:
        about = [thing.name for thing in self.community.things if self.source in _sources([thing])]
        return f"the calendar {self.name[1]} ({', '.join(about)} in {self.community.name})"


class Keeper:
    """Sees to all calendars. `awaken` is called with every place in which something is to be done about one."""

    def __init__(
        self, context: Context, awaken: Callable[[str], None], trusted: Collection[str] = (), leash: Leash = LEASH
    ) -> None:
        self._context, self._awaken, self._leash = context, awaken, leash
        self.fetcher = Fetcher(Guard(trusted), context.clock)
        self._known: dict[tuple[str, str], CalendarState] = {}
        self._complained: set[tuple[str, str]] = set()
        self._reading = asyncio.Lock()

    async def run(self) -> None:
        """Look at what is due, every minute, until cancelled."""
        async with self.fetcher:
            await retry_forever("the list of calendars", self.recall)
            while True:
                await retry_forever("the calendars", self.read_due)
                self._context.health.pause_heartbeat("calendars")
                await asyncio.sleep(LOOK)

    async def recall(self) -> None:
        """What is known from before; calendars that no file names any more are forgotten."""
        named = {community.key: _sources(community.things) for community in self._context.rooms.current().values()}
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
        turns = asyncio.Semaphore(AT_ONCE)

        async def in_turn(sheet: _Sheet) -> None:
            async with turns:
                self._context.health.heartbeat("calendars", within=PATIENCE)
                await self._read(sheet)

        async with asyncio.TaskGroup() as group:
            for sheet in self._sheets():
                due_at = self._known_of(sheet).due_at
                if due_at is None or due_at <= self._context.clock():
                    group.create_task(in_turn(sheet))

    def _sheets(self) -> Iterator[_Sheet]:
        for place, community in self._context.rooms.current().items():
            for source in sorted(_sources(community.things)):
                yield _Sheet(place, community, source)

    def _known_of(self, sheet: _Sheet) -> CalendarState:
        key = sheet.community.key, sheet.source
        return self._known.get(key) or CalendarState(*key)

    async def _read(self, sheet: _Sheet) -> None:
        known = self._known_of(sheet)
        try:
            fetched = await self._fetch(sheet.source, known)
            if fetched is not None:
                known = await self._take_in(sheet, known, fetched)
        except Unavailable as why:
            await self._bear(sheet, why)
        else:
            await self._note(sheet, known, fetched is not None)

    async def _fetch(self, source: str, known: CalendarState) -> Fetched | None:
        anew = known.until is None or known.until < self._context.clock() + AHEAD - STALE
        version, changed = ("", "") if anew else (known.version, known.changed)
        if is_url(source):
            return await self.fetcher.fetch(source, version, changed)
        return await asyncio.to_thread(read_file, Path(source), version)

    async def _take_in(self, sheet: _Sheet, known: CalendarState, fetched: Fetched) -> CalendarState:
        """Read what was fetched, unless it is what we have."""
        now, zone = self._context.clock(), sheet.community.time_zone
        digest = hashlib.sha256(zone.key.encode() + b"\n" + fetched.content).hexdigest()
        known = replace(known, version=fetched.version, changed=fetched.changed)
        if digest == known.digest and known.until and known.until >= now + AHEAD - STALE:
            return known
        window = window_at(now)
        async with self._reading:
            self._context.health.heartbeat("calendars", within=PATIENCE)  # we may have waited for several others
            feed = await parse(fetched.content, zone, window.first, window.last, self._leash)
        if not feed.entries and known.failures < DOUBTS and await self._expects(sheet, now):
            raise Unavailable("nothing is in it any more, which is believed when that is still so later")
        if feed.skipped and digest != known.digest:
            log.warning("%s: %s entries cannot be read; what was known of them stays", sheet, len(feed.skipped))
        read = self._well(replace(known, digest=digest), sheet.source)
        if await take_in(self._context, sheet.place, read, feed, window):
            self._awaken(sheet.place)
        return replace(read, until=window.last)

    async def _expects(self, sheet: _Sheet, now: datetime) -> bool:
        """Whether matches that stood in the calendar are still to come."""
        async with self._context.store.read() as connection:
            return bool(await find_matches(connection, sheet.community.key, [sheet.source], now, now + AHEAD))

    def _well(self, known: CalendarState, source: str) -> CalendarState:
        now = self._context.clock()
        return replace(known, read_at=now, due_at=now + until_next(source), failures=0, failing_since=None)

    async def _note(self, sheet: _Sheet, known: CalendarState, is_written: bool) -> None:
        """It is as we have it. A file that is as it was a minute ago is not worth a line in the database."""
        before, known = self._known_of(sheet), self._well(known, sheet.source)
        self._known[sheet.community.key, sheet.source] = known
        if is_url(sheet.source) or before.failures or is_written:
            async with self._context.store.write() as connection:
                await calendars.save_calendar_state(connection, known)
        if known.read_at:
            self._context.health.calendars[sheet.name] = known.read_at.timestamp()
        self._context.health.warn(_concern(sheet), None)
        if before.failures:
            self._complained.discard(sheet.name)
            log.info("%s can be read again", sheet)

    async def _bear(self, sheet: _Sheet, why: Unavailable) -> None:
        """It cannot be had: what we have of it stays, and it is asked again later."""
        now, before = self._context.clock(), self._known_of(sheet)
        failures = before.failures + 1
        pause = until_next(sheet.source, failures, why.after)
        since = before.failing_since or now
        known = replace(before, failures=failures, failing_since=since, due_at=now + pause)
        self._known[sheet.community.key, sheet.source] = known
        async with self._context.store.write() as connection:
            await calendars.save_calendar_state(connection, known)
        if known.read_at:
            self._context.health.calendars[sheet.name] = known.read_at.timestamp()
        sentence = _sentence(sheet, why, known, since)
        self._context.health.warn(_concern(sheet), sentence)
        if sheet.name not in self._complained:
            self._complained.add(sheet.name)
            log.warning("%s", sentence)


def _sources(things: Collection[Thing]) -> set[str]:
    return {calendar.source for thing in things for calendar in thing.calendars}


def _concern(sheet: _Sheet) -> str:
    return f"calendar {' '.join(sheet.name)}"


def _sentence(sheet: _Sheet, why: Unavailable, known: CalendarState, since: datetime) -> str:
    kept = "nothing of it is known"
    if known.read_at:
        kept = f"what was read on {known.read_at:%Y-%m-%d %H:%M} UTC is still used"
    return f"{sheet} cannot be read since {since:%Y-%m-%d %H:%M} UTC: {why}; {kept}"
