"""Reads a file as text, or explains in a sentence why the file cannot be read: missing, too large, not UTF-8."""

import re
from pathlib import Path

from bot.errors import ConfigError, Problem

#: Enough for a community of ten thousand people.
MAX_FILE_BYTES = 1_000_000

#: Characters that YAML 1.2 does not allow (section 5.1, c-printable).
_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_text(path: Path) -> str:
    """Return the text of a file, without a byte order mark. Raises ConfigError."""
    try:
        if not path.exists():
            raise _config_error(path, "there is no such file")
        if not path.is_file():
            raise _config_error(path, "this is not a file")
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise _config_error(path, f"the file cannot be read: {error.strerror or error}") from error
    if len(content) > MAX_FILE_BYTES:
        raise _config_error(path, f"the file is larger than {MAX_FILE_BYTES // 1000} kB, which no community needs")
    return _decode(path, content)


def _decode(path: Path, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _config_error(path, "this is not text in UTF-8; save the file with the encoding UTF-8", line) from error
    unprintable = _UNPRINTABLE.search(text)
    if unprintable:
        line = text.count("\n", 0, unprintable.start()) + 1
        raise _config_error(
            path, f"a character that cannot be seen (U+{ord(unprintable[0]):04X}) does not belong here", line
        )
    return text


def _config_error(path: Path, message: str, line: int = 0) -> ConfigError:
    return ConfigError([Problem(str(path), line, message)])
