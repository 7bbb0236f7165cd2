"""The history of one room between a backup and its restore: what the bot sent there, received and handled."""

from datetime import datetime

from bot.pipeline.outbound.sent_before import NoSentMessages, SentMessage, SentMessages
from bot.store.backup.restore_marker import RestoreMarker
from bot.store.messages.inbox import Incoming
from bot.store.messages.outbox import make_transaction_id

#: The keys of a payload that may name an event of the bot.
_TARGET_KEYS = ("target", "thread", "reply_to")


class RoomHistory:
    """The history of one room.

    A restored database does not know when an event was received and handled. Both times are worked out again from the
    times in the room. They never go back: events were received and handled one after the other.
    """

    def __init__(self, marker: RestoreMarker) -> None:
        self._marker = marker
        self.sent: SentMessages = NoSentMessages()
        self._sent_at: dict[str, datetime] = {}
        self._last_received_at = self._last_handled_at = marker.since

    def set_sent(self, sent: SentMessages) -> None:
        """Set what the bot has sent to the room since the backup."""
        self.sent = sent
        self._sent_at = {message.event_id: message.sent_at for message in sent.messages}

    def received_at(self, incoming: Incoming) -> datetime:
        """Return when an event was received: not before the message of the bot that it answers was sent.

        The sender's server may claim an earlier time.
        """
        targets = [incoming.payload.get(key) for key in _TARGET_KEYS]
        answered = [self._sent_at[target] for target in targets if target in self._sent_at]
        self._last_received_at = max(self._last_received_at, incoming.sent_at, *answered)
        return self._last_received_at

    def handled_at(self, incoming: Incoming) -> datetime:
        """Return when an event was handled: when the bot answered it, else when it was sent.

        The first time is from the clock of the bot's homeserver. The second is from a server that may say anything, and
        later events are not bound by it.
        """
        answer = self.sent.find_by_transaction_id(make_transaction_id(incoming.source, incoming.external_id, 0))
        if answer is None:
            return max(self._last_handled_at, incoming.sent_at)
        self._last_handled_at = max(self._last_handled_at, answer.sent_at)
        return self._last_handled_at

    @property
    def last_sent_at(self) -> datetime:
        """Return when the bot last sent something before the restore: it was running at least until then."""
        newest = max((message.sent_at for message in self.sent.messages), default=self._marker.since)
        return min(newest, self._marker.until)

    def sent_since_backup(self) -> list[SentMessage]:
        """Return the bot's messages from after the backup, oldest first."""
        messages = [message for message in self.sent.messages if message.sent_at >= self._marker.since]
        return sorted(messages, key=lambda message: message.sent_at)
