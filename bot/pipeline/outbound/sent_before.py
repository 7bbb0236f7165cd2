"""What we have said already, as the rooms remember it: longer than the homeserver remembers our transaction ids."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import Clock
from bot.pipeline.outbound.sender import SendRow
from bot.store.messages.outbox import OutboxRow

#: A message that waits for so long is looked for before it is sent (again). It may have arrived just before an outage,
#: and Synapse forgets our transaction ids after 24 hours (1.163, `_cleanup_old_transaction_ids`).
LOOK_UP_AFTER = timedelta(hours=12)
#: What was looked up counts for so long; both together stay well below the 24 hours.
CACHE_LIFETIME = timedelta(hours=6)
#: Clocks of ours and of the homeserver may differ by this much.
MAX_CLOCK_DIFFERENCE = timedelta(hours=1)


@dataclass(frozen=True)
class SentMessage:
    """Something of ours that stands in a room, since when, and under which transaction id (if ours to know)."""

    event_id: str
    sent_at: datetime
    transaction_id: str | None


class SentMessages(Protocol):
    """What we have said in one place since some moment."""

    messages: list[SentMessage]

    def find_by_transaction_id(self, transaction_id: str) -> SentMessage | None:
        """What was said under a transaction id."""

    def match(self, row: OutboxRow) -> SentMessage | None:
        """This very message, if it stands there; one is found for one row only."""


@dataclass
class NoSentMessages:
    """The memory of a place into which we cannot look."""

    messages: list[SentMessage] = field(default_factory=list)

    def find_by_transaction_id(self, transaction_id: str) -> SentMessage | None:
        """Nothing is."""
        return None

    def match(self, row: OutboxRow) -> SentMessage | None:
        """It is not there."""
        return None


#: Looks up what we have said in a place since a moment. Raises `Later`.
FindSentMessages = Callable[[str, datetime], Awaitable[SentMessages]]


class SentBefore:
    """What stands in the rooms, looked up when it is asked for and kept for a while."""

    def __init__(self, look: FindSentMessages, clock: Clock) -> None:
        self._look, self._clock = look, clock
        self._known: dict[str, tuple[datetime, datetime, SentMessages]] = {}

    async def find_in(self, place: str, since: datetime) -> SentMessages:
        """All that we have said in a place since a moment. Raises `Later` when it cannot be had now."""
        now = self._clock()
        if place in self._known:
            looked_at, began, memory = self._known[place]
            if began <= since and now - looked_at < CACHE_LIFETIME:
                return memory
        memory = await self._look(place, since - MAX_CLOCK_DIFFERENCE)
        self._known[place] = (now, since, memory)
        return memory

    def send_once(self, send: SendRow) -> SendRow:
        """Sends like `send`, but what has waited for long only when it does not stand in its room already."""

        async def send_or_find(row: OutboxRow) -> str:
            if self._clock() - row.created_at < LOOK_UP_AFTER:
                return await send(row)
            found = (await self.find_in(row.place, row.created_at)).match(row)
            return found.event_id if found else await send(row)

        return send_or_find
