"""Logs in with the configured token or password, always as the same device, also again after a soft logout."""

import hashlib
import json
import logging
import secrets
import string
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.concurrency.retry import TemporaryFailure, retry_forever, retry_temporary
from bot.config.credentials import Credentials
from bot.config.settings import Settings
from bot.errors import EX_CONFIG, EX_NOPERM, Fatal
from bot.matrix.client import Client, MatrixError, RequestObserver
from bot.store.database.transaction import Store
from bot.store.facts import get_fact, set_fact

log = logging.getLogger(__name__)

#: Key of the fact with the login: a JSON object with `account`, `homeserver`, `device_id` and, while the session is
#: valid, `access_token`. `instead_of` is the hash of the configured access token that the login replaces.
LOGIN_FACT = "matrix login"

_DEVICE_ID_CHARACTERS = 10


async def open_client(
    settings: Settings, credentials: Credentials, store: Store, observer: RequestObserver | None = None
) -> Client:
    """Return a client that is logged in. When there is a password, it logs in again after a soft logout.

    The device id of a login by password is stored in the database: the homeserver remembers transaction ids by device,
    so with a new device at every start messages would be sent twice after a crash. Raises `Fatal` when the homeserver
    refuses the login.
    """
    login = _Login(settings, credentials, store, Client(settings.homeserver, settings.account, observer=observer))
    try:
        await login.begin()
    except BaseException:
        await login.client.close()
        raise
    return login.client


async def find_stored_login(settings: Settings, store: Store) -> dict[str, str]:
    """Return the login of an earlier start; {} when there is none, or it belongs to another account.

    The access token is left out when another homeserver issued it: the present one must not see it.
    """
    async with store.read() as connection:
        login: dict[str, str] = json.loads(await get_fact(connection, LOGIN_FACT) or "{}")
    if login.get("account") != settings.account:
        return {}
    if login.get("homeserver") != settings.homeserver:
        login.pop("access_token", None)
    return login


async def delete_access_token(store: Store) -> None:
    """Delete the stored access token, so that the next start logs in again as the same device."""
    async with store.write() as connection:
        login = json.loads(await get_fact(connection, LOGIN_FACT) or "{}")
        login.pop("access_token", None)
        await set_fact(connection, LOGIN_FACT, json.dumps(login))


async def choose_new_device(connection: AsyncConnection, settings: Settings) -> str | None:
    """Make the next login create a new device. Return the id of the device before; None when there was none.

    The bot chooses the new id and stores it before the login, so that the id is known if the program is killed before
    the login is stored.
    """
    former = json.loads(await get_fact(connection, LOGIN_FACT) or "{}")
    device_id = "".join(secrets.choice(string.ascii_uppercase) for _ in range(_DEVICE_ID_CHARACTERS))
    login = {"account": settings.account, "homeserver": settings.homeserver, "device_id": device_id}
    await set_fact(connection, LOGIN_FACT, json.dumps(login))
    return former.get("device_id") if former.get("account") == settings.account else None


@dataclass
class _Login:
    settings: Settings
    credentials: Credentials
    store: Store
    client: Client

    async def begin(self) -> None:
        if self.credentials.password is not None:
            self.client.renew_login = self._renew
        stored = await find_stored_login(self.settings, self.store)
        self.client.device_id = stored.get("device_id", "")
        if stored.get("access_token") and stored.get("instead_of") == _hash_token(self.credentials.access_token):
            self.client.access_token = stored["access_token"]
        elif self.credentials.access_token:
            self.client.access_token = self.credentials.access_token
            await self._find_device_id()
        else:
            await retry_temporary(self._log_in, _log_pause)
            await _set_display_name(self.client, self.settings.display_name)

    async def _find_device_id(self) -> None:
        """Ask the homeserver for the device that a configured access token belongs to."""
        try:
            answer = await retry_temporary(lambda: self.client.call("GET", "account", "whoami"), _log_pause)
        except MatrixError as error:
            raise Fatal(f"The homeserver does not know what our access token is for: {error}", EX_NOPERM) from error
        if answer.get("user_id") != self.settings.account:
            sentence = f"The access token belongs to {answer.get('user_id')}, not to {self.settings.account}."
            raise Fatal(sentence, EX_CONFIG)
        self.client.device_id = str(answer.get("device_id", ""))

    async def _renew(self) -> None:
        """Log in again while the program runs.

        The stored token is deleted before, so that the next start logs in as well if the program is killed here.
        """
        log.warning("the homeserver asks for a new login")
        await retry_forever("deleting the access token", lambda: delete_access_token(self.store))
        await self._log_in()
        log.info("logged in again")

    async def _log_in(self) -> None:
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": self.settings.account},
            "password": self.credentials.password,
            "initial_device_display_name": self.settings.device_name,
            **({"device_id": self.client.device_id} if self.client.device_id else {}),
        }
        try:
            answer = await self.client.call_without_token("POST", "login", body=body)
        except MatrixError as error:
            sentence = f"The homeserver did not let {self.settings.account} log in: {error}"
            raise Fatal(sentence, EX_NOPERM) from error
        await retry_forever("storing the login", lambda: self._store(answer))
        self.client.access_token, self.client.device_id = answer["access_token"], answer["device_id"]

    async def _store(self, answer: dict[str, str]) -> None:
        login = {"account": self.settings.account, "homeserver": self.settings.homeserver}
        login |= {"device_id": answer["device_id"], "access_token": answer["access_token"]}
        if token_hash := _hash_token(self.credentials.access_token):
            login["instead_of"] = token_hash
        async with self.store.write() as connection:
            await set_fact(connection, LOGIN_FACT, json.dumps(login))


def _hash_token(token: str | None) -> str | None:
    """Return a short hash of the configured access token. It changes when the administrator replaces the token."""
    return None if token is None else hashlib.sha256(token.encode()).hexdigest()[:16]


def _log_pause(error: TemporaryFailure, pause: float) -> None:
    log.warning("logging in has to wait %.1f s: %s", pause, error)


async def _set_display_name(client: Client, name: str) -> None:
    """Set the account's name if it is another one. Every change of it is an event in every room."""
    try:
        profile = await client.call("GET", "profile", client.account)
        if profile.get("displayname") != name:
            await client.call("PUT", "profile", client.account, "displayname", body={"displayname": name})
    except (TemporaryFailure, MatrixError) as error:
        log.warning("the display name of the account cannot be set: %s", error)
