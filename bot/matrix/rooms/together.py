"""Everything that looks after our rooms, put together: found and furnished, watched, come back to, followed."""

import asyncio
from collections.abc import Callable, Iterable

from bot.config.community import Community
from bot.flow.house import House
from bot.flow.say.deliver import Delivery
from bot.matrix.client import Client
from bot.matrix.encryption import Encryption
from bot.matrix.rooms.doorkeeper import Doorkeeper
from bot.matrix.rooms.doors import Doors
from bot.matrix.rooms.news import News
from bot.matrix.rooms.provision import Provisioner
from bot.matrix.rooms.upgrade import Mover


class Rooms:
    """`awaken` is called with places that have something to handle; `delivery`, which needs us, is there later."""

    def __init__(
        self,
        client: Client,
        house: House,
        communities: Iterable[Community],
        encryption: Encryption,
        awaken: Callable[[str], None],
        delivery: Callable[[], Delivery],
    ) -> None:
        self._delivery = delivery
        self._doors = Doors(house, self._opened)
        self.keeper = Doorkeeper(client, house, self._doors, self._follow)
        self._provisioner = Provisioner(client, house, communities, awaken, encryption, self.keeper)
        self._mover = Mover(client, house, self._doors, self._finish, self._provisioner.settled)

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
            for part in (self._provisioner, self.keeper, self.keeper.lanes):
                group.create_task(part.run())

    def invited(self, rooms: list[str]) -> None:
        """We were invited somewhere."""
        self._provisioner.invited(rooms)

    async def _follow(self, place: str, news: News) -> None:
        await self._mover.follow(place, news)

    async def _finish(self, place: str) -> None:
        self._delivery().wake(place)
        await self._delivery().lanes.until_idle(place)

    def _opened(self, place: str) -> None:
        self._delivery().wake(place)
        self._provisioner.opened()
