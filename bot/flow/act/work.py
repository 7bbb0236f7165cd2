"""Works the inbox off: one row after the other in each place, many places at a time."""

import asyncio
from collections.abc import Sequence

from bot.flow.act.handle import APART, handle
from bot.flow.act.lanes import Lanes
from bot.flow.house import House
from bot.flow.say.deliver import Delivery
from bot.flow.shared import Shared
from bot.flow.wake import Alarm
from bot.store.talk import inbox, outbox
from bot.store.talk.inbox import Received

#: Rows read at a time; where there were so many there may be more.
AT_ONCE = 50
#: Seconds at most for which an answer waits for those of other places that were asked at the same time.
TOGETHER = 0.2


class Worker:
    """Handles what is waiting in the places it is woken for, wakes the delivery, and sets the alarm anew.

    What was asked at the same time is sent at the same time: the homeserver writes many events at once in less time,
    and its clients are woken once for all of them (docs/performance.md).
    """

    def __init__(self, house: House, delivery: Delivery, alarm: Alarm) -> None:
        self._house, self._delivery, self._alarm = house, delivery, alarm
        self.lanes = Lanes("handle", self._work)
        self._answered: set[str] = set()  # places that have answers, which wait for those of others
        self._sent_off = asyncio.Event()
        self._soon: asyncio.TimerHandle | None = None
        self._waiting = Shared(self._waiting_in)

    async def work_off(self, place: str, rows: int | None = None) -> None:
        """All that waits in a place that is served, or so many rows of it; for when the lanes do not run yet."""
        while await self._waiting(place):
            await self._work(place, rows or AT_ONCE)
            if rows:
                return

    async def until_handed_over(self, place: str) -> None:
        """Wait until what is known of for a place is answered, and its answers are with the delivery."""
        await self.lanes.until_idle(place)
        while self._house.home(place) in self._answered:
            await self._sent_off.wait()

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
            self._hand_over(self._house.home(place))
        if len(rows) == AT_ONCE:
            self.lanes.wake(place)

    def _hand_over(self, place: str) -> None:
        self._answered.add(place)
        if self.lanes.busy <= 1:
            self._send_off()
        elif self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(TOGETHER, self._send_off)

    def _send_off(self) -> None:
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        answered, self._answered = self._answered, set()
        for place in answered:
            self._delivery.wake(place)
        self._sent_off.set()
        self._sent_off = asyncio.Event()

    async def _waiting_in(self, places: Sequence[str]) -> list[list[Received]]:
        async with self._house.store.read() as connection:
            return await inbox.waiting_in(connection, places, AT_ONCE)

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
