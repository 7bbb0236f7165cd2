"""Files that only their owner may read: secrets, databases and backups."""

import os
import stat
from contextlib import suppress
from pathlib import Path


def create_private_file(file: Path) -> None:
    """Create an empty file with the mode 0600 or less, whatever the umask. Raise FileExistsError if there is one."""
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))


def make_private(file: Path) -> None:
    """Take the rights of everybody but the owner from a file, if the file exists and is ours."""
    with suppress(OSError):
        mode = stat.S_IMODE(file.stat().st_mode)
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            file.chmod(mode & stat.S_IRWXU)


def is_readable_by_others(file: Path) -> bool:
    """Return whether a file may be read by somebody who has nothing to do with the bot; False if it is missing.

    A file of another owner may be readable by its group, because that may be how the bot itself reads it.
    """
    try:
        found = file.stat()
    except OSError:
        return False
    by_group = found.st_mode & stat.S_IRGRP and found.st_uid == os.geteuid()
    return bool(found.st_mode & stat.S_IROTH or by_group)
