"""Everything that looks after our rooms, put together: found and furnished, watched, come back to, followed."""

import asyncio
from collections.abc import Callable, Iterable

from bot.config.community import Community
from bot.matrix.client import Client
from bot.matrix.encryption import Encryption
from bot.matrix.rooms.access import Doors
from bot.matrix.rooms.provision import Provisioner
from bot.matrix.rooms.rejoin import Doorkeeper
from bot.matrix.rooms.room_events import News
from bot.matrix.rooms.upgrade import Mover
from bot.pipeline.context import Context
from bot.pipeline.outbound.sender import Dispatcher


class Rooms:
    """`awaken` is called with places that have something to handle; `delivery`, which needs us, is there later."""

    def __init__(
        self,
        client: Client,
        context: Context,
        communities: Iterable[Community],
        encryption: Encryption,
        awaken: Callable[[str], None],
        dispatcher: Callable[[], Dispatcher],
    ) -> None:
        self._dispatcher = dispatcher
        self._doors = Doors(context, self._opened)
        self.keeper = Doorkeeper(client, context, self._doors, self._follow)
        self._provisioner = Provisioner(client, context, communities, awaken, encryption, self.keeper)
        self._mover = Mover(client, context, self._doors, self._finish, self._provisioner.settled)

    async def recall(self) -> None:
        """Take up what was known when the program last ended."""
        await self._provisioner.recall()
        await self._doors.recall()

    async def settle(self) -> None:
        """Find a room for every community that has none."""
        await self._provisioner.settle_all()

    async def follow(self) -> None:
        """Go where rooms went that were replaced, here and now, before `run`."""
        await self.keeper.follow_all()

    async def run(self) -> None:
        """Look after all of them until cancelled."""
        async with asyncio.TaskGroup() as group:
            for part in (self._provisioner, self.keeper, self.keeper.per_room):
                group.create_task(part.run())

    def invited(self, rooms: list[str]) -> None:
        """We were invited somewhere."""
        self._provisioner.invited(rooms)

    async def _follow(self, place: str, news: News) -> None:
        await self._mover.follow(place, news)

    async def _finish(self, place: str) -> None:
        self._dispatcher().wake(place)
        await self._dispatcher().per_room.until_idle(place)

    def _opened(self, place: str) -> None:
        self._dispatcher().wake(place)
        self._provisioner.opened()
