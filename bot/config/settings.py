"""The settings of the bot in config.yaml, complete: homeserver, account, database and folders."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.config.models.settings import SettingsModel


@dataclass(frozen=True)
class Settings:
    """The settings in config.yaml with defaults filled in and absolute paths.

    Secrets are not among them: see bot.config.credentials.
    """

    homeserver: str
    account: str
    display_name: str
    device_name: str
    password_file: Path | None
    access_token_file: Path | None
    passphrase_file: Path | None
    database: str
    communities: Path
    status_listen: str | None
    stale_after: timedelta
    log_level: str
    file: str
    trusted_calendar_hosts: tuple[str, ...] = ()
    language_folders: tuple[Path, ...] = ()

    @property
    def server_name(self) -> str:
        """The homeserver of the bot's account, with which short names in community files are completed."""
        return self.account.partition(":")[2]

    @property
    def bot_names(self) -> frozenset[str]:
        """The names by which people address the bot, case-folded: its display names and its user id.

        Clients write a mention into the plain text as one of them.
        """
        names = (self.display_name, f"@{self.display_name}", self.account, self.account.partition(":")[0])
        return frozenset(name.casefold() for name in names)

    @property
    def status_address(self) -> tuple[str, int] | None:
        """Host and port of the status page; None when it is off."""
        if self.status_listen is None:
            return None
        host, _, port = self.status_listen.rpartition(":")
        return host.strip("[]"), int(port)


def build_settings(model: SettingsModel, file: Path, environ: Mapping[str, str]) -> Settings:
    """Return the settings of a config.yaml. Relative paths start from its folder.

    A relative path of the database starts from systemd's STATE_DIRECTORY if that is set.
    """
    folder = file.absolute().parent
    state_folder = Path(environ.get("STATE_DIRECTORY", "").split(":")[0] or folder)
    return Settings(
        homeserver=model.homeserver,
        account=model.account,
        display_name=model.display_name,
        device_name=model.device_name,
        password_file=_resolve_path(folder, model.password_file),
        access_token_file=_resolve_path(folder, model.access_token_file),
        passphrase_file=_resolve_path(folder, model.passphrase_file) or _find_readable(folder / "passphrase"),
        database=_resolve_database(model.database, state_folder),
        communities=folder / Path(model.communities).expanduser(),
        status_listen=model.status_listen or model.status_listen_private,
        stale_after=model.stale_after,
        log_level=model.log_level,
        file=str(file),
        trusted_calendar_hosts=model.trusted_calendar_hosts,
        language_folders=tuple(folder / Path(name).expanduser() for name in model.language_folders),
    )


def _resolve_path(folder: Path, name: str | None) -> Path | None:
    return None if name is None else folder / Path(name).expanduser()


def _find_readable(file: Path) -> Path | None:
    """Return a file that is there and that this user may read.

    Under systemd only root may: the bot gets the file as a credential, and `bylaug check`, as root, reads it.
    """
    return file if os.access(file, os.R_OK) else None


def _resolve_database(database: str, folder: Path) -> str:
    url = make_url(database)
    if not url.drivername.startswith("sqlite") or url.database is None:
        return database
    return url.set(database=os.fspath(folder / url.database)).render_as_string(hide_password=False)
