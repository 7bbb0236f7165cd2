"""Loads the bot's credentials from the environment, from systemd's credentials or from files named in config.yaml."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.config.community import Community
from bot.config.file.text import read_text
from bot.config.settings import Settings
from bot.errors import ConfigError, Problem
from bot.private_file import is_readable_by_others

#: The homeserver stores the secrets that the passphrase encrypts, so it could try any number of passphrases.
MIN_PASSPHRASE_CHARACTERS = 16


@dataclass(frozen=True)
class Credentials:
    """What the bot logs in with, and the passphrase that encrypts the keys of encrypted rooms. Not shown by repr.

    An access token is preferred to a password.
    """

    password: str | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)
    passphrase: str | None = field(default=None, repr=False)


def load_credentials(settings: Settings, environ: Mapping[str, str]) -> Credentials:
    """Load the credentials. Raises ConfigError when there is no login, or the passphrase is too short."""
    credentials = Credentials(
        password=_find(settings.password_file, "password", environ),
        access_token=_find(settings.access_token_file, "access_token", environ),
        passphrase=_find(settings.passphrase_file, "passphrase", environ),
    )
    if credentials.password is None and credentials.access_token is None:
        sentence = (
            f"there is no password for {settings.account}: name a file with 'password_file' or set BYLAUG_PASSWORD"
            " in the environment (an access token does as well)"
        )
        raise ConfigError([Problem(settings.file, 0, sentence)])
    if credentials.passphrase is not None and len(credentials.passphrase) < MIN_PASSPHRASE_CHARACTERS:
        sentence = f"the passphrase has fewer than {MIN_PASSPHRASE_CHARACTERS} characters, and would be guessed"
        raise ConfigError([Problem(settings.file, 0, sentence)])
    return credentials


def check_credentials(settings: Settings, environ: Mapping[str, str]) -> tuple[Credentials | None, list[Problem]]:
    """Return the credentials, or None where they cannot be loaded, and problems with them.

    It is only a warning that this user may not read a file, or that no file is named: systemd may give them to the bot.
    """
    try:
        return load_credentials(settings, environ), []
    except ConfigError as error:
        if unreadable := [file for file in _find_files(settings) if _is_closed_to_us(file)]:
            sentence = (
                "this user may not read this secret, so it is not checked; root may, and `bylaug check` then does"
            )
            return None, [Problem(str(file), 0, sentence, is_warning=True) for file in unreadable]
        is_named = settings.password_file or settings.access_token_file
        return None, [replace(problem, is_warning=is_named is None) for problem in error.problems]


def require_passphrase(
    communities: Iterable[Community], credentials: Credentials
) -> tuple[list[Community], list[Problem]]:
    """Return the communities that can be served with these credentials, and a problem for each of the others.

    An encrypted room needs a passphrase for its keys.
    """
    served, problems = [], []
    for community in communities:
        if community.encrypted and credentials.passphrase is None:
            sentence = "the room is to be encrypted, which takes a passphrase: name a file with 'passphrase_file'"
            problems.append(Problem(community.file, 0, f"{sentence} in config.yaml, or set BYLAUG_PASSPHRASE"))
        else:
            served.append(community)
    return served, problems


def find_exposed_secrets(settings: Settings) -> list[Problem]:
    """Return a warning for each file with a secret that other users of the machine may read."""
    return [
        Problem(str(file), 0, f"other users may read this secret; `chmod 600 {file}` stops them", is_warning=True)
        for file in _find_files(settings)
        if is_readable_by_others(file)
    ]


def _find_files(settings: Settings) -> list[Path]:
    files = (settings.password_file, settings.access_token_file, settings.passphrase_file)
    return [file for file in files if file is not None]


def _is_closed_to_us(file: Path) -> bool:
    try:
        file.open("rb").close()
    except PermissionError:
        return True
    except OSError:
        pass
    return False


def _find(file: Path | None, name: str, environ: Mapping[str, str]) -> str | None:
    """Return one credential from the environment, systemd's LoadCredential (systemd.exec(5)) or a file, in this order.

    The file comes last because under systemd it is often readable by root only, and LoadCredential reads it.
    """
    value = environ.get(f"BYLAUG_{name.upper()}")
    if value:
        return value
    folder = environ.get("CREDENTIALS_DIRECTORY")
    if folder and (credential := Path(folder, name)).exists():
        return _read_secret(credential)
    return None if file is None else _read_secret(file)


def _read_secret(file: Path) -> str:
    secret = read_text(file).rstrip("\r\n")
    if not secret or "\n" in secret:
        raise ConfigError([Problem(str(file), 0, "this file must hold one line, the secret, and nothing else")])
    return secret
