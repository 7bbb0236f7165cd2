"""A user who reads and writes in encrypted rooms with another client than the bot's: nio's own, with nio's store."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from live_setup import PASSPHRASE, Event, LiveSetup, MatrixUser
from nio import AsyncClient, AsyncClientConfig, MegolmEvent, RoomSendResponse, SyncResponse
from nio.event_builders import ToDeviceMessage

from bot.demo.homeserver import Account, Homeserver

_CONFIG = AsyncClientConfig(encryption_enabled=True, store_sync_tokens=False, max_timeouts=3)
_ROOM_FILTER = {"timeline": {"limit": 1000}}

#: The state event that makes a room encrypted.
ENCRYPTION_EVENT: Event = {
    "type": "m.room.encryption",
    "state_key": "",
    "content": {"algorithm": "m.megolm.v1.aes-sha2"},
}


class EncryptedUser(MatrixUser):
    """A user whose messages are encrypted where the room is. The events read from a room are decrypted.

    `undecrypted` holds the events that cannot be decrypted, by room; `retry_decryption` tries them again with the keys
    that came since.
    """

    def __init__(self, homeserver: Homeserver, account: Account, folder: Path) -> None:
        super().__init__(homeserver, account)
        folder.mkdir(parents=True, exist_ok=True)
        self.nio_client = AsyncClient(
            homeserver.url, account.user_id, device_id=account.device_id, store_path=str(folder), config=_CONFIG
        )
        self.nio_client.restore_login(account.user_id, account.device_id, account.access_token)
        self.undecrypted: dict[str, list[MegolmEvent]] = {}
        self._lock = asyncio.Lock()

    async def send(self, room: str, event_type: str, content: dict[str, Any]) -> str:
        """Send an event of any type, encrypted where the room is, and return its id."""
        async with self._lock:
            if room not in self.nio_client.rooms:
                await self._sync_once()
            await self._exchange_keys()
            response = await self.nio_client.room_send(
                room, event_type, content, tx_id=uuid4().hex, ignore_unverified_devices=True
            )
        assert isinstance(response, RoomSendResponse), response
        return str(response.event_id)

    async def ping(self, room: str, word: str) -> Event:
        """Send !ping, wait until the answer is decrypted, and return its event as the homeserver has it."""
        await self.say(room, f"!ping {word}")
        pong = await self.wait_for_text(room, f"pong {word}")
        event: Event = await self.client.call("GET", "rooms", room, "event", pong["event_id"])
        return event

    async def join(self, room: str) -> str:
        """Join a room with a device whose keys are uploaded, and return the room id."""
        room_id = await super().join(room)
        await self.publish_keys()
        return room_id

    async def publish_keys(self) -> None:
        """Upload this device's keys, so that others can give it room keys."""
        async with self._lock:
            await self._sync_once()

    def retry_decryption(self, room: str) -> list[MegolmEvent]:
        """Decrypt the undecrypted events of a room for which the key has come; return the others."""
        events, self.undecrypted[room] = self.undecrypted.get(room, []), []
        for event in events:
            self._keep_event(room, self.nio_client.olm.decrypt_event(event, room) or event)
        return self.undecrypted[room]

    async def start_withheld_session(self, room: str) -> str:
        """Start a Megolm session whose key nobody is given; return the key for `share_withheld_key`."""
        async with self._lock:
            await self._sync_once()
            return self.start_session(room)

    def start_session(self, room: str) -> str:
        """Start a Megolm session for a room in which the user need not be; return its key."""
        self.nio_client.olm.create_outbound_group_session(room)
        session = self.nio_client.olm.outbound_group_sessions[room]
        session.mark_as_shared()
        return str(session.session_key)

    async def know_devices_of(self, user: str) -> None:
        """Ask for the devices of somebody who is in no room with this user."""
        async with self._lock:
            await self._sync_once()
            self.nio_client.olm.users_for_key_query.add(user)
            await self.nio_client.keys_query()

    async def share_withheld_key(self, room: str, key: str, user: str) -> None:
        """Give the key of a withheld session to one user's devices."""
        olm = self.nio_client.olm
        content = {"algorithm": "m.megolm.v1.aes-sha2", "room_id": room, "session_key": key}
        content["session_id"] = olm.outbound_group_sessions[room].id
        async with self._lock:
            await self._sync_once()
            await self.nio_client.keys_claim(olm.get_missing_sessions([user]) or {user: []})
            for device in olm.device_store.active_user_devices(user):
                session = olm.session_store.get(device.curve25519)
                encrypted = olm._olm_encrypt(session, device, "m.room_key", content)
                await self.nio_client.to_device(ToDeviceMessage("m.room.encrypted", user, device.id, encrypted))

    async def withhold_key(self, room: str, user: str) -> None:
        """Tell one user's devices that they do not get the key of the present session, as they are not verified."""
        session = self.nio_client.olm.outbound_group_sessions[room].id
        content = {"algorithm": "m.megolm.v1.aes-sha2", "room_id": room, "session_id": session, "code": "m.unverified"}
        content["sender_key"] = self.nio_client.olm.account.identity_keys["curve25519"]
        await self.nio_client.to_device(ToDeviceMessage("m.room_key.withheld", user, "*", content))

    async def close(self) -> None:
        """Close the connections and the store."""
        await self.nio_client.close()
        if self.nio_client.store is not None:
            self.nio_client.store.database.close()
        await self.client.close()

    async def _sync(self, room: str) -> None:
        async with self._lock:
            await self._sync_once(timeout=500)
        self.retry_decryption(room)  # as clients do: a key may come after the message it decrypts

    async def _sync_once(self, timeout: int = 0) -> None:  # noqa: ASYNC109  # the homeserver's, in milliseconds
        answer = await self.nio_client.sync(timeout=timeout, since=self._since, sync_filter={"room": _ROOM_FILTER})
        assert isinstance(answer, SyncResponse), answer
        self._since = answer.next_batch
        for room, part in answer.rooms.join.items():
            for event in part.timeline.events:
                self._keep_event(room, event)
        await self._exchange_keys()

    def _keep_event(self, room: str, event: Any) -> None:
        if isinstance(event, MegolmEvent):
            self.undecrypted.setdefault(room, []).append(event)
        else:
            self.events.setdefault(room, []).append({**event.source, "event_id": event.event_id})

    async def _exchange_keys(self) -> None:
        """Upload, query and claim keys as nio's own sync loop does."""
        if self.nio_client.should_upload_keys:
            await self.nio_client.keys_upload()
        if self.nio_client.should_query_keys:
            await self.nio_client.keys_query()
        if self.nio_client.should_claim_keys:
            await self.nio_client.keys_claim(self.nio_client.get_users_for_key_claiming())
        await self.nio_client.send_to_device_messages()


async def add_encrypted_user(live: LiveSetup, name: str) -> EncryptedUser:
    """Register a user with a store for keys. The bot has a passphrase from now on."""
    live.passphrase = PASSPHRASE
    store = live.folder / "stores" / name
    return live.track_user(EncryptedUser(live.homeserver, await live.register_account(name), store))


async def add_encrypted_device(live: LiveSetup, user: MatrixUser) -> EncryptedUser:
    """Log a user in with one more device, whose keys are uploaded."""
    body = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": user.user_id}}
    answer = await user.client.call_without_token("POST", "login", body={**body, "password": "hemmelig"})
    account = Account(user.user_id, answer["access_token"], answer["device_id"])
    store = live.folder / "stores" / account.device_id
    device = live.track_user(EncryptedUser(live.homeserver, account, store))
    await device.publish_keys()
    return device


async def create_encrypted_room(
    live: LiveSetup,
    *names: str,
    state: Sequence[Event] = (ENCRYPTION_EVENT,),
    features: str = "bookings",
    more: str = "encrypted: true",
) -> tuple[str, list[EncryptedUser]]:
    """Create a room with users who know each other's keys; the last one is the contractor. Return it and them."""
    people = [await add_encrypted_user(live, name) for name in names]
    room = await live.create_room(*people, state=state, features=features, more=more)
    for person in people:
        await person.publish_keys()
    return room, people
