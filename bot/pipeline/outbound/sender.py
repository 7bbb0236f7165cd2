"""Sends the outbox rows of one room, in order, each under its own transaction id."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.concurrency.keyed_worker import KeyedWorker, Stopping
from bot.concurrency.retry import PermanentFailure, RoomUnavailable, TemporaryFailure, retry_temporary
from bot.pipeline.context import Context
from bot.pipeline.outbound.account_limit import AccountLimit, Importance
from bot.pipeline.outbound.retry_queue import RetryQueue
from bot.pipeline.outbound.send_window import MAX_OPEN_ROWS, SendWindow
from bot.pipeline.outbound.sent_recorder import SentRecorder
from bot.store.messages.outbox import OutboxRow

log = logging.getLogger(__name__)

#: Sends one row and returns its event id. Raises `TemporaryFailure`, `PermanentFailure`, or `RoomUnavailable`.
SendRow = Callable[[OutboxRow], Awaitable[str]]

#: Returns the oldest unsent rows of a place behind a row id, at most MAX_ROWS_READ of them.
ReadRows = Callable[[tuple[str, int]], Awaitable[list[OutboxRow]]]

#: Rows are read in portions of this size; behind a full portion there may be more.
MAX_ROWS_READ = 50


_IMPORTANCE = {"edit": Importance.EDIT, "react": Importance.REACTION}


def _importance_of(row: OutboxRow) -> Importance:
    return _IMPORTANCE.get(row.kind, Importance.ANSWER)


class _Outdated(PermanentFailure):
    """A row is an edit that need not be sent, because a later row edits the same message again."""


class RoomSender:
    """Sends all rows of one room, and those that are added meanwhile.

    Rows start in order. A row that belongs with an earlier one (the same answer, or the same card) waits until that one
    is sent. How many rows may be under way at once, `window` decides. Nothing new starts while a row has to be tried
    again: then the room's rows arrive in their order.

    When the account's rate limit is reached, `limit` decides which row of all rooms is next. Then a row does not
    wait for less important ones, and of several edits of one message only the last is sent.
    """

    def __init__(
        self,
        context: Context,
        send: SendRow,
        read_rows: ReadRows,
        recorder: SentRecorder,
        worker: KeyedWorker,
        place: str,
        window: SendWindow,
        limit: AccountLimit,
    ) -> None:
        self._context, self._send, self._read_rows, self._recorder = context, send, read_rows, recorder
        self._worker, self._place, self._window = worker, place, window
        self._limit = limit
        self._newest_started = 0
        self._has_new_rows = asyncio.Event()
        self._open_rows: dict[asyncio.Task[None], Importance] = {}
        self._retries = RetryQueue()
        self._is_room_unavailable = False
        self._event_ids: dict[int, str] = {}
        #: For each answer and each card: set when the newest of its rows of an importance is sent or given up.
        self._finished: defaultdict[tuple[str, int], dict[Importance, asyncio.Event]] = defaultdict(dict)
        self._newest_edits: dict[int, int] = {}  # by the row that is edited

    def read_again(self) -> None:
        """Read the room's rows once more: there may be new ones."""
        self._has_new_rows.set()

    async def run(self) -> None:
        """Send until no row is left.

        The run ends earlier when the room turns out to be unavailable, or the program stops. Rows that are under way
        are finished in each case.
        """
        self._has_new_rows.set()
        async with asyncio.TaskGroup() as group:
            while not self._worker.stopping.is_set():
                if self._has_new_rows.is_set():
                    self._has_new_rows.clear()
                    await self._start_rows(group)
                if not self._open_rows and (self._is_room_unavailable or not self._has_new_rows.is_set()):
                    return
                await self._wait_for_finished_or_new_row()

    async def _start_rows(self, group: asyncio.TaskGroup) -> None:
        rows = await self._read_rows((self._place, self._newest_started))
        for index, row in enumerate(rows):
            await self._wait_until_may_start(row, waiting_rows=len(rows) - index)
            if self._is_room_unavailable or self._worker.stopping.is_set():
                return
            self._start(group, row)
            self._newest_started = row.id
        if len(rows) == MAX_ROWS_READ:
            self._has_new_rows.set()

    async def _wait_until_may_start(self, row: OutboxRow, waiting_rows: int) -> None:
        while True:
            await self._retries.wait_until_empty()
            is_limited = self._limit.reached.is_set()
            if self._has_room_for(row, waiting_rows, is_limited=is_limited):
                return
            await _wait_for_first(*self._open_rows, events=[] if is_limited else [self._limit.reached])

    def _has_room_for(self, row: OutboxRow, waiting_rows: int, *, is_limited: bool) -> bool:
        """Return whether one more row may be under way.

        When the account is limited, edits and reactions wait beside the one message whose turn is next.
        """
        open_rows = len(self._open_rows)
        if is_limited:
            is_next = _importance_of(row) is not Importance.ANSWER or Importance.ANSWER not in self._open_rows.values()
            return is_next and open_rows < MAX_OPEN_ROWS
        is_stable = self._context.health.is_homeserver_stable()
        return open_rows < self._window.max_open_rows(waiting_rows + open_rows, homeserver_is_stable=is_stable)

    def _start(self, group: asyncio.TaskGroup, row: OutboxRow) -> None:
        keys = [("cause", row.inbox_id), ("card", row.refers_to or row.id)]
        earlier = [earlier for key in keys for earlier in self._finished[key].items()]
        finished = asyncio.Event()
        for key in keys:
            self._finished[key][_importance_of(row)] = finished
        if row.kind == "edit" and row.refers_to is not None:
            self._newest_edits[row.refers_to] = row.id
        task = group.create_task(self._send_after(group, row, earlier, finished))
        self._open_rows[task] = _importance_of(row)
        task.add_done_callback(self._open_rows.pop)

    async def _wait_for_finished_or_new_row(self) -> None:
        if not self._open_rows:
            return
        await _wait_for_first(*self._open_rows, events=[self._has_new_rows])

    async def _send_after(
        self,
        group: asyncio.TaskGroup,
        row: OutboxRow,
        earlier: list[tuple[Importance, asyncio.Event]],
        finished: asyncio.Event,
    ) -> None:
        for importance, event in earlier:
            is_less_important = importance > _importance_of(row)
            await _wait_for_first(events=[event, self._limit.reached] if is_less_important else [event])
        try:
            event_id, sent_at = await self._send_until_accepted(row)
        except Stopping:
            return
        except RoomUnavailable:
            self._is_room_unavailable = True
            self._window.record_trouble()
        except _Outdated as failure:
            await self._recorder.record_failed(row, str(failure))
        except PermanentFailure as failure:
            log.error("giving up on message %d in %s: %s", row.id, row.place, failure)
            await self._recorder.record_failed(row, str(failure))
        else:
            self._event_ids[row.id] = event_id
            self._window.record_accepted()
            group.create_task(self._recorder.record_sent(row, event_id, sent_at))  # the next row need not wait for it
        finally:
            self._retries.remove(row.id)
            finished.set()

    async def _send_until_accepted(self, row: OutboxRow) -> tuple[str, datetime]:
        """Return the row's event id, and the moment before which nobody can have seen the event."""
        self._raise_if_over()  # before its target is looked for: when the program stops, the target was not sent either
        if row.refers_to is not None and row.target is None:
            if row.refers_to not in self._event_ids:
                raise PermanentFailure("what it refers to was never sent")
            row = replace(row, target=self._event_ids[row.refers_to])
        return await retry_temporary(
            lambda: self._try_send(row), partial(self._note_failure, row.id), sleep=self._worker.sleep_unless_stopping
        )

    async def _try_send(self, row: OutboxRow) -> tuple[str, datetime]:
        while self._retries.has_older(row.id):
            await self._retries.wait_for_change()
            self._raise_if_over()

        async def send() -> tuple[str, datetime]:
            if self._limit.reached.is_set() and self._is_outdated(row):
                raise _Outdated("a newer edit of the same message waits")
            started_at = self._context.clock()
            return await self._send(row), started_at

        return await self._limit.send(row.place, _importance_of(row), row.id, send, self._worker.stopping)

    def _is_outdated(self, row: OutboxRow) -> bool:
        """Return whether a row is an edit of a message that a later row edits again."""
        return row.kind == "edit" and row.refers_to is not None and self._newest_edits[row.refers_to] > row.id

    def _raise_if_over(self) -> None:
        if self._worker.stopping.is_set():
            raise Stopping
        if self._is_room_unavailable:
            raise RoomUnavailable

    def _note_failure(self, row_id: int, failure: TemporaryFailure, pause_seconds: float) -> None:
        self._window.record_trouble()
        self._retries.add(row_id)
        self._context.health.count("send_retries")
        log.warning("sending has to wait %.1f s: %s", pause_seconds, failure)


async def _wait_for_first(*tasks: asyncio.Task[None], events: list[asyncio.Event]) -> None:
    """Wait until a task is done or an event is set."""
    if any(event.is_set() for event in events):
        return
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait({*waits, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
