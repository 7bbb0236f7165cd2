"""Runs the parts that maintain the communities' rooms: provisioning, access, rejoining and following upgrades."""

import asyncio
from collections.abc import Callable, Iterable, Mapping

from bot.config.community import Community
from bot.matrix.client import Client
from bot.matrix.homeserver_watch import HomeserverWatch
from bot.matrix.room_encryption import RoomEncryption
from bot.matrix.room_writer import RoomWriter
from bot.matrix.rooms.access import RoomAccess
from bot.matrix.rooms.joined_rooms import RoomState
from bot.matrix.rooms.provision import Provisioner
from bot.matrix.rooms.rejoin import Rejoiner
from bot.matrix.rooms.room_changes import RoomChange
from bot.matrix.rooms.update_room import RoomUpdater
from bot.matrix.rooms.upgrade import UpgradeFollower
from bot.pipeline.context import Context
from bot.pipeline.outbound.account_limit import AccountLimit
from bot.pipeline.outbound.dispatch import Dispatcher


class RoomMaintenance:
    """Maintains the rooms of one account. The parts call each other through this object.

    `wake_worker` is called with places that have inbox rows. `dispatcher` returns the dispatcher, which does not exist
    yet when this object is created, because it needs the rejoiner. `limit` is the account's rate limit. The watch is
    told when it is lifted.
    """

    def __init__(
        self,
        client: Client,
        context: Context,
        communities: Iterable[Community],
        encryption: RoomEncryption,
        wake_worker: Callable[[str], None],
        dispatcher: Callable[[], Dispatcher],
        watch: HomeserverWatch,
    ) -> None:
        self._dispatcher = dispatcher
        self._access = RoomAccess(context, self._resume_sending)
        self.limit = AccountLimit(watch.record_limit_lifted)
        writer = RoomWriter(client, self.limit)
        self.rejoiner = Rejoiner(client, writer, context, self._access, self._follow)
        updater = RoomUpdater(client, writer, context, encryption, self.rejoiner)
        self._provisioner = Provisioner(writer, updater, context, communities, wake_worker, encryption, self.rejoiner)
        move_in = self._provisioner.move_in
        self._upgrades = UpgradeFollower(client, writer, context, self._access, encryption, self._send_all, move_in)

    async def load(self) -> None:
        """Read from the database which community is in which room, and the problems of the rooms."""
        await self._provisioner.load_known_rooms()
        await self._access.load()

    async def find_missing_rooms(self, joined: Mapping[str, RoomState]) -> None:
        """Join or create a room for every community that has none. `joined` has rooms that the bot is in, by id."""
        await self._provisioner.find_missing_rooms(joined)

    async def follow_replacements(self) -> None:
        """Follow every room that was replaced, before `run` is started."""
        await self.rejoiner.follow_replacements()

    async def run(self) -> None:
        """Maintain the rooms of all communities until cancelled."""
        async with asyncio.TaskGroup() as group:
            for part in (self._provisioner, self.rejoiner, self.rejoiner.per_room):
                group.create_task(part.run())

    def add_invitations(self, rooms: list[str]) -> None:
        """Have `run` answer invitations to these rooms (room ids)."""
        self._provisioner.add_invitations(rooms)

    async def _follow(self, place: str, change: RoomChange) -> None:
        await self._upgrades.follow(place, change)

    async def _send_all(self, place: str) -> None:
        self._dispatcher().wake(place)
        await self._dispatcher().per_room.wait_until_idle(place)

    def _resume_sending(self, place: str) -> None:
        self._dispatcher().wake(place)
        self._provisioner.check_rooms()
