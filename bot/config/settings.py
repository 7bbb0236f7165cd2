"""How the bot itself is set up: which homeserver, which account, where things are kept."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.config.models.settings import SettingsModel


@dataclass(frozen=True)
class Settings:
    """What config.yaml says, complete and with absolute paths. Secrets are not in here: see bot.config.credentials."""

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
        """The server our account lives on, which short names in community files are completed with."""
        return self.account.partition(":")[2]

    @property
    def status_address(self) -> tuple[str, int] | None:
        """Host and port of the status page, None when it is off."""
        if self.status_listen is None:
            return None
        host, _, port = self.status_listen.rpartition(":")
        return host.strip("[]"), int(port)


def build_settings(model: SettingsModel, file: Path, environ: Mapping[str, str]) -> Settings:
    """Makes paths absolute: beside the configuration, the database in systemd's STATE_DIRECTORY where there is one."""
    folder = file.absolute().parent
    state = Path(environ.get("STATE_DIRECTORY", "").split(":")[0] or folder)
    return Settings(
        homeserver=model.homeserver,
        account=model.account,
        display_name=model.display_name,
        device_name=model.device_name,
        password_file=_beside(folder, model.password_file),
        access_token_file=_beside(folder, model.access_token_file),
        passphrase_file=_beside(folder, model.passphrase_file),
        database=_place_database(model.database, state),
        communities=folder / Path(model.communities).expanduser(),
        status_listen=model.status_listen,
        stale_after=model.stale_after,
        log_level=model.log_level,
        file=str(file),
        trusted_calendar_hosts=model.trusted_calendar_hosts,
        language_folders=tuple(folder / Path(name).expanduser() for name in model.language_folders),
    )


def _beside(folder: Path, name: str | None) -> Path | None:
    return None if name is None else folder / Path(name).expanduser()


def _place_database(database: str, folder: Path) -> str:
    url = make_url(database)
    if not url.drivername.startswith("sqlite") or url.database is None:
        return database
    return url.set(database=os.fspath(folder / url.database)).render_as_string(hide_password=False)
