"""Reads from the homeserver which messages the bot has sent to a room, for bot.pipeline.outbound.sent_before.

Client-server API, "Getting events for a room" (`/messages`).
"""

import json
import logging
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.matrix.address import room_id
from bot.matrix.client import Client, MatrixError
from bot.matrix.event_types import ROOM_ENCRYPTED
from bot.matrix.render import render
from bot.pipeline.outbound.sent_before import FindSentMessages, NoSentMessages, SentMessage, SentMessages
from bot.store.messages.outbox import OutboxRow

log = logging.getLogger(__name__)

#: Events of the bot in one page.
PAGE_LIMIT = 500
#: Pages that are read at most, which is a hundred thousand messages in one room.
MAX_PAGES = 200

_TYPES = ["m.room.message", "m.reaction", ROOM_ENCRYPTED]


class OwnMessages:
    """The messages that the bot has sent to a room. They are found by transaction id, or by content if it is unknown.

    A homeserver tells a device the transaction ids of its own events (`unsigned.transaction_id`) for as long as it has
    the events. An event of another device of the bot is found by its content, which includes the message it answers. In
    encrypted rooms the content cannot be compared.
    """

    def __init__(self) -> None:
        self.messages: list[SentMessage] = []
        self._by_transaction_id: dict[str, SentMessage] = {}
        self._by_content: defaultdict[str, list[SentMessage]] = defaultdict(list)

    def add(self, event: Mapping[str, Any]) -> None:
        """Add an event of the bot. The newest event has to be added first."""
        transaction_id = event.get("unsigned", {}).get("transaction_id")
        message = SentMessage(event["event_id"], _sent_at(event), transaction_id)
        self.messages.append(message)
        if transaction_id is not None:
            self._by_transaction_id[transaction_id] = message
        else:
            self._by_content[_content_key(event["type"], event["content"])].append(message)

    def find_by_transaction_id(self, transaction_id: str) -> SentMessage | None:
        """Return the message that was sent under a transaction id."""
        return self._by_transaction_id.get(transaction_id)

    def match(self, row: OutboxRow) -> SentMessage | None:
        """Return the message of an outbox row if it is in the room. When several are equal, the oldest is returned.

        Each message is returned for one row only. The same row always gets the same message.
        """
        if row.transaction_id in self._by_transaction_id:
            return self._by_transaction_id[row.transaction_id]
        if not self._by_content or (row.refers_to is not None and row.target is None):
            return None
        equal = self._by_content.get(_content_key(*render(row)))
        if not equal:
            return None
        self._by_transaction_id[row.transaction_id] = equal.pop()
        return self._by_transaction_id[row.transaction_id]


def own_message_lookup(client: Client) -> FindSentMessages:
    """Return the function that finds the bot's messages in a place since a moment."""

    async def look_up(place: str, since: datetime) -> SentMessages:
        room, messages = room_id(place), OwnMessages()
        query = {"dir": "b", "limit": str(PAGE_LIMIT)}
        query["filter"] = json.dumps({"types": _TYPES, "senders": [client.account]})
        for _ in range(MAX_PAGES):
            try:
                page = await client.call("GET", "rooms", room, "messages", query=query)
            except MatrixError as error:
                log.warning("the bot's own messages in %s cannot be looked up: %s", room, error)
                return NoSentMessages()
            events = page.get("chunk", [])
            for event in events:
                if _sent_at(event) >= since:
                    messages.add(event)
            if not page.get("end") or (events and _sent_at(events[-1]) < since):
                return messages
            query["from"] = page["end"]
        log.warning("%s has more messages of the bot than are looked through; the oldest are left out", room)
        return messages

    return look_up


def _content_key(event_type: str, content: Mapping[str, Any]) -> str:
    """Return a key that is equal for equal messages.

    The URL of a picture is left out, because each upload has another one.
    """
    compared = {key: value for key, value in content.items() if key not in ("url", "file")}
    return json.dumps([event_type, compared], sort_keys=True)


def _sent_at(event: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(event["origin_server_ts"] / 1000, UTC)
