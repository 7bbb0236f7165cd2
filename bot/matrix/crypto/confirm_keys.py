"""Confirms room keys from unknown devices: the owner must be in the room and have published the device."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.concurrency.retry import retry_forever
from bot.matrix.address import room_id
from bot.matrix.client import MatrixError
from bot.matrix.crypto.device_list import DeviceList
from bot.matrix.crypto.machine import OlmMachine
from bot.store.crypto import KeySource, confirm_keys, find_unconfirmed_keys, reject_keys
from bot.store.database.transaction import Store

log = logging.getLogger(__name__)

#: Room id and session id of a room key.
RoomKeyId = tuple[str, str]


class KeyConfirmer:
    """Asks the homeserver about the owners of unconfirmed room keys.

    Everybody can send the bot a room key, and a homeserver can send one in anybody's name. So a key is only used when
    its owner has published the device that sent it, and only kept when its owner is in the room.
    """

    def __init__(self, store: Store, machine: OlmMachine, device_list: DeviceList) -> None:
        self._store, self._machine, self._device_list = store, machine, device_list
        self._has_changed = asyncio.Event()
        self._has_changed.set()  # keys may be left from before the start

    def note_change(self) -> None:
        """Have `confirm` check all unconfirmed keys: there are new keys, or members or their devices have changed."""
        self._has_changed.set()

    async def confirm(self) -> list[RoomKeyId]:
        """Confirm keys from devices of members, and delete keys of people who are not members.

        Returns the keys that were confirmed now. Raises `TemporaryFailure`.
        """
        if not self._has_changed.is_set():
            return []
        self._has_changed.clear()
        try:
            return await self._confirm_all()
        except BaseException:
            self._has_changed.set()
            raise

    async def _confirm_all(self) -> list[RoomKeyId]:
        sources = await retry_forever("finding unconfirmed room keys", self._find_unconfirmed)
        confirmed = []
        for source in sources:
            room = room_id(source.place)
            try:
                members = await self._device_list.find_members(room)
            except MatrixError as error:
                log.info("the members of %s cannot be asked for: %s", room, error)
                continue
            if source.owner not in members:
                await retry_forever("rejecting room keys", partial(self._settle, source, reject_keys))
                continue
            await self._device_list.query_devices(frozenset([source.owner]))
            if self._machine.find_device(source.owner, source.sender_key) is not None:
                await retry_forever("confirming room keys", partial(self._settle, source, confirm_keys))
                confirmed.append((room, source.session))
        return confirmed

    async def _find_unconfirmed(self) -> list[KeySource]:
        async with self._store.read() as connection:
            return await find_unconfirmed_keys(connection)

    async def _settle(self, source: KeySource, settle: Callable[[AsyncConnection, KeySource], Awaitable[None]]) -> None:
        async with self._store.write() as connection:
            await settle(connection, source)
