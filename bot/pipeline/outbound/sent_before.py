"""Finds in the rooms what the bot has sent already, so that an old row is not sent twice.

A transaction id alone does not prevent that for ever: Synapse forgets it after 24 hours (1.163,
`_cleanup_old_transaction_ids`).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import Clock
from bot.pipeline.outbound.sender import SendRow
from bot.store.messages.outbox import OutboxRow

#: A row that has waited for so long is looked for in its room before it is sent: it may have arrived before an outage.
LOOK_UP_AFTER = timedelta(hours=12)
#: What was looked up is used for so long. Together with LOOK_UP_AFTER that stays well below Synapse's 24 hours.
CACHE_LIFETIME = timedelta(hours=6)
#: The clocks of this machine and of the homeserver may differ by so much.
MAX_CLOCK_DIFFERENCE = timedelta(hours=1)


@dataclass(frozen=True)
class SentMessage:
    """An event that the bot has sent: its id, when it was sent, and under which transaction id, if that is known."""

    event_id: str
    sent_at: datetime
    transaction_id: str | None


class SentMessages(Protocol):
    """What the bot has sent to one place since some time."""

    messages: list[SentMessage]

    def find_by_transaction_id(self, transaction_id: str) -> SentMessage | None:
        """Return the message that was sent under a transaction id."""

    def match(self, row: OutboxRow) -> SentMessage | None:
        """Return the message that a row was sent as, if it was. No message is returned for two rows."""


@dataclass
class NoSentMessages:
    """The sent messages of a place that cannot be read."""

    messages: list[SentMessage] = field(default_factory=list)

    def find_by_transaction_id(self, transaction_id: str) -> SentMessage | None:
        """Return None: no message is known."""
        return None

    def match(self, row: OutboxRow) -> SentMessage | None:
        """Return None: no message is known."""
        return None


#: Looks up what the bot has sent to a place since a time. Raises `TemporaryFailure`.
FindSentMessages = Callable[[str, datetime], Awaitable[SentMessages]]


class SentBefore:
    """Looks up sent messages when they are asked for, and caches them for a while."""

    def __init__(self, find_messages: FindSentMessages, clock: Clock) -> None:
        self._find_messages, self._clock = find_messages, clock
        #: By place: when they were looked up, since when, and the messages.
        self._cache: dict[str, tuple[datetime, datetime, SentMessages]] = {}

    async def find_in(self, place: str, since: datetime) -> SentMessages:
        """Return what the bot has sent to a place since a time. Raises `TemporaryFailure`."""
        now = self._clock()
        if place in self._cache:
            looked_up_at, known_since, messages = self._cache[place]
            if known_since <= since and abs(now - looked_up_at) < CACHE_LIFETIME:
                return messages
        messages = await self._find_messages(place, since - MAX_CLOCK_DIFFERENCE)
        self._cache[place] = (now, since, messages)
        return messages

    def send_once(self, send: SendRow) -> SendRow:
        """Return a function that sends like `send`, and old rows only if they are not in their room already."""

        async def send_or_find(row: OutboxRow) -> str:
            # a row from the future: the clock was put back, and the row may have waited for any time
            if -MAX_CLOCK_DIFFERENCE < self._clock() - row.created_at < LOOK_UP_AFTER:
                return await send(row)
            message = (await self.find_in(row.place, row.created_at)).match(row)
            return message.event_id if message else await send(row)

        return send_or_find
