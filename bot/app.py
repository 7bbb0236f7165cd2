"""Puts the program together and runs it: the only place that knows everyone."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from bot.calendars.poller import CalendarPoller
from bot.clock import Clock, system_clock
from bot.concurrency.retry import retry_while_unavailable
from bot.config.community import Community
from bot.config.credentials import Credentials, load_credentials, require_passphrase
from bot.config.load import load_communities, load_settings
from bot.config.settings import Settings
from bot.errors import EX_CONFIG, Fatal, Problem
from bot.matrix.client import Client, LoggedOut
from bot.matrix.login import delete_access_token, open_client
from bot.matrix.pictures import PictureUploader
from bot.matrix.room_encryption import RoomEncryption
from bot.matrix.rooms.maintenance import RoomMaintenance
from bot.matrix.send import make_sender
from bot.matrix.sync.own_messages import own_message_lookup
from bot.matrix.sync.sync_loop import SyncLoop
from bot.pipeline.context import Context
from bot.pipeline.feature_set import FeatureSet
from bot.pipeline.handling.worker import InboxWorker
from bot.pipeline.health import Health
from bot.pipeline.inbound.config_changes import record_config_changes
from bot.pipeline.load_features import feature_names, load_features, migration_folders, renamed_features
from bot.pipeline.outbound.dispatch import Dispatcher
from bot.pipeline.outbound.sent_before import SentBefore
from bot.pipeline.replay import replay_after_restore
from bot.pipeline.shutdown import Shutdown, stop_on_signals
from bot.pipeline.timers import TimerScheduler
from bot.store.database.instance_lock import InstanceLock, create_instance_lock
from bot.store.database.schema import check_and_migrate
from bot.store.database.transaction import Store
from bot.store.messages import inbox, outbox
from bot.web.systemd_notify import SystemdNotifier

log = logging.getLogger(__name__)


def read_communities(settings: Settings, names: Iterable[str]) -> tuple[list[Community], list[Problem]]:
    """The communities that can be served, and what is wrong with the others. Raises `Fatal` when none can."""
    communities, problems = load_communities(
        settings.communities, server_name=settings.server_name, features=list(names), renamed=renamed_features()
    )
    found = "\n".join(str(problem) for problem in problems)
    if not communities:
        raise Fatal(f"There is no community in {settings.communities} that can be served.\n{found}", EX_CONFIG)
    return communities, problems


class App:
    """The running program. `watch` tells how it is doing; `listening` is set when the first sync is asked for.

    A community in `problems` is left out and reported as not served, unless it is a warning; the others live.
    """

    def __init__(
        self,
        settings: Settings,
        secret: Credentials,
        communities: list[Community],
        problems: Iterable[Problem] = (),
        *,
        clock: Clock = system_clock,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.settings, self.secret, self.communities, self.clock = settings, secret, communities, clock
        self.notifier = SystemdNotifier(environ or {})
        self.features = load_features(feature_names())
        self.health = Health()
        for problem in problems:
            log.log(logging.WARNING if problem.is_warning else logging.ERROR, "%s", problem)
            if not problem.is_warning:
                self.health.mark_not_served(Path(problem.file).stem, str(problem))
        self.first_sync_started = asyncio.Event()
        self._stop = Shutdown()

    def stop(self) -> None:
        """Finish what is in hand and end."""
        self._stop.request()

    async def run(self) -> None:
        """Run until stopped. Raises `Fatal` when it cannot go on."""
        async with self._stop.task_group(self.notifier.notify_stopping) as group:
            group.create_task(self.notifier.ping_watchdog(self.health))
            group.create_task(self._serve())

    async def _serve(self) -> None:
        store = Store(self.settings.database, self._hear_of_database)
        seat = create_instance_lock(store)
        try:
            async with self._status_page(store):
                await retry_while_unavailable(lambda: self._term(store, seat))
        finally:
            self.notifier.notify_stopping()
            await seat.release()
            await store.close()

    async def _term(self, store: Store, seat: InstanceLock) -> None:
        """From having the database to ourselves until it is lost, or in a trouble that was not foreseen."""
        await seat.acquire(self._stand_by)
        self.health.set_blocker("standing by", None)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(seat.hold())
                seat.check_database_exists()
                await check_and_migrate(store, migration_folders(self.features.values()))
                seat.mark_database_created()
                await self._work(store)
        finally:
            self.health.pause_all_heartbeats()

    async def _work(self, store: Store) -> None:
        client = await open_client(self.settings, self.secret, store)
        try:
            await self._live(store, client)
        except* LoggedOut:
            await delete_access_token(store)
            raise
        finally:
            await client.close()

    def _hear_of_database(self, why: str | None) -> None:
        self.health.set_blocker("database", why)
        if why is not None:
            self.notifier.extend_start_timeout(why)
        elif self.first_sync_started.is_set():
            self.notifier.set_status(self._serving())

    def _stand_by(self) -> None:
        """For systemd it is up: what depends on the bot is served, by another."""
        if "standing by" not in self.health.blockers:
            why = "standing by: another Bylaug works on this database, and this one takes over when that one ends"
            log.info("%s", why)
            self.notifier.notify_ready(why)
            self.health.set_blocker("standing by", why)

    def _serving(self) -> str:
        served = sum(reason is None for reason in self.health.communities.values())
        return f"serving {served} of {len(self.communities)} communities"

    @asynccontextmanager
    async def _status_page(self, store: Store) -> AsyncIterator[None]:
        """Off when not configured, and then not even loaded."""
        if self.settings.status_address is None:
            yield
            return
        from bot.web.status_server import StatusServer

        async def measure() -> None:
            async with store.read() as connection:
                self.health.set_gauge("inbox_waiting", await inbox.count_unhandled(connection))
                self.health.set_gauge("outbox_waiting", await outbox.count_unsent(connection))

        async with StatusServer(self.health, self.settings.status_address, update_gauges=measure):
            yield

    async def _live(self, store: Store, client: Client) -> None:
        context = Context(
            store,
            self.clock,
            self.health,
            FeatureSet(self.features),
            bot_names=_names(self.settings),
            stale_after=self.settings.stale_after,
        )
        encryption = RoomEncryption(client, context, self.secret, lambda place: worker.per_room.wake(place))
        rooms = RoomMaintenance(
            client, context, self.communities, encryption, lambda place: worker.per_room.wake(place), lambda: dispatcher
        )
        recollection = SentBefore(own_message_lookup(client), self.clock)
        pictures = PictureUploader(client, encryption, store)
        dispatcher = Dispatcher(
            context, recollection.send_once(make_sender(client, encryption, rooms.rejoiner, pictures))
        )
        scheduler = TimerScheduler(context, lambda place: worker.per_room.wake(place))
        worker = InboxWorker(context, dispatcher, scheduler)

        async def answered(place: str) -> None:
            await worker.wait_until_dispatched(place)
            await dispatcher.per_room.wait_until_idle(place)

        sync_loop = SyncLoop(
            client, context, worker.per_room.wake, answered, rooms.add_invitations, encryption, rooms.rejoiner
        )
        async with asyncio.TaskGroup() as group:
            await sync_loop.store_first_position()
            await rooms.load()
            await encryption.start(self.communities)
            await rooms.find_missing_rooms()
            self.notifier.notify_ready(self._serving())
            listen = partial(sync_loop.catch_up, follow_replacements=rooms.follow_replacements)
            await replay_after_restore(context, recollection, worker.handle_waiting, scheduler.timer_order(), listen)
            await record_config_changes(context)
            await self._take_up(store, worker, dispatcher)
            for keyed_worker in (dispatcher.per_room, worker.per_room):
                group.create_task(keyed_worker.run())
            calendars = CalendarPoller(context, worker.per_room.wake, self.settings.trusted_calendar_hosts)
            hearing = [group.create_task(part.run()) for part in (sync_loop, encryption, scheduler, rooms, calendars)]
            self.first_sync_started.set()

            async def finish() -> None:
                for task in hearing:
                    task.cancel()
                await asyncio.gather(worker.per_room.drain(), dispatcher.per_room.drain())

            with self._stop.finish_before_end(finish):
                await asyncio.Event().wait()

    async def _take_up(self, store: Store, worker: InboxWorker, dispatcher: Dispatcher) -> None:
        """What was left over when the program last ended."""
        async with store.read() as connection:
            for place in await outbox.find_places_with_unsent(connection):
                dispatcher.wake(place)
            for place in await inbox.find_places_with_unhandled(connection):
                worker.per_room.wake(place)


def _names(settings: Settings) -> frozenset[str]:
    """What people call the bot; clients write a mention into the plain text as a name or as an id."""
    names = (settings.display_name, f"@{settings.display_name}", settings.account, settings.account.partition(":")[0])
    return frozenset(name.casefold() for name in names)


async def run(config: Path, environ: Mapping[str, str]) -> None:
    """The whole program, from its configuration to its end."""
    settings = load_settings(config, environ)
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s")
    # every look at the clock, every plugin loaded, and every statement with what people wrote
    for talkative in ("apscheduler", "alembic", "aiosqlite"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    secret = load_credentials(settings, environ)
    communities, problems = read_communities(settings, feature_names())
    served, locked_out = require_passphrase(communities, secret)
    app = App(settings, secret, served, [*problems, *locked_out], environ=environ)
    stop_on_signals(app.stop)
    await app.run()
