"""The application context: everything that each step of the pipeline needs, assembled once by the app."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.pipeline.feature_set import FeatureSet
from bot.pipeline.health import Health
from bot.pipeline.room_directory import RoomDirectory
from bot.store.database.transaction import Store
from bot.store.messages.inbox import InboxRow, Incoming


class ReplayProtocol(Protocol):
    """A replay, as the pipeline sees it: what happened after a backup was made is read and handled again."""

    async def receive(
        self,
        batch: Sequence[Incoming],
        position: tuple[str, str] | None = None,
        facts: Sequence[tuple[str, str]] = (),
        extra_writes: Callable[[AsyncConnection], Awaitable[None]] | None = None,
    ) -> set[str]:
        """Keep and handle what arrived; return the places that have work now."""
        ...

    def now_for(self, row: InboxRow) -> datetime:
        """Return the moment at which the row was handled, or would have been."""
        ...

    async def mark_already_sent(self, connection: AsyncConnection, row: InboxRow) -> None:
        """Mark answers to the row as sent that already are in the room."""
        ...


@dataclass
class Context:
    """What the pipeline works with. `names` are what people call the bot."""

    store: Store
    clock: Clock
    health: Health
    features: FeatureSet
    bot_names: frozenset[str] = frozenset()
    rooms: RoomDirectory = field(default_factory=RoomDirectory)
    #: Messages, taps and edits that were written longer ago than this are not acted on.
    stale_after: timedelta = timedelta(hours=12)
    #: The moment up to which the bot has read its rooms, and the one that the database has.
    last_sync_at: datetime | None = None
    last_sync_saved_at: datetime | None = None
    #: Set while a restored database is caught up with.
    replay: ReplayProtocol | None = None

    def now_for(self, row: InboxRow) -> datetime:
        """Return the moment as of which a row is handled: now, or in a replay the moment it was handled then."""
        return self.replay.now_for(row) if self.replay else self.clock()
