"""Runs a homeserver with accounts for the people of the shipped communities, and the bot, in a temporary folder."""

import asyncio
import os
import re
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

#: The root of the repository; SHIPPED_ROOMS is its folder of community files.
CHECKOUT = Path(__file__).resolve().parents[2]
SHIPPED_ROOMS = CHECKOUT / "rooms"

BOT_LOCALPART = "bylaug"
#: Last lines of the bot's log that are shown to explain why the bot ended.
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
    """Everything the demo needs, in a folder that the caller passes. `close` ends the programs that were started."""

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
        """The bot's configuration, loaded from its config.yaml."""
        return load_settings(self.folder / "config.yaml", {})

    @property
    def bot_id(self) -> str:
        """The Matrix id of the bot."""
        return f"@{BOT_LOCALPART}:{self.homeserver.server_name}"

    def copy_communities(self) -> None:
        """Copy and load the community files. Raises DemoError when there are none, or one of them is wrong."""
        if not any(self.rooms_folder.glob("*.yaml")):
            raise DemoError("no-rooms", folder=str(self.rooms_folder.parent))
        shutil.copytree(self.rooms_folder, self.folder / "rooms")
        for file in (self.folder / "rooms").glob("*.yaml"):  # nobody else reaches this homeserver, and all may look
            file.write_text(re.sub("^access: invited", "access: public", file.read_text("utf-8"), flags=re.M), "utf-8")
        server_name = self.homeserver.server_name
        self.communities, problems = load_communities(self.folder / "rooms", server_name=server_name, features=None)
        if problems:
            raise DemoError("wrong-rooms", details="\n".join(map(str, problems)))

    def find_community(self, key: str) -> Community:
        """Return the community with a key. Raises DemoError when there is none."""
        for community in self.communities:
            if community.key == key:
                return community
        raise DemoError("no-rooms", folder=str(self.rooms_folder.parent))

    async def register_accounts(self, unlisted_names: Iterable[str]) -> None:
        """Register the bot, everybody in the community files, and people whom no file lists."""
        people = (person for community in self.communities for person in community.people)
        listed = (user_id(address) for person in people for address in person.addresses)
        unlisted = (f"@{name}:{self.homeserver.server_name}" for name in unlisted_names)
        for user in sorted({self.bot_id, *filter(None, listed), *unlisted}):
            localpart, _, server = user[1:].partition(":")
            if server == self.homeserver.server_name:
                self.accounts[user] = await self.homeserver.register(localpart, self.password)

    def start_bot(self) -> None:
        """Write config.yaml and the password, and start the real program with them."""
        config = self.folder / "config.yaml"
        server_name = self.homeserver.server_name
        config.write_text(
            CONFIG_TEMPLATE.format(url=self.homeserver.url, bot=BOT_LOCALPART, server=server_name), "utf-8"
        )
        password_file = self.folder / "password"
        password_file.touch(0o600)
        password_file.write_text(self.password, "utf-8")
        program = [sys.executable, "-m", "bot", "run", "-c", str(config)]
        self._bot = start_child(program, output=self.folder / "bot.log", environment=_bot_environment())

    def check_bot_runs(self) -> None:
        """Raise DemoError with the last lines of the log when the bot has ended."""
        if self._bot is not None and (exit_code := self._bot.poll()) is not None:
            raise DemoError("bot-ended", code=exit_code, details=self.last_log_lines())

    def last_log_lines(self) -> str:
        """Return the last lines of the bot's log."""
        log = self.folder / "bot.log"
        lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
        return "\n".join(lines[-MAX_LOG_LINES:])

    async def close(self) -> None:
        """Stop the bot and the homeserver."""
        if self._bot is not None:
            await asyncio.shield(asyncio.to_thread(stop_child, self._bot))
        await self.homeserver.stop()


def _bot_environment() -> dict[str, str]:
    """Return the environment of this process without variables that would change the bot's configuration.

    PYTHONPATH makes the bot run the code of this checkout.
    """
    removed = ("CREDENTIALS_DIRECTORY", "STATE_DIRECTORY", "NOTIFY_SOCKET", "WATCHDOG_USEC")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("BYLAUG_") and name not in removed
    }
    paths = filter(None, (str(CHECKOUT), environment.get("PYTHONPATH")))
    return environment | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"}
