"""Somebody who reads and writes in encrypted rooms, with a client that is not ours (nio's own, its own store)."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from neighbours import Event, Neighbour, Street
from nio import AsyncClient, AsyncClientConfig, MegolmEvent, RoomSendResponse, SyncResponse
from nio.event_builders import ToDeviceMessage

from bot.demo.homeserver import Account, Homeserver

_CONFIG = AsyncClientConfig(encryption_enabled=True, store_sync_tokens=False, max_timeouts=3)

#: What makes a room encrypted.
ENCRYPTION: Event = {
    "type": "m.room.encryption",
    "state_key": "",
    "content": {"algorithm": "m.megolm.v1.aes-sha2"},
}


class SecretNeighbour(Neighbour):
    """A neighbour whose messages are encrypted where the room is. What is heard is what was said.

    `sealed` holds what cannot be read, by room; `look_again` tries it once more with the keys that came since.
    """

    def __init__(self, homeserver: Homeserver, account: Account, folder: Path) -> None:
        super().__init__(homeserver, account)
        folder.mkdir(parents=True, exist_ok=True)
        self.secret = AsyncClient(
            homeserver.url, account.user_id, device_id=account.device_id, store_path=str(folder), config=_CONFIG
        )
        self.secret.restore_login(account.user_id, account.device_id, account.access_token)
        self.sealed: dict[str, list[MegolmEvent]] = {}
        self._one_at_a_time = asyncio.Lock()

    async def send(self, room: str, kind: str, content: dict[str, Any]) -> str:
        """Send any event, encrypted where the room is."""
        async with self._one_at_a_time:
            if room not in self.secret.rooms:
                await self._take_in()
            await self._give_and_get_keys()
            sent = await self.secret.room_send(room, kind, content, tx_id=uuid4().hex, ignore_unverified_devices=True)
        assert isinstance(sent, RoomSendResponse), sent
        return str(sent.event_id)

    async def join(self, room: str) -> str:
        """Join a room, and be known there with a device that can be written to."""
        joined = await super().join(room)
        await self.meet()
        return joined

    async def meet(self) -> None:
        """Let the others know our keys."""
        async with self._one_at_a_time:
            await self._take_in()

    def look_again(self, room: str) -> list[MegolmEvent]:
        """Read what could not be read, where that is possible now; what is left."""
        sealed, self.sealed[room] = self.sealed.get(room, []), []
        for event in sealed:
            self._hear(room, self.secret.olm.decrypt_event(event, room) or event)
        return self.sealed[room]

    async def withhold(self, room: str) -> str:
        """From now on write with a key that nobody was given; what `hand_over` needs to give it after all."""
        async with self._one_at_a_time:
            await self._take_in()
            self.secret.olm.create_outbound_group_session(room)
            session = self.secret.olm.outbound_group_sessions[room]
            session.mark_as_shared()
            return str(session.session_key)

    async def hand_over(self, room: str, key: str, user: str) -> None:
        """Give the key that was withheld to one user's devices."""
        olm = self.secret.olm
        content = {"algorithm": "m.megolm.v1.aes-sha2", "room_id": room, "session_key": key}
        content["session_id"] = olm.outbound_group_sessions[room].id
        async with self._one_at_a_time:
            await self._take_in()
            await self.secret.keys_claim(olm.get_missing_sessions([user]) or {user: []})
            for device in olm.device_store.active_user_devices(user):
                sealed = olm._olm_encrypt(olm.session_store.get(device.curve25519), device, "m.room_key", content)
                await self.secret.to_device(ToDeviceMessage("m.room.encrypted", user, device.id, sealed))

    async def close(self) -> None:
        """Close the connections and the store."""
        await self.secret.close()
        if self.secret.store is not None:
            self.secret.store.database.close()
        await self.client.close()

    async def _listen(self, room: str) -> None:
        async with self._one_at_a_time:
            await self._take_in(timeout=500)
        self.look_again(room)  # as clients do: a key may come after what it opens

    async def _take_in(self, timeout: int = 0) -> None:  # noqa: ASYNC109  # the homeserver's, in milliseconds
        answer = await self.secret.sync(timeout=timeout, since=self._since, sync_filter={"room": _ROOM})
        assert isinstance(answer, SyncResponse), answer
        self._since = answer.next_batch
        for room, part in answer.rooms.join.items():
            for event in part.timeline.events:
                self._hear(room, event)
        await self._give_and_get_keys()

    def _hear(self, room: str, event: Any) -> None:
        if isinstance(event, MegolmEvent):
            self.sealed.setdefault(room, []).append(event)
        else:
            self._heard.setdefault(room, []).append({**event.source, "event_id": event.event_id})

    async def _give_and_get_keys(self) -> None:
        """What nio's own loop does besides."""
        if self.secret.should_upload_keys:
            await self.secret.keys_upload()
        if self.secret.should_query_keys:
            await self.secret.keys_query()
        if self.secret.should_claim_keys:
            await self.secret.keys_claim(self.secret.get_users_for_key_claiming())
        await self.secret.send_to_device_messages()


async def move_in(street: Street, name: str) -> SecretNeighbour:
    """Somebody new in the street."""
    store = street.folder / "stores" / name
    return street.take_in(SecretNeighbour(street.homeserver, await street.register(name), store))


async def settle(
    street: Street,
    *names: str,
    state: Sequence[Event] = (ENCRYPTION,),
    features: str = "bookings",
    more: str = "encrypted: true",
) -> tuple[str, list[SecretNeighbour]]:
    """A room with some neighbours in it who know each other's keys; the last one is the contractor."""
    people = [await move_in(street, name) for name in names]
    room = await street.settle(*people, state=state, features=features, more=more)
    for person in people:
        await person.meet()
    return room, people


_ROOM = {"timeline": {"limit": 1000}}
