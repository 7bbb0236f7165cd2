"""Remembers the rooms to which nothing can be sent because they are, or are not, encrypted, and tells of them."""

import logging
from collections.abc import Callable

from bot.concurrency.retry import RoomUnavailable
from bot.matrix.address import room_address
from bot.pipeline.context import Context

log = logging.getLogger(__name__)


class UnsendableRooms:
    """The rooms whose messages wait. `wake_worker` is called with the place of a room that takes messages again."""

    def __init__(self, context: Context, wake_worker: Callable[[str], None]) -> None:
        self._context, self._wake_worker = context, wake_worker
        self._rooms: set[str] = set()

    def mark_available(self, room: str) -> None:
        """Send the rows of a room that waited because they must not be sent unencrypted."""
        community = self._context.rooms.communities.get(room_address(room))
        if room in self._rooms and community is not None:
            self._context.health.mark_served(community.key)
        self._rooms.discard(room)
        self._wake_worker(room_address(room))

    def mark_unavailable(self, room: str, reason: str) -> RoomUnavailable:
        """Log once that nothing can be sent to a room. Return the exception to raise, so that the rows wait."""
        if room not in self._rooms:
            self._rooms.add(room)
            log.error("nothing is sent to %s, because it %s", room, reason)
            if community := self._context.rooms.communities.get(room_address(room)):
                self._context.health.mark_not_served(community.key, f"its room {reason}")
        return RoomUnavailable(f"{room} {reason}")
