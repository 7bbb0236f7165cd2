"""Puts the bot's identity on the homeserver and reads what is there (client-server API, "Cross-signing", "Secrets")."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.matrix.client import Client, MatrixError
from bot.matrix.crypto.signing.identity_store import StoredIdentity, secret_name
from bot.matrix.crypto.signing.keys import USAGES, Identity, Json, Usage

_DEFAULT_KEY = "m.secret_storage.default_key"


class DeviceNotSigned(Exception):
    """Other clients will not see the device as the bot's; the message tells the caretaker why and what to do."""


@dataclass(frozen=True)
class PublishedIdentity:
    """What the homeserver tells about our account: its identity's public keys, its master key and its devices."""

    public: Mapping[Usage, str]
    master: Json
    devices: Mapping[str, Json]


async def read_published(client: Client) -> PublishedIdentity:
    """Ask the homeserver. Whatever shape its answer has, this gives what can be used of it."""
    answer = await client.call("POST", "keys", "query", body={"device_keys": {client.account: []}})
    keys = {usage: _mine(answer, f"{usage}_keys", client.account) for usage in USAGES}
    public = {usage: text for usage, key in keys.items() if (text := _only_key(key))}
    return PublishedIdentity(public, keys["master"], _mine(answer, "device_keys", client.account))


async def upload_identity(client: Client, identity: Identity, password: str | None) -> None:
    """Make this the account's identity. The first needs no password (MSC3967); one that takes another's place does.

    Raises `Unproven` where the homeserver wants a password and there is none, and `MatrixError` for a wrong one.
    """
    path, body = ("keys", "device_signing", "upload"), identity.upload_body()
    try:
        await client.call("POST", *path, body=body)
    except MatrixError as no:
        if no.status != 401 or "flows" not in no.answer:
            raise
        await client.call("POST", *path, body=body | {"auth": answer_password_request(client.account, password, no)})


def answer_password_request(account: str, password: str | None, asked: MatrixError) -> Json:
    """The answer to a homeserver that asks who we are (client-server API, "User-interactive authentication").

    Raises `Unproven` when there is no password, or it asks for something else.
    """
    stages = [flow.get("stages") for flow in asked.answer["flows"] if isinstance(flow, dict)]
    if ["m.login.password"] not in stages:
        raise DeviceNotSigned("The homeserver wants more than a password before it changes the account's keys.")
    if password is None:
        raise DeviceNotSigned(
            "The homeserver wants the account's password before it changes the account's keys, and there is only an"
            " access token. Set BYLAUG_PASSWORD for this one time."
        )
    who = {"type": "m.id.user", "user": account}
    session = asked.answer.get("session")
    return {"type": "m.login.password", "identifier": who, "password": password, "session": session}


async def upload_signatures(client: Client, things: Mapping[str, Json]) -> None:
    """Add signatures to devices (by device id) and to the master key (by its public key). Raises `MatrixError`."""
    if not things:
        return
    answer = await client.call("POST", "keys", "signatures", "upload", body={client.account: dict(things)})
    if answer.get("failures"):
        raise MatrixError(200, "M_INVALID_SIGNATURE", str(answer["failures"]))


async def store_secrets(client: Client, kept: StoredIdentity) -> None:
    """Put the locked keys where other clients look for them: whoever knows the passphrase may use them too."""
    await _write(client, f"m.secret_storage.key.{kept.key_id}", kept.description)
    for name, locked in kept.locked.items():
        await _write(client, name, {"encrypted": {kept.key_id: locked}})
    await _write(client, _DEFAULT_KEY, {"key": kept.key_id})


async def fetch_secrets(client: Client, public: Mapping[Usage, str]) -> StoredIdentity | None:
    """The locked keys that this or another client stored for the identity; None when they are not all there."""
    key_id = (await _read(client, _DEFAULT_KEY)).get("key")
    description = await _read(client, f"m.secret_storage.key.{key_id}")
    locked = {}
    for name in map(secret_name, USAGES):
        encrypted = (await _read(client, name)).get("encrypted")
        if not isinstance(encrypted, dict) or not isinstance(encrypted.get(key_id), dict):
            return None
        locked[name] = encrypted[key_id]
    return StoredIdentity(client.account, public, str(key_id), description, locked)


async def _write(client: Client, kind: str, content: Json) -> None:
    await client.call("PUT", "user", client.account, "account_data", kind, body=content)


async def _read(client: Client, kind: str) -> Json:
    try:
        return await client.call("GET", "user", client.account, "account_data", kind)
    except MatrixError as no:
        if no.code == "M_NOT_FOUND":
            return {}
        raise


def _mine(answer: Json, part: str, account: str) -> Json:
    """keys/query answers {part: {account: …}}; the parts of nobody's are left out."""
    people: Any = answer.get(part)
    mine = people.get(account) if isinstance(people, dict) else None
    return mine if isinstance(mine, dict) else {}


def _only_key(key: Json) -> str | None:
    keys = key.get("keys")
    return next((str(text) for text in keys.values()), None) if isinstance(keys, dict) else None
