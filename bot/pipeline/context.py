"""The application context: what every step of the pipeline needs. The app assembles it once."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.pipeline.feature_set import FeatureSet
from bot.pipeline.health import Health
from bot.pipeline.inbound.read_progress import ReadProgress
from bot.pipeline.room_directory import RoomDirectory
from bot.store.database.transaction import Store
from bot.store.messages.inbox import InboxRow, Incoming


class ReplayProtocol(Protocol):
    """A replay as the other steps see it: events from after a backup was made are read and handled again.

    bot.pipeline.replay implements it.
    """

    async def receive(
        self,
        batch: Sequence[Incoming],
        position: tuple[str, str] | None = None,
        facts: Sequence[tuple[str, str]] = (),
        extra_writes: Callable[[AsyncConnection], Awaitable[None]] | None = None,
    ) -> set[str]:
        """Store and handle a batch of events; return the places that have rows to handle now."""
        ...

    def now_for(self, row: InboxRow) -> datetime:
        """Return when a row was handled before the restore, or would have been."""
        ...

    async def mark_already_sent(self, connection: AsyncConnection, row: InboxRow) -> None:
        """Mark the answers to a row as sent that are in the room already."""
        ...


@dataclass
class Context:
    """What the pipeline works with. `bot_names` are the names by which people address the bot, case-folded."""

    store: Store
    clock: Clock
    health: Health
    features: FeatureSet
    bot_names: frozenset[str] = frozenset()
    rooms: RoomDirectory = field(default_factory=RoomDirectory)
    progress: ReadProgress = field(default_factory=ReadProgress)
    #: Messages, taps and edits that were written longer ago are not acted on.
    stale_after: timedelta = timedelta(hours=12)
    #: When the bot read its rooms the last time, and the last time of that which the database has.
    last_sync_at: datetime | None = None
    last_sync_saved_at: datetime | None = None
    #: Set while events are replayed into a restored database.
    replay: ReplayProtocol | None = None

    def now_for(self, row: InboxRow) -> datetime:
        """Return the time as of which a row is handled: now, or in a replay the time at which it was handled then."""
        return self.replay.now_for(row) if self.replay else self.clock()
