"""Shares the rate limit of the bot's account among all rooms, so that what matters most is sent first.

A homeserver limits an account, not a room: Synapse's default is ten events at once and one more every five seconds.
When it refuses the first request for that reason, everything that waits goes through one queue: one request at a time,
answers to people first, then what keeps rooms in order (joins, state), then edits of cards, then reactions. Until the
homeserver accepts more again, nothing is tried.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, TypeVar

from bot.concurrency.keyed_worker import Stopping
from bot.concurrency.retry import MAX_RETRY_AFTER_SECONDS, RateLimited

T = TypeVar("T")

#: The pause when the homeserver does not say how long to wait.
DEFAULT_PAUSE_SECONDS = 2.0
#: Seconds until one more event is accepted, before the homeserver has said so (Synapse: rc_message.per_second is 0.2).
DEFAULT_INTERVAL_SECONDS = 5.0
#: Events that the account is believed to be allowed at once after a rest (Synapse: rc_message.burst_count).
BURST_EVENTS = 10
#: Edits and reactions are sent while so many more events are left for answers.
RESERVED_EVENTS = 5
#: After so many seconds an edit or a reaction may take the last event too.
MAX_RESERVE_SECONDS = 60.0
#: The next row is tried when a request has not been answered for so many seconds.
MAX_TURN_SECONDS = 2.0
#: Without a refusal for so long, the limit counts as lifted.
FORGET_SECONDS = 24 * 3600.0


class Importance(IntEnum):
    """The order in which requests are made when the account is limited: the lowest value first.

    ROOM is a request that is no message, such as a join. After MAX_RESERVE_SECONDS it goes before the answers.
    """

    ANSWER = 0
    ROOM = 1
    EDIT = 2
    REACTION = 3


@dataclass(eq=False)
class _Waiting:
    """A row, or another request, that waits for its turn. `turn` is done when it may be sent."""

    place: str
    importance: Importance
    number: int
    since: float
    turn: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class AccountLimit:
    """Lets everything through at once until the homeserver refuses a request. `reached` is set from then on.

    How many events are left is estimated as a token bucket: none at a refusal, and one more each time that the
    homeserver's longest pause has passed. When far more is accepted than the estimate allows, the limit was lifted:
    `on_lifted` is called, and everything goes through again.
    """

    def __init__(self, on_lifted: Callable[[], None] = lambda: None) -> None:
        self._on_lifted = on_lifted
        self.reached = asyncio.Event()
        self._waiting: list[_Waiting] = []
        self._holder: _Waiting | None = None  # the row whose turn it is
        self._timer: asyncio.TimerHandle | None = None
        self._interval = self._paused_until = self._refused_at = 0.0
        self._events_left, self._counted_at = 0.0, 0.0
        self._was_accepted = False  # since the last refusal
        #: How often a place was refused although the pause was over: then the limit is not the account's.
        self._unexpected_refusals: Counter[str] = Counter()

    def expect(self) -> None:
        """Expect a limit, because the homeserver has limited the account before this start.

        From now on rows wait for their turns. The estimate begins with a full burst of events left.
        """
        self._interval, self._counted_at, self._refused_at = DEFAULT_INTERVAL_SECONDS, _now(), _now()
        self._events_left, self._was_accepted = BURST_EVENTS, True
        self.reached.set()

    async def send(
        self, place: str, importance: Importance, number: int, act: Callable[[], Awaitable[T]], stopping: asyncio.Event
    ) -> T:
        """Call a function that sends a row, when it is its turn, until it raises no RateLimited. Return its result.

        `number` is the id of the row: rows of equal importance are sent in this order. Raise Stopping once `stopping`
        is set, in place of waiting.
        """
        if not self.reached.is_set():
            try:
                return await act()
            except RateLimited as refusal:
                self._note_refusal(refusal)
        waiting_since = _now()
        while True:
            waiting = _Waiting(place, importance, number, waiting_since)
            await self._wait_for_turn(waiting, stopping)
            end_turn = asyncio.get_running_loop().call_later(MAX_TURN_SECONDS, self._end_turn, waiting)
            try:
                result = await act()
            except RateLimited as refusal:
                if not self._was_accepted:
                    self._unexpected_refusals[place] += 1
                self._note_refusal(refusal)
            else:
                self._note_accepted(place)
                return result
            finally:
                end_turn.cancel()
                self._end_turn(waiting)

    async def _wait_for_turn(self, waiting: _Waiting, stopping: asyncio.Event) -> None:
        self._waiting.append(waiting)
        self._schedule()
        stop = asyncio.ensure_future(stopping.wait())
        try:
            waits: set[asyncio.Future[Any]] = {waiting.turn, stop}
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            if stop.done():
                raise Stopping
        except BaseException:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
            self._end_turn(waiting)
            raise
        finally:
            stop.cancel()

    def _end_turn(self, waiting: _Waiting) -> None:
        if self._holder is waiting:
            self._holder = None
        self._schedule()

    def _schedule(self) -> None:
        """Give the turn to the most important row that may be sent now, or look again when one may."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._holder is not None or not self._waiting:
            return
        now = _now()
        ready = [row for row in self._waiting if self._seconds_until_ready(row, now) <= 0]
        if ready:
            # A room whose rows are refused although others' are accepted must not keep the turn.
            first = min(ready, key=lambda row: (self._unexpected_refusals[row.place], *_rank(row, now)))
            self._waiting.remove(first)
            self._holder = first
            first.turn.set_result(None)
            return
        seconds = min(self._seconds_until_ready(row, now) for row in self._waiting)
        self._timer = asyncio.get_running_loop().call_later(seconds, self._schedule)

    def _seconds_until_ready(self, row: _Waiting, now: float) -> float:
        pause = self._paused_until - now
        if row.importance <= Importance.ROOM or not self.reached.is_set():
            return pause
        until_enough = (RESERVED_EVENTS + 1 - self._count_events_left(now)) * self._interval
        return max(pause, min(until_enough, row.since + MAX_RESERVE_SECONDS - now))

    def _count_events_left(self, now: float) -> float:
        return min(BURST_EVENTS, self._events_left + (now - self._counted_at) / self._interval)

    def _note_refusal(self, refusal: RateLimited) -> None:
        now = _now()
        pause = DEFAULT_PAUSE_SECONDS if refusal.retry_after is None else refusal.retry_after
        pause = min(pause, MAX_RETRY_AFTER_SECONDS)
        if not self.reached.is_set():
            self._interval, self._paused_until = 0.0, now
            self._unexpected_refusals.clear()
        self._interval = max(self._interval, pause, 0.1)
        self._paused_until = max(self._paused_until, now + pause)
        self._events_left, self._counted_at, self._refused_at = 0.0, now, now
        self._was_accepted = False
        self.reached.set()

    def _note_accepted(self, place: str) -> None:
        now = _now()
        self._unexpected_refusals.pop(place, None)
        self._was_accepted = True
        self._events_left, self._counted_at = self._count_events_left(now) - 1, now
        if not self.reached.is_set():
            return
        if self._events_left < -BURST_EVENTS or now - self._refused_at > FORGET_SECONDS:
            self.reached.clear()
            self._on_lifted()


def _rank(row: _Waiting, now: float) -> tuple[bool, int, int]:
    """Return what orders the requests that may be made now: the lowest first."""
    is_overdue = row.importance is Importance.ROOM and now - row.since > MAX_RESERVE_SECONDS
    return not is_overdue, row.importance, row.number


def _now() -> float:
    return asyncio.get_running_loop().time()
