"""Logs in: with the token or password of the configuration, always as the same device."""

import json
import logging

from bot.config.secret import Secret
from bot.config.settings import Settings
from bot.errors import EX_NOPERM, Fatal
from bot.flow.retry import Later, persist
from bot.matrix.client import Client, MatrixError
from bot.store.meta import get_fact, set_fact
from bot.store.transaction import Store

log = logging.getLogger(__name__)

_LOGIN = "matrix login"


async def open_client(settings: Settings, secret: Secret, store: Store) -> Client:
    """A client that is logged in.

    A login by password is kept in the database, because the homeserver remembers transaction ids by device: a new
    device for every start would say things twice after a crash. Raises `Fatal` when the homeserver refuses.
    """
    if secret.access_token:
        return Client(settings.homeserver, settings.account, access_token=secret.access_token)
    async with store.read() as connection:
        kept = json.loads(await get_fact(connection, _LOGIN) or "{}")
    ours = kept.get("account") == settings.account and kept.get("homeserver") == settings.homeserver
    if ours and kept.get("access_token"):
        return Client(settings.homeserver, settings.account, kept["device_id"], kept["access_token"])
    return await _log_in(settings, secret, store, kept.get("device_id", ""))


async def forget_login(store: Store) -> None:
    """The kept session is over: the next start logs in anew, as the same device."""
    async with store.write() as connection:
        kept = json.loads(await get_fact(connection, _LOGIN) or "{}")
        kept.pop("access_token", None)
        await set_fact(connection, _LOGIN, json.dumps(kept))


async def _log_in(settings: Settings, secret: Secret, store: Store, device_id: str) -> Client:
    client = Client(settings.homeserver, settings.account, device_id)
    body = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": settings.account},
        "password": secret.password,
        "initial_device_display_name": settings.device_name,
        **({"device_id": device_id} if device_id else {}),
    }
    try:
        answer = await persist(lambda: client.call("POST", "login", body=body), _notice)
    except MatrixError as no:
        await client.close()
        raise Fatal(f"The homeserver did not let {settings.account} log in: {no}", EX_NOPERM) from no
    except BaseException:
        await client.close()
        raise
    client.nio.access_token, client.nio.device_id = answer["access_token"], answer["device_id"]
    await _introduce(client, settings.display_name)
    kept = {"account": settings.account, "homeserver": settings.homeserver}
    kept |= {"device_id": answer["device_id"], "access_token": answer["access_token"]}
    async with store.write() as connection:
        await set_fact(connection, _LOGIN, json.dumps(kept))
    return client


def _notice(why: Later, pause: float) -> None:
    log.warning("logging in has to wait %.1f s: %s", pause, why)


async def _introduce(client: Client, name: str) -> None:
    """Give the account its name, once: every change of it is an event in every room."""
    try:
        profile = await client.call("GET", "profile", client.account)
        if profile.get("displayname") != name:
            await client.call("PUT", "profile", client.account, "displayname", body={"displayname": name})
    except (Later, MatrixError) as no:
        log.warning("the account keeps the name it has: %s", no)
