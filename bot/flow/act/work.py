"""Works the inbox off: one row after the other in each place, many places at a time."""

from bot.flow.act.handle import APART, handle
from bot.flow.act.lanes import Lanes
from bot.flow.house import House
from bot.flow.say.deliver import Delivery
from bot.flow.wake import Alarm
from bot.store.talk import inbox, outbox
from bot.store.talk.inbox import Received

#: Rows read at a time; where there were so many there may be more.
AT_ONCE = 20


class Worker:
    """Handles what is waiting in the places it is woken for, wakes the delivery, and sets the alarm anew."""

    def __init__(self, house: House, delivery: Delivery, alarm: Alarm) -> None:
        self._house, self._delivery, self._alarm = house, delivery, alarm
        self.lanes = Lanes("handle", self._work)

    async def work_off(self, place: str, rows: int | None = None) -> None:
        """All that waits in a place that is served, or so many rows of it; for when the lanes do not run yet."""
        while await self._waiting(place):
            await self._work(place, rows or AT_ONCE)
            if rows:
                return

    async def _work(self, place: str, at_once: int = AT_ONCE) -> None:
        if place not in self._house.communities:
            return  # no longer configured: kept, in case it is again
        rows = (await self._waiting(place))[:at_once]
        try:
            for row in rows:
                await self._until_resolved(row)
                if self.lanes.leaving.is_set():
                    return
                handled = await handle(self._house, row)
                if handled.timers_changed:
                    self._alarm.changed()
                if handled.outcome == APART:
                    self.lanes.wake(place)
        finally:
            # all together: the homeserver writes many events at once in less time
            self._delivery.wake(self._house.home(place))
        if len(rows) == AT_ONCE:
            self.lanes.wake(place)

    async def _waiting(self, place: str) -> list[Received]:
        async with self._house.store.read() as connection:
            return await inbox.waiting(connection, place, AT_ONCE)

    async def _until_resolved(self, row: Received) -> None:
        """People can be faster than our notes: an answer to something unknown waits for what is under way."""
        names = {"thread", "reply_to", "target"} & row.payload.keys()
        targets = [row.payload[name] for name in names if row.payload[name]]
        if targets and row.kind != "edit" and not await self._all_known(row.place, targets):
            self._delivery.wake(row.place)
            await self._delivery.lanes.until_idle(row.place)

    async def _all_known(self, place: str, targets: list[str]) -> bool:
        async with self._house.store.read() as connection:
            return all([await outbox.find_by_event(connection, place, target) for target in targets])
