"""Matrix ids as addresses and back (Matrix specification, appendices, "matrix: URI scheme")."""

from bot.config.address import matrix_address as user_address
from bot.config.address import matrix_user as user_id

_ROOM = "matrix:roomid/"


def room_address(room_id: str) -> str:
    """`!abc:example.org` is `matrix:roomid/abc:example.org`; rooms of version 12 have no server part."""
    return _ROOM + room_id.removeprefix("!")


def room_id(address: str) -> str:
    """The room id of an address."""
    return "!" + address.removeprefix(_ROOM)


__all__ = ["room_address", "room_id", "user_address", "user_id"]
