"""Assembles the program and runs it. It is the only module that imports from everywhere."""

import asyncio
import logging
import signal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.calendars.poller import CalendarPoller
from bot.clock import Clock, system_clock
from bot.concurrency.retry import retry_while_unavailable
from bot.config.community import Community
from bot.config.contradictions import find_empty_sections
from bot.config.credentials import Credentials, find_exposed_secrets, load_credentials, require_passphrase
from bot.config.load import find_community_keys, load_settings
from bot.config.settings import Settings
from bot.errors import EX_CONFIG, Fatal, Problem
from bot.matrix.client import Client, LoggedOut
from bot.matrix.homeserver_watch import HomeserverWatch
from bot.matrix.login import delete_access_token, open_client
from bot.matrix.pictures import PictureUploader
from bot.matrix.room_encryption import RoomEncryption
from bot.matrix.rooms.maintenance import RoomMaintenance
from bot.matrix.send import make_sender
from bot.matrix.sync.own_messages import own_message_lookup
from bot.matrix.sync.sync_loop import SyncLoop
from bot.pipeline.config_watch import ConfigWatch
from bot.pipeline.context import Context
from bot.pipeline.feature_set import FeatureSet
from bot.pipeline.handling.prepare_reading import prepare_all
from bot.pipeline.handling.worker import InboxWorker
from bot.pipeline.health import Health
from bot.pipeline.inbound.config_changes import record_config_changes
from bot.pipeline.keys.settle import find_key_problems, settle_keys
from bot.pipeline.load_features import feature_names, load_configured_communities, load_features, migration_folders
from bot.pipeline.outbound.dispatch import Dispatcher
from bot.pipeline.outbound.sent_before import SentBefore
from bot.pipeline.replay import replay_after_restore
from bot.pipeline.retention import Retention
from bot.pipeline.shutdown import Shutdown, stop_on_signals
from bot.pipeline.timers import TimerScheduler
from bot.store.database.instance_lock import InstanceLock, create_instance_lock
from bot.store.database.schema import check_and_migrate
from bot.store.database.transaction import Store
from bot.store.messages import inbox, outbox
from bot.store.text_lock import open_text_lock
from bot.version import program_version
from bot.web.status_page import serve_status
from bot.web.systemd_notify import SystemdNotifier

log = logging.getLogger(__name__)


def read_communities(settings: Settings) -> tuple[list[Community], list[Problem]]:
    """Return the communities that can be served, and the problems of all files. Raises `Fatal` if there is none."""
    communities, problems = load_configured_communities(settings)
    if not communities:
        lines = "\n".join(str(problem) for problem in problems)
        raise Fatal(f"There is no community in {settings.communities} that can be served.\n{lines}", EX_CONFIG)
    return communities, problems


class App:
    """The running program. `health` has its state; `first_sync_started` is set when it begins to sync.

    A community with a problem is reported as not served, unless the problem is only a warning.
    """

    def __init__(
        self,
        settings: Settings,
        credentials: Credentials,
        communities: list[Community],
        problems: Iterable[Problem] = (),
        *,
        clock: Clock = system_clock,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.settings, self.credentials, self.communities, self.clock = settings, credentials, communities, clock
        self._configured = communities
        self.notifier = SystemdNotifier(environ or {})
        self.features = load_features(feature_names())
        self.health = Health()
        for problem in problems:
            log.log(logging.WARNING if problem.is_warning else logging.ERROR, "%s", problem)
            if not problem.is_warning:
                self.health.mark_not_served(Path(problem.file).stem, str(problem))
        self.first_sync_started = asyncio.Event()
        self._shutdown = Shutdown()
        self.watch = ConfigWatch(settings, credentials, communities, environ or {})

    def stop(self) -> None:
        """Finish the work under way and end."""
        self._shutdown.request()

    async def run(self) -> None:
        """Run until stopped. Raises `Fatal` when the program cannot go on."""
        async with self._shutdown.task_group(self.notifier.notify_stopping) as group:
            group.create_task(self.notifier.ping_watchdog(self.health))
            group.create_task(prepare_all(FeatureSet(self.features), self.communities))
            group.create_task(self.watch.run())
            group.create_task(self._serve())

    async def _serve(self) -> None:
        store = Store(self.settings.database, self._note_database_trouble)
        lock = create_instance_lock(store)
        try:
            async with serve_status(self.health, self.settings.status_address, store, lock):
                await retry_while_unavailable(lambda: self._run_with_lock(store, lock))
        finally:
            self.notifier.notify_stopping()
            await lock.release()
            await store.close()

    async def _run_with_lock(self, store: Store, lock: InstanceLock) -> None:
        """Wait for the instance lock, and run until it is lost or the database is unavailable."""
        await lock.acquire(self._note_standing_by)
        self.health.set_blocker("standing by", None)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(lock.hold())
                lock.check_database_exists()
                await check_and_migrate(store, migration_folders(self.features.values()))
                lock.mark_database_created()
                await self._settle_keys(store)
                await self._run_with_client(store)
        finally:
            self.health.pause_all_heartbeats()
            self.health.expect_no_answers()

    async def _settle_keys(self, store: Store) -> None:
        """Compare the keys of the files with the database, and serve the communities with what they still need."""
        present = find_community_keys(self.settings.communities)
        settled = await settle_keys(store, self._configured, self.features, self.clock(), present=present)
        self.communities = settled.communities
        self.watch.find_key_problems = partial(self._find_key_problems, store)
        self.health.set_warning("keys", "\n".join(map(str, settled.findings)) or None)

    async def _find_key_problems(self, store: Store, communities: Sequence[Community]) -> list[Problem]:
        """Return what `_settle_keys` would warn of after a restart with these communities."""
        present = find_community_keys(self.settings.communities)
        return await find_key_problems(store, communities, self.features, self.clock(), present=present)

    async def _run_with_client(self, store: Store) -> None:
        await open_text_lock(store, self.credentials.passphrase, is_locking=any(c.encrypted for c in self.communities))
        watch = HomeserverWatch(self.health, self.settings.homeserver, self.settings.account, self.clock)
        client = await open_client(self.settings, self.credentials, store, watch)
        try:
            await self._run_pipeline(store, client, watch)
        except* LoggedOut:
            await delete_access_token(store)
            raise
        finally:
            await client.close()

    def _note_database_trouble(self, reason: str | None) -> None:
        self.health.set_blocker("database", reason)
        if reason is not None:
            self.notifier.extend_start_timeout(reason)
        elif self.first_sync_started.is_set():
            self.notifier.set_status(self._describe_status())

    def _note_standing_by(self) -> None:
        """Tell systemd that the program is ready although it only waits for the lock.

        Another instance serves the rooms, so services that depend on the bot may start.
        """
        if "standing by" not in self.health.blockers:
            status = "standing by: another Bylaug works on this database, and this one takes over when that one ends"
            log.info("%s", status)
            self.notifier.notify_ready(status)
            self.health.set_blocker("standing by", status)

    def _describe_status(self) -> str:
        served = sum(reason is None for reason in self.health.communities.values())
        return f"serving {served} of {len(self.communities)} communities"

    def _assemble(self, store: Store, client: Client, watch: HomeserverWatch) -> "_Parts":
        context = Context(
            store,
            self.clock,
            self.health,
            FeatureSet(self.features),
            bot_names=self.settings.bot_names,
            stale_after=self.settings.stale_after,
        )

        def wake(place: str) -> None:
            worker.per_room.wake(place)

        async def wait_until_answered(place: str) -> None:
            await worker.wait_until_dispatched(place)
            await dispatcher.per_room.wait_until_idle(place)

        encryption = RoomEncryption(client, context, self.credentials, wake)
        rooms = RoomMaintenance(client, context, self.communities, encryption, wake, lambda: dispatcher, watch)
        sent_before = SentBefore(own_message_lookup(client), self.clock)
        pictures = PictureUploader(client, encryption, store)
        send = sent_before.send_once(make_sender(client, encryption, rooms.rejoiner, pictures))
        dispatcher = Dispatcher(context, send, rooms.limit)
        scheduler = TimerScheduler(context, wake)
        worker = InboxWorker(context, dispatcher, scheduler)
        sync_loop = SyncLoop(
            client, context, wake, wait_until_answered, rooms.add_invitations, encryption, rooms.rejoiner
        )
        calendars = CalendarPoller(context, wake, self.settings.trusted_calendar_hosts)
        return _Parts(context, encryption, rooms, sent_before, dispatcher, scheduler, worker, sync_loop, calendars)

    async def _run_pipeline(self, store: Store, client: Client, watch: HomeserverWatch) -> None:
        parts = self._assemble(store, client, watch)
        async with asyncio.TaskGroup() as group:
            if await watch.load(store):
                parts.dispatcher.limit.expect()
            group.create_task(watch.run(store))
            await self._prepare(parts)
            await parts.wake_waiting_places()
            log.info("Bylaug %s is %s", program_version(), self._describe_status())
            for keyed_worker in (parts.dispatcher.per_room, parts.worker.per_room):
                group.create_task(keyed_worker.run())
            receivers = [group.create_task(receiver.run()) for receiver in parts.receivers]
            self.first_sync_started.set()

            async def finish() -> None:
                for task in receivers:
                    task.cancel()
                await asyncio.gather(parts.worker.per_room.drain(), parts.dispatcher.per_room.drain())

            with self._shutdown.finish_before_end(finish):
                await asyncio.Event().wait()

    async def _prepare(self, parts: "_Parts") -> None:
        """Find the rooms, replay what happened after the backup of a restored database, and record changed files."""
        sync_loop, rooms = parts.sync_loop, parts.rooms
        joined = await sync_loop.store_first_position()
        await rooms.load()
        await parts.encryption.start(self.communities)
        await rooms.find_missing_rooms(joined)
        self.notifier.notify_ready(self._describe_status())
        read_events = partial(sync_loop.catch_up, follow_replacements=rooms.follow_replacements)
        timer_order = parts.scheduler.timer_order()
        await replay_after_restore(
            parts.context, parts.sent_before, parts.worker.handle_waiting, timer_order, read_events
        )
        await record_config_changes(parts.context)


@dataclass(frozen=True)
class _Parts:
    """The parts of the pipeline for one login."""

    context: Context
    encryption: RoomEncryption
    rooms: RoomMaintenance
    sent_before: SentBefore
    dispatcher: Dispatcher
    scheduler: TimerScheduler
    worker: InboxWorker
    sync_loop: SyncLoop
    calendars: CalendarPoller

    @property
    def receivers(self) -> tuple[SyncLoop, RoomEncryption, TimerScheduler, RoomMaintenance, CalendarPoller, Retention]:
        """Return the parts that fill the inbox side by side until the shutdown, and the one that empties old texts.

        They bring in events, room keys, timers, invitations and matches.
        """
        return self.sync_loop, self.encryption, self.scheduler, self.rooms, self.calendars, Retention(self.context)

    async def wake_waiting_places(self) -> None:
        """Wake the workers of the places with inbox or outbox rows that were left when the program last ended."""
        async with self.context.store.read() as connection:
            for place in await outbox.find_places_with_unsent(connection):
                self.dispatcher.wake(place)
            for place in await inbox.find_places_with_unhandled(connection):
                self.worker.per_room.wake(place)


async def run(config: Path, environ: Mapping[str, str]) -> None:
    """Read the configuration and run the program until it ends. Raises `Fatal` and `ConfigError`."""
    settings = load_settings(config, environ)
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s")
    # they log every wake-up, every plugin, and every statement with what people wrote
    for verbose in ("apscheduler", "alembic", "aiosqlite"):
        logging.getLogger(verbose).setLevel(logging.WARNING)
    credentials = load_credentials(settings, environ)
    communities, problems = read_communities(settings)
    served, locked_out = require_passphrase(communities, credentials)
    problems += [*locked_out, *find_exposed_secrets(settings), *find_empty_sections(served)]
    app = App(settings, credentials, served, problems, environ=environ)
    stop_on_signals(app.stop)
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, app.watch.request)
    await app.run()
