"""Encrypts and decrypts for sending and for the sync loop. Knows which rooms are encrypted, and has the bot's device.

The cryptography (bot.matrix.crypto) is loaded when there is a passphrase or the first encrypted room.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.concurrency.retry import TemporaryFailure, retry_forever, retry_temporary
from bot.config.community import Community
from bot.config.credentials import Credentials
from bot.matrix.address import room_address, room_id
from bot.matrix.client import Client, MatrixError
from bot.matrix.event_types import MEGOLM, ROOM_ENCRYPTED, ROOM_ENCRYPTION
from bot.matrix.kept_events import make_undecrypted
from bot.matrix.room_settings import RoomSettings
from bot.matrix.unsendable_rooms import UnsendableRooms
from bot.pipeline.context import Context
from bot.store.messages.undecrypted import insert_undecrypted

if TYPE_CHECKING:
    from bot.matrix.crypto.device import OwnDevice
    from bot.matrix.crypto.undecrypted import UndecryptedMessages

log = logging.getLogger(__name__)

#: Event types that a sync has to bring so that the bot notices encrypted rooms and can read their messages.
ENCRYPTION_TYPES = [ROOM_ENCRYPTED, ROOM_ENCRYPTION]

#: Seconds between two checks for messages that wait too long for their key.
UNDECRYPTED_CHECK_SECONDS = 15.0

_NOT_ENCRYPTED = "should be encrypted and is not yet: somebody who may has to turn it on"
_NO_PASSPHRASE = "is encrypted and there is no passphrase for its keys: see passphrase_file in config.yaml"

Event = dict[str, Any]
#: Writes further rows in the transaction that writes the events of a sync.
ExtraWrite = Callable[[AsyncConnection], Awaitable[None]]
#: Calls a function that decrypts stored messages and returns them with their room ids, and writes the rows that follow
#: from them. No sync is handled meanwhile: it could store a message for the same key just after the function looked.
WriteLateEvents = Callable[[Callable[[], Awaitable[list[tuple[str, Event]]]]], Awaitable[None]]


@dataclass(frozen=True)
class _Crypto:
    """The bot's device and the messages it cannot decrypt yet."""

    device: "OwnDevice"
    undecrypted: "UndecryptedMessages"


class RoomEncryption:
    """The encrypted rooms of one account.

    `wake_worker` is called with places that have inbox rows or outbox rows. The sync loop sets `write_late_events`.
    """

    def __init__(
        self, client: Client, context: Context, credentials: Credentials, wake_worker: Callable[[str], None]
    ) -> None:
        self._client, self._context, self._wake_worker = client, context, wake_worker
        self._credentials = credentials
        self._settings = RoomSettings(context.store)
        self._checked_rooms: set[str] = set()
        self._unsendable = UnsendableRooms(context, wake_worker)
        self._crypto: _Crypto | None = None
        self._load_lock = asyncio.Lock()
        self._has_work = asyncio.Event()
        self.write_late_events: WriteLateEvents | None = None

    async def start(self, communities: Iterable[Community]) -> None:
        """Load the stored settings of rooms.

        Upload the bot's device keys if any room is encrypted or is to be encrypted. The keys have to be on the
        homeserver before the bot joins, or people's clients would not share their room keys with the bot. If
        there is a passphrase and no such room, `run` uploads the keys: somebody may encrypt a room at any time, and
        their client must know the bot's device by then. Raises `Fatal` when the passphrase is wrong.
        """
        await self._settings.load()
        if self._settings.has_encrypted_rooms or any(community.encrypted for community in communities):
            await retry_temporary(self._publish_device, self._log_pause)

    @property
    def event_types(self) -> list[str]:
        """The event types that a sync has to bring. Memberships are needed when keys have to be shared with members."""
        return [*ENCRYPTION_TYPES, "m.room.member"] if self._crypto else ENCRYPTION_TYPES

    def is_encrypted(self, room: str) -> bool:
        """Whether a room is encrypted, by the settings that are known."""
        return self._settings.is_encrypted(room)

    async def check_room(self, room: str, community: Community | None = None) -> None:
        """Ask the homeserver whether a community's room is encrypted. Raises `TemporaryFailure` and `MatrixError`."""
        try:
            content = await self._client.call("GET", "rooms", room, "state", ROOM_ENCRYPTION, "")
        except MatrixError as error:
            if error.code != "M_NOT_FOUND":
                raise
            content = {}
        await self._note_settings(room, content, community)

    async def note_unencrypted(self, rooms: Iterable[str]) -> None:
        """Note that the homeserver has told of these rooms, and that none of them is encrypted."""
        await self._settings.note_unencrypted(rooms)

    async def forget_left_room(self, room: str) -> None:
        """Delete the record that a room is not encrypted: its encryption may be switched on before the bot is back."""
        await self._settings.forget(room)

    async def encrypt(self, room: str, event_type: str, content: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return the event type and content to send, encrypted if the room is encrypted. Raises like `must_encrypt`."""
        device, settings = await self._find_device(room)
        if device is None:
            return event_type, content
        return ROOM_ENCRYPTED, await device.encrypt(room, event_type, content, settings)

    async def must_encrypt(self, room: str) -> bool:
        """Whether messages to a room have to be encrypted.

        Raises `RoomUnavailable` when they have to be and cannot be, `TemporaryFailure` when that will pass, and
        `MatrixError` when the bot is not in the room.
        """
        return (await self._find_device(room))[0] is not None

    async def _find_device(self, room: str) -> "tuple[OwnDevice | None, dict[str, Any]]":
        """Return the room's settings, and the bot's device if the room is encrypted. Raises like `must_encrypt`."""
        if not self._settings.is_known(room):
            await self.check_room(room)
        settings = self._settings.find(room)
        if settings is None:
            community = self._context.rooms.communities.get(room_address(room))
            if community is not None and community.encrypted:
                raise self._unsendable.mark_unavailable(room, _NOT_ENCRYPTED)
            return None, {}
        crypto = await self._load_crypto()
        if crypto is None:
            raise self._unsendable.mark_unavailable(room, _NO_PASSPHRASE)
        if settings.get("algorithm") != MEGOLM:
            reason = f"is encrypted in a way we do not know, {settings.get('algorithm')!r}"
            raise self._unsendable.mark_unavailable(room, reason)
        return crypto.device, settings

    async def receive_keys(self, answer: dict[str, Any]) -> list[tuple[str, Event]]:
        """Read a sync's parts for the device. Return the older messages that new keys decrypt, with their rooms."""
        if self._crypto is None:
            return []
        crypto, keys = self._crypto, []
        for room in map(room_id, list(self._context.rooms.communities)):
            if self.is_encrypted(room):
                keys += await crypto.device.fetch_keys(room)
        keys += crypto.device.receive_sync(answer)
        if self._context.replay is not None:  # otherwise `run` confirms them, and nobody waits for it
            keys += await retry_temporary(crypto.device.confirm_keys, self._log_pause)
        self._has_work.set()
        return await self._decrypt_kept(crypto, keys)

    async def _decrypt_kept(self, crypto: _Crypto, keys: list[tuple[str, str]]) -> list[tuple[str, Event]]:
        """Return the kept messages that room keys (room and session id) decrypt, with their rooms."""
        keys = await crypto.undecrypted.find_waited_for(keys) if keys else []
        return [(room, event) for room, key in keys for event in await crypto.undecrypted.decrypt_with_key(room, key)]

    async def decrypt(self, room: str, events: list[Event]) -> list[Event]:
        """Return the events of a room, with encrypted events decrypted.

        Events that cannot be decrypted yet are kept and left out. Events that change the encryption or the members of
        the room are noted.
        """
        decrypted = []
        for event in events:
            event_type = event.get("type") if isinstance(event, dict) else None
            if event_type == ROOM_ENCRYPTION and event.get("state_key") == "":
                await self._note_settings(room, event.get("content"))
            elif event_type == "m.room.member" and self._crypto is not None:
                self._crypto.device.members_changed(room)
            if event_type != ROOM_ENCRYPTED:
                decrypted.append(event)
            elif room_address(room) in self._context.rooms.communities:
                decrypted += await self._decrypt_event(room, event)
        return decrypted

    @property
    def has_unwritten(self) -> bool:
        """Whether there are changes to write before the next sync is requested."""
        crypto = self._crypto
        return crypto is not None and (crypto.device.store.has_unwritten or crypto.undecrypted.has_unwritten)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[ExtraWrite | None]:
        """Yield the function that writes the changes; None without encrypted rooms. Leave it after the commit."""
        if self._crypto is None:
            yield None
            return
        device, undecrypted = self._crypto.device, self._crypto.undecrypted
        async with device.write_lock:
            changes = device.store.unwritten_changes()

            async def write(connection: AsyncConnection) -> None:
                await changes.write(connection)
                await undecrypted.write(connection)

            yield write
            device.store.mark_written(changes)
            if undecrypted.has_unwritten:
                self._has_work.set()
            undecrypted.mark_written()

    async def run(self) -> None:
        """Do the background work of the bot's device and check for undecrypted messages, until cancelled."""
        await self._load_crypto()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._work_forever())
            if self._crypto is not None:
                group.create_task(self._crypto.device.key_backup.uploader.run())

    async def _work_forever(self) -> None:
        while True:
            pause = await self._work(self._crypto) if self._crypto is not None else None
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._has_work.wait()
            self._has_work.clear()

    async def _work(self, crypto: _Crypto) -> float | None:
        """Do all pending work. Return the seconds until there may be more; None when no work is planned."""
        keys = await retry_temporary(crypto.device.confirm_keys, self._log_pause)
        keys += await crypto.device.fetch_keys_behind()
        if keys and self.write_late_events is not None:
            await self.write_late_events(partial(self._decrypt_kept, crypto, keys))
        await retry_temporary(crypto.device.do_pending_work, self._log_pause)
        for name, sentence in crypto.device.concerns().items():
            self._context.health.set_warning(name, sentence)
        await retry_forever("checking undecrypted messages", crypto.undecrypted.handle_overdue)
        check_pause = None if crypto.undecrypted.is_empty else UNDECRYPTED_CHECK_SECONDS
        pauses = (crypto.device.seconds_to_next_work, check_pause)
        return min((seconds for seconds in pauses if seconds is not None), default=None)

    async def _publish_device(self) -> None:
        if crypto := await self._load_crypto():
            await crypto.device.publish()

    async def _load_crypto(self) -> _Crypto | None:
        """Return the bot's device, loaded at the first call; None when there is no passphrase for its keys."""
        async with self._load_lock:
            if self._crypto is None and self._credentials.passphrase is not None:
                # imported here because loading takes time, and most communities have no encrypted room
                from bot.matrix.crypto.device import load_device
                from bot.matrix.crypto.undecrypted import UndecryptedMessages

                device = await load_device(self._client, self._context.store, self._credentials)
                device.store.is_served = lambda place: place in self._context.rooms.communities
                device.device_list.allows_unsigned = self._allows_unsigned
                self._crypto = _Crypto(device, UndecryptedMessages(device, self._context, self._wake_worker))
                self._has_work.set()
        return self._crypto

    def _allows_unsigned(self, room: str) -> bool:
        community = self._context.rooms.communities.get(room_address(room))
        return community is not None and community.unverified_devices

    async def _note_settings(self, room: str, content: Any, community: Community | None = None) -> None:
        """Note the content of a room's m.room.encryption. If that switches encryption on, publish the bot's device."""
        if await self._settings.note(room, content):
            community = community or self._context.rooms.communities.get(room_address(room))
            is_unsaid = community is not None and not community.encrypted
            log.info("%s is encrypted%s", room, ", though its file does not say so" if is_unsaid else "")
            self._unsendable.mark_available(room)
            if await self._load_crypto() is None:
                self._unsendable.mark_unavailable(room, _NO_PASSPHRASE)
            with suppress(TemporaryFailure):  # `run` tries it again
                await self._publish_device()

    async def _decrypt_event(self, room: str, event: Event) -> list[Event]:
        """Return an event decrypted, as a list. Keep the event and return [] when it cannot be decrypted yet."""
        if not self.is_encrypted(room) and room not in self._checked_rooms:
            self._checked_rooms.add(room)
            try:
                await self.check_room(room)
            except (TemporaryFailure, MatrixError) as error:
                log.warning("cannot find out whether %s is encrypted: %s", room, error)
        if self._crypto is None:
            await retry_forever("keeping an encrypted message", partial(self._keep_without_keys, room, event))
            return []
        kept = await self._decrypt_kept(self._crypto, await self._crypto.device.fetch_keys(room))
        return [*(event for _, event in kept), *await self._crypto.undecrypted.decrypt_or_keep(room, event)]

    async def _keep_without_keys(self, room: str, event: Event) -> None:
        """Store a message while there is no passphrase. Once there is one, the bot asks its sender to send it again."""
        if (kept := make_undecrypted(room, event, self._context.clock())) is not None:
            async with self._context.store.write() as connection:
                await insert_undecrypted(connection, kept)

    def _log_pause(self, error: TemporaryFailure, pause: float) -> None:
        log.warning("exchanging keys has to wait %.1f s: %s", pause, error)
