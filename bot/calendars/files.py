"""Reads a calendar that is a file of ours, when it is another than last time."""

import os
import stat
from pathlib import Path

from bot.calendars.source import Fetched, Unavailable
from bot.ical.calendar_entry import LONGEST_FILE


def read_file(path: Path, version: str = "") -> Fetched | None:
    """The file; None when it still is the one called by `version`. Raises Unavailable."""
    try:
        # a pipe that nobody writes to, or a terminal, would hold us for ever
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise Unavailable("it is no file")
            named = f"{found.st_ino}-{found.st_size}-{found.st_mtime_ns}"
            if named == version:
                return None
            content = file.read(LONGEST_FILE + 1)
    except OSError as error:
        raise Unavailable(f"it cannot be read: {error.strerror}") from error
    if len(content) > LONGEST_FILE:
        raise Unavailable(f"it is larger than {LONGEST_FILE // 1_000_000} MB")
    return Fetched(content, named)
