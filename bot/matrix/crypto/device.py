"""Our own device in encrypted rooms: everything of it put together, what it hears, and what it owes to others."""

import asyncio
import json
import logging
from collections import OrderedDict
from typing import Any

from nio.events import DummyEvent, RoomKeyEvent

from bot.config.credentials import Credentials
from bot.errors import EX_CONFIG, Fatal
from bot.matrix.client import Client, MatrixError
from bot.matrix.crypto.crypto_store import CryptoStore
from bot.matrix.crypto.decrypt import Decryptor
from bot.matrix.crypto.device_list import DeviceList
from bot.matrix.crypto.encrypt import Encryptor, claim_keys, send_to_devices
from bot.matrix.crypto.machine import ONE_TIME_KEY_ALGORITHM, OlmMachine
from bot.matrix.crypto.pickle_key import derive_pickle_key, new_salt
from bot.matrix.crypto.signing import keys as signing
from bot.matrix.crypto.signing.sign_device import sign_own_device
from bot.matrix.event_types import MEGOLM
from bot.store.crypto import read_crypto_state, write_crypto_state
from bot.store.database.transaction import Store

log = logging.getLogger(__name__)

#: Seconds before the same device can have a key given to it again.
KEY_RESEND_SECONDS = 300.0
#: Devices remembered for that.
MAX_REMEMBERED_DEVICES = 1_000

#: A room key that came: room and session id.
RoomKeyId = tuple[str, str]


class OwnDevice:
    """Made by `wake`. `turn` is held while the shelf is being written; two writers could put old state over new."""

    def __init__(self, client: Client, store: Store, secret: Credentials, shelf: CryptoStore) -> None:
        self._client, self._store, self._secret, self.store = client, store, secret, shelf
        self.machine = OlmMachine(client.account, shelf)
        self.device_list = DeviceList(client, self.machine)
        self.encryptor = Encryptor(client, self.machine, self.device_list, self.save)
        self.decryptor = Decryptor(store, shelf)
        self.write_lock = asyncio.Lock()
        self._uploading = asyncio.Lock()
        self._left: int | None = None
        self._fallback_used = False
        self._is_proven = False
        #: Why other clients do not see this device as the bot's, for the caretaker.
        self.unsigned_reason: str | None = None
        self._owing: set[str] = set()
        self._wanted: dict[RoomKeyId, str] = {}
        self._given: OrderedDict[tuple[str, str], float] = OrderedDict()

    async def save(self) -> None:
        """Write down what has changed."""
        async with self.write_lock:
            batch = self.store.unwritten_changes()
            async with self._store.write() as connection:
                await batch.write(connection)
            self.store.mark_written(batch)

    def receive_sync(self, answer: dict[str, Any]) -> list[RoomKeyId]:
        """Take in what a sync says to our device. The room keys that came with it."""
        arrived = []
        for message in answer.get("to_device", {}).get("events", []):
            heard = self.machine.receive_to_device(message)
            if isinstance(heard, RoomKeyEvent):
                arrived.append((str(heard.room_id), str(heard.session_id)))
            elif isinstance(heard, DummyEvent):
                self._begun_anew(heard.sender, heard.sender_key)
            elif message.get("type") == "m.room_key_request":
                self._asked_for(message)
        lists = answer.get("device_lists", {})
        self._devices_changed(lists.get("changed", []), lists.get("left", []))
        if counts := answer.get("device_one_time_keys_count"):
            self._left = counts.get(ONE_TIME_KEY_ALGORITHM, 0)
        if (unused := answer.get("device_unused_fallback_key_types")) is not None:
            self._fallback_used = ONE_TIME_KEY_ALGORITHM not in unused
        for key in arrived:
            self._wanted.pop(key, None)
        return arrived

    def members_changed(self, room: str) -> None:
        """Somebody came or went; whoever came may have been sent what we have just said."""
        self.device_list.members_changed(room)
        if self.encryptor.has_recent_messages(room):
            self._owing.add(room)

    def want_key(self, room: str, session: str, sender: str) -> None:
        """A message cannot be read: its sender is to be asked for the key, once."""
        self._wanted.setdefault((room, session), sender)

    async def publish(self) -> None:
        """Let the homeserver know our device and whose it is, and give it new one-time keys when it runs out."""
        async with self._uploading:
            await self._upload()
            if not self._is_proven:
                await self._prove()

    async def _prove(self) -> None:
        self._is_proven = True  # first: whatever of ours changes meanwhile is looked at again
        try:
            why_not = await sign_own_device(self._client, self._store, self._secret, self.signing_device())
        except BaseException:
            self._is_proven = False
            raise
        if why_not is not None and why_not != self.unsigned_reason:
            log.error("%s", why_not)
        self.unsigned_reason = why_not

    async def _upload(self) -> None:
        body = self.machine.keys_to_upload(self._left, fallback_used=self._fallback_used)
        if body is None:
            return
        self._left, self._fallback_used = None, False
        await self.save()
        try:
            answer = await self._client.call("POST", "keys", "upload", body=body)
        except MatrixError as no:
            log.error("the homeserver does not take the keys of our device: %s", no)
            return
        self._left = answer.get("one_time_key_counts", {}).get(ONE_TIME_KEY_ALGORITHM)
        self.machine.mark_uploaded()
        await self.save()

    def signing_device(self) -> signing.SigningDevice:
        """Our device, as the bot's identity signs it."""
        account = self.machine.olm.account
        identity = account.identity_keys["ed25519"]
        return signing.SigningDevice(self._client.account, self.machine.olm.device_id, identity, account.sign)

    async def encrypt(self, room: str, kind: str, content: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
        """Lock what we say (see `Sealer.seal`), by a device that people know."""
        if not self._is_proven:
            await self.publish()
        return await self.encryptor.encrypt(room, kind, content, settings)

    async def do_pending_work(self) -> None:
        """Do what we owe to others. Raises `Later` when it has to be tried again."""
        await self.publish()
        await self._begin_again()
        await self._ask_for_keys()
        now = asyncio.get_running_loop().time()
        self._owing.update(room for room, at in self.encryptor.retry_times.items() if at <= now)
        for room in list(self._owing):
            try:
                await self.encryptor.share_missing_keys(room)
            except MatrixError as no:
                log.info("nobody is given a key in %s: %s", room, no)
            self._owing.discard(room)
        if self.store.has_unwritten:
            await self.save()

    @property
    def seconds_to_next_work(self) -> float | None:
        """Seconds until there is something to settle again; None when nothing is known of."""
        now = asyncio.get_running_loop().time()
        return max(0.1, min(unserved.values()) - now) if (unserved := self.encryptor.retry_times) else None

    async def _begin_again(self) -> None:
        """Where what somebody sends us cannot be read any more, a new session with them helps."""
        if claim := self.machine.claims_for_wedged_devices():
            try:
                await claim_keys(self._client, self.machine, claim)
            except MatrixError as no:
                log.info("no new sessions: %s", no)
            self.machine.olm.wedged_devices.clear()
        messages = self.machine.take_dummy_messages()
        if messages:
            await self.save()
        for message in messages:
            await send_to_devices(
                self._client, message.type, {message.recipient: {message.recipient_device: message.content}}
            )

    async def _ask_for_keys(self) -> None:
        for (room, session), sender in list(self._wanted.items()):
            if self.machine.olm.outgoing_key_requests.get(session) is not None:
                continue
            self.machine.allow_forwarded_key(room, session)
            body = {"algorithm": MEGOLM, "room_id": room, "session_id": session, "sender_key": ""}
            request = {"action": "request", "body": body, "request_id": session}
            request["requesting_device_id"] = self.machine.olm.device_id
            await send_to_devices(self._client, "m.room_key_request", {sender: {"*": request}})

    def _devices_changed(self, changed: list[str], left: list[str]) -> None:
        if self._client.account in changed:
            self._is_proven = False  # one more device of ours, or somebody else's identity in the place of ours
        if any(self.device_list.is_tracked(user) for user in changed):
            self._owing.update(self.encryptor.rooms_with_recent_messages())
        self.device_list.devices_changed(changed, left)

    def _begun_anew(self, user: str, curve_key: str) -> None:
        device = self.machine.olm.device_store.device_from_sender_key(user, curve_key)
        if device is not None:
            self._give_again(user, device.id)

    def _asked_for(self, message: dict[str, Any]) -> None:
        content = message.get("content")
        if isinstance(content, dict) and content.get("action") == "request":
            self._give_again(str(message.get("sender")), str(content.get("requesting_device_id")))

    def _give_again(self, user: str, device: str) -> None:
        """Only what it was given before, and not for every time it asks."""
        now = asyncio.get_running_loop().time()
        if self._given.get((user, device), -KEY_RESEND_SECONDS) + KEY_RESEND_SECONDS > now:
            return
        if rooms := self.encryptor.forget_shared(user, device):
            self._given[user, device] = now
            while len(self._given) > MAX_REMEMBERED_DEVICES:
                self._given.popitem(last=False)
            self._owing.update(rooms)


async def load_device(client: Client, store: Store, secret: Credentials) -> OwnDevice:
    """Our device as it was left, or a new one. Raises `Fatal` when the passphrase is not that of the keys."""
    if not client.nio.device_id:
        client.nio.device_id = (await client.call("GET", "account", "whoami"))["device_id"]
    async with store.read() as connection:
        state = await read_crypto_state(connection)
    salt = state.get(("salt", ""))
    if salt is None:
        salt = json.dumps(new_salt())
        async with store.write() as connection:
            await write_crypto_state(connection, {("salt", ""): salt})
    lock = await asyncio.to_thread(derive_pickle_key, secret.passphrase or "", json.loads(salt))
    try:
        device = OwnDevice(client, store, secret, CryptoStore(lock, client.nio.device_id, state))
    except Exception as error:
        raise Fatal(
            "The keys of the encrypted rooms cannot be opened: the passphrase is not the one they were locked with. "
            "Put the old one back; where it is lost, 'bylaug keys replace --new-identity' begins anew.",
            EX_CONFIG,
        ) from error
    await device.save()
    return device
