"""Keeps the newest backups of a folder and takes the older ones away."""

import re
from datetime import datetime, timedelta
from pathlib import Path

_NAME = re.compile(r"bylaug-\d{8}T\d{6}Z\.db")

#: What a backup that was cut off left behind is taken away after this long; a younger one may still be written.
MAX_PARTIAL_AGE = timedelta(days=1)


def backup_name(moment: datetime) -> str:
    """The name of the backup made at a moment (UTC); names sort as the moments do."""
    return f"bylaug-{moment:%Y%m%dT%H%M%SZ}.db"


def find_backups(folder: Path) -> list[Path]:
    """The backups that were named by `name_for`, oldest first."""
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))


def delete_old_backups(folder: Path, keep_count: int, now: datetime) -> list[Path]:
    """Take away all but the newest `count` backups, and what was cut off long ago; those taken away, oldest first.

    Anything else in the folder, under whatever name, is left alone.
    """
    gone = find_backups(folder)[:-keep_count]
    for path in gone:
        path.unlink(missing_ok=True)
    for path in folder.glob(".bylaug-*.db.partial"):
        if path.stat().st_mtime < (now - MAX_PARTIAL_AGE).timestamp():
            path.unlink(missing_ok=True)
    return gone
