"""A village in a temporary folder: a homeserver, the people of the shipped communities, and the bot."""

import asyncio
import os
import secrets
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

from bot.config.community import Community
from bot.config.load import load_communities, load_settings
from bot.config.settings import Settings
from bot.demo.child_process import start_child, stop_child
from bot.demo.errors import DemoError
from bot.demo.homeserver import Account, Homeserver
from bot.matrix.address import user_id

#: Where the program was taken from, and the communities that stand beside it there.
CHECKOUT = Path(__file__).resolve().parents[2]
SHIPPED_ROOMS = CHECKOUT / "rooms"

BOT_LOCALPART = "bylaug"
#: As many of the bot's last lines as tell why it ended.
MAX_LOG_LINES = 12

CONFIG_TEMPLATE = """\
homeserver: {url}
account: "@{bot}:{server}"
password_file: password
database: sqlite:///bylaug.db
communities: rooms
"""


@dataclass
class DemoEnvironment:
    """Everything the story needs, in a folder that is the caller's; `close` ends what was started."""

    folder: Path
    rooms_folder: Path = SHIPPED_ROOMS
    homeserver: Homeserver = field(init=False)
    communities: list[Community] = field(init=False)
    accounts: dict[str, Account] = field(default_factory=dict)
    password: str = field(default_factory=lambda: secrets.token_hex(4))
    _bot: Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.homeserver = Homeserver(self.folder / "homeserver")

    @property
    def settings(self) -> Settings:
        """The bot's configuration, as it reads it."""
        return load_settings(self.folder / "config.yaml", {})

    @property
    def bot_id(self) -> str:
        """Who the bot is."""
        return f"@{BOT_LOCALPART}:{self.homeserver.server_name}"

    def copy_communities(self) -> None:
        """Copy the communities. Raises `DemoError` when there are none, or one of them is wrong."""
        if not any(self.rooms_folder.glob("*.yaml")):
            raise DemoError("no-rooms", folder=str(self.rooms_folder.parent))
        shutil.copytree(self.rooms_folder, self.folder / "rooms")
        name = self.homeserver.server_name
        self.communities, problems = load_communities(self.folder / "rooms", server_name=name, features=None)
        if problems:
            raise DemoError("wrong-rooms", details="\n".join(map(str, problems)))

    def find_community(self, key: str) -> Community:
        """One of the communities. Raises `DemoError` when it is not among them."""
        for community in self.communities:
            if community.key == key:
                return community
        raise DemoError("no-rooms", folder=str(self.rooms_folder.parent))

    async def register_accounts(self, unlisted_names: Iterable[str]) -> None:
        """Give the bot, everybody in the communities, and neighbours whom no file lists, their accounts."""
        listed = (user_id(a) for one in self.communities for person in one.people for a in person.addresses)
        users = {
            self.bot_id,
            *filter(None, listed),
            *(f"@{name}:{self.homeserver.server_name}" for name in unlisted_names),
        }
        for user in sorted(users):
            localpart, _, server = user[1:].partition(":")
            if server == self.homeserver.server_name:
                self.accounts[user] = await self.homeserver.register(localpart, self.password)

    def start_bot(self) -> None:
        """Start the real program on a configuration like any other."""
        config = self.folder / "config.yaml"
        written = CONFIG_TEMPLATE.format(url=self.homeserver.url, bot=BOT_LOCALPART, server=self.homeserver.server_name)
        config.write_text(written, "utf-8")
        secret = self.folder / "password"
        secret.touch(0o600)
        secret.write_text(self.password, "utf-8")
        program = [sys.executable, "-m", "bot", "run", "-c", str(config)]
        self._bot = start_child(program, output=self.folder / "bot.log", environment=_bot_environment())

    def check_bot_runs(self) -> None:
        """Raises `DemoError` with its last words when the bot has ended."""
        if self._bot is not None and (code := self._bot.poll()) is not None:
            raise DemoError("bot-ended", code=code, details=self.last_log_lines())

    def last_log_lines(self) -> str:
        """The end of the bot's log."""
        log = self.folder / "bot.log"
        lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
        return "\n".join(lines[-MAX_LOG_LINES:])

    async def close(self) -> None:
        """End the bot and the homeserver."""
        if self._bot is not None:
            await asyncio.shield(asyncio.to_thread(stop_child, self._bot))
        await self.homeserver.stop()


def _bot_environment() -> dict[str, str]:
    """Ours without what would reach into the bot's configuration from outside; it finds the same program as we."""
    foreign = ("CREDENTIALS_DIRECTORY", "STATE_DIRECTORY", "NOTIFY_SOCKET", "WATCHDOG_USEC")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BYLAUG_") and name not in foreign}
    paths = filter(None, (str(CHECKOUT), kept.get("PYTHONPATH")))
    return kept | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"}
