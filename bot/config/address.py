"""Writes people's addresses as URIs, and checks Matrix ids in files, so that only matrix/ has to know Matrix ids."""

import re
from urllib.parse import quote, unquote

_MATRIX_USER = "matrix:u/"
_SERVER = r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
_USER = re.compile(rf"@[!-9;-~]+:{_SERVER}")
_SERVER_NAME = re.compile(_SERVER)
_ALIAS = re.compile(rf"#[^:\s\x00]+:{_SERVER}")
_ROOM_ID = re.compile(rf"![!-9;-~]+(?::{_SERVER})?")
_LOCALPART = re.compile(r"[a-z0-9._=/+-]+")

#: The longest Matrix identifier, in UTF-8 (Matrix specification, appendices, "Common identifier format").
_MAX_IDENTIFIER_BYTES = 255


def matrix_address(user_id: str) -> str:
    """Return the address of a Matrix user: matrix:u/anna:example.org for @anna:example.org.

    Source: Matrix specification, appendices, "matrix: URI scheme". Characters that a path segment cannot hold are
    percent-encoded (RFC 3986, section 3.3).
    """
    return _MATRIX_USER + quote(user_id.removeprefix("@"), safe=":!$&'()*+,;=@~")


def matrix_user(address: str) -> str | None:
    """Return the Matrix user id of an address; None for an address of another kind."""
    if not address.startswith(_MATRIX_USER):
        return None
    return "@" + unquote(address.removeprefix(_MATRIX_USER))


def server_in(address: str) -> str:
    """Return the server in an address, with its port if any; "" for an address without a server."""
    _, slash, rest = address.partition("/")
    return rest.partition(":")[2].casefold() if slash else address.rpartition("@")[2].casefold()


def complete_server(text: str) -> str:
    """Return a homeserver's name in lower case, as Matrix ids end with it. Raises ValueError for a wrong name."""
    if not _SERVER_NAME.fullmatch(text):
        raise ValueError(f"'{text}' is not the name of a homeserver, which looks like 'example.org'")
    return text.casefold()


def complete_user(text: str, server_name: str) -> str:
    """Return the full Matrix user id of an id in a file. Raises ValueError for a wrong id.

    A short id such as "@anna" belongs to the server `server_name`.
    """
    full = text if ":" in text else f"{text}:{server_name}"
    if not text.startswith("@"):
        raise ValueError(f'\'{text}\' is not a Matrix id, which is written "@anna" or "@anna:example.org"')
    if not _USER.fullmatch(full) or len(full.encode()) > _MAX_IDENTIFIER_BYTES:
        raise ValueError(f"'{text}' cannot be a Matrix id, which looks like \"@anna:example.org\"")
    return full


def complete_room(text: str, server_name: str) -> str:
    """Return a room alias with its server name added, or a room id unchanged. Raises ValueError for any other text.

    A room id may have no server: since room version 12 it has none.
    """
    if text.startswith("!"):
        full, pattern = text, _ROOM_ID
    elif text.startswith("#"):
        full, pattern = text if ":" in text else f"{text}:{server_name}", _ALIAS
    else:
        raise ValueError(f'\'{text}\' is not a room, which is written "#skovby" or "#skovby:example.org"')
    if not pattern.fullmatch(full) or len(full.encode()) > _MAX_IDENTIFIER_BYTES:
        raise ValueError(f'\'{text}\' cannot be a room, which looks like "#skovby:example.org" or "!id:example.org"')
    return full


def is_localpart(handle: str) -> bool:
    """Whether a handle is allowed as the localpart of a new Matrix user id.

    Source: Matrix specification, appendices, "User identifiers".
    """
    return _LOCALPART.fullmatch(handle) is not None
