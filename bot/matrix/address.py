"""Converts Matrix ids to addresses and back (Matrix specification, appendices, "matrix: URI scheme").

The address of a room is called place; the database and the pipeline use places, and only bot.matrix uses room ids.
"""

from bot.config.address import matrix_address as user_address
from bot.config.address import matrix_user as user_id

_ROOM_PREFIX = "matrix:roomid/"


def room_address(room_id: str) -> str:
    """Return the place of a room id: `matrix:roomid/abc:example.org` for `!abc:example.org`.

    Room ids of version 12 have no server part.
    """
    return _ROOM_PREFIX + room_id.removeprefix("!")


def room_id(address: str) -> str:
    """Return the room id of a place."""
    return "!" + address.removeprefix(_ROOM_PREFIX)


__all__ = ["room_address", "room_id", "user_address", "user_id"]
