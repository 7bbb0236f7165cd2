"""Knows which rooms are encrypted, and wakes our device for them (bot.matrix.crypto) when there is the first one."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.concurrency.retry import RoomUnavailable, TemporaryFailure, retry_forever, retry_temporary
from bot.config.community import Community
from bot.config.credentials import Credentials
from bot.matrix.address import room_address, room_id
from bot.matrix.client import Client, MatrixError
from bot.matrix.event_types import MEGOLM, ROOM_ENCRYPTED, ROOM_ENCRYPTION
from bot.pipeline.context import Context
from bot.store.crypto import find_encryption_settings, set_encryption_settings

if TYPE_CHECKING:
    from bot.matrix.crypto.device import OwnDevice
    from bot.matrix.crypto.undecrypted import UndecryptedMessages

log = logging.getLogger(__name__)

#: What a sync has to bring besides what people say.
ENCRYPTION_TYPES = [ROOM_ENCRYPTED, ROOM_ENCRYPTION]

#: Seconds between two looks at what waits.
UNDECRYPTED_CHECK_SECONDS = 15.0

_NO_PASSPHRASE = "is encrypted and there is no passphrase for its keys: see passphrase_file in config.yaml"

Event = dict[str, Any]
#: What is to be written in the same transaction as what a sync brought.
ExtraWrite = Callable[[AsyncConnection], Awaitable[None]]


class RoomEncryption:
    """The encrypted rooms of one account. `awaken` hears of places that have work."""

    def __init__(self, client: Client, context: Context, secret: Credentials, awaken: Callable[[str], None]) -> None:
        self._client, self._context, self._awaken = client, context, awaken
        self._secret = secret
        self._rooms: dict[str, dict[str, Any] | None] = {}
        self._doubted: set[str] = set()
        self._shut_rooms: set[str] = set()
        self._device: OwnDevice | None = None
        self._waiting: UndecryptedMessages | None = None  # there whenever the device is
        self._waking = asyncio.Lock()
        self._news = asyncio.Event()

    async def start(self, communities: Iterable[Community]) -> None:
        """What is known of before. Where there is, or is to be, an encrypted room, our device makes itself known: it
        must be before it joins, or people write to a room whose keys it is not given.

        Raises `Fatal` when the passphrase is the wrong one.
        """
        async with self._context.store.read() as connection:
            known = await find_encryption_settings(connection)
        self._rooms = {room_id(place): json.loads(settings) if settings else None for place, settings in known.items()}
        if any(map(self.is_encrypted, self._rooms)) or any(community.encrypted for community in communities):
            await retry_temporary(self._begin, self._notice)

    @property
    def event_types(self) -> list[str]:
        """The types of events a sync has to bring; who comes and goes matters where there are keys to be given."""
        return [*ENCRYPTION_TYPES, "m.room.member"] if self._device else ENCRYPTION_TYPES

    def is_encrypted(self, room: str) -> bool:
        """Whether a room is encrypted, as far as we know."""
        return self._rooms.get(room) is not None

    async def check_room(self, room: str, community: Community | None = None) -> None:
        """Ask the homeserver whether a room, which is a community's, is encrypted. Raises `Later` and `MatrixError`."""
        try:
            content = await self._client.call("GET", "rooms", room, "state", ROOM_ENCRYPTION, "")
        except MatrixError as no:
            if no.code != "M_NOT_FOUND":
                raise
            content = {}
        await self._note(room, content, community)

    async def forget_left_room(self, room: str) -> None:
        """We are no longer in a room: that it is not encrypted may have changed when we come back."""
        if room in self._rooms and not self.is_encrypted(room):
            del self._rooms[room]
            await retry_forever("noting that a room was left", partial(self._write_down, room, None))

    async def encrypt(self, room: str, kind: str, content: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """What is to be sent instead: the same where the room is not encrypted. Raises like `needs_seal`."""
        device, settings = await self._device_for(room)
        if device is None:
            return kind, content
        return ROOM_ENCRYPTED, await device.encrypt(room, kind, content, settings)

    async def must_encrypt(self, room: str) -> bool:
        """Whether what is said in a room is said in secret.

        Raises `Closed` where it should be and cannot, `Later` when that is a matter of time, and `MatrixError` when we
        are not in the room.
        """
        return (await self._device_for(room))[0] is not None

    async def _device_for(self, room: str) -> "tuple[OwnDevice | None, dict[str, Any]]":
        """Our device and the room's settings, where it takes one."""
        if room not in self._rooms:
            await self.check_room(room)
        settings = self._rooms.get(room)
        if settings is None:
            community = self._context.rooms.communities.get(room_address(room))
            if community is not None and community.encrypted:
                raise self._shut(room, "should be encrypted and is not yet: somebody who may has to turn it on")
            return None, {}
        device = await self._wake()
        if device is None:
            raise self._shut(room, _NO_PASSPHRASE)
        if settings.get("algorithm") != MEGOLM:
            raise self._shut(room, f"is encrypted in a way we do not know, {settings.get('algorithm')!r}")
        return device, settings

    async def receive_keys(self, answer: dict[str, Any]) -> list[tuple[str, Event]]:
        """Take in what a sync says to our device; what can be read now of what waited for a key, with its room."""
        if self._device is None or self._waiting is None:
            return []
        read: list[tuple[str, Event]] = []
        for room, session in self._device.receive_sync(answer):
            read += [(room, event) for event in await self._waiting.decrypt_with_key(room, session)]
        self._news.set()
        return read

    async def decrypt(self, room: str, events: list[Event]) -> list[Event]:
        """The events of a room, with what was encrypted as it was said; what cannot be read yet is kept apart."""
        opened = []
        for event in events:
            kind = event.get("type") if isinstance(event, dict) else None
            if kind == ROOM_ENCRYPTION and event.get("state_key") == "":
                await self._note(room, event.get("content"))
            elif kind == "m.room.member" and self._device is not None:
                self._device.members_changed(room)
            if kind != ROOM_ENCRYPTED:
                opened.append(event)
            elif room_address(room) in self._context.rooms.communities and (said := await self._open(room, event)):
                opened.append(said)
        return opened

    @property
    def has_unwritten(self) -> bool:
        """Whether there is something to be written before the next sync is asked for."""
        if self._device is None or self._waiting is None:
            return False
        return self._device.store.has_unwritten or self._waiting.has_unwritten

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[ExtraWrite | None]:
        """Gives what is to be written besides what a sync brought; leaving says that it was."""
        device, waiting = self._device, self._waiting
        if device is None or waiting is None:
            yield None
            return
        async with device.write_lock:
            batch = device.store.unwritten_changes()

            async def also(connection: AsyncConnection) -> None:
                await batch.write(connection)
                await waiting.write(connection)

            yield also
            device.store.mark_written(batch)
            if waiting.has_unwritten:
                self._news.set()
            waiting.mark_written()

    async def run(self) -> None:
        """Do what our device owes to others, and see to what waits for its key, until cancelled."""
        while True:
            pause: float | None = None
            if self._device is not None and self._waiting is not None:
                await retry_temporary(self._device.do_pending_work, self._notice)
                self._context.health.set_warning("identity", self._device.unsigned_reason)
                await retry_forever("looking after unread messages", self._waiting.handle_overdue)
                pauses = (
                    self._device.seconds_to_next_work,
                    None if self._waiting.is_empty else UNDECRYPTED_CHECK_SECONDS,
                )
                pause = min((seconds for seconds in pauses if seconds is not None), default=None)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._news.wait()
            self._news.clear()

    async def _begin(self) -> None:
        if device := await self._wake():
            await device.publish()

    async def _wake(self) -> "OwnDevice | None":
        async with self._waking:
            if self._device is None and self._secret.passphrase is not None:
                # loading it takes time, and most villages need none of it
                from bot.matrix.crypto.device import load_device
                from bot.matrix.crypto.undecrypted import UndecryptedMessages

                device = await load_device(self._client, self._context.store, self._secret)
                self._device, self._waiting = device, UndecryptedMessages(device, self._context, self._awaken)
                self._news.set()
        return self._device

    async def _note(self, room: str, content: Any, community: Community | None = None) -> None:
        """What a room says of its encryption. It is never turned off again: whoever says so wants to listen."""
        if self.is_encrypted(room):
            return
        on = isinstance(content, dict) and bool(content.get("algorithm"))
        self._rooms[room] = content if on else None
        settings = json.dumps(content) if on else ""
        await retry_forever("noting that a room is encrypted", partial(self._write_down, room, settings))
        if on:
            self._tell(room, community or self._context.rooms.communities.get(room_address(room)))
            self._reopen(room)
            if await self._wake() is None:
                self._shut(room, _NO_PASSPHRASE)
            with suppress(TemporaryFailure):  # it is tried again in `run`
                await self._begin()

    async def _write_down(self, room: str, settings: str | None) -> None:
        async with self._context.store.write() as connection:
            await set_encryption_settings(connection, room_address(room), settings)

    def _tell(self, room: str, community: Community | None) -> None:
        if community is not None and not community.encrypted:
            log.info("%s is encrypted, though %s does not say so; the bot works there", room, community.file)
        else:
            log.info("%s is encrypted", room)

    def _reopen(self, room: str) -> None:
        """What must not be said openly can be said now."""
        community = self._context.rooms.communities.get(room_address(room))
        if room in self._shut_rooms and community is not None:
            self._context.health.mark_served(community.key)
        self._shut_rooms.discard(room)
        self._awaken(room_address(room))

    def _shut(self, room: str, why: str) -> RoomUnavailable:
        """Nothing can be said in a room: told once, and what there is to say is kept."""
        if room not in self._shut_rooms:
            self._shut_rooms.add(room)
            log.error("nothing is said in %s, because it %s", room, why)
            if community := self._context.rooms.communities.get(room_address(room)):
                self._context.health.mark_not_served(community.key, f"its room {why}")
        return RoomUnavailable(f"{room} {why}")

    async def _open(self, room: str, event: Event) -> Event | None:
        if not self.is_encrypted(room) and room not in self._doubted:
            self._doubted.add(room)
            try:
                await self.check_room(room)
            except (TemporaryFailure, MatrixError) as why:
                log.warning("whether %s is encrypted cannot be said: %s", room, why)
        if self._device is None or self._waiting is None:
            return None
        said = await self._device.decryptor.decrypt(room, event)
        if said is None:
            self._waiting.add(room, event)
        else:
            self._waiting.mark_decrypted(room, said)
        return said

    def _notice(self, why: TemporaryFailure, pause: float) -> None:
        log.warning("keys have to wait %.1f s: %s", pause, why)
