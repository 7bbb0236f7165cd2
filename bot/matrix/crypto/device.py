"""The bot's own device in encrypted rooms: its state, what it receives in a sync, and its background work."""

import asyncio
import json
import logging
from typing import Any

from nio.events import DummyEvent, RoomKeyEvent

from bot.config.credentials import Credentials
from bot.errors import EX_CONFIG, Fatal
from bot.matrix.client import Client, MatrixError
from bot.matrix.crypto.confirm_keys import KeyConfirmer, RoomKeyId
from bot.matrix.crypto.crypto_store import CryptoStore, derive_pickle_key
from bot.matrix.crypto.decrypt import Decryptor
from bot.matrix.crypto.device_list import DeviceList
from bot.matrix.crypto.encrypt import Encryptor
from bot.matrix.crypto.key_backup.key_backup import KeyBackup
from bot.matrix.crypto.key_requests import KeyRequests
from bot.matrix.crypto.key_upload import KeyUpload
from bot.matrix.crypto.machine import OlmMachine
from bot.matrix.crypto.signing.identity_store import load_identity
from bot.matrix.crypto.signing.keys import DeviceKey
from bot.matrix.crypto.signing.sign_device import sign_own_device
from bot.matrix.crypto.to_device import claim_keys, send_to_devices
from bot.matrix.event_types import ROOM_KEY_WITHHELD
from bot.store.crypto import read_crypto_state, write_crypto_state
from bot.store.database.transaction import Store
from bot.store.passphrase_key import new_salt

log = logging.getLogger(__name__)

#: At least so many seconds are between two rounds of `do_pending_work`.
_MIN_PAUSE_SECONDS = 0.1


class OwnDevice:
    """The bot's device; `load_device` creates the object.

    `write_lock` is held while the state is written: of two concurrent writers, the later one could write older state.
    """

    def __init__(self, client: Client, store: Store, credentials: Credentials, crypto_store: CryptoStore) -> None:
        self._client, self._database, self._credentials, self.store = client, store, credentials, crypto_store
        self.machine = OlmMachine(client.account, crypto_store)
        self.device_list = DeviceList(client, self.machine)
        self.encryptor = Encryptor(client, self.machine, self.device_list, self.save)
        self.decryptor = Decryptor(store, crypto_store)
        self._key_upload = KeyUpload(client, self.machine, self.save)
        self._confirmer = KeyConfirmer(store, self.machine, self.device_list)
        self.key_backup = KeyBackup(client, store, credentials, self.machine, self.device_key)
        self.write_lock = asyncio.Lock()
        self._publish_lock = asyncio.Lock()
        self._signature_checked = False
        #: Why other clients do not accept this device as the bot's, for the administrator; None while they do.
        self.unsigned_reason: str | None = None
        self._rooms_to_share: set[str] = set()
        share = self._rooms_to_share.update
        self.key_requests = KeyRequests(client, self.machine, self.device_list, self.encryptor, share)

    def concerns(self) -> dict[str, str | None]:
        """Return a sentence for the administrator by the name of each warning in Health; None for no warning."""
        logins = self.device_list.unsigned_logins()
        sentence = (
            f"The bot's account is logged in on devices that the bot has not signed: {', '.join(logins)}. They get no"
            " keys. Verify yours there with the recovery key ('bylaug keys show --recovery'), and log out the others."
        )
        changes = {f"identity of {user}": text for user, text in self.device_list.signed_devices.changes.items()}
        return {
            "identity": self.unsigned_reason,
            "logins": sentence if logins else None,
            "key backup": self.key_backup.uploader.concern,
            **changes,
        }

    async def save(self) -> None:
        """Write the changed state to the database."""
        async with self.write_lock:
            changes = self.store.unwritten_changes()
            async with self._database.write() as connection:
                await changes.write(connection)
            self.store.mark_written(changes)

    def receive_sync(self, answer: dict[str, Any]) -> list[RoomKeyId]:
        """Read the parts of a sync for the device (client-server API, "Extensions to /sync").

        Return the new room keys.
        """
        new_keys = []
        self.store.take_keys_of_joined_rooms()
        for message in answer.get("to_device", {}).get("events", []):
            event = self.machine.receive_to_device(message)
            if isinstance(event, RoomKeyEvent):
                new_keys.append((str(event.room_id), str(event.session_id)))
                self._confirmer.note_change()
            elif isinstance(event, DummyEvent):
                self.key_requests.answer_new_session(event.sender, event.sender_key)
            elif message.get("type") == "m.room_key_request":
                self.key_requests.answer(message)
            elif message.get("type") == ROOM_KEY_WITHHELD:
                self.key_requests.note_withheld(message)
        device_lists = answer.get("device_lists", {})
        self._devices_changed(device_lists.get("changed", []), device_lists.get("left", []))
        self._key_upload.receive_sync(answer)
        self.key_requests.forget_wanted(new_keys)
        return new_keys

    def members_changed(self, room: str) -> None:
        """Note that somebody joined or left a room.

        A new member may have received a message that the bot has just sent.
        """
        self.device_list.members_changed(room)
        self._confirmer.note_change()
        if self.encryptor.has_recent_messages(room):
            self._rooms_to_share.add(room)

    async def publish(self) -> None:
        """Upload the device's keys and new one-time keys when they are needed, and have the device signed.

        Raises `TemporaryFailure`.
        """
        async with self._publish_lock:
            await self._key_upload.upload()
            if not self._signature_checked:
                await self._sign()

    async def _sign(self) -> None:
        self._signature_checked = True  # set before the check: a change during it leads to another check
        try:
            reason = await sign_own_device(self._client, self._database, self._credentials, self.device_key())
        except BaseException:
            self._signature_checked = False
            raise
        if reason is not None and reason != self.unsigned_reason:
            log.error("%s", reason)
        self.unsigned_reason = reason
        identity = await load_identity(self._database, self._client.account) if reason is None else None
        own_key = identity.public_keys["self_signing"] if identity else None
        self.device_list.signed_devices.own_self_signing_key = own_key

    def device_key(self) -> DeviceKey:
        """Return the device's Ed25519 key, which the bot's identity signs and which signs the bot's master key."""
        account = self.machine.olm.account
        ed25519 = account.identity_keys["ed25519"]
        return DeviceKey(self._client.account, self.machine.olm.device_id, ed25519, account.sign)

    async def encrypt(
        self, room: str, event_type: str, content: dict[str, Any], settings: dict[str, Any]
    ) -> dict[str, Any]:
        """Encrypt an event (see `Encryptor.encrypt`). The device is published before, if it is not published yet."""
        if not self._signature_checked:
            await self.publish()
        return await self.encryptor.encrypt(room, event_type, content, settings)

    async def confirm_keys(self) -> list[RoomKeyId]:
        """Confirm the new room keys of members (bot.matrix.crypto.confirm_keys); return them.

        Raises `TemporaryFailure`.
        """
        if self.store.has_unwritten:
            await self.save()
        confirmed = await self._confirmer.confirm()
        self.key_requests.forget_wanted(confirmed)
        if confirmed:
            self.key_backup.uploader.wake()
        return confirmed

    async def fetch_keys(self, room: str) -> list[RoomKeyId]:
        """Fetch the room's keys from the key backup, once in the life of the database; return them."""
        found = await self.key_backup.fetcher.fetch(room)
        self.key_requests.forget_wanted(found)
        return found

    async def fetch_keys_behind(self) -> list[RoomKeyId]:
        """Fetch the keys of the rooms whose keys could not be fetched before; return them."""
        found = await self.key_backup.fetcher.fetch_behind()
        self.key_requests.forget_wanted(found)
        return found

    async def do_pending_work(self) -> None:
        """Publish the device, repair Olm sessions, request missing keys and share keys.

        Raises `TemporaryFailure` when the work has to be tried again.
        """
        await self.publish()
        await self._repair_sessions()
        await self.key_requests.send()
        now = asyncio.get_running_loop().time()
        self._rooms_to_share.update(room for room, at in self.encryptor.retry_times.items() if at <= now)
        for room in list(self._rooms_to_share):
            try:
                await self.encryptor.share_missing_keys(room)
            except MatrixError as error:
                log.info("the room key of %s cannot be shared: %s", room, error)
            self._rooms_to_share.discard(room)
        if self.store.has_unwritten:
            await self.save()

    @property
    def seconds_to_next_work(self) -> float | None:
        """Seconds until `do_pending_work` has work again; None when no work is planned."""
        now = asyncio.get_running_loop().time()
        times = self.encryptor.retry_times.values()
        pauses = [max(_MIN_PAUSE_SECONDS, min(times) - now)] if times else []
        if (next_try := self.key_backup.fetcher.seconds_to_next_try) is not None:
            pauses.append(next_try)
        return min(pauses, default=None)

    async def _repair_sessions(self) -> None:
        """Start new Olm sessions with devices whose messages cannot be decrypted any more."""
        if claims := self.machine.claims_for_wedged_devices():
            try:
                await claim_keys(self._client, self.machine, claims)
            except MatrixError as error:
                log.info("no new Olm sessions: %s", error)
            self.machine.olm.wedged_devices.clear()
        messages = self.machine.take_dummy_messages()
        if messages:
            await self.save()
        for message in messages:
            content_by_device = {message.recipient: {message.recipient_device: message.content}}
            await send_to_devices(self._client, message.type, content_by_device)

    def _devices_changed(self, changed: list[str], left: list[str]) -> None:
        if self._client.account in changed:
            self._signature_checked = False  # the bot's account may have a new device, or another identity
            self._key_upload.own_devices_changed()
        if changed:
            self._rooms_to_share.update(self.encryptor.rooms_with_recent_messages())
            self._confirmer.note_change()
        self.device_list.devices_changed(changed, left)


async def load_device(client: Client, store: Store, credentials: Credentials) -> OwnDevice:
    """Return the bot's device from the database, or a new device.

    Raises `Fatal` when the keys are encrypted with another passphrase.
    """
    if not client.device_id:
        client.device_id = (await client.call("GET", "account", "whoami"))["device_id"]
    async with store.read() as connection:
        state = await read_crypto_state(connection)
    salt = state.get(("salt", ""))
    if salt is None:
        salt = json.dumps(new_salt())
        async with store.write() as connection:
            await write_crypto_state(connection, {("salt", ""): salt})
    pickle_key = await asyncio.to_thread(derive_pickle_key, credentials.passphrase or "", json.loads(salt))
    try:
        device = OwnDevice(client, store, credentials, CryptoStore(pickle_key, client.device_id, state))
    except Exception as error:
        raise Fatal(
            "The keys of the encrypted rooms cannot be opened: the passphrase is not the one they were locked with. "
            "Put the old one back; where it is lost, 'bylaug keys replace --new-identity' begins anew.",
            EX_CONFIG,
        ) from error
    await device.save()
    return device
