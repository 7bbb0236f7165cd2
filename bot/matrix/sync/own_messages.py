"""Reads in a room's history what we have said there (client-server API, "Getting events for a room", `/messages`)."""

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

#: Events of ours on a page, and pages at most: a hundred thousand messages in one room.
PAGE_LIMIT = 500
MAX_PAGES = 200

_TYPES = ["m.room.message", "m.reaction", ROOM_ENCRYPTED]


class OwnMessages:
    """What we have said in a room, known by its transaction id; where that is missing, by its words.

    A homeserver tells a device the ids of what it sent itself (`unsigned.transaction_id`), for as long as it has the
    event. What another device of ours said is known again by its content, which says whom it answers; not so in
    encrypted rooms.
    """

    def __init__(self) -> None:
        self.messages: list[SentMessage] = []
        self._by_id: dict[str, SentMessage] = {}
        self._by_words: defaultdict[str, list[SentMessage]] = defaultdict(list)

    def add(self, event: Mapping[str, Any]) -> None:
        """An event of ours; newest first."""
        known = event.get("unsigned", {}).get("transaction_id")
        one = SentMessage(event["event_id"], _moment(event), known)
        self.messages.append(one)
        if known is not None:
            self._by_id[known] = one
        else:
            self._by_words[_words(event["type"], event["content"])].append(one)

    def find_by_transaction_id(self, transaction_id: str) -> SentMessage | None:
        """What was said under a transaction id."""
        return self._by_id.get(transaction_id)

    def match(self, row: OutboxRow) -> SentMessage | None:
        """This very message, if it stands there; the oldest of those that say the same."""
        if row.transaction_id in self._by_id:
            return self._by_id[row.transaction_id]
        if not self._by_words or (row.refers_to is not None and row.target is None):
            return None
        alike = self._by_words.get(_words(*render(row)))
        if not alike:
            return None
        self._by_id[row.transaction_id] = alike.pop()  # asked for again, it is the same one again
        return self._by_id[row.transaction_id]


def own_message_lookup(client: Client) -> FindSentMessages:
    """What the flow looks into rooms with."""

    async def look(place: str, since: datetime) -> SentMessages:
        room, history = room_id(place), OwnMessages()
        query = {"dir": "b", "limit": str(PAGE_LIMIT)}
        query["filter"] = json.dumps({"types": _TYPES, "senders": [client.account]})
        for _ in range(MAX_PAGES):
            try:
                page = await client.call("GET", "rooms", room, "messages", query=query)
            except MatrixError as no:
                log.warning("what we have said in %s cannot be looked up: %s", room, no)
                return NoSentMessages()
            events = page.get("chunk", [])
            for event in events:
                if _moment(event) >= since:
                    history.add(event)
            if not page.get("end") or (events and _moment(events[-1]) < since):
                return history
            query["from"] = page["end"]
        log.warning("we have said more in %s than can be looked through; the oldest of it is left out", room)
        return history

    return look


def _words(kind: str, content: Mapping[str, Any]) -> str:
    """A picture is known by what it says: where it was uploaded to differs each time."""
    said = {key: value for key, value in content.items() if key not in ("url", "file")}
    return json.dumps([kind, said], sort_keys=True)


def _moment(event: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(event["origin_server_ts"] / 1000, UTC)
