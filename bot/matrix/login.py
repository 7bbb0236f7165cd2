"""Logs in, and in again: with the token or password of the configuration, always as the same device."""

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
from bot.matrix.client import Client, MatrixError
from bot.store.database.transaction import Store
from bot.store.facts import get_fact, set_fact

log = logging.getLogger(__name__)

_LOGIN = "matrix login"


async def open_client(settings: Settings, secret: Credentials, store: Store) -> Client:
    """A client that is logged in, and with a password logs in again as the same device after a soft log-out.

    A login by password is kept in the database, because the homeserver remembers transaction ids by device: a new
    device for every start would say things twice after a crash. Raises `Fatal` when the homeserver refuses.
    """
    login = _Login(settings, secret, store, Client(settings.homeserver, settings.account))
    try:
        await login.begin()
    except BaseException:
        await login.client.close()
        raise
    return login.client


async def delete_access_token(store: Store) -> None:
    """The kept session is over: the next start logs in anew, as the same device."""
    async with store.write() as connection:
        kept = json.loads(await get_fact(connection, _LOGIN) or "{}")
        kept.pop("access_token", None)
        await set_fact(connection, _LOGIN, json.dumps(kept))


async def choose_new_device(connection: AsyncConnection, settings: Settings) -> str | None:
    """The next start logs in as a device that was never there; the one before it, None when there was none.

    Its name is ours to choose, and known before it is there: killed on the way, we know what we have begun.
    """
    kept = json.loads(await get_fact(connection, _LOGIN) or "{}")
    new = {"account": settings.account, "homeserver": settings.homeserver}
    new["device_id"] = "".join(secrets.choice(string.ascii_uppercase) for _ in range(10))
    await set_fact(connection, _LOGIN, json.dumps(new))
    return kept.get("device_id") if kept.get("account") == settings.account else None


@dataclass
class _Login:
    settings: Settings
    secret: Credentials
    store: Store
    client: Client

    async def begin(self) -> None:
        if self.secret.password is not None:
            self.client.log_in_again = self._renew
        kept = await self._kept()
        self.client.nio.device_id = kept.get("device_id", "")
        if kept.get("access_token") and kept.get("instead_of") == _mark(self.secret.access_token):
            self.client.nio.access_token = kept["access_token"]
        elif self.secret.access_token:
            self.client.nio.access_token = self.secret.access_token
            await self._ask_who_we_are()
        else:
            await retry_temporary(self._log_in, _notice)
            await _introduce(self.client, self.settings.display_name)

    async def _kept(self) -> dict[str, str]:
        """The login of an earlier start, if it was this account's at this homeserver."""
        async with self.store.read() as connection:
            kept: dict[str, str] = json.loads(await get_fact(connection, _LOGIN) or "{}")
        if kept.get("account") != self.settings.account:
            return {}
        if kept.get("homeserver") != self.settings.homeserver:
            kept.pop("access_token", None)  # it may have moved, but a token is shown to nobody else
        return kept

    async def _ask_who_we_are(self) -> None:
        """The device that a configured access token belongs to."""
        try:
            me = await retry_temporary(lambda: self.client.call("GET", "account", "whoami"), _notice)
        except MatrixError as no:
            raise Fatal(f"The homeserver does not know what our access token is for: {no}", EX_NOPERM) from no
        if me.get("user_id") != self.settings.account:
            sentence = f"The access token belongs to {me.get('user_id')}, not to {self.settings.account}."
            raise Fatal(sentence, EX_CONFIG)
        self.client.nio.device_id = str(me.get("device_id", ""))

    async def _renew(self) -> None:
        """Log in again while we run. What is kept goes first: killed on the way, the next start logs in as well."""
        log.warning("the homeserver wants us to log in again")
        await retry_forever("forgetting the login", lambda: delete_access_token(self.store))
        await self._log_in()
        log.info("logged in again")

    async def _log_in(self) -> None:
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": self.settings.account},
            "password": self.secret.password,
            "initial_device_display_name": self.settings.device_name,
            **({"device_id": self.client.nio.device_id} if self.client.nio.device_id else {}),
        }
        try:
            answer = await self.client.call_without_token("POST", "login", body=body)
        except MatrixError as no:
            sentence = f"The homeserver did not let {self.settings.account} log in: {no}"
            raise Fatal(sentence, EX_NOPERM) from no
        await retry_forever("keeping the login", lambda: self._keep(answer))
        self.client.nio.access_token, self.client.nio.device_id = answer["access_token"], answer["device_id"]

    async def _keep(self, answer: dict[str, str]) -> None:
        kept = {"account": self.settings.account, "homeserver": self.settings.homeserver}
        kept |= {"device_id": answer["device_id"], "access_token": answer["access_token"]}
        if mark := _mark(self.secret.access_token):
            kept["instead_of"] = mark
        async with self.store.write() as connection:
            await set_fact(connection, _LOGIN, json.dumps(kept))


def _mark(token: str | None) -> str | None:
    """Tells whether a configured access token is still the one that a kept login took the place of."""
    return None if token is None else hashlib.sha256(token.encode()).hexdigest()[:16]


def _notice(why: TemporaryFailure, pause: float) -> None:
    log.warning("logging in has to wait %.1f s: %s", pause, why)


async def _introduce(client: Client, name: str) -> None:
    """Give the account its name, once: every change of it is an event in every room."""
    try:
        profile = await client.call("GET", "profile", client.account)
        if profile.get("displayname") != name:
            await client.call("PUT", "profile", client.account, "displayname", body={"displayname": name})
    except (TemporaryFailure, MatrixError) as no:
        log.warning("the account keeps the name it has: %s", no)
