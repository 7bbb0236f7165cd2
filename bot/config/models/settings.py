"""The model of config.yaml. Descriptions are shown by editors that use the JSON Schema."""

import re
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.config.address import complete_user
from bot.config.models.field_types import (
    Duration,
    FileModel,
    Identifier,
    Identifiers,
    Name,
    as_list,
    one_or_many_schema,
)
from bot.config.models.scalars import scalar_text
from bot.config.private_network import is_loopback, is_private
from bot.config.suggest import describe_unknown

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
_LOG_LEVELS = ("debug", "info", "warning", "error")


def _check_homeserver(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_http_url = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_http_url = False
    if not is_http_url or " " in text or parts.query or parts.fragment or parts.username:
        raise ValueError(f"'{text}' is not the address of a homeserver, which looks like 'https://matrix.example.org'")
    return text.rstrip("/")


def _check_account(text: str) -> str:
    if ":" not in text:
        raise ValueError(f"'{text}' lacks its server, the account is written \"@bylaug:example.org\"")
    return complete_user(text, "")


def _check_database(text: str) -> str:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("this is not a database URL, such as sqlite:///bylaug.db or postgresql://host/name") from None
    if url.drivername not in _DRIVERS:
        raise ValueError(describe_unknown("database", url.drivername, _DRIVERS))
    if url.drivername.startswith("sqlite") and url.database in (None, "", ":memory:"):
        raise ValueError("the database must be a file, such as sqlite:///bylaug.db; one in memory forgets everything")
    return url.set(drivername=_DRIVERS[url.drivername]).render_as_string(hide_password=False)


def _parse_listen_address(value: Any) -> str | None:
    text = _read_address(value)
    if text is None or _is_address_in(text, is_loopback):
        return text
    sentence = f"'{text}' is not a port on this machine alone, which is written 127.0.0.1:9180"
    if _is_address_in(text, is_private):
        sentence += f"; for everybody in a private network, write status_listen_private: {text} instead"
    raise ValueError(sentence)


def _parse_private_listen_address(value: Any) -> str | None:
    text = _read_address(value)
    if text is None or _is_address_in(text, is_private):
        return text
    raise ValueError(f"'{text}' is not a port in a private network, which is written 10.0.0.5:9180 or 0.0.0.0:9180")


def _read_address(value: Any) -> str | None:
    return None if value is None or (text := scalar_text(value)).casefold() in ("off", "no", "false") else text


def _is_address_in(text: str, is_allowed: Callable[[str], bool]) -> bool:
    """Return whether a text is a port on an allowed host."""
    host, _, port = text.rpartition(":")
    return port.isascii() and port.isdigit() and int(port[:6]) < 65536 and is_allowed(host.strip("[]"))


def _parse_log_level(value: Any) -> str:
    text = scalar_text(value).casefold()
    if text not in _LOG_LEVELS:
        raise ValueError(describe_unknown("log level", text, _LOG_LEVELS))
    return text.upper()


def _check_host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise ValueError(f"'{text}' is not the name or address of a host, such as cloud.lan or 192.168.1.5")
    return text.strip("[]").casefold()


_HOST = re.compile(r"[\w.-]+|\[?[0-9A-Fa-f:.]+\]?")
_Host = Annotated[Identifier, AfterValidator(_check_host)]
_HOSTS = one_or_many_schema({"type": "string"})
_OPTIONAL_TEXT = WithJsonSchema({"type": ["string", "null", "boolean"]})


class SettingsModel(FileModel):
    """The configuration of Bylaug: where it lives and as whom."""

    homeserver: Annotated[Identifier, AfterValidator(_check_homeserver)] = Field(
        description="The URL that clients of the homeserver use, 'https://matrix.example.org'."
    )
    account: Annotated[Identifier, AfterValidator(_check_account)] = Field(
        description="The bot's Matrix id, '@bylaug:example.org'. Put quotes around it."
    )
    display_name: Name = Field("Bylaug", description="The name people see.")
    device_name: Name = Field("Bylaug", description="The name of the bot's session in its list of devices.")
    password_file: Identifier | None = Field(
        None,
        description="A file with the account's password. BYLAUG_PASSWORD in the environment and systemd's credential"
        " 'password' do as well.",
    )
    access_token_file: Identifier | None = Field(
        None,
        description="A file with an access token, instead of a password. BYLAUG_ACCESS_TOKEN in the environment and"
        " systemd's credential 'access_token' do as well.",
    )
    passphrase_file: Identifier | None = Field(
        None,
        description="A file with the passphrase that the keys of encrypted rooms are locked with. BYLAUG_PASSPHRASE in"
        " the environment and systemd's credential 'passphrase' do as well, and a file 'passphrase' beside this one.",
    )
    database: Annotated[Identifier, AfterValidator(_check_database)] = Field(
        default="sqlite:///bylaug.db",
        validate_default=True,
        description="Where everything is kept, 'sqlite:///bylaug.db' or 'postgresql://host/name' (with its password"
        " in PGPASSFILE or PGPASSWORD).",
    )
    communities: Identifier = Field("rooms", description="The folder with one file per community, beside this file.")
    status_listen: Annotated[str | None, BeforeValidator(_parse_listen_address), _OPTIONAL_TEXT] = Field(
        None, description="A port on this machine for /live, /ready and /metrics, '127.0.0.1:9180'; off when left out."
    )
    status_listen_private: Annotated[str | None, BeforeValidator(_parse_private_listen_address), _OPTIONAL_TEXT] = (
        Field(
            None,
            description="Instead of status_listen: a port that everybody in a private network may read,"
            " '10.0.0.5:9180', or '0.0.0.0:9180' in a container. Requests from public addresses are refused.",
        )
    )
    language_folders: Identifiers = Field(
        (),
        description="Folders with a language each, beside this file, named by its code: 'languages/nb'. The Python in"
        " them is run. Languages of installed packages need no folder.",
    )
    stale_after: Duration = Field(
        default="12h",
        validate_default=True,
        description="How old a command, an answer or a tap may be, because the bot was off, to be acted on: 90m, 12h or"
        " 2d. Whoever sent an older one is told.",
    )
    trusted_calendar_hosts: Annotated[tuple[_Host, ...], BeforeValidator(as_list), _HOSTS] = Field(
        (),
        description="Hosts on this machine or in its network that calendars may be fetched from, 'cloud.lan'; without"
        " them, calendars come from the open internet and from files only.",
    )
    log_level: Annotated[
        str, BeforeValidator(_parse_log_level), WithJsonSchema({"type": "string", "enum": list(_LOG_LEVELS)})
    ] = Field(default="info", validate_default=True, description="How much is written to the log.")
