"""How people are reached, as URIs, so that no room but matrix/ has to know what a Matrix id looks like."""

import re
from urllib.parse import quote, unquote

_MATRIX_USER = "matrix:u/"
_SERVER = r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
_USER = re.compile(rf"@[!-9;-~]+:{_SERVER}")
_SERVER_NAME = re.compile(_SERVER)
_ALIAS = re.compile(rf"#[^:\s\x00]+:{_SERVER}")
_ROOM_ID = re.compile(rf"![!-9;-~]+(?::{_SERVER})?")
_LOCALPART = re.compile(r"[a-z0-9._=/+-]+")

#: Longest identifier, in UTF-8 bytes (Matrix specification, appendices, "Common identifier format").
_LONGEST = 255


def matrix_address(user_id: str) -> str:
    """The address of a Matrix user: `@anna:example.org` becomes `matrix:u/anna:example.org`.

    Source: Matrix specification, appendices, "matrix: URI scheme"; what a path segment cannot hold is
    percent-encoded (RFC 3986, section 3.3).
    """
    return _MATRIX_USER + quote(user_id.removeprefix("@"), safe=":!$&'()*+,;=@~")


def matrix_user(address: str) -> str | None:
    """The Matrix user id behind an address, None when it is another kind of address."""
    if not address.startswith(_MATRIX_USER):
        return None
    return "@" + unquote(address.removeprefix(_MATRIX_USER))


def server_in(address: str) -> str:
    """The server an address lives on, with its port where it names one; "" for an address without."""
    _, slash, rest = address.partition("/")
    return rest.partition(":")[2].casefold() if slash else address.rpartition("@")[2].casefold()


def complete_server(written: str) -> str:
    """The name of a homeserver, as ids end with it. Raises ValueError."""
    if not _SERVER_NAME.fullmatch(written):
        raise ValueError(f"'{written}' is not the name of a homeserver, which looks like 'example.org'")
    return written.casefold()


def complete_user(written: str, server_name: str) -> str:
    """The full Matrix user id of what a file says; a short one lives on our own server. Raises ValueError."""
    full = written if ":" in written else f"{written}:{server_name}"
    if not written.startswith("@"):
        raise ValueError(f'\'{written}\' is not a Matrix id, which is written "@anna" or "@anna:example.org"')
    if not _USER.fullmatch(full) or len(full.encode()) > _LONGEST:
        raise ValueError(f"'{written}' cannot be a Matrix id, which looks like \"@anna:example.org\"")
    return full


def complete_room(written: str, server_name: str) -> str:
    """The full room alias of what a file says, or the room id as it stands. Raises ValueError.

    A room id needs no server behind it: since room version 12 it has none.
    """
    if written.startswith("!"):
        full, shape = written, _ROOM_ID
    elif written.startswith("#"):
        full, shape = written if ":" in written else f"{written}:{server_name}", _ALIAS
    else:
        raise ValueError(f'\'{written}\' is not a room, which is written "#skovby" or "#skovby:example.org"')
    if not shape.fullmatch(full) or len(full.encode()) > _LONGEST:
        raise ValueError(f'\'{written}\' cannot be a room, which looks like "#skovby:example.org" or "!id:example.org"')
    return full


def is_localpart(handle: str) -> bool:
    """Whether a Matrix user may be called this today (Matrix specification, appendices, "User identifiers")."""
    return _LOCALPART.fullmatch(handle) is not None
