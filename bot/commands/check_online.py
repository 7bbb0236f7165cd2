"""Checks what `bylaug check --online` asks the homeserver: does it answer, is the login valid, is the account limited?

It changes nothing, and may run beside the bot.
"""

from asyncio import to_thread
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from bot.clock import system_clock
from bot.concurrency.retry import TemporaryFailure
from bot.config.credentials import load_credentials
from bot.config.load import load_settings
from bot.config.settings import Settings
from bot.errors import EX_NOPERM, EX_TEMPFAIL, ConfigError
from bot.matrix.client import AccountRateLimited, Client, LoggedOut, MatrixError
from bot.matrix.homeserver_watch import FORGET_AFTER, describe_rate_limit, find_last_rate_limit
from bot.matrix.login import find_stored_login
from bot.store.database.transaction import Store

#: A room that does not exist: Synapse looks at the limit of an account before it looks for the room.
_NO_ROOM = "!bylaug-check"


@dataclass
class OnlineCheck:
    """The results of the checks, good and bad. `exit_code` is 0 when the bot can work."""

    findings: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    exit_code: int = 0


async def check_online(config: Path, environ: Mapping[str, str]) -> OnlineCheck:
    """Ask the homeserver, as the bot. Raise ConfigError when config.yaml cannot be used."""
    settings = load_settings(config, environ)
    token, limited_at = await _read_database(settings)
    if token is None:
        with suppress(ConfigError):  # the user who checks may lack permission to read the secrets
            token = load_credentials(settings, environ).access_token
    check = OnlineCheck()
    client = Client(settings.homeserver, settings.account, access_token=token or "")
    try:
        await client.call_without_token("GET", "login", body={})
        check.findings.append(f"{settings.homeserver} answers")
        if token is None:
            place = Store(settings.database).file
            where = f" in {place.path}" if place else ""
            sentence = f"the bot has not logged in yet{where}, so its login and its rate limit are not checked"
            check.findings.append(sentence)
        else:
            await _check_account(client, settings, check, limited_at)
    except (TemporaryFailure, MatrixError) as error:
        check.problems.append(f"{settings.homeserver} cannot be used: {error}")
        check.exit_code = EX_TEMPFAIL
    except LoggedOut as error:
        check.problems.append(f"{error} With a password, the next start of the bot does that by itself.")
        check.exit_code = EX_NOPERM
    finally:
        await client.close()
    return check


async def _read_database(settings: Settings) -> tuple[str | None, datetime | None]:
    """Return the stored access token and when the homeserver last limited the account, as far as they are known."""
    store = Store(settings.database)
    try:
        if store.file is not None and not await to_thread(store.file.path.exists):
            return None, None
        return (await find_stored_login(settings, store)).get("access_token"), await find_last_rate_limit(store)
    except DBAPIError:  # it has no tables yet
        return None, None
    finally:
        await store.close()


async def _check_account(client: Client, settings: Settings, check: OnlineCheck, limited_at: datetime | None) -> None:
    device = (await client.call("GET", "account", "whoami")).get("device_id")
    check.findings.append(f"{settings.account} is logged in as the device {device}")
    is_limited = limited_at is not None and system_clock() - limited_at < FORGET_AFTER
    when = f"last at {limited_at:%Y-%m-%d %H:%M} UTC" if limited_at else "now"
    try:
        path = ("rooms", f"{_NO_ROOM}:{settings.server_name}", "send", "m.room.message", "check")
        await client.call("PUT", *path, body={"msgtype": "m.text", "body": "check"})
    except AccountRateLimited:
        is_limited, when = True, "now"
    except MatrixError:
        pass  # the room does not exist, and the account is not limited now
    if is_limited:
        check.problems.append(f"{describe_rate_limit(settings.homeserver, settings.account)} (It did so {when}.)")
    else:
        check.findings.append("the homeserver has not limited how fast the account may write in the last day")
