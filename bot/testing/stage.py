"""A room without a homeserver: the real pipeline on a real database, with a transport that only records."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from operator import attrgetter
from typing import Any

from bot.api.feature import Feature
from bot.config.community import Community
from bot.errors import Problem
from bot.ical.calendar_entry import CalendarEntry, Feed
from bot.ical.parse_feed import parse_feed
from bot.pipeline.context import Context
from bot.pipeline.feature_set import FeatureSet
from bot.pipeline.handling.worker import InboxWorker
from bot.pipeline.health import Health
from bot.pipeline.inbound.calendar_changes import calendar_window, store_feed
from bot.pipeline.inbound.config_changes import record_config_changes
from bot.pipeline.inbound.receive import receive
from bot.pipeline.keys.settle import settle_keys
from bot.pipeline.load_features import load_features, migration_folders
from bot.pipeline.outbound.dispatch import Dispatcher
from bot.pipeline.room_directory import RoomDirectory
from bot.pipeline.timers import TimerScheduler
from bot.store.calendars.calendars import CalendarState
from bot.store.database.transaction import Store
from bot.store.messages import pictures
from bot.store.messages.inbox import Incoming
from bot.store.messages.outbox import OutboxRow
from bot.store.messages.timers import find_next_due
from bot.testing.new_database import create_tables

STAGE_PLACE = "matrix:roomid/stage:example.org"

#: The time at the beginning: a Tuesday morning in week 24 of 2026, 10:00 in Denmark.
START_TIME = datetime(2026, 6, 9, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Heard:
    """One event of the bot in the room. `kind` is "say", "edit" or "react".

    `target` is the event that is edited or reacted to, or the root of the thread. `notify` are the addresses that the
    event mentions. `picture` is the file name of a picture whose caption the text is. `outbox_id` is the id of the row
    in the outbox, where there is one.
    """

    event: str
    kind: str
    plain: str
    html: str
    notify: tuple[str, ...]
    target: str | None
    picture: str = ""
    outbox_id: int = field(default=0, compare=False)


@dataclass
class Stage:
    """A community's room for tests. `heard` is everything the bot did, oldest first; `now` is its clock and can be set.

    `pictures` has the content of each picture by its event. `findings` are the warnings about keys of the last
    `configure`. The methods that let something happen return what the bot
    did in answer to it.
    """

    context: Context
    community: Community
    heard: list[Heard] = field(default_factory=list)
    now: datetime = START_TIME
    pictures: dict[str, bytes] = field(default_factory=dict)
    findings: list[Problem] = field(default_factory=list)
    _file: Community | None = None
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def say(self, who: str, text: str, *, under: str | None = None, **payload: Any) -> list[Heard]:
        """Let a person write. `who` is a handle, or an address that no person has; `under` is a thread."""
        thread = {"thread": under} if under else {}
        message = {"text": text, "to_us": False, "mentions": [], **thread, **payload}
        return await self.bring(self.incoming(who, "message", message))

    async def tap(self, who: str, emoji: str, on: str) -> list[Heard]:
        """Let a person react to an event with an emoji."""
        return await self.bring(self.incoming(who, "tap", {"target": on, "key": emoji}))

    def incoming(self, who: str, kind: str, payload: dict[str, Any]) -> Incoming:
        """Return an Incoming of a kind from a person, for `bring`."""
        person = self.community.person(who)
        sender = person.addresses[0] if person else who
        return Incoming("stage", f"${next(self._numbers)}", STAGE_PLACE, sender, kind, self.now, payload)

    async def bring(self, *incoming: Incoming) -> list[Heard]:
        """Receive everything at once, and wait until the bot has handled it and sent its answers."""
        before = len(self.heard)
        for place in await receive(self.context, incoming):
            self._worker.per_room.wake(place)
        await self._wait_until_idle()
        return self.heard[before:]

    async def wait(self, how_long: timedelta) -> list[Heard]:
        """Move the clock at once. What falls due meanwhile happens at the end of that time."""
        before = len(self.heard)
        self.now += how_long
        await self._scheduler.fire_due()
        await self._wait_until_idle()
        return self.heard[before:]

    async def read_calendar(self, content: str | bytes, source: str | None = None) -> list[Heard]:
        """Let the bot read an iCalendar file from `source`, by default the first calendar that a thing names."""
        data = content.encode() if isinstance(content, str) else content
        window = calendar_window(self.now)
        feed = parse_feed(data, self.community.time_zone, window.start, window.end)
        return await self._receive_feed(feed, source)

    async def set_calendar_entries(self, entries: Iterable[CalendarEntry], source: str | None = None) -> list[Heard]:
        """Let the bot read these entries from `source`, by default the first calendar that a thing names."""
        return await self._receive_feed(Feed(tuple(entries)), source)

    async def _receive_feed(self, feed: Feed, source: str | None) -> list[Heard]:
        source = source or next(calendar.source for thing in self.community.things for calendar in thing.calendars)
        before = len(self.heard)
        state = CalendarState(self.community.key, source, read_at=self.now)
        if await store_feed(self.context, STAGE_PLACE, state, feed, calendar_window(self.now)):
            self._worker.per_room.wake(STAGE_PLACE)
        await self._wait_until_idle()
        return self.heard[before:]

    async def live_until(self, moment: datetime) -> list[Heard]:
        """Let time pass up to a moment. What falls due happens at the time when it is due."""
        before = len(self.heard)
        while True:
            async with self.context.store.read() as connection:
                due_at = await find_next_due(connection)
            if due_at is None or due_at > moment:
                break
            self.now = max(self.now, due_at)
            await self._scheduler.fire_due()
            await self._wait_until_idle()
        self.now = moment
        return self.heard[before:]

    async def configure(self, community: Community) -> list[Heard]:
        """Restart with another community file, of which `keys` are compared with the database.

        The features stay those of before.
        """
        before = len(self.heard)
        features = self.context.features.by_name
        former, self._file = self._file or self.community, replace(community, features=self.community.features)
        for file in (former, self._file):
            settled = await settle_keys(self.context.store, [file], features, self.now)
            (self.community,), self.findings = settled.communities, settled.findings
        self.context.rooms.communities[STAGE_PLACE] = self.community
        await record_config_changes(self.context)
        self._worker.per_room.wake(STAGE_PLACE)
        await self._wait_until_idle()
        return self.heard[before:]

    async def _wait_until_idle(self) -> None:
        await self._worker.per_room.wait_until_idle(STAGE_PLACE)
        await self._dispatcher.per_room.wait_until_idle(STAGE_PLACE)
        # Answers to different messages may be under way at the same time. Here they are heard as they were written.
        self.heard.sort(key=attrgetter("outbox_id"))

    async def _send(self, row: OutboxRow) -> str:
        event = f"$bot-{len(self.heard) + 1}"
        content = row.content
        plain, html = content.get("plain", content.get("key", "")), content.get("html", "")
        target = row.target or content.get("thread")
        kind, picture = ("say", content["picture"]["name"]) if row.kind == "picture" else (row.kind, "")
        if picture:
            await self._keep_picture(event, row)
        notify = tuple(content.get("notify", ()))
        self.heard.append(Heard(event, kind, plain, html, notify, target, picture, row.id))
        return event

    async def _keep_picture(self, event: str, row: OutboxRow) -> None:
        async with self.context.store.read() as connection:
            picture = await pictures.find_picture(connection, row.id)
        assert picture is not None, "a picture is kept until it was sent"
        self.pictures[event] = picture[0]

    def _create_workers(self) -> None:
        self._dispatcher = Dispatcher(self.context, self._send)
        self._scheduler = TimerScheduler(self.context, lambda place: self._worker.per_room.wake(place))
        self._worker = InboxWorker(self.context, self._dispatcher, self._scheduler)

    @classmethod
    @asynccontextmanager
    async def open(
        cls, url: str, community: Community, features: Iterable[Feature] = (), *, names: frozenset[str] = frozenset()
    ) -> AsyncIterator["Stage"]:
        """Open a stage on a database of its own. `features` are switched on beside those the community names.

        `names` are the names that address the bot in a message.
        """
        given = {feature.name: feature for feature in features}
        community = replace(community, features=tuple(dict.fromkeys((*community.features, *given))))
        given_names = {name for feature in given.values() for name in feature.names}
        loaded = load_features(set(community.features) - given_names) | given
        store = Store(url)
        try:
            await create_tables(store, migration_folders(loaded.values()))
            rooms = RoomDirectory({STAGE_PLACE: community})
            context = Context(store, lambda: stage.now, Health(), FeatureSet(loaded), names, rooms)
            stage = cls(context, community)
            stage._create_workers()
            async with stage._workers_running():
                yield stage
        finally:
            await store.close()

    @asynccontextmanager
    async def _workers_running(self) -> AsyncIterator[None]:
        """Run the workers in a task of their own. A task group around the test would wrap its failures in a group."""
        workers = asyncio.create_task(self._run_workers())
        try:
            yield
        finally:
            workers.cancel()
            with suppress(asyncio.CancelledError):
                await workers

    async def _run_workers(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._dispatcher.per_room.run())
            group.create_task(self._worker.per_room.run())
