"""Sets up rooms with clubs, a contractor and a resident on a real homeserver, and starts the bot."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from subprocess import Popen

from conversing_user import ConversingUser, register_users
from tenacity import AsyncRetrying, retry_if_result, stop_after_delay, wait_fixed

from bot.config.community import Community
from bot.config.load import load_communities, load_settings
from bot.demo.child_process import start_child, stop_child
from bot.demo.homeserver import Homeserver
from bot.demo.matrix_user import syncing
from bot.store.database.transaction import Store

ROOT = Path(__file__).parents[2]
LAUNCHER = Path(__file__).with_name("launcher.py")
PASSWORD = "adgangskode"

#: Events in a sync and in a page of a gap: few, so that there are gaps of several pages.
TIMELINE_LIMIT, PAGE_LIMIT = 8, 20

#: A person has one open question at a time, so the clubs that book the same pitch at once do nothing else.
PEOPLE = {
    "klub": "Klubben",
    "rival": "Rivalen",
    "tredje": "Den tredje",
    "fjerde": "Den fjerde",
    "firma": "Firmaet",
    "formand": "Formanden",
    "beboer": "Beboeren",
}

COMMUNITY = """\
name: {key}
room: "#{key}"
access: public
greeting: Velkommen til {key}!
people:
  klub: {{name: Klubben, matrix: "{klub}", roles: [club]}}
  rival: {{name: Rivalen, matrix: "{rival}", roles: [club]}}
  tredje: {{name: Den tredje, matrix: "{tredje}", roles: [club]}}
  fjerde: {{name: Den fjerde, matrix: "{fjerde}", roles: [club]}}
  firma: {{name: Firmaet, matrix: ["{firma}", "{formand}"], roles: [contractor]}}
things:
  bane-1: {{name: bane 1}}
  bane-2: {{name: bane 2}}
  bane-3: {{name: bane 3}}
tasks:
  slåning: {{duration: 2h, role: contractor}}
features: [bookings]
limits: off
"""


#: Seconds that anything may take while nothing is killed.
TIMEOUT_SECONDS = 600.0


async def wait_until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until a condition holds. Raise tenacity.RetryError after TIMEOUT_SECONDS."""
    retrying = AsyncRetrying(
        retry=retry_if_result(lambda found: not found), wait=wait_fixed(0.05), stop=stop_after_delay(TIMEOUT_SECONDS)
    )
    await retrying(condition)


@dataclass
class ChaosSetup:
    """The homeserver, the people by handle, the rooms by community, and the bot to start."""

    homeserver: Homeserver
    folder: Path
    bot: str
    people: dict[str, ConversingUser]
    rooms: dict[str, str] = field(default_factory=dict)
    page_limit: int = PAGE_LIMIT
    has_standby: bool = False

    @property
    def observer(self) -> ConversingUser:
        """The user whose client syncs. Seven syncing clients would load the homeserver more than the bot does."""
        return self.people["beboer"]

    def start_bot(self, kill_at: str = "") -> Popen[bytes]:
        """Start the bot; with `kill_at` it kills itself at that moment (see launcher.py)."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("BYLAUG_", "CHAOS_"))}
        environ |= {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "BYLAUG_PASSWORD": PASSWORD, "CHAOS_KILL_AT": kill_at}
        environ |= {"CHAOS_SYNC": str(TIMELINE_LIMIT), "CHAOS_PAGE": str(self.page_limit)}
        program = [sys.executable, str(LAUNCHER), "run", "-c", str(self.folder / "config.yaml")]
        return start_child(program, output=self.folder / "bot.log", environment=environ)

    @contextmanager
    def running_bot(self) -> Iterator[None]:
        """Run the bot during the block, and stop it properly."""
        program = self.start_bot()
        try:
            yield
        finally:
            stop_child(program)

    @property
    def log(self) -> str:
        """The output of the bot since the first start."""
        return (self.folder / "bot.log").read_text("utf-8", "replace")

    def communities(self) -> dict[str, Community]:
        """Return the communities by key, as the bot reads them."""
        found, problems = load_communities(
            self.folder / "rooms", server_name=self.homeserver.server_name, features=["bookings"]
        )
        assert problems == []
        return {community.key: community for community in found}

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Store]:
        """Open the bot's database."""
        store = Store(load_settings(self.folder / "config.yaml", {}).database)
        try:
            yield store
        finally:
            await store.close()

    async def join_rooms(self) -> None:
        """Wait until the bot has created its rooms, and let everybody join them."""
        for key in self.communities():
            alias = f"#{key}:{self.homeserver.server_name}"
            first = next(iter(self.people.values()))
            await wait_until(partial(first.try_to_join, alias))
            self.rooms[key] = await first.resolve_alias(alias)
            await asyncio.gather(*(person.join(alias) for person in self.people.values()))


@asynccontextmanager
async def set_up_chaos(
    homeserver: Homeserver, folder: Path, localpart: Callable[[str], str], rooms: int, database: str = ""
) -> AsyncIterator[ChaosSetup]:
    """Set up so many rooms. The bot is not started. On PostgreSQL (`database`) another one stands by."""
    localparts = {name: localpart(name) for name in PEOPLE}
    bot = localpart("bylaug")
    await homeserver.register(bot, PASSWORD)
    users = await register_users(homeserver, {localparts[name]: shown for name, shown in PEOPLE.items()})
    people = dict(zip(PEOPLE, users, strict=True))
    config = f'homeserver: {homeserver.url}\naccount: "@{bot}:{homeserver.server_name}"\n'
    config += f"database: {database}\n" if database else ""
    (folder / "config.yaml").write_text(config, "utf-8")
    (folder / "rooms").mkdir()
    ids = {name: person.account.user_id for name, person in people.items()}
    for _ in range(rooms):
        key = localpart("landsby")
        (folder / "rooms" / f"{key}.yaml").write_text(COMMUNITY.format(key=key, **ids), "utf-8")
    async with AsyncExitStack() as stack:
        for person in people.values():
            await stack.enter_async_context(person)
        setup = ChaosSetup(homeserver, folder, f"@{bot}:{homeserver.server_name}", people)
        setup.has_standby = database.startswith("postgresql")
        async with syncing([setup.observer]):
            yield setup
