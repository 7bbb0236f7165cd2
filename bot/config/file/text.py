"""Reads a file as text, and says in a sentence why it cannot: missing, too large, not UTF-8, not even a file."""

import re
from pathlib import Path

from bot.errors import ConfigError, Problem

#: In bytes; ten thousand people fit into it.
MAX_FILE_BYTES = 1_000_000

#: What YAML 1.2 (section 5.1, c-printable) does not allow.
_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_text(path: Path) -> str:
    """The text of a file, without a byte order mark. Raises ConfigError."""
    try:
        if not path.exists():
            raise _unusable(path, "there is no such file")
        if not path.is_file():
            raise _unusable(path, "this is not a file")
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise _unusable(path, f"the file cannot be read: {error.strerror or error}") from error
    if len(content) > MAX_FILE_BYTES:
        raise _unusable(path, f"the file is larger than {MAX_FILE_BYTES // 1000} kB, which no community needs")
    return _decode(path, content)


def _decode(path: Path, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _unusable(path, "this is not text in UTF-8; save the file with the encoding UTF-8", line) from error
    strange = _UNPRINTABLE.search(text)
    if strange:
        line = text.count("\n", 0, strange.start()) + 1
        raise _unusable(path, f"a character that cannot be seen (U+{ord(strange[0]):04X}) does not belong here", line)
    return text


def _unusable(path: Path, message: str, line: int = 0) -> ConfigError:
    return ConfigError([Problem(str(path), line, message)])
