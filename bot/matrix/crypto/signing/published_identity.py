"""Uploads the bot's identity to the homeserver and reads it there (client-server API, "Cross-signing", "Secrets").

The private keys are uploaded encrypted: `secret_storage` encrypts them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.matrix.client import Client, MatrixError
from bot.matrix.crypto.signing.identity_store import StoredIdentity, secret_name
from bot.matrix.crypto.signing.keys import USAGES, Identity, JsonObject, Usage, part_of_user

#: Type of the account data that names the key of secret storage (client-server API, "Key storage").
_DEFAULT_KEY = "m.secret_storage.default_key"


class IdentityError(Exception):
    """The bot's identity or its devices are wrong. The message tells the administrator what to do.

    Until then other clients do not accept the bot's device as the bot's.
    """


@dataclass(frozen=True)
class PublishedIdentity:
    """The identity of the bot's account on the homeserver.

    It has the public keys, the signed master key, and the keys of the account's devices by device id.
    """

    public_keys: Mapping[Usage, str]
    master_key: JsonObject
    devices: Mapping[str, JsonObject]


async def read_published(client: Client) -> PublishedIdentity:
    """Return the account's identity on the homeserver. Malformed parts of the answer are left out."""
    answer = await client.call("POST", "keys", "query", body={"device_keys": {client.account: []}})
    keys = {usage: part_of_user(answer, f"{usage}_keys", client.account) for usage in USAGES}
    public_keys = {usage: text for usage, key in keys.items() if (text := _first_public_key(key))}
    return PublishedIdentity(public_keys, keys["master"], part_of_user(answer, "device_keys", client.account))


async def upload_identity(client: Client, identity: Identity, password: str | None) -> None:
    """Upload the account's identity.

    The first identity of an account needs no password (MSC3967); replacing an identity does. Raises `IdentityError`
    when the homeserver requires a password and there is none, and `MatrixError` for a wrong password.
    """
    path, body = ("keys", "device_signing", "upload"), identity.upload_body()
    try:
        await client.call("POST", *path, body=body)
    except MatrixError as error:
        if error.status != 401 or "flows" not in error.body:
            raise
        auth = answer_password_request(client.account, password, error)
        await client.call("POST", *path, body=body | {"auth": auth})


def answer_password_request(account: str, password: str | None, request: MatrixError) -> JsonObject:
    """Return the `auth` with which a refused request is repeated with the password.

    Client-server API, "User-interactive authentication". Raises `IdentityError` when there is no password, or when the
    homeserver requires something else.
    """
    stages = [flow.get("stages") for flow in request.body["flows"] if isinstance(flow, dict)]
    if ["m.login.password"] not in stages:
        if link := _find_reset_link(request):
            raise IdentityError(
                f"The homeserver wants the change of the account's keys allowed in a browser. Open {link} there, log in"
                f" as {account}, allow it, and do the same again within ten minutes."
            )
        raise IdentityError("The homeserver wants more than a password before it changes the account's keys.")
    if password is None:
        raise IdentityError(
            "The homeserver wants the account's password before it changes the account's keys, and there is only an"
            " access token. Set BYLAUG_PASSWORD for this one time."
        )
    return {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": account},
        "password": password,
        "session": request.body.get("session"),
    }


def _find_reset_link(request: MatrixError) -> str | None:
    """Return the page where the account's owner allows that the keys are replaced (stage `m.oauth`, MSC4312).

    A homeserver whose accounts are kept by the Matrix Authentication Service has one.
    """
    params = request.body.get("params")
    stages = params.values() if isinstance(params, dict) else ()
    links = (stage.get("url") for stage in stages if isinstance(stage, dict))
    return next((link for link in links if isinstance(link, str) and link.startswith(("https://", "http://"))), None)


async def upload_signatures(client: Client, signed: Mapping[str, JsonObject]) -> None:
    """Add signatures to devices (by device id) and to the master key (by its public key). Raises `MatrixError`."""
    if not signed:
        return
    answer = await client.call("POST", "keys", "signatures", "upload", body={client.account: dict(signed)})
    if answer.get("failures"):
        raise MatrixError(200, "M_INVALID_SIGNATURE", str(answer["failures"]))


async def store_secrets(client: Client, identity: StoredIdentity) -> None:
    """Store the encrypted private keys in secret storage, so that another client with the passphrase can use them."""
    await write_account_data(client, f"m.secret_storage.key.{identity.key_id}", identity.description)
    for name, encrypted in identity.encrypted_keys.items():
        await write_account_data(client, name, {"encrypted": {identity.key_id: encrypted}})
    await write_account_data(client, _DEFAULT_KEY, {"key": identity.key_id})


async def fetch_secrets(client: Client, public_keys: Mapping[Usage, str]) -> StoredIdentity | None:
    """Return the identity with the encrypted private keys in secret storage; None when a key is missing there.

    Another client may have stored them.
    """
    key_id = (await read_account_data(client, _DEFAULT_KEY)).get("key")
    description = await read_account_data(client, f"m.secret_storage.key.{key_id}")
    encrypted_keys = {}
    for name in map(secret_name, USAGES):
        encrypted = (await read_account_data(client, name)).get("encrypted")
        if not isinstance(encrypted, dict) or not isinstance(encrypted.get(key_id), dict):
            return None
        encrypted_keys[name] = encrypted[key_id]
    return StoredIdentity(client.account, public_keys, str(key_id), description, encrypted_keys)


async def write_account_data(client: Client, data_type: str, content: JsonObject) -> None:
    """Store account data of a type, in place of those before. Raises `MatrixError`."""
    await client.call("PUT", "user", client.account, "account_data", data_type, body=content)


async def read_account_data(client: Client, data_type: str) -> JsonObject:
    """Return the account data of a type; {} when there are none. Raises `MatrixError`."""
    try:
        return await client.call("GET", "user", client.account, "account_data", data_type)
    except MatrixError as error:
        if error.code == "M_NOT_FOUND":
            return {}
        raise


def _first_public_key(key: JsonObject) -> str | None:
    keys = key.get("keys")
    return next((str(text) for text in keys.values()), None) if isinstance(keys, dict) else None
