"""How the bot itself is set up: which homeserver, which account, where things are kept."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.config.address import complete_user
from bot.config.scalars import text_of
from bot.config.suggest import unknown
from bot.config.written import Name, Written

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
_LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True)
class Settings:
    """What config.yaml says, complete and with absolute paths. Secrets are not in here: see bot.config.secret."""

    homeserver: str
    account: str
    display_name: str
    device_name: str
    password_file: Path | None
    access_token_file: Path | None
    database: str
    communities: Path
    status_listen: str | None
    log_level: str
    file: str

    @property
    def server_name(self) -> str:
        """The server our account lives on, which short names in community files are completed with."""
        return self.account.partition(":")[2]

    @property
    def status_address(self) -> tuple[str, int] | None:
        """Host and port of the status page, None when it is off."""
        if self.status_listen is None:
            return None
        host, _, port = self.status_listen.rpartition(":")
        return host.strip("[]"), int(port)


def _homeserver(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or parts.username:
        raise ValueError(f"'{text}' is not the address of a homeserver, which looks like 'https://matrix.example.org'")
    return text.rstrip("/")


def _account(text: str) -> str:
    if ":" not in text:
        raise ValueError(f"'{text}' lacks its server, the account is written \"@bylaug:example.org\"")
    return complete_user(text, "")


def _database(text: str) -> str:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("this is not a database URL, such as sqlite:///bylaug.db or postgresql://host/name") from None
    if url.drivername not in _DRIVERS:
        raise ValueError(unknown("database", url.drivername, _DRIVERS))
    if url.drivername.startswith("sqlite") and url.database in (None, "", ":memory:"):
        raise ValueError("the database must be a file, such as sqlite:///bylaug.db; one in memory forgets everything")
    return url.set(drivername=_DRIVERS[url.drivername]).render_as_string(hide_password=False)


def _listen(value: Any) -> str | None:
    if value is None or text_of(value).casefold() in ("off", "no", "false"):
        return None
    text = text_of(value)
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port[:6]) < 65536 and _is_loopback(host)):
        raise ValueError(f"'{text}' is not a port on this machine alone, which is written 127.0.0.1:9180")
    return text


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _level(value: Any) -> str:
    text = text_of(value).casefold()
    if text not in _LEVELS:
        raise ValueError(unknown("log level", text, _LEVELS))
    return text.upper()


_OPTIONAL_TEXT = WithJsonSchema({"type": ["string", "null", "boolean"]})


class WrittenSettings(Written):
    """The configuration of Bylaug: where it lives and as whom."""

    homeserver: Annotated[Name, AfterValidator(_homeserver)] = Field(
        description="The URL that clients of the homeserver use, 'https://matrix.example.org'."
    )
    account: Annotated[Name, AfterValidator(_account)] = Field(
        description="The bot's Matrix id, '@bylaug:example.org'. Put quotes around it."
    )
    display_name: Name = Field("Bylaug", description="The name people see.")
    device_name: Name = Field("Bylaug", description="The name of the bot's session in its list of devices.")
    password_file: Name | None = Field(
        None,
        description="A file with the account's password. BYLAUG_PASSWORD in the environment and systemd's credential"
        " 'password' do as well.",
    )
    access_token_file: Name | None = Field(
        None,
        description="A file with an access token, instead of a password. BYLAUG_ACCESS_TOKEN in the environment and"
        " systemd's credential 'access_token' do as well.",
    )
    database: Annotated[Name, AfterValidator(_database)] = Field(
        default="sqlite:///bylaug.db",
        validate_default=True,
        description="Where everything is kept, 'sqlite:///bylaug.db' or 'postgresql://host/name' (with its password"
        " in PGPASSFILE or PGPASSWORD).",
    )
    communities: Name = Field("rooms", description="The folder with one file per community, beside this file.")
    status_listen: Annotated[str | None, BeforeValidator(_listen), _OPTIONAL_TEXT] = Field(
        None, description="A port on this machine for /live, /ready and /metrics, '127.0.0.1:9180'; off when left out."
    )
    log_level: Annotated[str, BeforeValidator(_level), WithJsonSchema({"type": "string", "enum": list(_LEVELS)})] = (
        Field(default="info", validate_default=True, description="How much is written to the log.")
    )


def settle(written: WrittenSettings, file: Path, environ: Mapping[str, str]) -> Settings:
    """Makes paths absolute: beside the configuration, the database in systemd's STATE_DIRECTORY where there is one."""
    folder = file.absolute().parent
    state = Path(environ.get("STATE_DIRECTORY", "").split(":")[0] or folder)
    return Settings(
        homeserver=written.homeserver,
        account=written.account,
        display_name=written.display_name,
        device_name=written.device_name,
        password_file=_beside(folder, written.password_file),
        access_token_file=_beside(folder, written.access_token_file),
        database=_place_database(written.database, state),
        communities=folder / Path(written.communities).expanduser(),
        status_listen=written.status_listen,
        log_level=written.log_level,
        file=str(file),
    )


def _beside(folder: Path, name: str | None) -> Path | None:
    return None if name is None else folder / Path(name).expanduser()


def _place_database(database: str, folder: Path) -> str:
    url = make_url(database)
    if not url.drivername.startswith("sqlite") or url.database is None:
        return database
    return url.set(database=os.fspath(folder / url.database)).render_as_string(hide_password=False)
