"""Rooms with clubs, a contractor and a resident in them, on a real homeserver, and the bot that can be killed there."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from subprocess import Popen

from callers import Caller, register
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

#: Events that a sync and a page of a gap bring: few, so that there are gaps, and several pages in them.
AT_ONCE, PAGE = 8, 20

#: Clubs have one question open at a time, so those who race for a pitch do nothing else.
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


#: Seconds that anything may take which is not killed meanwhile.
PATIENCE = 600.0


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Look again and again. Raises tenacity.RetryError when it is not so in time."""
    retrying = AsyncRetrying(
        retry=retry_if_result(lambda found: not found), wait=wait_fixed(0.05), stop=stop_after_delay(PATIENCE)
    )
    await retrying(is_so)


@dataclass
class Town:
    """The people by who they are, the rooms by community, and the program."""

    homeserver: Homeserver
    folder: Path
    bot: str
    people: dict[str, Caller]
    rooms: dict[str, str] = field(default_factory=dict)
    page: int = PAGE

    @property
    def eyes(self) -> Caller:
        """The one whose client follows the rooms; seven of them would keep the homeserver busier than the bot does."""
        return self.people["beboer"]

    def start_bot(self, strike: str = "") -> Popen[bytes]:
        """Start the program; with `strike` it will kill itself then."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("BYLAUG_", "CHAOS_"))}
        environ |= {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "BYLAUG_PASSWORD": PASSWORD, "CHAOS_STRIKE": strike}
        environ |= {"CHAOS_SYNC": str(AT_ONCE), "CHAOS_PAGE": str(self.page)}
        program = [sys.executable, str(LAUNCHER), "run", "-c", str(self.folder / "config.yaml")]
        return start_child(program, output=self.folder / "bot.log", environment=environ)

    @contextmanager
    def living_bot(self) -> Iterator[None]:
        """The program, stopped in good order."""
        program = self.start_bot()
        try:
            yield
        finally:
            stop_child(program)

    @property
    def log(self) -> str:
        """Everything the program wrote, in all its lives."""
        return (self.folder / "bot.log").read_text("utf-8", "replace")

    def communities(self) -> dict[str, Community]:
        """As the bot reads them, by key."""
        found, problems = load_communities(
            self.folder / "rooms", server_name=self.homeserver.server_name, features=["bookings"]
        )
        assert problems == []
        return {community.key: community for community in found}

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Store]:
        """The bot's own."""
        store = Store(load_settings(self.folder / "config.yaml", {}).database)
        try:
            yield store
        finally:
            await store.close()

    async def move_in(self) -> None:
        """Let the bot make its rooms, and everybody join them."""
        for key in self.communities():
            alias = f"#{key}:{self.homeserver.server_name}"
            first = next(iter(self.people.values()))
            await until(partial(first.come_in, alias))  # the bot is starting
            self.rooms[key] = await first.resolve_alias(alias)
            await asyncio.gather(*(person.join(alias) for person in self.people.values()))


@asynccontextmanager
async def town_on(
    homeserver: Homeserver, folder: Path, localpart: Callable[[str], str], rooms: int, database: str = ""
) -> AsyncIterator[Town]:
    """A town of so many rooms. The bot is not started yet."""
    locals_ = {name: localpart(name) for name in PEOPLE}
    bot = localpart("bylaug")
    await homeserver.register(bot, PASSWORD)
    callers = await register(homeserver, {locals_[name]: shown for name, shown in PEOPLE.items()})
    people = dict(zip(PEOPLE, callers, strict=True))
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
        made = Town(homeserver, folder, f"@{bot}:{homeserver.server_name}", people)
        async with syncing([made.eyes]):
            yield made
