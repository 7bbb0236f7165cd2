"""Sends the outbox: many rooms side by side, each room's rows in order."""

import asyncio
from collections.abc import Sequence

from bot.concurrency.batcher import Batcher
from bot.concurrency.keyed_worker import KeyedWorker
from bot.pipeline.context import Context
from bot.pipeline.outbound.account_limit import AccountLimit
from bot.pipeline.outbound.send_window import SendWindow
from bot.pipeline.outbound.sender import MAX_ROWS_READ, RoomSender, SendRow
from bot.pipeline.outbound.sent_recorder import SentRecorder
from bot.store.messages import outbox
from bot.store.messages.outbox import OutboxRow


class Dispatcher:
    """Sends the waiting rows of every room that it is woken for. `limit` is the account's rate limit."""

    def __init__(self, context: Context, send: SendRow, limit: AccountLimit | None = None) -> None:
        self._context, self._send = context, send
        self.per_room = KeyedWorker("send", self._send_room)
        self._read_rows = Batcher(self._read_rows_of)
        self._recorder = SentRecorder(context, self.per_room)
        self._senders: dict[str, RoomSender] = {}
        self._windows: dict[str, SendWindow] = {}
        self.limit = limit or AccountLimit()

    def wake(self, place: str) -> None:
        """Send what waits in a place, also when it is being sent to already."""
        if place in self._senders:
            self._senders[place].read_again()
        self.per_room.wake(place)

    async def _send_room(self, place: str) -> None:
        now = asyncio.get_running_loop().time
        window = self._windows.setdefault(place, SendWindow())
        window.start_run(now())
        self._senders[place] = RoomSender(
            self._context, self._send, self._read_rows, self._recorder, self.per_room, place, window, self.limit
        )
        try:
            await self._senders[place].run()
            window.end_run(now())
        finally:
            del self._senders[place]

    async def _read_rows_of(self, places: Sequence[tuple[str, int]]) -> list[list[OutboxRow]]:
        async with self._context.store.read() as connection:
            return await outbox.find_unsent_in_places(connection, places, MAX_ROWS_READ)
