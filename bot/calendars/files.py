"""Reads a calendar from a file on this machine, unless the file is unchanged."""

import os
import stat
from pathlib import Path

from bot.calendars.source import CalendarUnavailable, FetchedCalendar
from bot.ical.calendar_entry import MAX_FILE_BYTES


def read_calendar_file(path: Path, version: str = "") -> FetchedCalendar | None:
    """Return the file, or None when its inode, size and modification time are those of `version`.

    Raises CalendarUnavailable.
    """
    try:
        # without O_NONBLOCK, a pipe that nobody writes to or a terminal would block for ever
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise CalendarUnavailable("it is no file")
            current_version = f"{status.st_ino}-{status.st_size}-{status.st_mtime_ns}"
            if current_version == version:
                return None
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise CalendarUnavailable(f"it cannot be read: {error.strerror}") from error
    if len(content) > MAX_FILE_BYTES:
        raise CalendarUnavailable(f"it is larger than {MAX_FILE_BYTES // 1_000_000} MB")
    return FetchedCalendar(content, current_version)
