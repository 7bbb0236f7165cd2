"""What we have said already, as the rooms remember it: longer than the homeserver remembers our transaction ids."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import Clock
from bot.pipeline.outbound.sender import Send
from bot.store.messages.outbox import OutboxRow

#: A message that waits for so long is looked for before it is sent (again). It may have arrived just before an outage,
#: and Synapse forgets our transaction ids after 24 hours (1.163, `_cleanup_old_transaction_ids`).
AGED = timedelta(hours=12)
#: What was looked up counts for so long; both together stay well below the 24 hours.
FRESH = timedelta(hours=6)
#: Clocks of ours and of the homeserver may differ by this much.
CLOCKS_DIFFER = timedelta(hours=1)


@dataclass(frozen=True)
class Said:
    """Something of ours that stands in a room, since when, and under which transaction id (if ours to know)."""

    event: str
    at: datetime
    transaction_id: str | None


class Memory(Protocol):
    """What we have said in one place since some moment."""

    said: list[Said]

    def known(self, transaction_id: str) -> Said | None:
        """What was said under a transaction id."""

    def find(self, row: OutboxRow) -> Said | None:
        """This very message, if it stands there; one is found for one row only."""


@dataclass
class Nothing:
    """The memory of a place into which we cannot look."""

    said: list[Said] = field(default_factory=list)

    def known(self, transaction_id: str) -> Said | None:
        """Nothing is."""
        return None

    def find(self, row: OutboxRow) -> Said | None:
        """It is not there."""
        return None


#: Looks up what we have said in a place since a moment. Raises `Later`.
Look = Callable[[str, datetime], Awaitable[Memory]]


class Recollection:
    """What stands in the rooms, looked up when it is asked for and kept for a while."""

    def __init__(self, look: Look, clock: Clock) -> None:
        self._look, self._clock = look, clock
        self._known: dict[str, tuple[datetime, datetime, Memory]] = {}

    async def of(self, place: str, since: datetime) -> Memory:
        """All that we have said in a place since a moment. Raises `Later` when it cannot be had now."""
        now = self._clock()
        if place in self._known:
            looked_at, began, memory = self._known[place]
            if began <= since and now - looked_at < FRESH:
                return memory
        memory = await self._look(place, since - CLOCKS_DIFFER)
        self._known[place] = (now, since, memory)
        return memory

    def remembering(self, send: Send) -> Send:
        """Sends like `send`, but what has waited for long only when it does not stand in its room already."""

        async def send_or_find(row: OutboxRow) -> str:
            if self._clock() - row.created_at < AGED:
                return await send(row)
            found = (await self.of(row.place, row.created_at)).find(row)
            return found.event if found else await send(row)

        return send_or_find
