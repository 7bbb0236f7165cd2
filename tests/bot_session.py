"""Logins of the bot's account whose device keys are uploaded, while nothing else of the bot runs."""

from collections import Counter
from typing import Any

import vodozemac

from bot.config.credentials import Credentials
from bot.demo.homeserver import Homeserver
from bot.matrix.client import Client
from bot.matrix.crypto.signing.keys import DeviceKey, sign_json

SECRET = Credentials(password="adgangskode", passphrase="fire heste på en mark")


class BotSession(Client):
    """A client with an uploaded device. `requests` counts its requests by the first three parts of their paths."""

    requests: Counter[str]

    @classmethod
    async def log_in(cls, homeserver: Homeserver, account: str) -> "BotSession":
        self = cls(homeserver.url, account)
        self.requests = Counter()
        identifier = {"type": "m.id.user", "user": account}
        body = {"type": "m.login.password", "identifier": identifier, "password": SECRET.password}
        answer = await self.call("POST", "login", body=body)
        self.access_token, self.device_id = answer["access_token"], answer["device_id"]
        await self.upload_device()
        return self

    async def call(self, method: str, *path: str, **options: Any) -> dict[str, Any]:
        self.requests["/".join(path[:3])] += 1
        return await super().call(method, *path, **options)

    async def upload_device(self) -> None:
        account = vodozemac.Account()
        ed25519, device_id = account.ed25519_key.to_base64(), self.device_id
        self.device = DeviceKey(self.account, device_id, ed25519, lambda text: account.sign(text.encode()).to_base64())
        keys = {f"ed25519:{device_id}": ed25519, f"curve25519:{device_id}": account.curve25519_key.to_base64()}
        device_keys = {"user_id": self.account, "device_id": device_id, "algorithms": ["m.olm.v1"], "keys": keys}
        device_keys = sign_json(device_keys, self.account, device_id, self.device.sign)
        await self.call("POST", "keys", "upload", body={"device_keys": device_keys})
